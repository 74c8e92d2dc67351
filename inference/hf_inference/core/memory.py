"""A small cache of look-ups: bounded in entries and in time.

Knows keys, values and a clock it is given. Knows nothing of what is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any


class Memory:
    """Remembers up to `limit` values for `lifetime` seconds each; the oldest goes first."""

    def __init__(self, clock: Callable[[], float], *, lifetime: float = 600.0, limit: int = 1_000) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._limit = limit
        self._entries: dict[Hashable, tuple[float, Any]] = {}

    def get(self, key: Hashable) -> Any | None:
        """The value, or None if it was never set or its time is over."""
        entry = self._entries.get(key)
        if entry is None or entry[0] <= self._clock():
            self._entries.pop(key, None)
            return None
        return entry[1]

    def set(self, key: Hashable, value: Any) -> None:
        self._entries.pop(key, None)
        self._entries[key] = (self._clock() + self._lifetime, value)
        excess = len(self._entries) - self._limit
        if excess > 0:  # of a copy: another thread may set one meanwhile
            for oldest in tuple(self._entries)[:excess]:
                self._entries.pop(oldest, None)
