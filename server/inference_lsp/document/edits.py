"""The one change an action makes to a document, as a value.

Knows where text goes and how it is made to fit there (line ends, comments). Knows no protocol.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inference_lsp.document.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `text[start:end]` (code points) by `text`."""

    start: int
    end: int
    text: str


def reach(snapshot: Snapshot, edit: Edit) -> tuple[int, int]:
    """(start, end) of all that an edit of a snapshot depends on: what was selected, and the place it changes."""
    return min(edit.start, snapshot.start), max(edit.end, snapshot.end)


def insert_after(snapshot: Snapshot, text: str) -> Edit:
    """`text` as it is, at the end of the selection."""
    return Edit(snapshot.end, snapshot.end, _line_ends(text, snapshot))


def insert_below(snapshot: Snapshot, text: str) -> Edit:
    """`text` as a paragraph of its own under the selection's last line; in code, as a comment indented like it."""
    source = snapshot.text
    # a selection of whole lines ends at the start of the next one
    end = snapshot.end
    while end > snapshot.start and source[end - 1] in "\r\n":
        end -= 1
    line_end = min((at for at in (source.find("\n", end), source.find("\r", end)) if at >= 0), default=len(source))
    text = text.strip()
    if snapshot.is_prose:
        block = "\n\n" + text
    else:
        line_start = max(source.rfind("\n", 0, end), source.rfind("\r", 0, end)) + 1
        indent = re.match(r"[ \t]*", source[line_start:line_end])
        block = "\n" + _comment(text, snapshot.language, indent.group() if indent else "")
    if snapshot.is_prose and source[line_end:].strip() and not _BLANK_LINE.match(source, line_end):
        block += "\n"  # the next paragraph begins right below: keep it one
    return Edit(line_end, line_end, _line_ends(block, snapshot))


def _comment(text: str, language: str, indent: str) -> str:
    opening, closing = _COMMENTS.get(language, ("//", ""))
    if closing:  # within the text it would end the comment
        text = text.replace(closing, f"{closing[0]} {closing[1:]}")
    lines = text.splitlines() or [""]
    if closing:
        return "\n".join([f"{indent}{opening}", *(f"{indent}{line}".rstrip() for line in lines), f"{indent}{closing}"])
    return "\n".join(f"{indent}{opening} {line}".rstrip() for line in lines)


def _line_ends(text: str, snapshot: Snapshot) -> str:
    """The document's own line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = re.search(r"\r\n|\n|\r", snapshot.text)
    return text.replace("\n", first.group()) if first and first.group() != "\n" else text


_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r(?!\n))[ \t]*[\r\n]")

_HASH, _DASHES, _SEMICOLONS, _PERCENT, _MARKUP = ("#", ""), ("--", ""), (";;", ""), ("%", ""), ("<!--", "-->")

_COMMENTS = {
    **dict.fromkeys(
        (
            "cmake",
            "coffeescript",
            "dockerfile",
            "elixir",
            "fish",
            "gitignore",
            "graphql",
            "ignore",
            "julia",
            "makefile",
            "nix",
            "perl",
            "powershell",
            "properties",
            "python",
            "r",
            "ruby",
            "shellscript",
            "sh",
            "bash",
            "toml",
            "yaml",
        ),
        _HASH,
    ),
    **dict.fromkeys(("ada", "elm", "haskell", "lua", "sql", "vhdl"), _DASHES),
    **dict.fromkeys(("clojure", "commonlisp", "emacs-lisp", "lisp", "racket", "scheme"), _SEMICOLONS),
    **dict.fromkeys(("erlang", "matlab", "prolog"), _PERCENT),
    **dict.fromkeys(("html", "svelte", "vue", "xml", "xsl"), _MARKUP),
    **dict.fromkeys(("css", "c"), ("/*", "*/")),
    "ini": (";", ""),
    "bat": ("REM", ""),
    "vim": ('"', ""),
    "fortran": ("!", ""),
}
