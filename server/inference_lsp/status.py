"""How the server is, for the editor's status bar: idle, busy, or in need of attention.

Knows jobs under way and the last thing that went wrong. Knows no job by name and no protocol but its own update.
"""

from __future__ import annotations

from collections.abc import Callable

from inference_lsp.jobs import Outcome
from inference_lsp.protocol import StatusUpdate


class Status:
    """Says each change once. A trouble is forgotten when something has worked again."""

    def __init__(self, send: Callable[[StatusUpdate], None]) -> None:
        self._send = send
        self._running = 0
        self._trouble: Outcome | None = None
        self._said = StatusUpdate(state="idle")

    def began(self) -> None:
        """A job is under way."""
        self._running += 1
        self._say()

    def ended(self, outcome: Outcome) -> None:
        """A job is over."""
        self._running -= 1
        if outcome.state == "done":
            self._trouble = None
        elif outcome.state == "failed":
            self._trouble = outcome
        self._say()

    def pausing(self, message: str, remedy: str) -> None:
        """An automatic feature leaves its backend alone for a while."""
        self._trouble = Outcome("failed", message, remedy)
        self._say()

    def works(self) -> None:
        """An automatic feature was answered."""
        self._trouble = None
        self._say()

    def _say(self) -> None:
        if self._running:
            update = StatusUpdate(state="busy", message=f"{self._running} running" if self._running > 1 else "")
        elif self._trouble is not None:
            update = StatusUpdate(state="attention", message=self._trouble.message, remedy=self._trouble.remedy)
        else:
            update = StatusUpdate(state="idle")
        if update != self._said:
            self._said = update
            self._send(update)
