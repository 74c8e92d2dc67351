"""httpx's words for ours: building clients, sending values, and naming what went wrong.

The only module beside the two shells and the engines' transport that knows httpx. Import it late: httpx costs a
tenth of a second, and an SSL context some more.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from hf_inference.configured import Prepared
from hf_inference.core.binary import Body
from hf_inference.core.errors import BackendUnreachableError, InferenceError, InputError
from hf_inference.core.events import EventReader
from hf_inference.core.options import Network
from hf_inference.core.wire import Request, Response
from hf_inference.engines.engine import Engine
from hf_inference.engines.transport import AsyncEngineTransport, EngineTransport

if TYPE_CHECKING:
    from hf_inference.engines.replay import ReplayTransport

LONGEST_ERROR_BODY = 64 * 1024
"""Bytes of an error's body that are read; a sentence needs no more, and a broken proxy may send gigabytes."""

ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError)
"""What httpx raises for reasons outside this program."""

_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)
# No hard limit: httpx 0.28 can lose a pool slot for good when a request is cancelled, and without a limit a lost
# slot costs a list entry and no more.


def new_client(engine: Engine | None, at: Network) -> httpx.Client:
    """A client with this library's settings, on the network or on an engine."""
    if engine is not None:
        return httpx.Client(transport=EngineTransport(engine), trust_env=False)
    if at.replay is not None:
        return httpx.Client(transport=_replay(at), trust_env=False)
    with _settings_explained(at):
        kind = _OwnClient if at.record is None else _recording(at)[0]
        return kind(verify=_ssl_context(at), proxy=at.proxy, trust_env=at.use_environment, limits=_LIMITS)


async def new_async_client(engine: Engine | None, at: Network) -> httpx.AsyncClient:
    """As `new_client`, in a thread: the SSL context is 30 ms of work, and httpx has more to import."""
    if engine is not None:
        return httpx.AsyncClient(transport=AsyncEngineTransport(engine), trust_env=False)
    if at.replay is not None:
        return httpx.AsyncClient(transport=await asyncio.to_thread(_replay, at), trust_env=False)
    with _settings_explained(at):
        return await asyncio.to_thread(_new_network_client, at)


def _new_network_client(at: Network) -> httpx.AsyncClient:
    kind = _OwnAsyncClient if at.record is None else _recording(at)[1]
    return kind(verify=_ssl_context(at), proxy=at.proxy, trust_env=at.use_environment, limits=_LIMITS)


def to_httpx(
    client: httpx.Client | httpx.AsyncClient, request: Request, limits: httpx.Timeout, trace: Any, prepared: Prepared
) -> httpx.Request:
    """Our request as httpx's. `trace` is httpcore's hook on the steps of a connection."""
    headers = {name.lower(): value for name, value in (*request.headers.items(), *request.secret_headers.items())}
    _check(headers)
    content: Any = request.body
    if isinstance(request.body, Body):
        headers["content-length"] = str(request.body.size)
        content = request.body.chunks() if isinstance(client, httpx.Client) else _off_the_loop(request.body)
    url = _url(request.url)
    if isinstance(client, _OwnClient | _OwnAsyncClient) and not client.cookies.jar:
        # there is nothing to merge, which costs as much as all the rest of making a request
        headers = {"accept": "*/*", "accept-encoding": client.headers["accept-encoding"], **headers}
        extensions = {"trace": trace, "timeout": limits.as_dict()}
        return httpx.Request(request.method, url, headers=headers, content=content, extensions=extensions)
    built = client.build_request(
        request.method, url, headers=headers, content=content, timeout=limits, extensions={"trace": trace}
    )
    if not prepared.sends_cookies:
        built.headers.pop("cookie", None)
    return built


@lru_cache(maxsize=64)
def _url(url: str) -> httpx.URL:
    """httpx's URL, which is a value: parsing it is a quarter of what making a request costs."""
    return httpx.URL(url)


class _OwnClient(httpx.Client):
    """Made here, with no URL, parameters or headers of its own."""


class _OwnAsyncClient(httpx.AsyncClient):
    """As `_OwnClient`."""


async def _off_the_loop(body: Body) -> AsyncIterator[bytes]:
    """A body's pieces, read in a thread where reading may wait for a disk."""
    chunks = body.chunks()
    if body.in_memory:
        for chunk in chunks:
            yield chunk
        return
    while chunk := await asyncio.to_thread(next, chunks, b""):
        yield chunk


def head_of(response: httpx.Response, body: bytes = b"") -> Response:
    """httpx's reply as ours."""
    return Response(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)


