"""A far side that keeps what it is sent piece by piece, and throws the bytes away if it is told to.

Knows httpx's transports. Knows no task."""

from __future__ import annotations

from collections.abc import Callable

import httpx


class Sink(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Reads each request's body as it is streamed, then answers with what `answer` makes."""

    def __init__(self, answer: Callable[[], httpx.Response], *, keep: bool = True) -> None:
        self.headers: list[httpx.Headers] = []
        self.urls: list[httpx.URL] = []
        self.bodies: list[bytes] = []
        """Whole bodies, or empty ones if they are not kept."""
        self.lengths: list[int] = []
        self.longest_piece = 0
        self._answer = answer
        self._keep = keep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        self._begin(request)
        for piece in request.stream:
            self._take(piece)
        return self._answer()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        self._begin(request)
        async for piece in request.stream:
            self._take(piece)
        return self._answer()

    def _begin(self, request: httpx.Request) -> None:
        self.headers.append(request.headers)
        self.urls.append(request.url)
        self.bodies.append(b"")
        self.lengths.append(0)

    def _take(self, piece: bytes) -> None:
        self.lengths[-1] += len(piece)
        self.longest_piece = max(self.longest_piece, len(piece))
        if self._keep:
            self.bodies[-1] += piece
