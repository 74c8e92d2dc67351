"""A growing text, cut where a stop sequence begins, however the sequence was cut into pieces.

Knows the sequences. Knows no model. Nothing is given out that may turn out to be the beginning of one.
"""

from __future__ import annotations

from collections.abc import Sequence


class StopCutter:
    """Give it pieces; it gives back what is certain to stay."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.stopped = False
        """Whether a sequence has come: nothing more will be given out."""

    def feed(self, piece: str) -> str:
        """What is certain with one more piece."""
        if self.stopped:
            return ""
        text = self._held + piece
        certain = len(text) - max((beginning_at_end(text, stop) for stop in self._stops), default=0)
        found = self._first(text)
        if found is not None and found <= certain:
            self.stopped, self._held = True, ""
            return text[:found]
        self._held = text[certain:]  # where one has come, another may have begun before it
        return text[:certain]

    def finish(self) -> str:
        """What was held back and belongs to no sequence after all."""
        held, self._held = self._held, ""
        found = self._first(held)
        self.stopped = self.stopped or found is not None
        return held[:found]

    def _first(self, text: str) -> int | None:
        return min((at for stop in self._stops if (at := text.find(stop)) >= 0), default=None)


def beginning_at_end(text: str, other: str, *, whole: bool = False) -> int:
    """How many characters at the end of `text` are the beginning of `other`; all of it counts only with `whole`."""
    longest = min(len(text), len(other) if whole else len(other) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(other[:size])), 0)
