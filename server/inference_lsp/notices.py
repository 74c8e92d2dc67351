"""Which messages were shown lately, so that the same one is not shown again.

Knows sentences and when each was last shown. Knows no editor; the clock is handed in.
"""

from __future__ import annotations

from collections.abc import Callable

QUIET = 600.0
"""Seconds in which the same message is shown once."""


class Notices:
    """The messages of one session."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._shown: dict[str, float] = {}

    def is_new(self, message: str) -> bool:
        """Whether to show a message now; it counts as shown then."""
        now = self._clock()
        self._shown = {said: at for said, at in self._shown.items() if now - at < QUIET}
        if message in self._shown:
            return False
        self._shown[message] = now
        return True
