"""Text into the tokens that the completion model counts, and back.

Knows words, numbers, punctuation, and line ends that say how the indentation changes instead of where it stands:
one symbol then means "one step deeper" in every file. Knows no programming language, no file and no statistics.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

END = "\0"
"""The symbol after the last token of a file."""


def tokens(text: str) -> list[str]:
    """Cut `text` into tokens; joined they are `text` again, for any text.

    A token is ` ?word`, ` ?number`, ` ?punctuation`, a run of blanks, or one or more line ends with the blanks around
    them. Scripts written without spaces are cut into characters.
    """
    pieces: list[str] = []
    for part in _parts(text):
        pieces.extend(_TOKEN.findall(part))
    return pieces


def symbols(pieces: Sequence[str], *, indentation: str = "") -> list[str]:
    """The tokens as the model compares them: line ends become `\\n` (or more) and a change of indentation in columns.

    `indentation` is that of the line in which `pieces` start.
    """
    named = list(pieces)
    column = width(indentation)
    for at, piece in enumerate(named):
        if "\n" in piece:
            deeper = width(piece[piece.rindex("\n") + 1 :])
            named[at] = line_end(piece.count("\n"), deeper - column)
            column = deeper
    return named


def line_end(lines: int, change: int) -> str:
    """The symbol of `lines` line ends (at most three count) after which text starts `change` columns later."""
    return f"{_LINE_ENDS[min(lines, 3)]}{change:+d}"


def is_line_end(symbol: str) -> bool:
    """Whether a symbol (or a token) ends a line."""
    return "\n" in symbol


def written(symbol: str, indentation: str, *, tabs: bool = False) -> str:
    """The text of a symbol in a line indented by `indentation`; with `tabs`, or if that has one, tabs indent."""
    if "\n" not in symbol:
        return "" if symbol == END else symbol
    last = symbol.rindex("\n") + 1
    change = int(symbol[last:])
    if not change:
        return symbol[:last] + indentation
    column = max(0, width(indentation) + change)
    if tabs or "\t" in indentation:
        return symbol[:last] + "\t" * (column // _TAB) + " " * (column % _TAB)
    return symbol[:last] + " " * column


def width(indentation: str) -> int:
    """Columns of an indentation; a tab counts as four, so that tabbed and spaced files can learn from one another."""
    return len(indentation) + (_TAB - 1) * indentation.count("\t")


def leading_blanks(line: str) -> str:
    """The spaces and tabs before the first other character."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def _parts(text: str) -> Iterator[str]:
    """`text` in parts small enough that cutting one (a single call into `re`) does not hold other threads up."""
    start = 0
    while len(text) - start > _PART:
        boundary = _BOUNDARY.search(text, start + _PART)
        if boundary is None:
            break
        yield text[start : boundary.end()]
        start = boundary.end()
    yield text[start:]


_TAB = 4
_LINE_ENDS = ("", "\n", "\n\n", "\n\n\n")
_PART = 16_384
# No token spans the start of a line that starts with something visible, so cutting there changes no token.
_BOUNDARY = re.compile(r"\n(?=[^\s])")
# Thai and Lao, Burmese, Khmer, kana, Han: scripts whose words are not set apart by blanks.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(
    r"(?:[ \t]*\r?\n)+[ \t]*|[ \t]{2,}"
    rf"| ?[^\W\d{_UNSPACED}][^\W{_UNSPACED}]{{0,63}}"
    rf"| ?\d[\d_.]*[^\W{_UNSPACED}]{{0,63}}"
    r"| ?(?:-{3,}|={3,}|\#{3,}|\*{3,}|~{3,}|\.{3,}|\"{3}|'{3}|`{3})"
    r"| ?\w| ?[^\w\s]|\s"
)
