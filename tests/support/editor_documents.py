"""The text an editor holds: documents, versions, and edits applied by arithmetic of their own.

Knows LSP's positions, counted here on arrays of code units, and workspace edits. Refuses to know the server's way
of doing the same: two implementations that agree are the test.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lsprotocol import types as t

TextEdit = t.TextEdit | t.AnnotatedTextEdit | t.SnippetTextEdit
Change = t.TextDocumentContentChangePartial


class EditRefusedError(Exception):
    """Why an editor would not apply an edit."""


@dataclass(slots=True, kw_only=True)
class EditorDocument:
    """One open document."""

    uri: str
    language: str
    version: int
    text: str
    encoding: str = "utf-16"

    def offset(self, position: t.Position) -> int:
        """Code units before a position; beyond a line its end, beyond the text its end."""
        units = self._units()
        at = 0
        for _ in range(position.line):
            at = _line_end(units, at)
            if at == len(units):
                return at
            at += 2 if list(units[at : at + 2]) == [13, 10] else 1
        return min(at + position.character, _line_end(units, at))

    def position(self, index: int) -> t.Position:
        """The position of a character index into `text`."""
        before = self.text[:index]
        lines = re.split(r"\r\n|\r|\n", before)
        return t.Position(len(lines) - 1, len(_encode(lines[-1], self.encoding)))

    def range_of(self, needle: str, occurrence: int = 1) -> t.Range:
        """Where a piece of the text is, counted from 1."""
        start = -1
        for _ in range(occurrence):
            start = self.text.index(needle, start + 1)
        return t.Range(self.position(start), self.position(start + len(needle)))

    def slice(self, range: t.Range) -> str:
        return _decode(self._units()[self.offset(range.start) : self.offset(range.end)], self.encoding)

    def apply(self, edits: Sequence[TextEdit]) -> list[Change]:
        """Applies edits that all mean the text as it is; what to tell the server, last edit first."""
        placed = sorted(
            ((self.offset(edit.range.start), self.offset(edit.range.end), edit) for edit in edits),
            key=lambda entry: entry[:2],
        )
        units = self._units()
        at = 0
        pieces = array(units.typecode)
        for start, end, edit in placed:
            if start < at or end < start:
                raise EditRefusedError("edits overlap")
            pieces += units[at:start] + _encode(_new_text(edit), self.encoding)
            at = end
        self.text = _decode(pieces + units[at:], self.encoding)
        self.version += 1
        return [Change(edit.range, _new_text(edit)) for _, _, edit in reversed(placed)]

    def whole(self) -> t.Range:
        """Everything, from the first to the last position."""
        return t.Range(t.Position(0, 0), self.position(len(self.text)))

    def _units(self) -> array[int]:
        return _encode(self.text, self.encoding)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedEdit:
    """One document changed by one `workspace/applyEdit`: one step of undo."""

    uri: str
    before: str
    after: str
    label: str | None


def document_edits(edit: t.WorkspaceEdit) -> list[t.TextDocumentEdit]:
    """The text edits of a workspace edit, in either of its two forms. Raises `EditRefusedError` on file changes."""
    if edit.document_changes is not None:
        for change in edit.document_changes:
            if not isinstance(change, t.TextDocumentEdit):
                raise EditRefusedError(f"this editor changes no files: {change}")
        return [change for change in edit.document_changes if isinstance(change, t.TextDocumentEdit)]
    return [
        t.TextDocumentEdit(t.OptionalVersionedTextDocumentIdentifier(uri, None), edits)
        for uri, edits in (edit.changes or {}).items()
    ]


def check(edits: Iterable[t.TextDocumentEdit], documents: dict[str, EditorDocument]) -> None:
    """Raises `EditRefusedError` for what VS Code would refuse: a document that is closed, or has moved on."""
    for edit in edits:
        document = documents.get(edit.text_document.uri)
        if document is None:
            raise EditRefusedError(f"{edit.text_document.uri} is not open")
        version = edit.text_document.version
        if version is not None and version != document.version:
            raise EditRefusedError(f"meant version {version}, the document is at {document.version}")


def _new_text(edit: TextEdit) -> str:
    if not isinstance(edit, t.SnippetTextEdit):
        return edit.new_text
    text = _CHOICE.sub(r"\1", edit.snippet.value)
    text = _PLACEHOLDER.sub(lambda match: match.group(1) or "", text)
    return _ESCAPE.sub(r"\1", text)


def _line_end(units: array[int], at: int) -> int:
    while at < len(units) and units[at] not in (10, 13):
        at += 1
    return at


def _encode(text: str, encoding: str) -> array[int]:
    codec, typecode = _CODECS[encoding]
    units = array(typecode)
    units.frombytes(text.encode(codec))
    return units


def _decode(units: array[int], encoding: str) -> str:
    return units.tobytes().decode(_CODECS[encoding][0])


_CODECS = {"utf-8": ("utf-8", "B"), "utf-16": ("utf-16-le", "H"), "utf-32": ("utf-32-le", "I")}
_CHOICE = re.compile(r"\$\{\d+\|([^,|}]*)[^}]*\|\}")
_PLACEHOLDER = re.compile(r"(?<!\\)\$(?:\d+|\{\d+(?::([^}]*))?\})")
_ESCAPE = re.compile(r"\\([$}\\])")
