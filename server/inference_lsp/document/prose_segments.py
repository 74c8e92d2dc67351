"""The words of a Markdown or plain text, apart from its structure.

Knows headings, lists, quotes, tables, fences, front matter, math and HTML blocks, a line at a time. Knows no model, and
nothing of what stands inside a line (protection.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from inference_lsp.document.segments import Line, Segment, lines_of, segment_of


def prose_segments(text: str, start: int = 0, end: int | None = None, *, language: str = "markdown") -> list[Segment]:
    """The segments of `text[start:end]`, in order. A paragraph is one, with its line breaks."""
    lines = [Line(begin, line_end) for begin, line_end, _ in lines_of(text, start, end)]
    return list(scan(text, lines[_front_matter(text, lines) :], has_code_by_indent=language in _MARKDOWN))


def scan(
    text: str, lines: Iterable[Line], *, has_code_by_indent: bool = False, guarded: tuple[str, ...] = ()
) -> Iterator[Segment]:
    """The segments of lines whose leaders have been told apart already."""
    scanner = _Scanner(text, has_code_by_indent, guarded)
    listed = list(lines)
    for number, line in enumerate(listed):
        after = listed[number + 1] if number + 1 < len(listed) else None
        yield from scanner.line(line, text[after.content : after.end] if after else "")
    yield from scanner.paragraph_end()


class _Scanner:
    """Where the scan is: the open paragraph, and the block whose end is awaited."""

    def __init__(self, text: str, has_code_by_indent: bool, guarded: tuple[str, ...]) -> None:
        self._text = text
        self._has_code_by_indent = has_code_by_indent
        self._guarded = guarded
        self._open: list[Line] = []
        self._until: re.Pattern[str] | None = None
        self._in_quote = False
        self._in_table = False
        self._after_blank = True
        self._indent = 0
        """Columns at which the innermost list item's text begins."""

    def line(self, line: Line, after: str) -> Iterator[Segment]:
        content = self._text[line.content : line.end]
        body = _QUOTE.sub("", content)
        if self._until is not None:
            ended = self._in_quote and body == content  # no block outlives its quote
            if ended or self._until.search(body):
                self._until = None
            if not ended:
                return
        if not body.strip():
            self._in_table, self._after_blank = False, True
            yield from self.paragraph_end()
            return
        was_after_blank, self._after_blank = self._after_blank, False
        if self._begins_block(body, in_quote=body != content) or _FIXED.match(body):
            yield from self.paragraph_end()
            return
        if self._is_code(body, was_after_blank):
            self._after_blank = was_after_blank
            return
        leader = _LEADER.match(content)
        assert leader is not None
        begin = line.content + leader.end()
        if self._in_table or (_DELIMITERS.match(_QUOTE.sub("", after)) and "|" in body):
            self._in_table = True
            yield from self.paragraph_end()
            yield from self._cells(begin, line.end)
            return
        if heading := _HEADING.match(self._text, begin, line.end):
            yield from self.paragraph_end()
            yield segment_of(self._text, [Line(*heading.span(1))], is_line=True, guarded=self._guarded)
            return
        if leader["item"]:
            yield from self.paragraph_end()
            self._indent = leader.end()
        if self._text[begin : line.end].strip():
            more = leader["quote"] + " " * (leader.end() - len(leader["quote"]))
            if not leader["item"]:
                more = leader.group()
            self._open.append(Line(begin, line.end, line.leader + more))
        if _HARD_BREAK.search(content):
            yield from self.paragraph_end()

    def paragraph_end(self) -> Iterator[Segment]:
        """What has been gathered, as one segment."""
        if self._open:
            segment = segment_of(self._text, self._open, guarded=self._guarded)
            self._open = []
            if _LETTER.search(segment.words):
                yield segment

    def _begins_block(self, body: str, *, in_quote: bool) -> bool:
        """Whether a block begins here whose lines are no words; its end may be on the same line."""
        for begin, end in _BLOCKS:
            if found := begin.match(body):
                closing = re.compile(end.format(re.escape(found[1]) if found.groups() else ""))
                if found.groups() or not closing.search(body, found.end()):
                    self._until, self._in_quote = closing, in_quote
                return True
        return False

    def _is_code(self, body: str, after_blank: bool) -> bool:
        if not self._has_code_by_indent or self._open:
            return False
        indent = len(body.expandtabs(4)) - len(body.expandtabs(4).lstrip())
        if indent < min(2, self._indent):
            self._indent = 0
        return after_blank and indent >= self._indent + 4 and not (self._indent and _ITEM.match(body))

    def _cells(self, begin: int, end: int) -> Iterator[Segment]:
        if _DELIMITERS.match(self._text[begin:end]):
            return
        for cell in _CELL.finditer(self._text, begin, end):
            words = cell.group().strip()
            if _LETTER.search(words):
                at = cell.start() + cell.group().index(words)
                line = Line(at, at + len(words))
                yield segment_of(self._text, [line], is_line=True, guarded=("|", *self._guarded))


