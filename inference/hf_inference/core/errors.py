"""Every way a call can fail, as a small tree whose leaves differ in what the caller can do about them.

Knows what a caller may want to know of each. Knows no reply: which leaf one means is read in `refusals.py`. Knows no
token: what is kept of a request is redacted when it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class InferenceError(Exception):
    """The root: catch it to catch everything this library raises on purpose. All of them can be pickled."""

    def __reduce__(self) -> Any:
        return _restored, (type(self), self.args, self.__dict__)


# --- the call itself -------------------------------------------------------------------------------------


class InputError(InferenceError, ValueError):
    """The call cannot be made as written: fix the arguments. Nothing was sent."""


class UnsupportedTaskError(InputError):
    """The target does not serve this task: choose another target or model. Nothing was sent."""


class NoDefaultModelError(InputError):
    """No model was named and none is known for the task: name one."""


# --- no answer -------------------------------------------------------------------------------------------


class BackendUnreachableError(InferenceError, ConnectionError):
    """No answer came: refused, reset, no such host, TLS failure. Check the URL, the network, the server."""

    def __init__(self, message: str, *, host: str = "", before_sending: bool = False, broke: bool = False) -> None:
        super().__init__(message)
        self.host = host
        self.before_sending = before_sending
        """True if the connection was never made, so that nothing can have been computed or billed."""
        self.broke = broke
        """True if the connection was there and ended before an answer."""


class InferenceTimeoutError(InferenceError, TimeoutError):
    """A limit of `Timeouts` passed. `phase` names it: connect, first_token, between_tokens or total."""

    def __init__(self, message: str, *, host: str = "", phase: str, partial_text: str = "") -> None:
        super().__init__(message)
        self.host = host
        self.phase = phase
        self.partial_text = partial_text


class IncompleteStreamError(InferenceError, ConnectionError):
    """A stream ended before its final event. `partial_text` is what had arrived; asking to continue from it is safe."""

    def __init__(self, message: str, *, host: str = "", partial_text: str = "") -> None:
        super().__init__(message)
        self.host = host
        self.partial_text = partial_text


class CancelledCallError(InferenceError):
    """The call's `signal` was aborted, or its stream was closed from another thread."""


# --- an answer that says no ------------------------------------------------------------------------------


class BackendError(InferenceError):
    """The backend answered with an error. The leaves below say which; this one stands for the rest (5xx).

    `detail` is the backend's own sentence, `error_type` its machine-readable word (TGI, TEI and OpenAI send one),
    `request` the method, URL and headers that were sent, without credentials.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        detail: str = "",
        error_type: str = "",
        host: str = "",
        provider: str = "",
        request_id: str = "",
        request: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
        partial_text: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.detail = detail
        self.error_type = error_type
        self.host = host
        self.provider = provider
        self.request_id = request_id
        self.request = dict(request or {})
        self.retry_after = retry_after
        """Seconds the backend asked to wait, or None where it did not say."""
        self.partial_text = partial_text
        """The text a stream had delivered before the error, empty for a call that does not stream."""


class AuthenticationError(BackendError):
    """401 or 403: the token is missing, wrong, or lacks a permission. Set another one."""


class PaymentRequiredError(BackendError):
    """402: the account has no credit left at this provider."""


class ModelNotFoundError(BackendError):
    """404 or 410: no such model here, or it is not served any more. Choose another one."""


class BadRequestError(BackendError):
    """400, 413, 422 and their like: the backend understood and refuses. Change the input or the parameters."""


class RateLimitedError(BackendError):
    """429: too many requests. Wait `retry_after` seconds."""


class ModelLoadingError(BackendError):
    """503: the model is loading or the backend is overloaded. `retry_after` holds its estimate."""


class NotImplementedByBackendError(BackendError):
    """501: the backend does not do this task, and says what would help."""


class GenerationError(BackendError):
    """The model failed while it computed: an error event inside a stream that had begun with status 200, or 424."""


class UnexpectedContentError(BackendError):
    """The answer is not what an inference API sends: a web page, an empty body, another media type."""


# --- an answer of the wrong shape ------------------------------------------------------------------------


class InferenceOutputError(InferenceError, TypeError):
    """The backend's JSON does not have the task's documented shape.

    The text is the one `@huggingface/inference` has; `path` says where in the JSON, `expected` and `received` what.
    """

    def __init__(self, message: str, *, path: str = "$", expected: str = "", received: str = "") -> None:
        super().__init__(
            f"Invalid inference output: {message}. Use the 'request' method with the same parameters "
            "to do a custom call with no type checking."
        )
        self.path = path
        self.expected = expected
        self.received = received


def _restored(kind: type[InferenceError], arguments: tuple[Any, ...], members: dict[str, Any]) -> InferenceError:
    """An error as it was before it was pickled."""
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(members)
    return error
