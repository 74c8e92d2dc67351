"""A long text in pieces that fit a model: cut at headings, else paragraphs, sentences, lines, words, else anywhere.

Knows where a text may be parted and an estimate of tokens. Knows no model: the limit is handed in. Nothing is lost:
every piece followed by its separator, one after the other, is the text again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from inference_lsp.document.graphemes import boundary_after, boundary_before, is_boundary

Size: TypeAlias = Callable[[str], int]
"""How long a text is: grows with the text, and no more than by the size of what is added."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """`text` begins at `start` (code points) and is followed by `separator`, white space only."""

    start: int
    text: str
    separator: str


def estimated_tokens(text: str) -> int:
    """Tokens of a text, estimated upwards: one for 3.5 characters, one for each of a dense script, and a tenth."""
    dense = 0 if text.isascii() else sum(len(run) for run in _DENSE.findall(text))
    return -(-(dense * 35 + (len(text) - dense) * 10) * 11 // 350)


def at_once(tokens: int, most: int) -> int:
    """The longest text of one request in estimated tokens, if the server takes `most` characters; 0: not known."""
    return min(tokens, max(1, most * 11 // 35)) if most else tokens


def cut(text: str, limit: int, size: Size = len) -> list[TextPiece]:
    """The text in pieces of `limit` at most. Only one character too large by itself (with its marks) is larger."""
    if limit < 1:
        raise ValueError(f"a piece cannot be smaller than one, so not {limit}")
    ends = [end for _, end in _spans(text, 0, len(text), limit, size, 0)]
    pieces: list[TextPiece] = []
    start = 0
    for end in ends:
        body = text[start:end].rstrip()
        if not body and pieces:  # nothing but white space: it parts what is around it
            last = pieces[-1]
            pieces[-1] = TextPiece(last.start, last.text, last.separator + text[start:end])
        else:
            pieces.append(TextPiece(start, body, text[start + len(body) : end]))
        start = end
    return pieces


def _spans(text: str, start: int, end: int, limit: int, size: Size, level: int) -> Iterator[tuple[int, int]]:
    """Neighbouring spans that fit, their separators included, as few as one level of cutting allows."""
    if start == end:
        return
    if size(text[start:end].rstrip()) <= limit:
        yield start, end
        return
    if level == len(_SEPARATORS):
        yield from _anywhere(text, start, end, limit, size)
        return
    begin, last, filled = start, start, 0
    for unit_end in _unit_ends(text, start, end, _SEPARATORS[level]):
        added = size(text[last:unit_end])
        fits = filled + size(text[last:unit_end].rstrip()) <= limit
        is_title = filled * 4 < limit < added  # little, before what must be cut anyway: it goes with the first of that
        if last > begin and not fits and not is_title:
            yield from _spans(text, begin, last, limit, size, level + 1)
            begin, filled = last, 0
        last, filled = unit_end, filled + added
    yield from _spans(text, begin, last, limit, size, level + 1)


def _unit_ends(text: str, start: int, end: int, separator: re.Pattern[str]) -> Iterator[int]:
    for match in separator.finditer(text, start, end):
        if start < match.end() < end and is_boundary(text, match.end()):
            yield match.end()
    yield end


def _anywhere(text: str, start: int, end: int, limit: int, size: Size) -> Iterator[tuple[int, int]]:
    while start < end:
        reach = min(end, start + 4 * limit)  # no estimate gives more than four characters for one
        room: Sequence[int] = range(start, reach + 1)
        fits = bisect_right(room, limit, key=lambda at: size(text[start:at]))
        at = boundary_before(text, start + fits - 1, start)
        if at == start:
            at = min(end, boundary_after(text, start + 1))
        yield start, at
        start = at


_LINE_END = r"(?:\r\n|\n|\r)"
_SEPARATORS = (
    re.compile(rf"{_LINE_END}(?=[ ]{{0,3}}#{{1,6}}[ \t])"),
    re.compile(rf"{_LINE_END}[ \t]*{_LINE_END}\s*"),
    # only where a run of marks begins, so that a long one is looked at once
    re.compile(r"(?<![.!?])[.!?]++[\"')\]»”’]*+\s+|[。！？]++[」』”’]*+\s*"),
    re.compile(_LINE_END),
    re.compile(r"\s+"),
)
_DENSE = re.compile(
    r"[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U0001f000-\U0001faff\U00020000-\U0003ffff]+"
)
