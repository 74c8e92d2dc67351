"""How the server is, for the editor's status bar: idle, busy, or in need of attention.

Knows jobs under way and the last thing that went wrong at each backend. Knows no job by name and no protocol but its
own update.
"""

from __future__ import annotations

from collections.abc import Callable

from inference_lsp.jobs import Outcome
from inference_lsp.protocol import StatusUpdate


class Status:
    """Says each change once. A backend's trouble is forgotten when it has answered again, or when settings changed."""

    def __init__(self, send: Callable[[StatusUpdate], None]) -> None:
        self._send = send
        self._running = 0
        self._troubles: dict[str, Outcome] = {}
        self._said = StatusUpdate(state="idle")

    @property
    def now(self) -> StatusUpdate:
        """How the server is, as it was said last."""
        return self._said

    def began(self) -> None:
        """A job is under way."""
        self._running += 1
        self._say()

    def ended(self, outcome: Outcome, label: str) -> None:
        """A job that asked this backend is over."""
        self._running -= 1
        if outcome.state == "done":
            self._troubles.pop(label, None)
        elif outcome.state == "failed":
            self._trouble(label, outcome)
        self._say()

    def pausing(self, label: str, message: str, remedy: str) -> None:
        """An automatic feature leaves a backend alone for a while."""
        self._trouble(label, Outcome("failed", message, remedy))
        self._say()

    def works(self, label: str) -> None:
        """A backend answered an automatic feature."""
        if self._troubles.pop(label, None) is not None:
            self._say()

    def forgive(self) -> None:
        """Settings or credentials are others now: what went wrong before says nothing any more."""
        self._troubles.clear()
        self._say()

    def _trouble(self, label: str, outcome: Outcome) -> None:
        self._troubles.pop(label, None)  # the newest is the last
        self._troubles[label] = outcome

    def _say(self) -> None:
        if self._running:
            update = StatusUpdate(state="busy", message=f"{self._running} running" if self._running > 1 else "")
        elif self._troubles:
            trouble = list(self._troubles.values())[-1]
            update = StatusUpdate(state="attention", message=trouble.message, remedy=trouble.remedy)
        else:
            update = StatusUpdate(state="idle")
        if update != self._said:
            self._said = update
            self._send(update)
