"""The words for people in source code: its comments, and the docstrings of Python.

Knows how comments and strings begin and end in each language, so that `//` in a string is no comment. Knows no model;
code itself, names, directives to tools and examples are no words.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inference_lsp.document.prose_segments import scan
from inference_lsp.document.segments import Line, Segment, lines_of, segment_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment or docstring: `text[start:end]` with its marks; `opening` and `closing` are those."""

    start: int
    end: int
    opening: str
    closing: str = ""
    is_string: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """How a language writes comments and strings; a string's mark is both its begin and its end."""

    line: tuple[str, ...] = ()
    block: tuple[tuple[str, str], ...] = ()
    strings: tuple[str, ...] = ('"', "'")
    nests: bool = False
    """Whether a block comment may stand in another."""


def code_segments(text: str, language: str, start: int = 0, end: int | None = None) -> list[Segment]:
    """The segments of the comments in `text[start:end]`, or of the one string that range lies in; the text around it
    tells comments, strings and code apart."""
    end = len(text) if end is None else end
    found = [comment for comment in comments(text, language) if start < comment.end and comment.start < end]
    segments: list[Segment] = []
    at = 0
    while at < len(found):
        group = [found[at]]
        while at + len(group) < len(found) and _goes_on(text, group[-1], found[at + len(group)]):
            group.append(found[at + len(group)])
        segments += _segments(text, group, start, end)
        at += len(group)
    if not found and text[start:end].strip():
        start += len(text[start:end]) - len(text[start:end].lstrip())
        lines = [Line(begin, line_end) for begin, line_end, _ in lines_of(text, start, end)]
        for string in strings(text, language):
            if string.start < start and end < string.end:
                guarded = (string.opening[0], "\\")
                one = segment_of(text, lines, is_line=True, guarded=guarded)
                segments += [one] if len(lines) == 1 else scan(text, lines, guarded=guarded)
    return segments


def knows_comments(language: str) -> bool:
    """Whether comments of this language can be told from its code."""
    return language in _SYNTAXES


def comments(text: str, language: str) -> list[Comment]:
    """The comments and docstrings of a source text, in order."""
    if language == "python" and (found := _python_comments(text)) is not None:
        return found
    return [found for found in _scanned(text, language) if not found.is_string]


def strings(text: str, language: str) -> list[Comment]:
    """The strings of a source text, in order, quotes included."""
    return [found for found in _scanned(text, language) if found.is_string]


def _python_comments(text: str) -> list[Comment] | None:
    """By Python's own tokenizer; None where the text is not complete Python."""
    starts = [0, *(following for _, _, following in lines_of(text))]
    found: list[Comment] = []
    statement_begins = True
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            begin = starts[token.start[0] - 1] + token.start[1]
            end = starts[token.end[0] - 1] + token.end[1]
            if token.type == tokenize.COMMENT:
                found.append(Comment(start=begin, end=end, opening="#"))
            elif token.type == tokenize.STRING and statement_begins and _ENDS_STATEMENT.match(text, end):
                mark = _DOCSTRING.match(token.string)
                if mark is not None:
                    found.append(Comment(start=begin, end=end, opening=mark.group(), closing=mark[1]))
            if token.type not in (tokenize.COMMENT, tokenize.NL):
                statement_begins = token.type in _BEGIN_STATEMENTS
    except (tokenize.TokenError, SyntaxError, IndexError):
        return None
    # a lone carriage return ends a line for an editor, not for Python's tokenizer
    return None if any(not text.startswith(comment.opening, comment.start) for comment in found) else found


