"""Stop sequences are cut off wherever the chunk borders lie."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_lsp.document.stops import StopCutter, beginning_at_end


def cut(pieces: list[str], stops: list[str]) -> tuple[str, bool]:
    cutter = StopCutter(stops)
    text = "".join(cutter.feed(piece) for piece in pieces)
    return text + cutter.finish(), cutter.stopped


CASES: dict[str, tuple[list[str], list[str], str, bool]] = {
    "none": (["a", "b"], [], "ab", False),
    "whole in a piece": (["a<end>b"], ["<end>"], "a", True),
    "over three pieces": (["a<e", "n", "d>b"], ["<end>"], "a", True),
    "only begun": (["a<e", "n"], ["<end>"], "a<en", False),
    "begun, and then another way": (["a<e", "x"], ["<end>"], "a<ex", False),
    "begun twice": (["a<<e", "nd>"], ["<end>"], "a<", True),
    "the earliest of two": (["a|b", "<end>"], ["<end>", "|"], "a", True),
    "an empty one counts for nothing": (["a"], [""], "a", False),
    "at once": (["<end>"], ["<end>"], "", True),
}


@pytest.mark.parametrize("case", CASES)
def test_the_text_ends_where_a_stop_sequence_begins(case: str) -> None:
    pieces, stops, text, stopped = CASES[case]
    assert cut(pieces, stops) == (text, stopped)


@given(st.text("ab<", max_size=30), st.lists(st.text("ab<", min_size=1, max_size=4), max_size=3), st.data())
@settings(max_examples=300)
def test_chunk_borders_make_no_difference(text: str, stops: list[str], data: st.DataObject) -> None:
    borders = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[start:end] for start, end in zip([0, *borders], [*borders, len(text)], strict=True)]
    ends = [at for stop in stops if (at := text.find(stop)) >= 0]
    assert cut(pieces, stops) == (text[: min(ends)] if ends else text, bool(ends))


@pytest.mark.parametrize(("text", "other", "size"), [("ab", "bc", 1), ("ab", "ab", 0), ("aab", "abc", 2), ("", "a", 0)])
def test_an_end_that_begins_another_text_is_measured(text: str, other: str, size: int) -> None:
    assert beginning_at_end(text, other) == size
    assert beginning_at_end("ab", "ab", whole=True) == 2
