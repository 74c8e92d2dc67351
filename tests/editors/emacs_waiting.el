;; How a script in batch mode waits for what the server causes. Loaded by the walks beside it.
(require 'eglot)
(defun poke ()
  "Have the server say something: Emacs 28 leaves a message that came together with an awaited answer until the next one."
  (jsonrpc-async-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams)
                         :success-fn #'ignore :error-fn #'ignore))
(defun wait-for (condition)
  (let ((end (+ (float-time) 20)) value)
    (while (and (not (setq value (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.05)
      ;; batch mode has no idle moment in which eglot would tell of what has changed
      (when (and (eglot-current-server) (jsonrpc-running-p (eglot-current-server)))
        (eglot--signal-textDocument/didChange)
        (poke)))
    value))
