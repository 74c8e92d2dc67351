"""Columns in the units an editor counts in (UTF-8, UTF-16 or UTF-32) and in code points.

Knows how many units a character takes and what a column inside a character means: the character's end.
Refuses to know documents; a line comes in as text.
"""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types as t
from pygls.workspace import PositionCodec as PyglsPositionCodec
from pygls.workspace import ServerTextPosition

Encoding = t.PositionEncodingKind | str | None
"""As negotiated; anything but UTF-8 and UTF-32 is UTF-16, the protocol's default."""


def unit_count(text: str, encoding: Encoding) -> int:
    """How many of the editor's units `text` takes."""
    if encoding == t.PositionEncodingKind.Utf32 or text.isascii():
        return len(text)
    if encoding == t.PositionEncodingKind.Utf8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def code_points(text: str, units: int, encoding: Encoding) -> int:
    """How many characters of `text` its first `units` units are; one that is cut counts whole."""
    # No unit is more than one character: what lies further right can not matter, however long the line is.
    text = text[:units]
    if encoding == t.PositionEncodingKind.Utf32 or text.isascii():
        return len(text)
    if encoding == t.PositionEncodingKind.Utf8:
        encoded = text.encode("utf-8", "surrogatepass")
        while units < len(encoded) and encoded[units] & 0xC0 == 0x80:
            units += 1
        return len(encoded[:units].decode("utf-8", "surrogatepass"))
    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) == 2 * len(text):
        return len(text)
    # Half of a pair decodes as a character of its own, and so counts whole.
    return len(encoded[: 2 * units].decode("utf-16-le", "surrogatepass"))


def without_line_end(line: str) -> str:
    """A line without its LF, CR or CRLF: where LSP says its last column is."""
    if line.endswith("\n"):
        line = line[:-1]
    return line[:-1] if line.endswith("\r") else line


class PositionCodec(PyglsPositionCodec):
    """pygls' converter with its ends of lines right and the caller's positions left as they were."""

    def client_num_units(self, string: str) -> int:
        return unit_count(string, self.encoding)

    def position_from_client_units(self, lines: Sequence[str], position: t.Position) -> ServerTextPosition:
        """Line and code point column; beyond a line is its end, beyond the last line the end of the text."""
        if not lines:
            return ServerTextPosition(0, 0)
        if position.line >= len(lines):
            return ServerTextPosition(len(lines) - 1, len(without_line_end(lines[-1])))
        line = without_line_end(lines[position.line])
        return ServerTextPosition(position.line, code_points(line, position.character, self.encoding))

    def position_to_client_units(self, lines: Sequence[str], position: ServerTextPosition | t.Position) -> t.Position:
        """The editor's position; beyond the last line is the end of the text."""
        if not lines:
            return t.Position(0, 0)
        row, column = position.line, position.character
        if row >= len(lines):
            row, column = len(lines) - 1, len(lines[-1])
        return t.Position(row, unit_count(without_line_end(lines[row])[:column], self.encoding))
