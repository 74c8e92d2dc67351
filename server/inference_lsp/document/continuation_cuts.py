"""A growing continuation without what does not belong: blanks at its edges, loops, what already stands around it.

Knows the text before and after the place. Knows no model. Each cutter is fed pieces and gives back what is certain;
what may turn out to go is held until that is known.
"""

from __future__ import annotations

import re
from typing import Literal

from inference_lsp.document.stops import beginning_at_end

MOST_LINES = 6
"""Lines of a loop that is looked for."""
COPIES = 3
"""How often the same lines may not follow each other."""
LONGEST_OVERLAP = 2_000
"""Characters behind the place that a continuation may repeat."""


class Trimmed:
    """No white space at either end; what stands at the end is never given out."""

    def __init__(self) -> None:
        self._blank = ""
        self._begun = False

    def feed(self, piece: str) -> str:
        text = self._blank + piece
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        certain = text.rstrip()
        self._blank = text[len(certain) :]
        return certain


class OverlapCutter:
    """Without the end that is the beginning of what stands behind the place: `foo(` + `)` where `)` is there."""

    def __init__(self, after: str) -> None:
        self._after = after[:LONGEST_OVERLAP]
        self._held = ""

    def feed(self, piece: str) -> str:
        text = self._held + piece
        size = beginning_at_end(text, self._after, whole=True)
        self._held = text[len(text) - size :]
        return text[: len(text) - size]

    def finish(self) -> str:
        """What was held, if it is only white space: that repeats nothing."""
        held, self._held = self._held, ""
        return "" if held.strip() else held


class RepetitionCutter:
    """Ends the text where it begins to say the same lines a third time; `before` counts as said."""

    def __init__(self, before: str) -> None:
        lines = before.splitlines(keepends=True)[-MOST_LINES * COPIES :]
        self._text = "".join(lines)
        self._sent = len(self._text)
        self.stopped = False

    def feed(self, piece: str) -> str:
        if self.stopped:
            return ""
        self._text += piece
        start = self._sent
        self._sent = len(self._text)
        for begin in self._line_starts(start):
            loops = self._loops_at(begin)
            if loops is not None:
                self.stopped, self._sent = loops, begin
                break
        return self._text[start : self._sent]

    def finish(self) -> str:
        """What might have become a loop and did not."""
        held = "" if self.stopped else self._text[self._sent :]
        self._sent = len(self._text)
        return held

    def _line_starts(self, start: int) -> list[int]:
        starts = [found.end() for found in _LINE_END.finditer(self._text, start) if found.end() < len(self._text)]
        at_start = start == 0 or self._text[start - 1] in "\r\n"
        return [start, *starts] if at_start and start < len(self._text) else starts

    def _loops_at(self, begin: int) -> bool | None:
        """True: what follows repeats the lines before for the third time; False: it may; None: it does not."""
        pending = self._text[begin:]
        block_begin = begin
        maybe = None
        for _ in range(MOST_LINES):
            if block_begin == 0:
                break
            block_begin = self._text.rfind("\n", 0, block_begin - 1) + 1
            block = self._text[block_begin:begin]
            more = block * (COPIES - 1)
            if len(block.strip()) < _SHORTEST:
                continue
            if pending.startswith(more):
                return True
            if more.startswith(pending):
                maybe = False
        return maybe


class ChatEdges:
    """A chat model's answer as a continuation: no fence around it, and not the line's own beginning once more."""

    def __init__(self, before: str) -> None:
        line = re.split(r"[\r\n]", before[-LONGEST_OVERLAP:])[-1]
        self._line = line if len(line.strip()) >= _SHORTEST_REPEATED or not line.strip() else ""
        self._awaits: Literal["fence", "line", "end"] = "fence"
        self._fenced = False
        self._held = ""

    def feed(self, piece: str) -> str:
        self._held += piece
        if self._awaits == "fence":
            bare = self._held.lstrip()
            if len(bare) < 3 and "```".startswith(bare):
                return ""
            if bare.startswith("```"):
                if "\n" not in bare:
                    return ""
                self._fenced, self._held = True, bare.partition("\n")[2]
            self._awaits = "line"
        if self._awaits == "line":
            if len(self._held) < len(self._line) and self._line.startswith(self._held):
                return ""
            self._held = self._held.removeprefix(self._line)
            self._awaits = "end"
        closing = _CLOSING_FENCE.search(self._held) if self._fenced else None
        certain = self._held[: closing.start()] if closing else self._held
        self._held = self._held[len(certain) :]
        return certain

    def finish(self) -> str:
        """What was held and is no fence and no repetition after all."""
        held, self._held = self._held, ""
        return "" if held.strip().startswith("```") else held


_LINE_END = re.compile(r"\n")
_CLOSING_FENCE = re.compile(r"(?:\r?\n(?:`{0,2}|```[ \t\r\n]*))?\Z")
_SHORTEST = 8
"""Characters of a loop: shorter ones, such as a row of closing brackets, are what people write, too."""
_SHORTEST_REPEATED = 3
