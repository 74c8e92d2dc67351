"""httpx's words for ours: building clients, sending values, and naming what went wrong.

The only module beside the two shells and the engines' transport that knows httpx. Import it late: httpx costs a
tenth of a second, and an SSL context some more.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import Any

import httpx

from hf_inference.configured import Prepared, timed_out
from hf_inference.core.binary import Body
from hf_inference.core.errors import BackendUnreachableError, InferenceError, InputError
from hf_inference.core.events import EventReader
from hf_inference.core.options import Timeouts
from hf_inference.core.wire import Request, Response
from hf_inference.engines.engine import Engine
from hf_inference.engines.transport import AsyncEngineTransport, EngineTransport

LONGEST_ERROR_BODY = 64 * 1024
"""Bytes of an error's body that are read; a sentence needs no more, and a broken proxy may send gigabytes."""

ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError)
"""What httpx raises for reasons outside this program."""

_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)
# No hard limit: httpx 0.28 can lose a pool slot for good when a request is cancelled, and without a limit a lost
# slot costs a list entry and no more.


def new_client(engine: Engine | None = None) -> httpx.Client:
    """A client with this library's settings, on the network or on an engine."""
    if engine is not None:
        return httpx.Client(transport=EngineTransport(engine), trust_env=False)
    return httpx.Client(verify=_ssl_context(), limits=_LIMITS, follow_redirects=False)


async def new_async_client(engine: Engine | None = None) -> httpx.AsyncClient:
    """As `new_client`; the SSL context, 30 ms of work, is made in a thread."""
    if engine is not None:
        return httpx.AsyncClient(transport=AsyncEngineTransport(engine), trust_env=False)
    context = await asyncio.to_thread(_ssl_context)
    return httpx.AsyncClient(verify=context, limits=_LIMITS, follow_redirects=False)


def to_httpx(
    client: httpx.Client | httpx.AsyncClient, request: Request, limits: httpx.Timeout, trace: Any = None
) -> httpx.Request:
    """Our request as httpx's. `trace` is httpcore's hook on the steps of a connection."""
    headers = {**request.headers, **request.secret_headers}
    content: Any = request.body
    if isinstance(request.body, Body):
        headers["Content-Length"] = str(request.body.size)
        content = request.body.chunks() if isinstance(client, httpx.Client) else _off_the_loop(request.body)
    return client.build_request(
        request.method,
        request.url,
        headers=headers,
        content=content,
        timeout=limits,
        extensions={"trace": trace} if trace is not None else None,
    )


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


def is_encoded(response: httpx.Response) -> bool:
    """Whether the body is compressed, so that it has to be read through httpx's decoders."""
    return "content-encoding" in response.headers


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


def translate(error: Exception, request: Request, timeouts: Timeouts, phase: str = "first_token") -> InferenceError:
    """The error of our tree that a failed sending means."""
    host = request.host
    match error:
        case httpx.ConnectTimeout():
            return timed_out(host, "connect", timeouts.connect)
        case httpx.TimeoutException():
            return timed_out(host, phase, getattr(timeouts, phase))
        case httpx.ProxyError():
            return BackendUnreachableError(f"the proxy on the way to {host} refused: {_reason(error)}", host=host)
        case httpx.ConnectError():
            return BackendUnreachableError(
                f"cannot connect to {host}: {_reason(error)}. Check the address, the network, and the server.",
                host=host,
                before_sending=True,
            )
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return InputError(f"{request.url!r} cannot be requested: {_reason(error)}")
        case _:
            return BackendUnreachableError(f"{host} broke the connection: {_reason(error)}", host=host)


def broken_stream(error: Exception, reader: EventReader[Any], prepared: Prepared) -> InferenceError:
    """The error of a body that stopped coming, with the text that had come."""
    if isinstance(error, httpx.TimeoutException):
        return stream_timed_out(prepared, "total" if (prepared.left() or 1) <= 0 else "first_token", reader)
    return reader.cut(f"the connection broke amid the answer ({_reason(error)})")


def stream_timed_out(prepared: Prepared, phase: str, reader: EventReader[Any]) -> InferenceError:
    """The error of a limit that passed amid a stream."""
    return timed_out(reader.host, phase, getattr(prepared.timeouts, phase), reader.partial_text)


def _ssl_context() -> ssl.SSLContext:
    try:
        return httpx.create_ssl_context()
    except OSError as error:  # SSL_CERT_FILE names a file that is not there
        raise InputError(f"The certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be read: {error}") from error


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
