"""The sentence or paragraph around a place.

Knows blank lines and the ends of sentences, 。！？ included. Knows no grammar beyond that.
"""

from __future__ import annotations

import re

LONGEST = 2_000
"""Characters of a passage at most, counted from the place outwards, so that a 200 kB line costs nothing."""


def sentence_at(text: str, place: int) -> tuple[int, int]:
    """(start, end) of the sentence around a place; empty between two paragraphs."""
    first, last = paragraph_at(text, place)
    start = first
    for end in _SENTENCE_END.finditer(text, first, last):
        if end.end() > place:
            return _trimmed(text, start, end.end())
        start = end.end()
    return _trimmed(text, start, last)


def paragraph_at(text: str, place: int) -> tuple[int, int]:
    """(start, end) of the paragraph around a place: the lines up to the blank ones."""
    low, high = max(0, place - LONGEST), min(len(text), place + LONGEST)
    start, end = low, high
    for blank in _BLANK_LINE.finditer(text, low, high):
        if blank.end() <= place:
            start = blank.end()
        elif blank.start() >= place:
            end = blank.start()
            break
        else:
            return place, place
    return _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    passage = text[start:end]
    first = start + len(passage) - len(passage.lstrip())
    return first, max(first, start + len(passage.rstrip()))


_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r(?!\n))[ \t]*(?:\r\n|\n|\r)\s*")
_SENTENCE_END = re.compile(r"[.!?]+[\"')\]»”’]*(?=\s)\s+|[。！？]+[」』”’]*")
