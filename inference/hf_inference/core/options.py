"""How a call is made, beside what it asks: the seed API's options and the limits a caller may set.

Knows defaults and how call options lie over client options. Knows no wire: each target writes them its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from os import PathLike
from typing import Any, Literal

from hf_inference.core.errors import InferenceError
from hf_inference.core.signal import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Limits in seconds; None means no limit. A limit that passes raises `InferenceTimeoutError` with its name."""

    connect: float | None = 5.0
    """Until the connection (TCP and TLS) is made."""
    first_token: float | None = 120.0
    """From sending the request to the first event of a stream, or to the end of an answer that does not stream."""
    between_tokens: float | None = 60.0
    """Between two pieces of a stream's body, once its first event has come."""
    total: float | None = None
    """From the start of the call to its end, waits for a loading model included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How a client reaches the network. What is not said comes from the environment: `HTTPS_PROXY`, `HTTP_PROXY`,
    `ALL_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`, `SSL_CERT_DIR`."""

    proxy: str | None = field(default=None, repr=False)
    """URL of the proxy for every request, with `user:password@` if it asks for that."""
    ca_file: str | PathLike[str] | None = None
    """A PEM file of the authorities to trust, in place of the usual ones."""
    use_environment: bool = True
    """False: the environment is not asked; without `proxy` there is none."""
    record: str | PathLike[str] | None = None
    """A folder: every exchange is written to a new file there, without credentials, to be replayed."""
    replay: str | PathLike[str] | None = None
    """A recording, or a folder of them, that answers in place of the network; nothing is sent."""
    replay_pace: float = 0.0
    """How much of the time a recorded reply took passes again when it is replayed: 1 all of it, 0 none."""
    secrets: Callable[[], Iterable[str]] | None = field(default=None, repr=False)
    """What else must not be in a recording, beside the credentials of its requests and what looks like a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of a client or of one call; None means "not said", and the client's value or the default holds."""

    retry_on_error: bool | None = None
    """False: an error is raised at once. Default True: 429, 502, 503 and 504 are asked again, within bounds."""
    use_cache: bool | None = None
    """False: the hosted service must compute the answer anew."""
    dont_load_model: bool | None = None
    """True: fail if the model is not loaded, do not load it."""
    use_gpu: bool | None = None
    """Kept for the seed's wire (`classic`); today's services choose the hardware themselves."""
    wait_for_model: bool | None = None
    """True: ask the server to hold the request while the model loads, where it can."""
    fetch: Any = field(default=None, repr=False)
    """An `httpx.Client` (in the sync client) or `httpx.AsyncClient` (in the async one) that makes every request of
    the call in place of the client's own; it stays yours to close. A call answered in this process never uses it."""
    signal: Signal | None = None
    """Aborts the call: `signal.abort()` from any thread makes it raise `CancelledCallError`."""
    include_credentials: bool | Literal["include", "same-origin", "omit"] | None = None
    """False or "omit": no cookie is sent. Else the cookies that the HTTP client holds for the host are, and no other
    host's, so that "include" and "same-origin" are one. Tokens are no matter of this option."""
    task: str | None = None
    """For `request` and `streaming_request`: the Hub task to call the model's pipeline as, where it has several."""
    task_hint: str | None = None
    """For `request` and `streaming_request`: the Hub task whose default model answers when no model is named."""

    timeouts: Timeouts | None = None
    max_retries: int | None = None
    """How often an answer that may be asked again is asked again. Default 4."""
    max_wait: float | None = None
    """Seconds one call may spend waiting between tries (a loading model, a rate limit). Default 90."""
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    """Further headers of the request. They count as secret: no error or log shows their values."""
    bill_to: str | None = None
    """The Hub organization that pays (`X-HF-Bill-To`), on the hub's targets."""
    on_wait: Callable[[float, InferenceError], None] | None = None
    """Called before each wait with its seconds and the error that caused it: "loading, about 20 s"."""

    def over(self, defaults: Options | None) -> Options:
        """These options, and the defaults' where these say nothing."""
        if defaults is None:
            return self
        unsaid = {
            option.name: getattr(defaults, option.name) for option in fields(self) if getattr(self, option.name) is None
        }
        return replace(self, **unsaid)