def chunks_of(response: httpx.Response) -> Iterator[bytes]:
    """The body as it comes. Through httpx's decoders only if it must: they cost as much as reading."""
    return response.iter_bytes() if _needs_decoding(response) else response.iter_raw()


def chunks_of_async(response: httpx.Response) -> AsyncIterator[bytes]:
    """As `chunks_of`."""
    return response.aiter_bytes() if _needs_decoding(response) else response.aiter_raw()


def _needs_decoding(response: httpx.Response) -> bool:
    """Whether the body is compressed, or was read already by a transport that is no network."""
    return "content-encoding" in response.headers or response.is_stream_consumed


def excerpt(chunks: Iterable[bytes]) -> bytes:
    """The beginning of an error's body."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) >= LONGEST_ERROR_BODY:
            break
    return bytes(body[:LONGEST_ERROR_BODY])


async def excerpt_async(chunks: AsyncIterable[bytes]) -> bytes:
    """The beginning of an error's body."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) >= LONGEST_ERROR_BODY:
            break
    return bytes(body[:LONGEST_ERROR_BODY])


def translate(error: Exception, request: Request) -> InferenceError:
    """The error of our tree that a failed sending means; a timeout is the shell's to name."""
    host = request.host
    match error:
        case httpx.ProxyError():
            return BackendUnreachableError(f"the proxy on the way to {host} refused: {_reason(error)}", host=host)
        case httpx.ConnectError() if _is_untrusted(error):
            return BackendUnreachableError(
                f"{host} is not trusted: {_reason(error)}. If its certificate comes from an authority of your own, "
                "name that authority's file in SSL_CERT_FILE or Network(ca_file=…).",
                host=host,
            )
        case httpx.ConnectError():
            return BackendUnreachableError(
                f"cannot connect to {host}: {_reason(error)}. Check the address, the network, and the server.",
                host=host,
                before_sending=True,
            )
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return InputError(f"the URL of {host or 'the target'} cannot be requested: {_reason(error)}")
        case httpx.RemoteProtocolError() if "illegal status line" in str(error):
            return BackendUnreachableError(
                f"{host} answered with something that is not HTTP. Check the address and the port; http or https?",
                host=host,
                broke=True,
            )
        case httpx.LocalProtocolError():
            return InputError(f"the request to {host} cannot be sent as HTTP: {type(error.__cause__).__name__}")
        case _:
            return BackendUnreachableError(f"{host} broke the connection: {_reason(error)}", host=host, broke=True)


def broken_stream(error: Exception, reader: EventReader[Any]) -> InferenceError:
    """The error of a body that stopped coming, with the text that had come."""
    return reader.cut(f"the connection broke amid the answer ({_reason(error)})")


def _check(headers: Mapping[str, str]) -> None:
    """Refuse what HTTP cannot carry, here, where the sentence can leave out the value: it may be a token."""
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise InputError(
                f"the header {name!r} has a character that HTTP does not allow: a token or header value is printable "
                "ASCII, with no line break and no space round it"
            )


def _is_untrusted(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _recording(at: Network) -> tuple[Callable[..., httpx.Client], Callable[..., httpx.AsyncClient]]:
    """The makers of clients that write to one new recording."""
    from hf_inference.engines import replay
    from hf_inference.engines.recording import Tape

    tape = Tape(Path(at.record or "").expanduser(), at.secrets)
    return partial(replay.RecordingClient, tape), partial(replay.AsyncRecordingClient, tape)


def _replay(at: Network) -> ReplayTransport:
    from hf_inference.engines.recording import Mask, read
    from hf_inference.engines.replay import ReplayTransport

    return ReplayTransport(read(Path(at.replay or "").expanduser()), Mask(at.secrets), pace=at.replay_pace)


@contextmanager
def _settings_explained(at: Network) -> Iterator[None]:
    """What httpx raises for settings it cannot use, as the error of settings that must be changed."""
    try:
        yield
    except (ValueError, ImportError) as error:  # a scheme it does not know, SOCKS without its package
        raise InputError(
            f"The proxy {'given' if at.proxy else 'of the environment'} cannot be used: {error}"
        ) from error


def _ssl_context(at: Network) -> ssl.SSLContext:
    try:
        if at.ca_file is not None:
            return ssl.create_default_context(cafile=os.fspath(at.ca_file))
        return httpx.create_ssl_context(trust_env=at.use_environment)
    except OSError as error:  # a file that is not there, or holds no certificate
        named = f"{os.fspath(at.ca_file)!r}" if at.ca_file is not None else "SSL_CERT_FILE or SSL_CERT_DIR"
        raise InputError(f"The certificates that {named} names cannot be read: {error}") from error


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"([!-~]([\t -~]*[!-~])?)?")
