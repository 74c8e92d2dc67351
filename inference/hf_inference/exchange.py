"""One HTTP exchange of the asynchronous client, in a task of its own that is cancelled at most once.

Knows two facts about httpx 0.28 that a caller should not have to know: a request cancelled twice leaks its connection,
and so does one cancelled in the instant between connecting and sending. So the request runs in an inner task; whoever
asks for its result may be cancelled at any time and any number of times, and the inner task is cancelled once, never in
that instant, and always comes to its end.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import httpx

from hf_inference import http
from hf_inference.configured import Prepared, timed_out
from hf_inference.core.errors import CancelledCallError, InferenceError
from hf_inference.core.events import EventReader
from hf_inference.core.flow import Send
from hf_inference.core.wire import Response

MOST_WAITING = 256
"""Chunks that may wait for a slow reader before the socket is no longer read."""


class Exchange:
    """A request under way: first its head, then, if it streams, its chunks."""

    def __init__(self, client: httpx.AsyncClient, effect: Send, prepared: Prepared) -> None:
        self._effect = effect
        self._prepared = prepared
        self._loop = asyncio.get_running_loop()
        self._head: Response | None = None
        self._chunks: deque[bytes] = deque()
        self._failure: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._stopping = False
        self._delicate = False
        self.task = self._loop.create_task(self._run(client))
        self.task.add_done_callback(self._finished)

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
            await self._wait("first_token", "")
        return self._head

    async def chunk(self, reader: EventReader[Any]) -> bytes | None:
        """The bytes that have come since the last call, None at the end of the body."""
        while not self._chunks:
            if self._failure is not None:
                failure = self._failure
                if isinstance(failure, InferenceError):
                    raise failure
                raise http.broken_stream(failure, reader, self._prepared) from failure
            if self.task.done():
                return None
            await self._wait("between_tokens" if reader.partial_text else "first_token", reader.partial_text)
        chunk = b"".join(self._chunks) if len(self._chunks) > 1 else self._chunks[0]
        self._chunks.clear()
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
        return chunk

    def abandon(self) -> None:
        """Stop, from wherever the garbage collector runs."""
        if not self.task.done() and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop)

    async def close(self, *, patiently: bool = False) -> None:
        """Stop, and wait until the connection is let go. A connection just being made is let go a moment later,
        and `close` waits for that only if told to be patient."""
        self._stop()
        if not self.task.done() and (patiently or not self._delicate):
            await asyncio.wait({self.task})

    def _stop(self) -> None:
        if not self._stopping and not self.task.done():
            self._stopping = True
            if not self._delicate:
                self.task.cancel()
        self._notify()

    async def _run(self, client: httpx.AsyncClient) -> None:
        effect, timeouts = self._effect, self._prepared.timeouts
        limits = httpx.Timeout(connect=timeouts.connect, read=None, write=None, pool=None)
        try:
            request = http.to_httpx(client, effect.request, limits, self._trace)
            response = await client.send(request, stream=True)
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
            self._failure = error if self._head is not None else http.translate(error, effect.request, timeouts)

    async def _pump(self, response: httpx.Response) -> None:
        async for chunk in response.aiter_bytes() if http.is_encoded(response) else response.aiter_raw():
            self._chunks.append(chunk)
            self._notify()
            if len(self._chunks) >= MOST_WAITING:
                self._room = self._loop.create_future()
                await self._room

    async def _trace(self, step: str, info: Any) -> None:
        if step == "connection.connect_tcp.complete":
            self._delicate = True
        elif self._delicate and (step.endswith(("send_request_headers.started", ".failed"))):
            self._delicate = False
            if self._stopping:
                self.task.cancel()

    async def _wait(self, phase: str, partial_text: str) -> None:
        """Until something has changed, or the phase's limit has passed."""
        seconds, name = self._prepared.within(phase)
        waiter = self._waiter = self._loop.create_future()
        timer = None if seconds is None else self._loop.call_later(seconds, self._expire, waiter, name, partial_text)
        try:
            await waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()

    def _expire(self, waiter: asyncio.Future[None], phase: str, partial_text: str) -> None:
        if not waiter.done():
            limit = getattr(self._prepared.timeouts, phase)
            waiter.set_exception(timed_out(self._effect.request.host, phase, limit, partial_text))

    def _notify(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _finished(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None and self._failure is None:
            self._failure = error if isinstance(error, Exception) else CancelledCallError(repr(error))
        self._notify()