def _scanned(text: str, language: str) -> Iterator[Comment]:
    syntax = _SYNTAXES.get(language)
    if syntax is None:
        return
    marks = {**dict.fromkeys(syntax.line, "line"), **dict(syntax.block)}
    marks.update(dict.fromkeys(syntax.strings, "string"))
    opening = re.compile("|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True)))
    at = 0
    while found := opening.search(text, at):
        mark, begin = found.group(), found.start()
        if marks[mark] == "string":
            at = _string_end(text, found.end(), mark)
            if text.endswith(mark, begin + len(mark), at):
                yield Comment(start=begin, end=at, opening=mark, closing=mark, is_string=True)
        elif marks[mark] == "line":
            if mark == "#" and begin and text[begin - 1] not in " \t\r\n;":  # `$#` and `a#b` are none
                at = found.end()
                continue
            line_end = _LINE_END.search(text, begin)
            at = line_end.start() if line_end else len(text)
            yield Comment(start=begin, end=at, opening=mark)
        else:
            closing = marks[mark]
            at = _block_end(text, found.end(), mark if syntax.nests else "", closing)
            if text.endswith(closing, begin + len(mark), at):
                yield Comment(start=begin, end=at, opening=mark, closing=closing)


def _string_end(text: str, at: int, mark: str) -> int:
    several_lines = len(mark) == 3 or mark == "`"
    ending = re.compile(rf"\\.|{re.escape(mark)}" + ("" if several_lines else r"|[\r\n]"), re.DOTALL)
    while found := ending.search(text, at):
        at = found.end()
        if not found.group().startswith("\\"):
            return at
    return len(text)


def _block_end(text: str, at: int, opening: str, closing: str) -> int:
    marks = re.compile("|".join(re.escape(mark) for mark in (opening, closing) if mark))
    depth = 1
    while depth and (found := marks.search(text, at)):
        depth += 1 if found.group() == opening else -1
        at = found.end()
    return at if depth == 0 else len(text)


def _goes_on(text: str, comment: Comment, following: Comment) -> bool:
    """Whether two comments are lines of one: nothing between them, the same mark in the same column."""
    if comment.closing or following.closing or comment.opening != following.opening:
        return False
    if not re.fullmatch(r"[ \t]*(?:\r\n|\n|\r)[ \t]*", text[comment.end : following.start]):
        return False
    return not _code_before(text, comment.start) and _column(text, comment.start) == _column(text, following.start)


def _segments(text: str, group: list[Comment], start: int, end: int) -> Iterator[Segment]:
    """The segments of one comment, or of line comments that go together, as far as they lie in `text[start:end]`."""
    first = group[0]
    is_line = not first.closing and _code_before(text, first.start)
    lines = list(_body_of(text, first) if first.closing else _leaders_off(text, group))
    within = [
        Line(max(line.content, start), min(line.end, end), line.leader)
        for line in lines
        if max(line.content, start) <= min(line.end, end)
    ]
    guarded: tuple[str, ...] = ("\\",)
    if first.closing:
        guarded = (first.closing[0] if first.closing[0] in "\"'" else first.closing, "\\")
    if is_line or (first.closing and len(lines) == 1):
        for line in within:
            if _is_words(text[line.content : line.end]) and text[line.content : line.end].strip():
                yield segment_of(text, [line], is_line=True, guarded=guarded)
        return
    yield from scan(text, _without_examples(text, within), guarded=guarded)


def _leaders_off(text: str, group: list[Comment]) -> Iterator[Line]:
    for comment in group:
        leader = _MORE_MARKS.match(text, comment.start + len(comment.opening), comment.end)
        assert leader is not None
        line_start = comment.start - _column(text, comment.start)
        yield Line(leader.end(), comment.end, text[line_start : leader.end()])


def _body_of(text: str, comment: Comment) -> Iterator[Line]:
    begin = comment.start + len(comment.opening)
    indent = " " * _column(text, comment.start)
    for start, end, _ in lines_of(text, begin, comment.end - len(comment.closing)):
        leader = _STAR.match(text, start, end)
        assert leader is not None
        yield Line(leader.end(), end, indent if start == begin else text[start : leader.end()])


def _without_examples(text: str, lines: Iterable[Line]) -> Iterator[Line]:
    """Directives to tools, code and doctests become empty lines: nothing to translate, and the end of a paragraph.
    The description of a parameter is a paragraph, and its name is none of it."""
    in_example = False
    for line in lines:
        content = text[line.content : line.end]
        in_example = content.lstrip().startswith(">>>") or (in_example and bool(content.strip()))
        if in_example or (content.strip() and not _is_words(content)):
            yield Line(line.end, line.end, line.leader)
            continue
        name = _PARAMETER.match(content)
        if name:
            yield Line(line.content, line.content, line.leader)
        yield Line(line.content + name.end("name"), line.end, line.leader) if name and name["name"] else line


def _is_words(content: str) -> bool:
    return not _DIRECTIVE.match(content) and not _CODE.search(content.rstrip())


def _code_before(text: str, at: int) -> bool:
    return bool(text[at - _column(text, at) : at].strip())


def _column(text: str, at: int) -> int:
    after_feed = text.rfind("\n", 0, at) + 1
    return at - max(after_feed, text.rfind("\r", after_feed, at) + 1)


_LINE_END = re.compile(r"[\r\n]")
_DOCSTRING = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')")
_ENDS_STATEMENT = re.compile(r"[ \t]*(?:[\r\n#;]|\Z)")
_PARAMETER = re.compile(r"[ \t]*(?:@\w|:\w+[^:]*:|(?P<name>[a-z_*][\w*]*(?: \([^)]*\))?:[ \t]+(?=\S)))")
_BEGIN_STATEMENTS = frozenset({tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING})
_MORE_MARKS = re.compile(r"[#/!;%*-]*[ \t]*")
_STAR = re.compile(r"[ \t]*(?:[*!]+(?=[ \t]|$|\r|\n)[ \t]*)?")
_DIRECTIVE = re.compile(
    r"[ \t]*(?:-\*-|type:|noqa|pylint:|pragma\b|fmt:|ruff:|mypy:|pyright:|isort:|flake8:|eslint|@ts-|prettier-|tslint:"
    r"|jshint|istanbul|c8 |v8 |go:|nolint|clang-format|NOLINT|#?(?:end)?region\b|SPDX-|\+build|vim?:|language="
    r"|coding[:=]|<\w+[ />]|usr/bin|/usr/bin|/bin|@(?:type|returns?|param)\b[^\w]*$)"
)
_CODE = re.compile(
    r"[;{}]$|^[ \t]*[\w.\[\]]+ ?[-+*/|]?= ?\S|^[ \t]*[\w.]+\([^)]*\)$"
    r"|^[ \t]*(?:import|from \S+ import|return|#include)\b"
)

_C_LIKE = Syntax(line=("//",), block=(("/*", "*/"),))
_SCRIPT = Syntax(line=("//",), block=(("/*", "*/"),), strings=('"', "'", "`"))
_NESTED = Syntax(line=("//",), block=(("/*", "*/"),), strings=('"""', '"'), nests=True)
_HASH = Syntax(line=("#",))
_LISP = Syntax(line=(";",), strings=('"',))
_PERCENT = Syntax(line=("%",), strings=('"',))
_MARKUP = Syntax(block=(("<!--", "-->"),), strings=())
_SYNTAXES = {
    **dict.fromkeys(
        ("c", "cpp", "csharp", "java", "objective-c", "objective-cpp", "dart", "proto", "cuda-cpp"), _C_LIKE
    ),
    **dict.fromkeys(("javascript", "javascriptreact", "typescript", "typescriptreact", "go", "jsonc"), _SCRIPT),
    **dict.fromkeys(("rust", "swift", "kotlin", "scala", "zig"), _NESTED),
    **dict.fromkeys(("ruby", "perl", "shellscript", "sh", "bash", "r", "yaml", "dockerfile", "makefile"), _HASH),
    **dict.fromkeys(("cmake", "elixir", "graphql", "nix", "fish", "coffeescript", "properties"), _HASH),
    **dict.fromkeys(("clojure", "commonlisp", "emacs-lisp", "lisp", "racket", "scheme"), _LISP),
    **dict.fromkeys(("erlang", "prolog"), _PERCENT),
    **dict.fromkeys(("html", "xml", "xsl", "svelte", "vue"), _MARKUP),
    **dict.fromkeys(("css",), Syntax(block=(("/*", "*/"),))),
    **dict.fromkeys(("scss", "less"), _C_LIKE),
    "json": Syntax(strings=('"',)),
    "python": Syntax(line=("#",), strings=('"""', "'''", '"', "'")),
    "toml": Syntax(line=("#",), strings=('"""', "'''", '"', "'")),
    "julia": Syntax(line=("#",), block=(("#=", "=#"),), strings=('"""', '"'), nests=True),
    "powershell": Syntax(line=("#",), block=(("<#", "#>"),)),
    "lua": Syntax(line=("--",), block=(("--[[", "]]"),)),
    "haskell": Syntax(line=("--",), block=(("{-", "-}"),), strings=('"',), nests=True),
    "elm": Syntax(line=("--",), block=(("{-", "-}"),), strings=('"""', '"'), nests=True),
    "sql": Syntax(line=("--",), block=(("/*", "*/"),)),
    "ada": Syntax(line=("--",), strings=('"',)),
    "vhdl": Syntax(line=("--",), strings=('"',)),
    "php": Syntax(line=("//", "#"), block=(("/*", "*/"),)),
    "ini": Syntax(line=(";", "#"), strings=()),
    "fsharp": Syntax(line=("//",), block=(("(*", "*)"),), strings=('"""', '"')),
    "ocaml": Syntax(block=(("(*", "*)"),), strings=('"',), nests=True),
    "matlab": Syntax(line=("%",), strings=('"',)),
}
"""By the editor's language id. A single quote is no string mark where it is also a lifetime or a prime."""
