"""Continuations cut to fit their place, whatever the pieces they come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_lsp.document.continuation_cuts import ChatEdges, OverlapCutter, RepetitionCutter, Trimmed


def fed(cutter: Any, pieces: Sequence[str]) -> str:
    text = "".join(cutter.feed(piece) for piece in pieces)
    return text + (cutter.finish() if hasattr(cutter, "finish") else "")


CASES: dict[str, tuple[Callable[[], Any], str, str]] = {
    "trimmed": (Trimmed, " \n a b\n\nc \n", "a b\n\nc"),
    "trimmed to nothing": (Trimmed, " \n ", ""),
    "what closes already": (lambda: OverlapCutter(")\n"), "a, b)", "a, b"),
    "what closes on the next lines": (lambda: OverlapCutter("\n}\n\nfoo()"), "x\n}", "x"),
    "white space repeats nothing": (lambda: OverlapCutter("\n}"), "x\n", "x\n"),
    "another end": (lambda: OverlapCutter(")"), "a) + b", "a) + b"),
    "an end amid": (lambda: OverlapCutter("abc"), "ab abd", "ab abd"),
    "nothing behind": (lambda: OverlapCutter(""), "abc", "abc"),
    "a line said thrice": (lambda: RepetitionCutter(""), "first line\n" * 9, "first line\n"),
    "a line said twice": (lambda: RepetitionCutter(""), "first line\n" * 2 + "b", "first line\n" * 2 + "b"),
    "two lines said thrice": (lambda: RepetitionCutter(""), "one line\ntwo lines\n" * 5, "one line\ntwo lines\n"),
    "what the text before said": (lambda: RepetitionCutter("first line\n"), "first line\n" * 2 + "b", ""),
    "a row of brackets": (lambda: RepetitionCutter(""), "}\n" * 9, "}\n" * 9),
    "amid a line": (lambda: RepetitionCutter("x = "), "1\nprint(x)\ny = 2\n", "1\nprint(x)\ny = 2\n"),
    "a loop after something else": (lambda: RepetitionCutter(""), "a\n" + "long line\n" * 4, "a\nlong line\n"),
    "a fence": (lambda: ChatEdges("x = "), "```python\n1\n2\n```\n", "1\n2"),
    "a fence and blanks": (lambda: ChatEdges("x = "), "\n```\n1\n```", "1"),
    "a fence amid": (lambda: ChatEdges("text "), "a\n```\nb\n```\nc", "a\n```\nb\n```\nc"),
    "a fence within a fence": (lambda: ChatEdges("text "), "```md\na\n``` b\nc\n```", "a\n``` b\nc"),
    "a code span": (lambda: ChatEdges("text "), "`a` b", "`a` b"),
    "two backticks": (lambda: ChatEdges("text "), "``", "``"),
    "the line's beginning again": (lambda: ChatEdges("a\n    return x"), "    return x + 1", " + 1"),
    "the line's beginning in a fence": (lambda: ChatEdges("a\n    return x"), "```\n    return x + 1\n```", " + 1"),
    "the indentation again": (lambda: ChatEdges("a:\n    "), "    b\n    c", "b\n    c"),
    "a short beginning is no repetition": (lambda: ChatEdges("f("), "f(x))", "f(x))"),
    "only half of the beginning": (lambda: ChatEdges("return x"), "retu", "retu"),
    "another line": (lambda: ChatEdges("return x"), "return y", "return y"),
    "nothing": (lambda: ChatEdges("x"), "", ""),
    "only a fence": (lambda: ChatEdges("x"), "```", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_belong_is_cut_whatever_the_pieces(case: str) -> None:
    make, text, expected = CASES[case]
    assert fed(make(), [text]) == expected
    assert fed(make(), list(text)) == expected


@given(st.sampled_from(list(CASES)), st.data())
@settings(max_examples=200)
def test_the_borders_of_pieces_make_no_difference(case: str, data: st.DataObject) -> None:
    make, text, expected = CASES[case]
    borders = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    assert fed(make(), [text[a:b] for a, b in zip([0, *borders], [*borders, len(text)], strict=True)]) == expected


@given(st.text("ab\n `)", max_size=40))
@settings(max_examples=300)
def test_nothing_is_invented_and_text_that_needs_no_cut_is_given_at_once(text: str) -> None:
    assert text.startswith(fed(RepetitionCutter(""), list(text)))
    assert text.startswith(fed(OverlapCutter(") b"), list(text)))
    plain = "".join(letter for letter in text if letter in "ab")
    assert [OverlapCutter(")").feed(plain), RepetitionCutter("").feed(plain)] == [plain, plain]


def test_a_loop_says_that_nothing_more_will_come() -> None:
    cutter = RepetitionCutter("")
    assert fed(cutter, ["same line\n"] * 3) == "same line\n"
    assert cutter.stopped
    assert cutter.feed("more") == ""
