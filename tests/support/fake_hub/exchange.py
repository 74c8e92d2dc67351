"""What the fake Hub remembers of one request, and the gate a test holds while a reply waits.

Knows when a request came, how much of its answer went out and when its client left. Knows no socket and no
reply."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request and the fate of its answer. Times are loop times (`time.monotonic`), in seconds."""

    number: int
    """1 for the first request the hub got."""
    connection: int
    """1 for the first connection; equal in two exchanges that shared a socket."""
    method: str
    target: str
    """The request target as sent: with its query, absolute when the client takes the hub for a proxy."""
    path: str
    """The target's path, still percent-encoded."""
    query: dict[str, list[str]]
    headers: dict[str, str]
    """Names in lower case; values of a repeated name joined with ", "."""
    body: bytes
    arrived_at: float
    """When the last byte of the request was read."""
    chunks_sent: int = 0
    """Pieces of the answer written so far, its head included."""
    done: bool = False
    """The whole answer was written, or its planned cut was reached."""
    closed_at: float | None = None
    """When the client closed the connection, before or after the answer's end; None if it did not."""

    def json(self) -> Any:
        """The body as JSON; ValueError when it is not."""
        return json.loads(self.body)

    @property
    def in_flight(self) -> bool:
        """The answer is not finished and the client still waits."""
        return not self.done and self.closed_at is None

    @property
    def abandoned(self) -> bool:
        """The client left before the answer's end."""
        return not self.done and self.closed_at is not None

    def __str__(self) -> str:
        fate = "in flight" if self.in_flight else "abandoned" if self.abandoned else "done"
        return f"#{self.number} {self.method} {self.target} {fate}, {self.chunks_sent} chunks sent"


class Gate:
    """A closed gate in a reply: each `open()` lets one reply go one step. May be opened from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, changed: Callable[[], None]) -> None:
        self._loop = loop
        self._changed = changed
        self._permits = asyncio.Semaphore(0)
        self._stays_open = False
        self.waiting = 0
        """Replies that stand at the gate now."""

    def open(self, count: int = 1) -> None:
        """Lets `count` steps through, now or when they come."""
        self._loop.call_soon_threadsafe(self._release, count)

    def stay_open(self) -> None:
        """Lets everything through from now on."""
        self._loop.call_soon_threadsafe(self._release, None)

    async def passed(self) -> None:
        """Returns when the gate let the caller through."""
        self.waiting += 1
        self._changed()
        try:
            if not self._stays_open:
                await self._permits.acquire()
        finally:
            self.waiting -= 1

    def _release(self, count: int | None) -> None:
        if count is None:
            self._stays_open = True
            count = self.waiting
        for _ in range(count):
            self._permits.release()
