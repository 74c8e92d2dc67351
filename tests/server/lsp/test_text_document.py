"""Text documents: what positions mean, in every encoding, and what pygls gets wrong about them."""

from __future__ import annotations

import pytest
from lsprotocol import types as t

from inference_lsp.lsp import TextDocument, Workspace
from inference_lsp.lsp.position_encoding import PositionCodec

UTF8, UTF16, UTF32 = t.PositionEncodingKind.Utf8, t.PositionEncodingKind.Utf16, t.PositionEncodingKind.Utf32
NOT_LINE_ENDS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


def document(text: str | None, encoding: t.PositionEncodingKind = UTF16) -> TextDocument:
    return TextDocument("file:///a.txt", text, version=1, position_codec=PositionCodec(encoding))


def edit(start: tuple[int, int], end: tuple[int, int], text: str) -> t.TextDocumentContentChangePartial:
    return t.TextDocumentContentChangePartial(t.Range(t.Position(*start), t.Position(*end)), text)


EDITS = {
    "in a line": ("abc\ndef\n", (1, 1), (1, 2), "X", "abc\ndXf\n"),
    "over lines": ("abc\ndef\nghi", (0, 2), (2, 1), "X", "abXhi"),
    "an insertion": ("abc", (0, 1), (0, 1), "X", "aXbc"),
    "into an empty document": ("", (0, 0), (0, 0), "X", "X"),
    "past the end of the last line": ("abc", (0, 10), (0, 10), "X", "abcX"),
    "past the end of a line": ("abc\ndef", (0, 10), (0, 10), "X", "abcX\ndef"),
    "past the end of a CRLF line": ("abc\r\ndef", (0, 10), (0, 10), "X", "abcX\r\ndef"),
    "past the end of a CR line": ("abc\rdef", (0, 10), (0, 10), "X", "abcX\rdef"),
    "past the last line": ("abc\n", (9, 0), (9, 9), "X", "abc\nX"),
    "the empty line at the end": ("abc\n", (1, 0), (1, 0), "X", "abc\nX"),
    "a whole CRLF line": ("abc\r\ndef\r\n", (0, 0), (1, 0), "", "def\r\n"),
    "after an emoji": ("a🤗b", (0, 3), (0, 4), "X", "a🤗X"),
    "inside an emoji, which is not split": ("a🤗b", (0, 2), (0, 2), "X", "a🤗Xb"),
    "ends the wrong way round": ("abcd", (0, 3), (0, 1), "X", "aXd"),
    "a lone surrogate coming in": ("ab", (0, 1), (0, 1), "\ud83e", "a\ufffdb"),
    "two halves of a line end": ("a\rb", (1, 0), (1, 0), "\n", "a\r\nb"),
}


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_lands_where_the_protocol_says(case: str) -> None:
    before, start, end, text, after = EDITS[case]
    changed = document(before)
    changed.apply_change(edit(start, end, text))
    assert changed.source == after


@pytest.mark.parametrize("character", NOT_LINE_ENDS)
def test_only_lf_crlf_and_cr_end_a_line(character: str) -> None:
    changed = document(f"a{character}b\nzz")
    changed.apply_change(edit((1, 0), (1, 0), "X"))
    assert changed.source == f"a{character}b\nXzz"
    assert list(changed.lines) == [f"a{character}b\n", "Xzz"]


def test_lines_keep_their_ends_and_the_last_may_be_empty() -> None:
    assert list(document("a\r\nb\rc\nd\n\n").lines) == ["a\r\n", "b\r", "c\n", "d\n", "\n", ""]
    assert list(document("").lines) == [""]


COLUMNS = [
    # text, then for every offset its column in UTF-8, UTF-16 and UTF-32
    ("é🤗漢e\u0301\n", [(0, 0, 0), (2, 1, 1), (6, 3, 2), (9, 4, 3), (10, 5, 4), (12, 6, 5)]),
    ("abc", [(0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 3, 3)]),
]


@pytest.mark.parametrize(("which", "encoding"), [(0, UTF8), (1, UTF16), (2, UTF32)])
@pytest.mark.parametrize(("text", "columns"), COLUMNS)
def test_columns_count_the_negotiated_units(
    text: str, columns: list[tuple[int, int, int]], which: int, encoding: t.PositionEncodingKind
) -> None:
    there = document("first\r\n" + text, encoding)
    for offset, column in enumerate(columns):
        position = t.Position(1, column[which])
        assert there.position_at(7 + offset) == position
        assert there.offset_at(position) == 7 + offset


