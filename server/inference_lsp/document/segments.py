"""The parts of a text that are words for people, and how new words take their place.

Knows lines and what joins them. Knows no markup (prose_segments.py), no code (code_text.py) and no model: whatever lies
between two segments is never touched, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text: its words are `text[content:end]`, before its line end. `leader` is what one more line of
    the same paragraph would begin with: its indentation, `> `, a comment's `# `."""

    content: int
    end: int
    leader: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """`words` stands at `text[start:end]`; where it has several lines, `joints` is what stands between them there."""

    start: int
    end: int
    words: str
    joints: tuple[str, ...] = ()
    is_line: bool = False
    """Whether it must stay one line: a heading, a cell, a comment behind code."""
    joint: str = "\n"
    """What a line break more than there were becomes."""
    guarded: tuple[str, ...] = ()
    """What new words must have as often as the old ones, since it would end the comment or the cell they stand in."""

    def accepts(self, words: str) -> bool:
        """Whether new words leave everything around them what it is."""
        return bool(words.strip()) and all(words.count(mark) == self.words.count(mark) for mark in self.guarded)

    def placed(self, words: str, breaks: int = 0) -> str:
        """New words as they stand in the text, after as many line breaks of theirs as are there already."""
        if self.is_line:
            return _LINE_END.sub(" ", words)
        lines = words.split("\n")
        placed = [lines[0]]
        for number, line in enumerate(lines[1:], breaks):
            placed += [self.joints[number] if number < len(self.joints) else self.joint, line]
        return "".join(placed)


def lines_of(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, int]]:
    """(start, end, start of the next) of each line that begins in a part of a text."""
    end = len(text) if end is None else end
    while start < end:
        found = _LINE_END.search(text, start, end)
        if found is None:
            yield start, end, end
            return
        yield start, found.start(), found.end()
        start = found.end()


def segment_of(text: str, lines: Sequence[Line], *, is_line: bool = False, guarded: tuple[str, ...] = ()) -> Segment:
    """The segment of neighbouring lines, without the white space around its words."""
    spans = [(line.content, line.content + len(text[line.content : line.end].rstrip())) for line in lines]
    joints = tuple(text[spans[at][1] : spans[at + 1][0]] for at in range(len(spans) - 1))
    return Segment(
        start=spans[0][0],
        end=spans[-1][1],
        words="\n".join(text[start:end] for start, end in spans),
        joints=joints,
        is_line=is_line,
        joint=joints[-1] if joints else _line_end_of(text) + lines[0].leader,
        guarded=guarded,
    )


def rewritten(text: str, segments: Iterable[Segment], new: Callable[[Segment], str]) -> str:
    """The text with each segment's words replaced."""
    parts, at = [], 0
    for segment in segments:
        parts += [text[at : segment.start], segment.placed(new(segment))]
        at = segment.end
    return "".join([*parts, text[at:]])


def _line_end_of(text: str) -> str:
    found = _LINE_END.search(text)
    return found.group() if found else "\n"


_LINE_END = re.compile(r"\r\n|\n|\r")