def _front_matter(text: str, lines: list[Line]) -> int:
    """How many lines a head of metadata takes."""
    mark = text[lines[0].content : lines[0].end].rstrip() if lines else ""
    if mark not in ("---", "+++"):
        return 0
    ends = {mark, "..."} if mark == "---" else {mark}
    for number, line in enumerate(lines[1:], 2):
        if text[line.content : line.end].rstrip() in ends:
            return number if number > 2 else 0
    return 0


_MARKDOWN = frozenset({"markdown", "quarto", "rmd"})
_QUOTE = re.compile(r"^(?:[ ]{0,3}>[ ]?)+")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]")
_LEADER = re.compile(
    r"(?P<quote>(?:[ \t]*>)*)[ \t]*(?P<item>(?:(?:[-*+•]|\d{1,9}[.)])(?:[ \t]+|$)(?:>[ \t]*)?)*)(?:\[[ xX]\][ \t]+)?"
)
_HEADING = re.compile(r"[ ]{0,3}#{1,6}[ \t]+((?:(?![ \t]+#*[ \t]*$).)+)")
_HARD_BREAK = re.compile(r"(?: {2,}|\\)$")
_DELIMITERS = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL = re.compile(r"(?:\\.|[^|\\]|\\$)+")
_LETTER = re.compile(r"[^\W\d_]")
_FIXED = re.compile(
    r"[ \t]*(?:"
    r"=+[ \t]*$|(?:[-*_~^\"'+#`][ \t]*){3,}$"  # underlines and rules
    r"|\[\^?[^\]]+\]:[ \t]*\S+(?:[ \t]+[\"'(].*)?$"  # where a link leads
    r"|\.\.[ \t]+[\w|:-]+::|:[\w-]+:[ \t]*\S*$"  # reStructuredText's directives and options
    r"|\\(?:documentclass|usepackage|begin|end|input|include|label|bibliography)\b"
    r"|%[% \t]"  # a comment in TeX
    r")"
)
_BLOCKS = (
    (re.compile(r"[ \t]*(?:[-*+] +|\d+[.)] +)?(`{3,})[^`]*$"), r"^[ \t]*{0}`*[ \t]*$"),
    (re.compile(r"[ \t]*(?:[-*+] +|\d+[.)] +)?(~{3,})"), r"^[ \t]*{0}~*[ \t]*$"),
    (re.compile(r"[ \t]*\$\$(?!.*\$\$[ \t]*\S)"), r"\$\$"),
    (re.compile(r"[ \t]*\\\[(?!.*\\\][ \t]*\S)"), r"\\\]"),
    (re.compile(r"[ \t]*<!--(?!.*-->[ \t]*\S)"), r"-->"),
    (re.compile(r"[ \t]*<(?i:script|style|pre|svg|math)\b"), r"</(?i:script|style|pre|svg|math)>"),
    (re.compile(r"[ \t]*\\begin\{(?:equation|align|gather|verbatim|lstlisting)\*?\}"), r"\\end\{{\w+\*?\}}"),
)
"""What begins a block, and what ends it; `{0}` is the mark it began with."""
