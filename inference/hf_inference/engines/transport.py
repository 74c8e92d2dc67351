"""An engine as a transport of httpx, so that it plugs into the socket the network uses.

Knows how to run blocking work beside an event loop. Knows nothing of tasks. (`httpx.ASGITransport` would hold back a
stream until its end.)
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx

from hf_inference.engines.engine import Engine
from hf_inference.engines.handler import EngineReply, handle


class EngineTransport(httpx.BaseTransport):
    """Answers in the calling thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        reply = handle(self._engine, request.method, request.url.path, request.read())
        body = reply.body
        return httpx.Response(
            reply.status,
            headers=dict(reply.headers),
            stream=_Whole(body) if isinstance(body, bytes) else _Pieces(body),
        )


class AsyncEngineTransport(httpx.AsyncBaseTransport):
    """Answers from worker threads, so that a slow engine never holds the event loop."""

    def __init__(self, engine: Engine, *, workers: int = 4) -> None:
        self._engine = engine
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix=f"{engine.name}-engine")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        abandoned = threading.Event()
        work = partial(handle, self._engine, request.method, request.url.path, await request.aread(), abandoned.is_set)
        try:
            reply: EngineReply = await asyncio.get_running_loop().run_in_executor(self._workers, work)
        except asyncio.CancelledError:
            abandoned.set()  # its worker is wanted by others
            raise
        body = reply.body
        return httpx.Response(
            reply.status,
            headers=dict(reply.headers),
            stream=_Whole(body) if isinstance(body, bytes) else _AsyncPieces(body, self._workers),
        )

    async def aclose(self) -> None:
        self._workers.shutdown(wait=False, cancel_futures=True)


class _Whole(httpx.ByteStream):
    pass


class _Pieces(httpx.SyncByteStream):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    def close(self) -> None:
        _stop(self._pieces)


class _AsyncPieces(httpx.AsyncByteStream):
    def __init__(self, pieces: Iterator[bytes], workers: ThreadPoolExecutor) -> None:
        self._pieces = pieces
        self._workers = workers
        self._stepping: asyncio.Future[bytes | None] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        while True:
            self._stepping = loop.run_in_executor(self._workers, next, self._pieces, None)
            piece = await asyncio.shield(self._stepping)
            if piece is None:
                return
            yield piece

    async def aclose(self) -> None:
        stepping = self._stepping
        if stepping is None or stepping.done():
            _stop(self._pieces)
        else:  # an iterator cannot be closed while it runs in its thread
            stepping.add_done_callback(self._stop_after)

    def _stop_after(self, step: asyncio.Future[bytes | None]) -> None:
        if not step.cancelled():
            step.exception()  # read, so that it is not reported as never retrieved
        _stop(self._pieces)


def _stop(pieces: Iterator[bytes]) -> None:
    close = getattr(pieces, "close", None)
    if close is not None:
        close()
