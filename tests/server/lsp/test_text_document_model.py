"""A document after any edits is what an editor that stores UTF-16 code units would have."""

from __future__ import annotations

from array import array

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from lsprotocol import types as t

from inference_lsp.lsp import TextDocument
from inference_lsp.lsp.position_encoding import PositionCodec

CHARACTERS = ["a", "b", " ", "é", "漢", "\u0301", "🤗", "\U0010ffff", "\u2028", "\x0c", "\n", "\r\n", "\r", "\t"]
TEXT = st.lists(st.sampled_from(CHARACTERS), max_size=12).map("".join)
LONG_TEXT = st.lists(st.sampled_from(CHARACTERS), min_size=20, max_size=120).map("".join)
POSITION = st.tuples(st.integers(0, 12), st.integers(0, 14))


class CodeUnits:
    """The reference: a document as an array of UTF-16 code units, searched from its beginning every time."""

    def __init__(self, text: str) -> None:
        self.units = to_units(text)

    def offset(self, line: int, column: int) -> int:
        at = 0
        for _ in range(line):
            while at < len(self.units) and self.units[at] not in (10, 13):
                at += 1
            if at == len(self.units):
                return at
            at += 2 if list(self.units[at : at + 2]) == [13, 10] else 1
        while column and at < len(self.units) and self.units[at] not in (10, 13):
            at += 1
            column -= 1
        if 0 < at < len(self.units) and self.units[at] & 0xFC00 == 0xDC00:
            at += 1
        return at

    def replace(self, start: int, end: int, text: str) -> None:
        if end < start:
            start, end = end, start
        self.units[start:end] = to_units(text)

    @property
    def text(self) -> str:
        return self.units.tobytes().decode("utf-16-le")


def to_units(text: str) -> array[int]:
    units = array("H")
    units.frombytes(text.encode("utf-16-le"))
    return units


class Editing(RuleBasedStateMachine):
    @initialize(text=LONG_TEXT)
    def open(self, text: str) -> None:
        self.reference = CodeUnits(text)
        self.document = TextDocument("u:a", text, position_codec=PositionCodec())

    @rule(start=POSITION, end=POSITION, text=TEXT)
    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        self.reference.replace(self.reference.offset(*start), self.reference.offset(*end), text)
        change_range = t.Range(t.Position(*start), t.Position(*end))
        self.document.apply_change(t.TextDocumentContentChangePartial(change_range, text))

    @rule(text=LONG_TEXT)
    def replace_all(self, text: str) -> None:
        self.reference = CodeUnits(text)
        self.document.apply_change(t.TextDocumentContentChangeWholeDocument(text))

    @rule(position=POSITION)
    def look_up(self, position: tuple[int, int]) -> None:
        offset = self.document.offset_at(t.Position(*position))
        before = self.reference.units[: self.reference.offset(*position)].tobytes().decode("utf-16-le")
        assert offset == len(before)
        back = self.document.position_at(offset)
        assert self.document.offset_at(back) == offset

    @rule(start=POSITION, end=POSITION)
    def read(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        first, last = sorted((self.reference.offset(*start), self.reference.offset(*end)))
        expected = self.reference.units[first:last].tobytes().decode("utf-16-le")
        assert self.document.range_text(t.Range(t.Position(*start), t.Position(*end))) == expected

    @rule()
    def split(self) -> None:
        lines = self.document.lines
        assert "".join(lines) == self.reference.text
        starts = [self.reference.offset(line, 0) for line in range(len(lines))]
        assert starts == [len(to_units("".join(lines[:line]))) for line in range(len(lines))]

    @invariant()
    def same_text(self) -> None:
        assert self.document.source == self.reference.text


TestEditing = Editing.TestCase
TestEditing.settings = settings(max_examples=150, stateful_step_count=30)
