"""A text as an editor holds it: its positions, and what an edit makes of it.

Knows LSP's positions (lines, UTF-16 units) and text edits. Knows no server: it is the editor's own arithmetic, written
apart from the server's so that one may show the other wrong.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of an open document. Offsets are code points."""

    uri: str
    name: str
    """For people: the path, short."""
    language: str
    text: str
    version: int = 1

    def position(self, offset: int) -> dict[str, int]:
        starts = self._line_starts()
        line = bisect_right(starts, offset) - 1
        return {"line": line, "character": len(self.text[starts[line] : offset].encode("utf-16-le")) // 2}

    def range(self, start: int, end: int) -> dict[str, dict[str, int]]:
        return {"start": self.position(start), "end": self.position(end)}

    def offset(self, position: Mapping[str, int]) -> int:
        start = self._line_starts()[position["line"]]
        line = self.text[start : start + position["character"]]  # at most one code point a unit
        units = line.encode("utf-16-le")[: 2 * position["character"]]
        return start + len(units.decode("utf-16-le", "ignore"))

    def edited(self, edits: Iterable[Mapping[str, Any]]) -> Document:
        """The next version, with all these `TextEdit`s done."""
        spans = [(self.offset(edit["range"]["start"]), self.offset(edit["range"]["end"]), edit) for edit in edits]
        text = self.text
        for start, end, edit in sorted(spans, key=lambda span: span[0], reverse=True):
            text = text[:start] + edit["newText"] + text[end:]
        return self.with_text(text)

    def with_text(self, text: str) -> Document:
        """The next version, with other text."""
        return replace(self, text=text, version=self.version + 1)

    def _line_starts(self) -> list[int]:
        return [0, *(end.end() for end in _LINE_END.finditer(self.text))]


_LINE_END = re.compile(r"\r\n|\n|\r")
