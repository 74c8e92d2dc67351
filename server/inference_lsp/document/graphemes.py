"""Places in a text where it may be cut without breaking what a person sees as one character.

Knows the joins of Unicode that editors show as one: CRLF, marks, emoji sequences, flags, Hangul syllables, surrogates.
Knows no font and no language; where it is unsure it does not cut.
"""

from __future__ import annotations

import unicodedata


def is_boundary(text: str, at: int) -> bool:
    """Whether `text[:at]` and `text[at:]` may be parted."""
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if before < "\x80" and after < "\x80":
        return not (before == "\r" and after == "\n")
    if before in "\r\n" or after in "\r\n":
        return True
    if before == _JOINER or "\ud800" <= before <= "\udbff":
        return False
    if after == _JOINER or after in _TONES or _is_tag(after) or unicodedata.category(after) in _MARKS:
        return False
    if _is_regional(before) and _is_regional(after):
        return _regionals_before(text, at) % 2 == 0
    return not (_is_hangul(before) and _is_jamo_tail(after))


def boundary_before(text: str, at: int, least: int = 0) -> int:
    """The last boundary at or before `at`; `least` if there is none between."""
    while at > least and not is_boundary(text, at):
        at -= 1
    return at


def boundary_after(text: str, at: int) -> int:
    """The first boundary at or after `at`."""
    while at < len(text) and not is_boundary(text, at):
        at += 1
    return at


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _regionals_before(text: str, at: int) -> int:
    count = 0
    while count < at and _is_regional(text[at - 1 - count]):
        count += 1
    return count


def _is_hangul(character: str) -> bool:
    return "\u1100" <= character <= "\u11ff" or "\ua960" <= character <= "\ua97f" or "\uac00" <= character <= "\ud7ff"


def _is_jamo_tail(character: str) -> bool:
    return "\u1100" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7ff"


def _is_tag(character: str) -> bool:
    return "\U000e0020" <= character <= "\U000e007f"


_JOINER = "\u200d"
_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff\u200c\uff9e\uff9f"
_MARKS = frozenset({"Mn", "Me", "Mc"})
