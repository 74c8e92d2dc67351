"""Every way a call can fail, as a small tree whose leaves differ in what the caller can do about them.

Knows statuses, hosts and sentences. Knows no token: what is kept of a request is redacted when it is made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from hf_inference.core.wire import Request, Response


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


def error_from_response(response: Response, request: Request, *, provider: str = "") -> BackendError:
    """The leaf for a reply whose status is not a success, its sentence read from any of the known body shapes."""
    status = response.status
    detail, error_type, waits = read_error(response.json_or_text())
    kind = _BY_STATUS.get(status, BadRequestError if 400 <= status < 500 else BackendError)
    if response.is_html:
        kind = kind if status in _BY_STATUS and status != 503 else UnexpectedContentError
        detail, error_type = f"the server answered with a web page ({status} from {request.host})", "html"
    elif 300 <= status < 400:
        kind = UnexpectedContentError
        elsewhere = urlsplit(urljoin(request.url, response.headers.get("location", ""))).netloc.rpartition("@")[2]
        detail = f"it redirects to {elsewhere}, which is not followed: a credential stays with its origin"
    asked_for = waits if response.retry_after is None else response.retry_after
    return kind(
        _sentence(status, detail, request.host, provider, asked_for),
        status=status,
        detail=detail,
        error_type=error_type,
        host=request.host,
        provider=provider,
        request_id=response.request_id,
        request=request.redacted(),
        retry_after=asked_for,
    )


def read_error(body: Any) -> tuple[str, str, float | None]:
    """(sentence, error type, estimated seconds) of an error body: the union of what the Hub, TGI, TEI,
    OpenAI-compatible servers and the providers send. Text that is no JSON is its own sentence."""
    sentence = _told(body, depth=0)
    if not isinstance(body, dict):
        return sentence, "", None
    warnings = body.get("warnings")
    if isinstance(warnings, list):  # of which the Hub's often repeat the error
        further = [str(warning) for warning in warnings if not sentence or sentence not in str(warning)]
        sentence = "; ".join(filter(None, [sentence, *further]))
    nested = body["error"] if isinstance(body.get("error"), dict) else {}
    error_type = body.get("error_type") or nested.get("type") or nested.get("code") or body.get("type") or ""
    if not sentence and body:  # a shape nobody has seen: its JSON says more than nothing
        with suppress(RecursionError):
            sentence = json.dumps(body, ensure_ascii=False)
    return sentence[:_LONGEST_DETAIL], str(error_type), _seconds(body.get("estimated_time"))


def _told(body: Any, depth: int) -> str:
    """The sentence of a value in an error body, "" if it holds none."""
    if isinstance(body, str):
        return body.strip()[:_LONGEST_DETAIL]
    if depth > _DEEPEST_DETAIL:
        return ""
    if isinstance(body, list):
        return ", ".join(filter(None, (_told(item, depth + 1) for item in body[:_MOST_DETAILS])))
    if not isinstance(body, dict):
        return "" if body is None else str(body)
    told = (_told(body[name], depth + 1) for name in _SENTENCES if body.get(name))
    sentence = next(filter(None, told), "")
    location = body.get("loc")
    if sentence and isinstance(location, list):
        sentence = f"{'.'.join(map(str, location))}: {sentence}"
    return sentence


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LONGEST_LOAD:
        return None
    return float(value)


def _restored(kind: type[InferenceError], arguments: tuple[Any, ...], members: dict[str, Any]) -> InferenceError:
    """An error as it was before it was pickled."""
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(members)
    return error


def _sentence(status: int, detail: str, host: str, provider: str, asked_for: float | None) -> str:
    who = f"{provider} at {host}" if provider and host else provider or host or "the backend"
    if not detail:
        detail = _MEANING.get(status, "no further explanation")
    advice = _ADVICE.get(status, "")
    if status == 429 and asked_for:
        advice = f"it asks to wait {asked_for:g} s; or use another target"
    return f"{who} answered {status}: {detail}" + (f" ({advice})" if advice else "")


_LONGEST_DETAIL = 2_000
_MOST_DETAILS = 20
_DEEPEST_DETAIL = 8

_LONGEST_LOAD = 24 * 3600
"""Seconds; an estimate beyond it, or one that is no number, is no estimate."""

_SENTENCES = ("error", "message", "detail", "errors", "title", "msg")
"""Members of an error body that may hold its sentence, in the order in which they are asked."""

_BY_STATUS: Mapping[int, type[BackendError]] = {
    401: AuthenticationError,
    402: PaymentRequiredError,
    403: AuthenticationError,
    404: ModelNotFoundError,
    410: ModelNotFoundError,
    424: GenerationError,
    429: RateLimitedError,
    501: NotImplementedByBackendError,
    503: ModelLoadingError,
}

_MEANING: Mapping[int, str] = {
    401: "the credential is missing or not valid",
    402: "no credit left",
    403: "the credential lacks a permission",
    404: "no such model or route here",
    413: "the input is too long",
    429: "too many requests",
    500: "the server failed",
    502: "a proxy could not reach the server",
    503: "the model is loading or the server is overloaded",
    504: "a proxy waited too long for the server",
}

_ADVICE: Mapping[int, str] = {
    401: "set a valid token",
    402: "add credit, or choose another provider",
    403: "use a token that may make calls to Inference Providers, or ask for access to the model",
    413: "send less text",
    429: "wait, or use another target",
}
