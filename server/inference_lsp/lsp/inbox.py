"""Messages on their way from the reading thread to the event loop, in order, one a turn of the loop.

Knows that a `$/cancelRequest` may overtake the request it is about while that still waits here.
Refuses to know what the messages do. One a turn, so that what one starts begins before the next is seen.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress

from lsprotocol import types as t

from inference_lsp.lsp.errors import RequestCancelled
from inference_lsp.lsp.messages import Message, MessageId, Notification, Refused, Request, read_message


class Inbox:
    """`put` and `end` belong to the reading thread, everything else to `loop`'s."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        deliver: Callable[[Message], None],
        ended: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._deliver = deliver
        self._ended = ended
        self._bodies: deque[bytes | None] = deque()
        self._messages: deque[Message | None] = deque()
        self._waiting: set[MessageId] = set()
        self._cancelled: set[MessageId] = set()
        self._scheduled = False

    def put(self, bodies: Iterable[bytes]) -> None:
        """Adds message bodies, as they were read."""
        self._bodies.extend(bodies)
        self._wake()

    def end(self) -> None:
        """Says that nothing more will come."""
        self._bodies.append(None)
        self._wake()

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: the session ended while the thread was reading
            self._loop.call_soon_threadsafe(self._schedule)

    def _schedule(self) -> None:
        if self._bodies and not self._scheduled:
            self._deliver_one()

    def _deliver_one(self) -> None:
        self._read_waiting()
        try:
            self._hand_over(self._messages.popleft())
        finally:
            # After the delivery: what it scheduled has its turn first.
            self._scheduled = bool(self._messages)
            if self._scheduled:
                self._loop.call_soon(self._deliver_one)

    def _hand_over(self, message: Message | None) -> None:
        match message:
            case None:
                self._ended()
            case Request(id=id):
                self._waiting.discard(id)
                if id in self._cancelled:
                    self._cancelled.discard(id)
                    message = Refused(id, RequestCancelled())
                self._deliver(message)
            case _:
                self._deliver(message)

    def _read_waiting(self) -> None:
        """Reads all there is, so that a cancel is seen while its request waits."""
        while self._bodies:
            body = self._bodies.popleft()
            message = None if body is None else read_message(body)
            match message:
                case Request(id=id):
                    self._waiting.add(id)
                case Notification(method=t.CANCEL_REQUEST, params={"id": int() | str() as id}) if id in self._waiting:
                    self._cancelled.add(id)
                    continue
            self._messages.append(message)
