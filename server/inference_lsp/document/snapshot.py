"""A document and a selection at one moment, frozen: what actions and insights work on.

Knows text and code-point offsets into it. Knows no editor, position encoding or request.
"""

from __future__ import annotations

from dataclasses import dataclass

from inference_lsp.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """`start` and `end` are code points into `text`, start <= end; they are equal where nothing is selected."""

    uri: str
    path: str = ""
    """The file behind it, "" for a document that is none."""
    version: int | None
    language: str
    """The editor's language id: `markdown`, `python`, …"""
    text: str
    start: int
    end: int
    settings: Settings
    locale: str = ""
    """The editor's display language, "" if it did not say."""

    @property
    def selected(self) -> str:
        return self.text[self.start : self.end]

    @property
    def before(self) -> str:
        """Everything above the selection's end: what a continuation continues."""
        return self.text[: self.end]

    @property
    def after(self) -> str:
        return self.text[self.end :]

    @property
    def has_text(self) -> bool:
        """Whether anything but whitespace is selected."""
        return bool(self.selected.strip())

    @property
    def is_prose(self) -> bool:
        return self.language in PROSE_LANGUAGES


PROSE_LANGUAGES = frozenset(
    {
        "asciidoc",
        "bibtex",
        "git-commit",
        "latex",
        "mail",
        "markdown",
        "org",
        "plaintext",
        "quarto",
        "restructuredtext",
        "rmd",
        "tex",
        "text",
        "typst",
        "",
    }
)
"""Language ids, as editors send them, of files that are text for people rather than code."""
