"""The session: which message is answered with what, exactly once, and what happens at its two ends.

Knows LSP's life cycle, cancelling, and the error codes a client relies on; it replaces the part of pygls that
runs handlers and keeps the part that registers them. Refuses to know streams, threads and features.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import enum
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import cattrs
from lsprotocol import types as t
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.progress import Progress
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import from_fs_path

from inference_lsp.lsp.converter import describe
from inference_lsp.lsp.deferred import Deferred
from inference_lsp.lsp.errors import (
    InternalError,
    InvalidParams,
    InvalidRequest,
    MethodNotFound,
    RequestCancelled,
    ResponseException,
    ServerNotInitialized,
)
from inference_lsp.lsp.frames import encode_frame
from inference_lsp.lsp.handlers import Handler, run
from inference_lsp.lsp.messages import Message, MessageId, Notification, Refused, Request, Response
from inference_lsp.lsp.text_document import Workspace

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer

_log = logging.getLogger(__name__)


class Protocol(LanguageServerProtocol):
    """One session with one editor. It lives on the event loop; only sending may be done from any thread."""

    _server: LanguageServer

    def __init__(self, server: LanguageServer, converter: cattrs.Converter) -> None:
        super().__init__(server, converter)
        self.progress = _ForgettingProgress(self)
        self.content_schemes: Sequence[str] = ()
        self.experimental: Mapping[str, object] | None = None
        self.shutdown_callbacks: list[Callable[[], Awaitable[None]]] = []
        self.shutdown_timeout = 2.0
        self.deferred: Deferred | None = None
        self.write: Callable[[bytes], None] | None = None
        self._phase = _Phase.NEW
        self._loading_with: t.InitializeParams | None = None
        self._running: dict[MessageId, asyncio.Future[Any]] = {}
        self._background: set[asyncio.Future[Any]] = set()
        self._winding_down: asyncio.Task[None] | None = None
        self._shutdown_request: asyncio.Future[None] | None = None
        self._ended: asyncio.Future[int] | None = None

    async def until_ended(self) -> int:
        """Waits for the session's end, however it comes; the process's exit code."""
        self._ended = asyncio.get_running_loop().create_future()
        code = await self._ended
        await self._wind_down()
        if self._shutdown_request is not None:  # which waited for the same, and is answered a moment later
            await asyncio.wait({self._shutdown_request})
        return code

    def end(self) -> None:
        """The session is over: `exit` came, or the editor is gone."""
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(0 if self._shutdown else 1)

    def deliver(self, message: Message) -> None:
        """Takes one message from the editor. Never raises what a handler raised."""
        if self._ended is None or self._ended.done():
            return
        self._load()
        context = contextvars.copy_context()
        match message:
            case Request(id=id, method=method, params=params):
                context.run(self._handle_request, id, method, params)
            case Notification(method=method, params=params):
                context.run(self._handle_notification, method, params)
            case Response(id=id, result=result, error=error):
                self._handle_response(id, result, error)
            case Refused(id=id, error=error):
                _log.log(logging.WARNING if id is None else logging.INFO, "refused a message: %s", error.message)
                self._send_response(id, error=error.to_response_error())

    # Requests: every path ends in one `_answer` or one `_answer_error`.

    def _handle_request(self, msg_id: MessageId, method_name: str, params: Any) -> None:
        self._ctx_msg_id.set(msg_id)
        try:
            self._check_phase(msg_id, method_name)
            arguments = (self._get_handler(method_name), self._typed(method_name, params))
            outcome = run(*arguments, threads=self._threads)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 the boundary: all of it is answered
            self._answer_error(msg_id, method_name, error)
            return
        if not inspect.isawaitable(outcome):
            self._answer(msg_id, method_name, outcome)
            return
        task = asyncio.ensure_future(outcome)
        self._running[msg_id] = task
        task.add_done_callback(partial(self._answer_task, msg_id, method_name))

    def _check_phase(self, msg_id: MessageId, method: str) -> None:
        if self._phase is _Phase.NEW and method != t.INITIALIZE:
            raise ServerNotInitialized("Server Not Initialized: the first request is initialize")
        if self._phase is _Phase.SHUT_DOWN:
            raise InvalidRequest("Invalid Request: after shutdown only exit may come")
        if self._phase is _Phase.READY and method == t.INITIALIZE:
            raise InvalidRequest("Invalid Request: initialize may come only once")
        if msg_id in self._running:
            raise InvalidRequest("Invalid Request: this id belongs to a request that is still running")

    def _typed(self, method: str, params: Any) -> Any:
        """lsprotocol's parameters for the methods it knows; plain dicts and lists for all others."""
        types = t.METHOD_TO_TYPES.get(method)
        if types is None or types[2] is None:
            return params
        try:
            return self._converter.structure({} if params is None else params, cast(type[Any], types[2]))
        except Exception as error:
            raise InvalidParams(f"Invalid Params: {describe(error)}") from error

    def _answer_task(self, msg_id: MessageId, method: str, task: asyncio.Future[Any]) -> None:
        self._running.pop(msg_id, None)
        if task.cancelled():
            self._answer_error(msg_id, method, asyncio.CancelledError())
        elif (error := task.exception()) is not None:
            self._answer_error(msg_id, method, error)
        else:
            self._answer(msg_id, method, task.result())

    def _answer(self, msg_id: MessageId, method: str, result: Any) -> None:
        try:
            self._send_response(msg_id, result)
        except Exception as error:  # noqa: BLE001 a result that is no JSON must not cost the answer
            self._answer_error(msg_id, method, error)

    def _answer_error(self, msg_id: MessageId, method: str, error: BaseException) -> None:
        if method == t.INITIALIZE and not isinstance(error, InvalidRequest):  # one that came too late changes nothing
            self._phase = _Phase.NEW
        match error:
            case asyncio.CancelledError() | concurrent.futures.CancelledError():
                answer: ResponseException = RequestCancelled()
            case ResponseException():
                _log.info("%s was answered with error %d: %s", method, error.code, error.message)
                answer = error
            case _:
                # No more than the type: the text of an exception may hold a path, a document or a secret.
                _log.error("%s failed", method, exc_info=error)
                answer = InternalError(f"{method} failed: {type(error).__name__}; the server's log says more")
        try:
            self._send_response(msg_id, error=answer.to_response_error())
        except (TypeError, ValueError) as problem:
            _log.error("the data of an error of %s is not JSON: %s", method, problem)
            self._send_response(msg_id, error=t.ResponseError(answer.code, answer.message))

    # Notifications and answers to our own requests.

    def _handle_notification(self, method_name: str, params: Any) -> None:
        if method_name == t.CANCEL_REQUEST:
            self._handle_cancel_notification(params.get("id") if isinstance(params, dict) else None)
            return
        if self._phase is not _Phase.READY and method_name != t.EXIT:
            _log.info("dropped %s outside of initialize and shutdown", method_name)
            return
        try:
            arguments = (self._get_handler(method_name), self._typed(method_name, params))
            outcome = run(*arguments, threads=self._threads)
        except MethodNotFound:
            _log.info("nobody handles %s", method_name)
        except InvalidParams as error:
            _log.warning("dropped a malformed %s: %s", method_name, error.message)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 the boundary: nobody is there to answer
            self._log_failure(method_name, error)
        else:
            self._let_end(method_name, outcome)

    def _let_end(self, method: str, outcome: object) -> None:
        if inspect.isawaitable(outcome):
            task = asyncio.ensure_future(outcome)
            self._background.add(task)
            task.add_done_callback(partial(self._forget_background, method))

    def _forget_background(self, method: str, task: asyncio.Future[Any]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._log_failure(method, error)

    def _log_failure(self, method: str, error: BaseException) -> None:
        expected = isinstance(error, ResponseException | asyncio.CancelledError)
        _log.error("%s failed: %s", method, error, exc_info=None if expected else error)

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        """Unknown ids are no news: an answer and a cancel often cross on the way."""
        if isinstance(msg_id, int | str) and (task := self._running.get(msg_id)) is not None:
            task.cancel()

    def _handle_response(self, msg_id: MessageId | None, result: Any = None, error: Any = None) -> None:
        future = None if msg_id is None else self._request_futures.pop(msg_id, None)
        if msg_id is None or future is None:
            _log.warning("ignored an answer to a request that was not made")
            return
        result_type = self._result_types.pop(msg_id, None)
        with suppress(concurrent.futures.InvalidStateError):  # whoever asked no longer waits
            if error is not None:
                future.set_exception(_as_exception(error))
                return
            try:
                if result_type is not None:
                    envelope = {"jsonrpc": "2.0", "id": msg_id, "result": result}
                    result = self._converter.structure(envelope, result_type).result
            except Exception as problem:  # noqa: BLE001 handed to whoever asked
                future.set_exception(InvalidParams(f"the editor's answer does not fit: {describe(problem)}"))
            else:
                future.set_result(result)

    # Sending.

    def _send_response(
        self, msg_id: MessageId | None, result: Any = None, error: t.ResponseError | None = None
    ) -> None:
        envelope: dict[str, Any] = {"jsonrpc": "2.0", "id": msg_id}
        if error is None:
            envelope["result"] = self._converter.unstructure(result)
        else:
            envelope["error"] = self._converter.unstructure(error)
        self._send_data(envelope)

    def _send_data(self, data: Any) -> None:
        """Raises `ValueError` or `TypeError` for what is not JSON, NaN included; nothing is sent then."""
        body = json.dumps(data, default=self._serialize_message, separators=(",", ":"), allow_nan=False)
        if self.write is None:
            raise RuntimeError("nothing can be sent before the server serves")
        self.write(encode_frame(body.encode("ascii")))

    def _threads(self) -> concurrent.futures.ThreadPoolExecutor:
        return self._server.thread_pool

    # The life cycle.

    @lsp_method(t.INITIALIZE)
    def lsp_initialize(self, params: t.InitializeParams) -> Generator[Any, Any, Any]:
        """Makes the workspace, lets the application's own handler run, then says what the server can do; where that is
        written down, it is said first."""
        self._phase = _Phase.READY
        server = self._server
        server.process_id = params.process_id
        self.client_capabilities = params.capabilities
        encoding = ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities)
        root_uri = params.root_uri or (params.root_path and from_fs_path(params.root_path)) or None
        sync_kind = server._text_document_sync_kind
        self._workspace = Workspace(root_uri, sync_kind, params.workspace_folders or [], encoding)
        if self.deferred is not None:
            self._loading_with = params
            # In a later turn: loading leaves the thread that writes the answer little time.
            asyncio.get_running_loop().call_soon(self._load)
            capabilities = {**self.deferred.capabilities, "positionEncoding": encoding}
            return {"capabilities": capabilities, "serverInfo": self.server_info}
        if (handler := self.fm.features.get(t.INITIALIZE)) is not None:
            yield handler, (params,), None
        self.server_capabilities = self.capabilities_for(params.capabilities, encoding)
        return t.InitializeResult(capabilities=self.server_capabilities, server_info=self.server_info)

    def capabilities_for(
        self, client: t.ClientCapabilities, encoding: t.PositionEncodingKind | str
    ) -> t.ServerCapabilities:
        """What is registered by now, as `initialize` says it."""
        capabilities: t.ServerCapabilities = ServerCapabilitiesBuilder(
            client,
            {*self.fm.features, *self.fm.builtin_features},
            self.fm.feature_options,
            list(self.fm.commands),
            self._server._text_document_sync_kind,
            self._server._notebook_document_sync,
            encoding,
        ).build()  # type: ignore[no-untyped-call]
        if self.content_schemes and capabilities.workspace is not None:
            schemes = list(self.content_schemes)
            capabilities.workspace.text_document_content = t.TextDocumentContentOptions(schemes=schemes)
        if self.experimental is not None:
            capabilities.experimental = cast(t.LSPAny, dict(self.experimental))
        return capabilities

    def _load(self) -> None:
        """Has registered what `initialize` was answered without, if that is still to be done, and lets the
        application's own handler of it run."""
        params, self._loading_with = self._loading_with, None
        if params is None or self.deferred is None:
            return
        try:
            self.deferred.load()
            if (handler := self.fm.features.get(t.INITIALIZE)) is not None:
                self._let_end(t.INITIALIZE, run(handler, params, threads=self._threads))
        except Exception as error:  # noqa: BLE001 raised where the server is served, which nobody here can see
            if self._ended is not None and not self._ended.done():
                self._ended.set_exception(error)

    @lsp_method(t.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> asyncio.Future[None]:  # type: ignore[override]
        """Answers when everything that ran has ended and the application has let go of what it holds."""
        self._phase = _Phase.SHUT_DOWN
        self._shutdown = True
        # Shielded: cancelling this request, or an early exit, must not leave the work half done.
        self._shutdown_request = asyncio.shield(self._wind_down())
        return self._shutdown_request

    @lsp_method(t.EXIT)
    def lsp_exit(self, *args: Any) -> Generator[Any, Any, None]:
        if (handler := self.fm.features.get(t.EXIT)) is not None:
            yield handler, args, None
        self.end()

    def _wind_down(self) -> asyncio.Task[None]:
        if self._winding_down is None:
            self._winding_down = asyncio.ensure_future(self._cancel_all_and_call_back())
        return self._winding_down

    async def _cancel_all_and_call_back(self) -> None:
        tasks = {*self._running.values(), *self._background} - {self._shutdown_request}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self.shutdown_timeout)
        closing = asyncio.ensure_future(self._call_back())
        _, late = await asyncio.wait({closing}, timeout=self.shutdown_timeout)
        if late:
            _log.warning("shutting down took longer than %s s; going on", self.shutdown_timeout)
            closing.cancel()
        for future in list(self._request_futures.values()):
            future.cancel()

    async def _call_back(self) -> None:
        handlers: list[Handler] = [*self.shutdown_callbacks]
        if (handler := self.fm.features.get(t.SHUTDOWN)) is not None:
            handlers.insert(0, partial(handler, None))
        for callback in handlers:
            try:
                outcome = run(callback, threads=self._threads)
                if inspect.isawaitable(outcome):
                    await outcome
            except Exception:  # noqa: BLE001 one that fails must not keep the others from running
                _log.exception("a shutdown callback failed")


class _Phase(enum.Enum):
    NEW = enum.auto()
    READY = enum.auto()
    SHUT_DOWN = enum.auto()


class _ForgettingProgress(Progress):
    """pygls' progress, which keeps every token it ever saw, made to forget one that ended."""

    def end(self, token: t.ProgressToken, value: t.WorkDoneProgressEnd) -> None:
        self.tokens.pop(token, None)
        super().end(token, value)


def _as_exception(error: Any) -> ResponseException:
    """An editor's error, also one that leaves out what the specification requires."""
    if not isinstance(error, dict):
        return InternalError("the editor answered with an error it did not describe")
    code, message = error.get("code"), error.get("message")
    exception: ResponseException = ResponseException.from_error(
        t.ResponseError(
            code=code if isinstance(code, int) else InternalError.CODE,
            message=message if isinstance(message, str) else "no message",
            data=error.get("data"),
        )
    )
    return exception
