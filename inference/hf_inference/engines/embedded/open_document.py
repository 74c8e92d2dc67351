"""The document around the cursor as the completion model needs it: what it may copy from, and what it continues.

Knows prompt and suffix, and the token that the cursor touches. Knows no workspace, no statistics and no parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hf_inference.engines.embedded.tokens import END, is_line_end, leading_blanks, symbols, tokens, written
from hf_inference.engines.embedded.workspace_index import Dialect, Shard, shard_of

LABEL = "this document"
"""What a match in the open document is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutText:
    """A text as tokens and as symbols, and the indentation of its last line."""

    pieces: tuple[str, ...]
    symbols: tuple[str, ...]
    indentation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDocument:
    """The text to continue, as codes, and all there is to know about the place."""

    context: str
    """The text before the cursor without `partial`."""
    indentation: str
    """Of the line in which `context` ends."""
    partial: str
    """The text of the last token, if the cursor touches it and it may go on; else empty."""
    partial_code: str
    """The code of the last token if it does not go on."""
    shards: tuple[Shard, ...]
    """What may be copied from: the text before the cursor, then what stands below its line."""
    line_end: str
    """`\\n`, or `\\r\\n` if the text has one."""
    tabs: bool
    """Whether lines are indented by tabs."""
    rest_of_line: str
    """What stands behind the cursor in its own line."""
    line_below: str
    """The next line with something visible in it, without the blanks around."""
    lines_above: frozenset[str]
    """The cursor's line and the two before it in its paragraph, without the blanks around."""


def cut_text(text: str, indentation: str = "") -> CutText:
    """Cut `text`, which starts in a line indented by `indentation`."""
    pieces = tokens(text)
    return CutText(
        pieces=tuple(pieces),
        symbols=tuple(symbols(pieces, indentation=indentation)),
        indentation=leading_blanks(text[text.rfind("\n") + 1 :]) if "\n" in text else indentation,
    )


def open_document(prompt: str, suffix: str, dialect: Dialect, cut: Callable[[str, str], CutText]) -> OpenDocument:
    """The document made of `prompt` and `suffix`; `cut` is `cut_text`, or that with a memory."""
    start = max(0, len(prompt) - _MOST_BEFORE) // _STEP * _STEP
    start = prompt.find("\n", start) + 1 if start else 0
    line = prompt.count("\n", 0, start) + 1
    # All above the cursor's line stays the same while a line is typed, so it is cut apart from it, where no token
    # can span: behind something visible and before the line ends.
    above = prompt[start : max(start, prompt.rfind("\n"))].rstrip()
    head = cut(above, leading_blanks(prompt[start:]))
    tail = cut_text(prompt[start + len(above) :], head.indentation)
    pieces = [*head.pieces, *tail.pieces]
    codes = dialect.encode([*head.symbols, *tail.symbols])
    indentation, partial = tail.indentation, ""
    if pieces and (pieces[-1].isspace() or dialect.is_word(codes[-1])):
        partial = pieces[-1]
        if is_line_end(partial):
            indentation = cut_text("".join(tail.pieces[:-1]), head.indentation).indentation
            partial = written(tail.symbols[-1], indentation, tabs="\t" in partial)
    context = codes[:-1] if partial else codes
    before = shard_of(pieces, context, label=LABEL, first_line=line)
    rest_of_line, _, below = suffix.partition("\n")
    return OpenDocument(
        context=context,
        indentation=indentation,
        partial=partial,
        partial_code=codes[-1] if partial else "",
        shards=(before, *_below(below, prompt.count("\n") + 2, dialect, cut)),
        tabs="\n\t" in prompt or "\n\t" in suffix,
        line_end="\r\n" if "\r\n" in prompt else "\n",
        rest_of_line=rest_of_line.rstrip(),
        lines_above=_lines_above(prompt[-_NEARBY:]),
        line_below=below.lstrip().partition("\n")[0].rstrip(),
    )


def _lines_above(text: str) -> frozenset[str]:
    paragraph: list[str] = []
    for line in reversed(text.rstrip().split("\n")):
        if not line.strip() or len(paragraph) == _LINES_ABOVE:
            break
        paragraph.append(line.strip())
    return frozenset(paragraph)


def _below(below: str, line: int, dialect: Dialect, cut: Callable[[str, str], CutText]) -> tuple[Shard, ...]:
    """The shard of the text below the cursor's line, which starts in line `line`; none if nothing is visible there."""
    visible = below.lstrip()
    if not visible:
        return ()
    blank = below[: len(below) - len(visible)]
    text = cut(visible[:_MOST_BELOW], blank[blank.rfind("\n") + 1 :])
    codes = dialect.encode(text.symbols)
    if len(visible) <= _MOST_BELOW:
        codes += END
    return (shard_of(text.pieces, codes, label=LABEL, first_line=line + blank.count("\n")),)


_MOST_BEFORE = 200_000
# The window moves in steps, so that what is cut above the cursor's line can be remembered in long documents too.
_STEP = 50_000
_MOST_BELOW = 100_000
_LINES_ABOVE = 3
_NEARBY = 2_000
