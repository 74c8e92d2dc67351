"""The first complete unit of a growing continuation: a line of code, a sentence or clause of prose.

Knows where a reader may stop. Knows no model.
"""

from __future__ import annotations

import re


def first_unit(text: str, *, is_prose: bool) -> str | None:
    """The beginning of `text` up to the end of its first unit, None while that has not come.

    Line ends before the unit belong to it. A unit is certain only when something follows it: `3.` may become `3.5`.
    """
    start = len(text) - len(text.lstrip("\r\n"))
    line_end = _LINE_END.search(text, start)
    if is_prose:
        sentence = _SENTENCE_END.search(text, start)
        if sentence is not None and (line_end is None or sentence.start() < line_end.start()):
            return text[: sentence.end()]
    return None if line_end is None else text[: line_end.start()]


_LINE_END = re.compile(r"\r\n|\n|\r")
_SENTENCE_END = re.compile(r"[.!?;:]+[\"')\]»”’]*(?=\s)|[。！？；]+[」』”’]*")
