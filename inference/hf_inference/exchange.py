"""One HTTP exchange of the asynchronous client, in a task of its own that is cancelled at most once.

Knows three facts about httpx 0.28 that a caller should not have to know: it leaks the connection of a request that is
cancelled twice, or between connecting and sending, or while it lets the connection go. So the request runs in an inner
task; whoever asks for its result may be cancelled at any time and any number of times, and the inner task is cancelled
once: but between connecting and sending its socket is shut down instead, so that it fails by itself, and once it lets
go it is left to do so. Either way it comes to its end at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from hf_inference import http, network
from hf_inference.configured import Prepared, timed_out
from hf_inference.core.errors import CancelledCallError, InferenceError
from hf_inference.core.events import EventReader
from hf_inference.core.flow import Send
from hf_inference.core.wire import Response

MOST_WAITING = 1024 * 1024
"""Bytes that may wait for a slow reader before the socket is no longer read."""


class Exchange:
    """A request under way: first its head, then, if it streams, its chunks."""

    def __init__(
        self, client: httpx.AsyncClient, effect: Send, prepared: Prepared, ended: Callable[[Exchange], object]
    ) -> None:
        self._effect = effect
        self._prepared = prepared
        self._ended = ended
        """Called once when the connection is let go."""
        self._loop = asyncio.get_running_loop()
        self._head: Response | None = None
        self._chunks: list[bytes] = []
        self._waiting = 0
        self._failure: Exception | None = None
        self._closing = False
        """Whether the connection is being let go, which takes no time and must not be cut short."""
        self._waiter: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._stopping = False
        self._began = time.monotonic()
        self._stream: Any = None
        """The connection that was made for this exchange, None if it was there before."""
        self._unsent = False
        """Whether it is connected, or being encrypted, and nothing was sent: a cancellation now would leak it."""
        self.task = self._loop.create_task(self._run(client))
        self.task.add_done_callback(self._finished)
        if prepared.signal is not None:
            leave = prepared.signal.listen(lambda: self._from_any_thread(self._abort))
            self.task.add_done_callback(lambda _: leave())

    @property
    def streams(self) -> bool:
        """Whether the body comes in chunks: a success that was asked to stream."""
        return self._effect.stream and self._head is not None and self._head.status < 300

    async def head(self) -> Response:
        """The reply's status and headers, and its body unless it streams."""
        while self._head is None:
            if self._failure is not None:
                raise self._failure
            if self.task.done():
                raise CancelledCallError(f"The request to {self._effect.request.host} was stopped")
            await self._wait("first_token", None)
        return self._head

    async def chunk(self, reader: EventReader[Any]) -> bytes | None:
        """The bytes that have come since the last call, None at the end of the body."""
        while not self._chunks:
            if self._failure is not None:
                failure = self._failure
                if isinstance(failure, InferenceError):
                    raise failure
                raise http.broken_stream(failure, reader) from failure
            if self.task.done():
                return None
            await self._wait("between_tokens" if reader.started else "first_token", reader)
        chunk = b"".join(self._chunks)
        self._chunks.clear()
        self._waiting = 0
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
        return chunk

    def abandon(self) -> None:
        """Stop, from wherever the garbage collector runs."""
        self._from_any_thread(self.stop)

    def stop(self) -> None:
        """Stop, without waiting for the end. Only in the loop's own thread."""
        if not self._stopping and not self.task.done():
            self._stopping = True
            if self._unsent:
                network.interrupt(self._stream)
            elif not self._closing:
                self.task.cancel()
        self._notify()

    async def close(self) -> None:
        """Stop, and wait until the connection is let go."""
        self.stop()
        if not self.task.done():
            await asyncio.wait({self.task})

    async def _run(self, client: httpx.AsyncClient) -> None:
        effect = self._effect
        connect, connect_limit = self._prepared.within("connect")
        limits = httpx.Timeout(connect=connect, read=None, write=None, pool=None)
        try:
            request = http.to_httpx(client, effect.request, limits, self._trace, self._prepared)
            response = await client.send(request, stream=True, follow_redirects=False)
            try:
                if effect.stream and response.is_success:
                    self._head = http.head_of(response)
                    self._notify()
                    await self._pump(response)
                elif response.is_success:
                    self._head = http.head_of(response, await response.aread())
                else:
                    self._head = http.head_of(response, await http.excerpt_async(response.aiter_bytes()))
            finally:
                await response.aclose()
        except http.ERRORS as error:
            if self._head is not None:
                self._failure = error
            elif isinstance(error, httpx.TimeoutException):
                self._failure = self._timed_out(connect_limit, None)
            else:
                self._failure = http.translate(error, effect.request)
                self._failure.__cause__ = error
        self._notify()

    async def _pump(self, response: httpx.Response) -> None:
        async for chunk in http.chunks_of_async(response):
            self._chunks.append(chunk)
            self._waiting += len(chunk)
            self._notify()
            if self._waiting >= MOST_WAITING:
                self._room = self._loop.create_future()
                await self._room

    async def _trace(self, step: str, info: Any) -> None:
        stream = network.connected(step, info)
        if stream is not None:
            network.improve_async(stream)
            self._stream = stream
            self._unsent = True
            if self._stopping:
                network.interrupt(stream)
        elif step in _ENCRYPTING:
            self._unsent = self._stream is not None
        elif step in _SENDING:
            self._unsent = self._closing = False
            if self._stopping:
                self.task.cancel()
        elif step in _CLOSING:
            self._closing = True

    async def _wait(self, phase: str, reader: EventReader[Any] | None) -> None:
        """Until something has changed, or the phase's limit has passed."""
        seconds, limit = self._prepared.within(phase, self._began if phase == "first_token" else None)
        waiter = self._waiter = self._loop.create_future()
        timer = None if seconds is None else self._loop.call_later(seconds, self._expire, waiter, limit, reader)
        try:
            await waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()

    def _expire(self, waiter: asyncio.Future[None], limit: str, reader: EventReader[Any] | None) -> None:
        if not waiter.done():
            waiter.set_exception(self._timed_out(limit, reader))

    def _timed_out(self, limit: str, reader: EventReader[Any] | None) -> InferenceError:
        text = "" if reader is None else reader.partial_text
        return timed_out(self._effect.request.host, limit, getattr(self._prepared.timeouts, limit), text)

    def _notify(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _from_any_thread(self, act: Callable[[], object]) -> None:
        if not self.task.done() and not self._loop.is_closed():
            with suppress(RuntimeError):  # the loop was closed this very moment, and all its sockets with it
                self._loop.call_soon_threadsafe(act)

    def _abort(self) -> None:
        if not self.task.done():
            self._failure = self._prepared.aborted()
            self._chunks.clear()
            self.stop()

    def _finished(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None and self._failure is None:
            self._failure = error if isinstance(error, Exception) else CancelledCallError(repr(error))
        self._ended(self)
        self._notify()


_SENDING = frozenset({"http11.send_request_headers.started", "http2.send_request_headers.started"})
_CLOSING = frozenset({"http11.response_closed.started", "http2.response_closed.started"})
_ENCRYPTING = frozenset({"connection.start_tls.started", "proxy.start_tls.started", "socks.start_tls.started"})
