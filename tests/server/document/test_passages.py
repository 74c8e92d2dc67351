"""The sentence and the paragraph around a place, and a continuation without what stands behind it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inference_lsp.document.overlap import without_overlap
from inference_lsp.document.passages import LONGEST, paragraph_at, sentence_at
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.settings import Settings

# (the text with the place as ‸, what is found)
SENTENCES = {
    "the first": ("O‸ne. Two.", "One."),
    "the second": ("One. T‸wo.", "Two."),
    "at the border": ("One. ‸Two.", "Two."),
    "at the start": ("‸One. Two.", "One."),
    "at the end": ("One. Two.‸", "Two."),
    "no full stop": ("One. Tw‸o", "Two"),
    "a number is no end": ("It costs 3.5‸0 here. Next.", "It costs 3.50 here."),
    "a question in quotes": ('He said "Why?" an‸d left.', "and left."),
    "across a line end": ("One\ntw‸o. Three.", "One\ntwo."),
    "across CRLF": ("One\r\ntw‸o. Three.", "One\r\ntwo."),
    "Chinese": ("第一句。第‸二句！第三句？", "第二句！"),
    "emoji": ("🤗 on‸e. Two.", "🤗 one."),
    "another paragraph": ("One.\n\nTw‸o.\n\nThree.", "Two."),
    "between paragraphs": ("One.\n‸\nTwo.", ""),
    "an empty text": ("‸", ""),
    "white space": (" ‸ ", ""),
}
PARAGRAPHS = {
    "the only": ("On‸e.\nTwo.", "One.\nTwo."),
    "the second": ("One.\n\nTw‸o.\nThree.\n\nFour.", "Two.\nThree."),
    "blank lines with spaces": ("One.\n \t\nTw‸o.", "Two."),
    "CRLF": ("One.\r\n\r\nTw‸o.\r\n\r\nThree.", "Two."),
    "old Mac": ("One.\r\rTw‸o.", "Two."),
    "between": ("One.\n‸\nTwo.", ""),
    "an empty text": ("‸", ""),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_a_sentence(case: str) -> None:
    marked, expected = SENTENCES[case]
    text, place = marked.replace("‸", ""), marked.index("‸")
    start, end = sentence_at(text, place)
    assert text[start:end] == expected


@pytest.mark.parametrize("case", PARAGRAPHS)
def test_a_paragraph(case: str) -> None:
    marked, expected = PARAGRAPHS[case]
    text, place = marked.replace("‸", ""), marked.index("‸")
    start, end = paragraph_at(text, place)
    assert text[start:end] == expected


@given(st.text(alphabet="ab. \n\r。!🤗", max_size=60), st.integers(0, 60))
@example("", 0)
def test_a_passage_lies_within_the_text_and_the_sentence_within_the_paragraph(text: str, place: int) -> None:
    place = min(place, len(text))
    outer, inner = paragraph_at(text, place), sentence_at(text, place)
    for start, end in (outer, inner):
        assert 0 <= start <= end <= len(text)
        assert text[start:end] == text[start:end].strip()
    if inner[0] < inner[1]:
        assert outer[0] <= inner[0] <= inner[1] <= outer[1]


@pytest.mark.parametrize("place", [0, 100_000, 200_000])
def test_a_huge_line_costs_no_more_than_its_surroundings(place: int) -> None:
    start, end = sentence_at("x" * 200_000, place)
    assert end - start <= 2 * LONGEST


OVERLAPS = {
    "nothing behind": ("foo()", "", "foo()"),
    "a bracket": ("x)", ")", "x"),
    "the longest end": ("a b b", "b b c", "a "),
    "all of it": (")", ")", ""),
    "another line does not count": ("x\ny", "\ny", "x\ny"),
    "only white space is kept": ("x ", " y", "x "),
    "white space and more": ("x )", " )", "x"),
    "CRLF": ("x)", ")\r\nz", "x"),
    "not at the end": (")x", ")", ")x"),
}


@pytest.mark.parametrize("case", OVERLAPS)
def test_what_stands_behind_is_not_said_again(case: str) -> None:
    text, after, expected = OVERLAPS[case]
    assert without_overlap(text, after) == expected


@given(st.text(alphabet="ab) 🤗\n", max_size=20), st.text(alphabet="ab) 🤗\n\r", max_size=20))
def test_only_an_end_that_stands_behind_is_taken_away(text: str, after: str) -> None:
    kept = without_overlap(text, after)
    assert text.startswith(kept)
    assert after.startswith(text[len(kept) :])


def test_a_snapshot_names_the_parts_of_its_text() -> None:
    snapshot = Snapshot(
        uri="file:///a", version=3, language="markdown", text="a 🤗 b", start=2, end=3, settings=Settings()
    )
    assert (snapshot.before, snapshot.selected, snapshot.after) == ("a 🤗", "🤗", " b")
    assert (snapshot.has_text, snapshot.is_prose) == (True, True)


@pytest.mark.parametrize(("language", "prose"), [("markdown", True), ("", True), ("latex", True), ("python", False)])
def test_prose_is_known_by_its_language(language: str, prose: bool) -> None:
    snapshot = Snapshot(uri="u", version=None, language=language, text="  ", start=0, end=2, settings=Settings())
    assert (snapshot.is_prose, snapshot.has_text) == (prose, False)
