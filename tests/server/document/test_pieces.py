"""Long texts in pieces: nothing lost, nothing too long, nothing broken that a reader sees as one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_lsp.document.graphemes import is_boundary
from inference_lsp.document.pieces import Size, TextPiece, cut, estimated_tokens

ODD = [
    "\r\n",
    "\n",
    "\n\n",
    " ",
    "# H",
    "## ",
    "a",
    "word",
    ". ",
    "。",
    "！",
    "?",
    "e\u0301",
    "👩‍👩‍👧",
    "👍🏽",
    "🇩🇪🇫🇷",
    "각",
    "漢",
    "\ud83e",
]
texts = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(ODD), max_size=60).map("".join))


@given(texts, st.integers(1, 40), st.sampled_from([len, estimated_tokens]))
@settings(max_examples=400)
def test_pieces_are_the_text_and_no_piece_is_too_long_or_cut_amid_a_character(
    text: str, limit: int, size: Size
) -> None:
    pieces = cut(text, limit, size)
    assert "".join(piece.text + piece.separator for piece in pieces) == text
    for piece in pieces:
        assert text[piece.start :].startswith(piece.text + piece.separator)
        assert not piece.separator.strip()
        assert is_boundary(text, piece.start)
        one_character = not any(is_boundary(piece.text, at) for at in range(1, len(piece.text)))
        assert size(piece.text) <= limit or one_character


CASES = {
    "fits": ("One. Two.", 20, ["One. Two."]),
    "nothing": ("", 5, []),
    "headings first": ("# A\nOne. Two.\n# B\nThree.", 16, ["# A\nOne. Two.", "# B\nThree."]),
    "then paragraphs": ("One. Two.\n\nThree. Four.", 16, ["One. Two.", "Three. Four."]),
    "then sentences": ("One is here. Two is there. Three.", 14, ["One is here.", "Two is there.", "Three."]),
    "sentences of Chinese": ("一二三。四五六！七八。", 4, ["一二三。", "四五六！", "七八。"]),
    "then lines": ("- one item\n- two item\n- three", 12, ["- one item", "- two item", "- three"]),
    "then words": ("one two three", 8, ["one two", "three"]),
    "then anywhere": ("abcdefgh", 3, ["abc", "def", "gh"]),
    "small neighbours stay together": ("A.\n\nB.\n\n" + "C" * 12, 8, ["A.\n\nB.", "C" * 8, "C" * 4]),
    "a title goes with what it is above": (
        "# A\n\none two three four five six",
        24,
        ["# A\n\none two three four", "five six"],
    ),
    "a family is one": ("👩‍👩‍👧👩‍👩‍👧", 6, ["👩‍👩‍👧", "👩‍👩‍👧"]),
    "CRLF is one": ("ab\r\n\r\ncd", 3, ["ab", "cd"]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_text_is_cut_where_a_reader_would_cut_it(case: str) -> None:
    text, limit, expected = CASES[case]
    assert [piece.text for piece in cut(text, limit)] == expected


def test_white_space_before_the_first_word_is_kept() -> None:
    assert cut(" \n x", 10) == [TextPiece(0, " \n x", "")]


@pytest.mark.parametrize("unit", [".", " ", "\n", "x", "。", "# ", "a b. ", "漢", "\u0301", "()[]", "\r\n"])
def test_megabytes_of_one_thing_take_linear_work(unit: str) -> None:
    looked_at = 0

    def counted(text: str) -> int:
        nonlocal looked_at
        looked_at += len(text)
        return len(text)

    text = unit * (400_000 // len(unit))
    assert sum(len(piece.text + piece.separator) for piece in cut(text, 2_000, counted)) == len(text)
    assert looked_at < 60 * len(text)


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("漢字", 3), ("a" * 35, 11), ("a" * 350, 110)])
def test_tokens_are_estimated_upwards(text: str, tokens: int) -> None:
    assert estimated_tokens(text) == tokens


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="smaller than one"):
        cut("text", 0)
