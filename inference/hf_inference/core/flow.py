"""Policy as generators of effects: send, wait, send again, give up.

A flow yields `Send` and `Wait` and is told what came of them; its return value is the answer. Knows when a request is
worth repeating and how long to wait. Knows no clock, no socket and no thread: a shell performs the effects, and a test
feeds replies by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeAlias, TypeVar
from urllib.parse import urljoin, urlsplit

from hf_inference.core.binary import BinaryInput
from hf_inference.core.errors import (
    BackendError,
    BackendUnreachableError,
    InferenceError,
    ModelLoadingError,
)
from hf_inference.core.memory import Memory
from hf_inference.core.options import Options
from hf_inference.core.refusals import error_from_response
from hf_inference.core.wire import Request, Response

T = TypeVar("T")

MAX_RETRIES = 4
MAX_WAIT = 90.0
MAX_REDIRECTS = 3
FIRST_BACKOFF = 0.5
LONGEST_BACKOFF = 8.0


@dataclass(frozen=True, slots=True)
class Send:
    """Send the request. The reply is a `Response`; no reply is a `BackendUnreachableError` or `InferenceTimeoutError`.

    With `stream`, a reply of status 2xx is handed over with its body still open; any other is read whole.
    """

    request: Request
    stream: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Let `seconds` pass; `reason` is the error that made it necessary, or None between two polls."""

    seconds: float
    reason: InferenceError | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Open a call's path or file: answered with a `Body`, or with the `InputError` of one that cannot be read."""

    source: BinaryInput


Effect: TypeAlias = Send | Wait | Load
Flow: TypeAlias = Generator[Effect, Any, T]
"""What a `Send` is answered with is a `Response`, a `Load` with a `Body`; a `Wait` is answered with None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a flow may know of its surroundings, all of it handed in."""

    options: Options
    credential: str = field(repr=False)
    """The token or key of this call, "" for none."""
    memory: Memory
    """Look-ups remembered between calls of one client."""
    jitter: Callable[[], float]
    """A random number in [0, 1), so that many clients do not retry in step."""

    def memory_key(self, *parts: Hashable) -> Hashable:
        """A key that two credentials never share: one account's private models are not shown to another."""
        return (*parts, self.credential)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Who answered: the target's label, the model asked ("" where the server chose), and the reply's head."""

    target: str
    model: str
    response: Response
    form: str = ""
    """`chat` where plain text generation had to go through a chat model, else ""."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """An output and who gave it."""

    output: T
    opened: Opened


def send(request: Request, context: Context, *, provider: str = "", stream: bool = False) -> Flow[Response]:
    """Send until a success: follows redirects within the origin, waits and retries within the options' bounds.

    Raises the leaf of `BackendError` that the last reply means. Asked again are replies that promise a change
    (429, 502, 503, 504) and connections that were never made; a request that may have been computed is not.
    """
    asked_for: float | None
    retries = 0 if context.options.retry_on_error is False else _said(context.options.max_retries, MAX_RETRIES)
    patience = _said(context.options.max_wait, MAX_WAIT)
    redirects = 0
    tries = 0
    while True:
        error: InferenceError
        try:
            response: Response = yield Send(request, stream)
        except BackendUnreachableError as unreachable:
            if not unreachable.before_sending:
                raise
            error, asked_for = unreachable, None
        else:
            if response.status < 300:
                return response
            location = _same_origin(request, response) if redirects < MAX_REDIRECTS else None
            if location is not None:
                redirects += 1
                request = replace(request, url=location)
                continue
            error, asked_for = error_from_response(response, request, provider=provider), response.retry_after
        pause = _pause(error, asked_for, tries, context.jitter())
        # a load that announced its length is bounded by patience alone, everything else by a count as well
        counted = not (isinstance(error, ModelLoadingError) and error.retry_after is not None)
        if pause is None or not retries or (counted and tries >= retries) or pause > patience:
            raise error
        tries += 1
        patience -= pause
        yield Wait(pause, error)


def _pause(error: InferenceError, asked_for: float | None, tries: int, jitter: float) -> float | None:
    """Seconds before the next try, None if another try makes no sense. `asked_for` is what `Retry-After` says."""
    backoff: float = min(FIRST_BACKOFF * 2**tries, LONGEST_BACKOFF) * (0.5 + jitter)
    if isinstance(error, BackendUnreachableError):
        return backoff
    if not isinstance(error, BackendError) or error.status not in _PASSING:
        return None
    if asked_for is not None:
        return asked_for + backoff * 0.1
    if isinstance(error, ModelLoadingError) and error.retry_after is not None:
        # the estimate is of a whole load: look again sooner, so that a model loaded early is used early
        return max(backoff, min(error.retry_after, 10.0) * (0.8 + 0.2 * jitter))
    return backoff


def _same_origin(request: Request, response: Response) -> str | None:
    """A redirect's URL if it stays on scheme, host and port: a credential never follows to another origin. A POST
    follows only the redirects that keep it a POST."""
    followed = _REDIRECTS if request.method == "POST" else _REDIRECTS | _REDIRECTS_TO_GET
    location = response.headers.get("location", "") if response.status in followed else ""
    target = urljoin(request.url, location) if location else ""
    here, there = urlsplit(request.url), urlsplit(target)
    return target if (here.scheme, here.netloc) == (there.scheme, there.netloc) else None


def _said(value: T | None, default: T) -> T:
    return default if value is None else value


_REDIRECTS = frozenset({307, 308})
_REDIRECTS_TO_GET = frozenset({301, 302, 303})

_PASSING = frozenset({429, 502, 503, 504})