@pytest.mark.parametrize(("encoding", "inside"), [(UTF8, (2, 3, 4)), (UTF16, (2,)), (UTF32, ())])
def test_a_position_inside_a_character_is_its_end(encoding: t.PositionEncodingKind, inside: tuple[int, ...]) -> None:
    for column in inside:
        assert document("a🤗b", encoding).offset_at(t.Position(0, column)) == 2


def test_offsets_outside_of_the_text_are_its_ends() -> None:
    there = document("ab\r\ncd")
    assert there.position_at(-1) == t.Position(0, 0)
    assert there.position_at(99) == t.Position(1, 2)
    assert there.position_at(3) == t.Position(0, 2), "between CR and LF is before both"
    assert document("").position_at(5) == t.Position(0, 0)


def test_range_text_takes_its_ends_in_either_order() -> None:
    there = document("one\r\n🤗 two\n")
    assert there.range_text(there.range_at(1, 9)) == "ne\r\n🤗 tw"
    assert there.range_text(t.Range(t.Position(1, 5), t.Position(0, 1))) == "ne\r\n🤗 tw"
    assert there.text_in_client_range(there.range_at(1, 9)) == "ne\r\n🤗 tw"


def test_the_callers_position_is_left_as_it_was() -> None:
    position = t.Position(0, 99)
    there = document("abc\n")
    there.offset_at(position)
    there.position_from_client_units(position)
    there.word_at_position(position)
    assert position == t.Position(0, 99)


def test_a_document_that_is_not_open_is_empty_and_does_not_touch_the_disk() -> None:
    there = Workspace(None).get_text_document("file:///no/such/folder/file.txt")
    assert (there.is_open, there.source, list(there.lines)) == (False, "", [""])
    assert there.offset_at(t.Position(3, 3)) == 0


def test_a_change_without_a_range_is_the_whole_text() -> None:
    changed = document("abc\ndef")
    assert changed.offset_at(t.Position(1, 1)) == 5
    changed.apply_change(t.TextDocumentContentChangeWholeDocument("x\ny"))
    assert (changed.source, changed.offset_at(t.Position(1, 1))) == ("x\ny", 3)


def test_a_version_that_goes_backwards_is_the_editors_word() -> None:
    workspace = Workspace(None)
    workspace.put_text_document(t.TextDocumentItem("u:a", "text", 5, "abc"))
    workspace.update_text_document(t.VersionedTextDocumentIdentifier(3, "u:a"), edit((0, 1), (0, 2), "X"))
    changed = workspace.get_text_document("u:a")
    assert (changed.source, changed.version) == ("aXc", 3)


def test_a_change_of_a_document_that_is_not_open_is_ignored(caplog: pytest.LogCaptureFixture) -> None:
    workspace = Workspace(None)
    workspace.update_text_document(t.VersionedTextDocumentIdentifier(3, "u:a"), edit((0, 1), (0, 2), "X"))
    assert not workspace.is_open("u:a")
    assert "not open" in caplog.text


def test_what_pygls_offers_agrees_with_offsets() -> None:
    there = document("ab\x0ccd\r\n🤗x\n")
    for offset in range(len(there.source) + 1):
        server_position = there.server_position_at_offset(offset)
        assert there.offset_at_server_position(server_position) == offset
        assert there.client_position_at_offset(offset) == there.position_at(offset)
        assert there.offset_at_position(there.position_at(offset)) == offset - (offset == 6)
        assert there.position_to_client_units(server_position) == there.position_at(offset)
    assert there.word_at_position(t.Position(1, 3)) == "x"


def test_a_line_of_two_hundred_thousand_characters_costs_no_more_than_its_start() -> None:
    there = document("é" * 200_000 + "\n" + "🤗" * 1000)
    assert there.offset_at(t.Position(0, 10)) == 10
    assert there.position_at(200_001 + 999) == t.Position(1, 1998)
    assert there.offset_at(t.Position(0, 500_000)) == 200_000
