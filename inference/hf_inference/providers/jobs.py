"""Replies that have to be waited for or fetched: jobs that are polled, and results that lie at an address.

Knows when to ask again and for how long, and what a credential may be sent to: the host that was asked, never a host
that a reply names. Knows no single provider.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from hf_inference.core.binary import Binary
from hf_inference.core.call import Call
from hf_inference.core.decoding import wrong_shape
from hf_inference.core.errors import BackendError, InferenceTimeoutError
from hf_inference.core.flow import Context, Flow, Wait, send
from hf_inference.core.wire import Request, Response
from hf_inference.providers.base import USER_AGENT, Form
from hf_inference.providers.values import from_base64, media_type_of

T = TypeVar("T")


class JobForm(Form):
    """A form whose reply names a job. It is asked for until it is done, at most `patience` seconds of waiting long."""

    provider: ClassVar[str]
    pause: ClassVar[float] = 0.5
    """Seconds between two polls."""
    patience: ClassVar[float] = 600.0

    def read(self, call: Call[T], request: Request, response: Response, context: Context) -> Flow[T]:
        first = state = response.json(request)
        waited = 0.0
        while not self.done(state):
            why = self.failed(state)
            if why is not None:
                raise failed_job(self.provider, why, request, response)
            if waited >= self.patience:
                raise InferenceTimeoutError(
                    f"{self.provider} had not finished the job after {waited:g} s of waiting",
                    host=request.host,
                    phase="total",
                )
            yield Wait(self.pause)
            waited += self.pause
            asked = follow_up(request, self.poll(request, first))
            response = yield from send(asked, context, provider=self.provider)
            state = response.json(asked)
        return (yield from self.result(call, first, state, request, context))

    @abstractmethod
    def done(self, state: Any) -> bool:
        """Whether the result is there."""

    @abstractmethod
    def failed(self, state: Any) -> str | None:
        """Why the job failed, None if it did not."""

    @abstractmethod
    def poll(self, request: Request, first: Any) -> str:
        """The URL to ask, on the host that was asked first."""

    @abstractmethod
    def result(self, call: Call[T], first: Any, state: Any, request: Request, context: Context) -> Flow[T]:
        """The output of a job that is done: from the reply that named it, and from its last state."""


def follow_up(request: Request, url: str) -> Request:
    """A GET with the same credential on the same origin."""
    here, there = urlsplit(request.url), urlsplit(url)
    assert (here.scheme, here.netloc) == (there.scheme, there.netloc), "a credential stays on its host"
    kept = {name: value for name, value in request.headers.items() if name not in ("Content-Type", "Prefer")}
    return replace(request, method="GET", url=url, headers=kept, body=None)


def beside(request: Request, root: str, path: str) -> str:
    """The URL of `path` on the request's host: what lies before `root` (a part of both paths) is the request's own."""
    return request.url[: request.url.index(root)] + path


def path_of(url: Any, at: str) -> str:
    """The path of a URL that a reply names; its host is ignored."""
    path = urlsplit(url).path if isinstance(url, str) else ""
    if not path.startswith("/") or ".." in path.split("/"):  # a path that climbs could reach another service's
        raise wrong_shape("the job's URL", url, at)
    return path


def failed_job(provider: str, why: str, request: Request, response: Response) -> BackendError:
    """The error of a job that the provider gave up."""
    return BackendError(
        f"{provider} could not finish the job: {why}",
        status=response.status,
        detail=why,
        host=request.host,
        provider=provider,
        request_id=response.request_id,
        request=request.redacted(),
    )


def fetched(
    call: Call[Any], url: Any, reply: Any, context: Context, *, provider: str, at: str = "$"
) -> Flow[Binary | str | Any]:
    """What a call wants of a reply that names its file's address, for the call to decode: what lies there, the address,
    or the reply itself."""
    if call.output_type == "json":
        yield from ()
        return reply
    if call.output_type == "url":
        return _address(url, at)
    return (yield from download(url, context, provider=provider, at=at))


def download(url: Any, context: Context, *, provider: str, at: str = "$") -> Flow[Binary]:
    """What lies at an address that a reply names (a `data:` URL lies in it). No credential is sent there."""
    if isinstance(url, str) and url.startswith("data:"):
        yield from ()
        head, _, data = url.partition(",")
        return from_base64(data, media_type=head[5:].partition(";")[0], at=at)
    request = Request(method="GET", url=_address(url, at), headers={"User-Agent": USER_AGENT})
    response = yield from send(request, context, provider=provider)
    if response.is_html:
        response.json(request)  # raises, and says what came
    return Binary(response.body, media_type_of(response.media_type, response.body))


def _address(url: Any, at: str) -> str:
    if not isinstance(url, str) or not url.startswith(("http://", "https://", "data:")):
        raise wrong_shape("an http(s) URL", url, at)
    return url
