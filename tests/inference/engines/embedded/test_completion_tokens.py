"""Cutting text into tokens: nothing is lost, and line ends mean the same at every depth."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hf_inference.engines.embedded.tokens import symbols, tokens, written

CUTS = [
    ("return a_1+2.5", ["return", " a_1", "+", "2.5"]),
    ("x = 0xFF  # hex", ["x", " =", " 0xFF", "  ", "#", " hex"]),
    ('"""Text...', ['"""', "Text", "..."]),
    ("if a:\n    b\n\n\nc", ["if", " a", ":", "\n    ", "b", "\n\n\n", "c"]),
    ("a  \r\n\tb", ["a", "  \r\n\t", "b"]),
    ("我们走 go", ["我", "们", "走", " go"]),
    ("👩‍💻 naïve Straße", ["👩", "\u200d", "💻", " naïve", " Straße"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "cut"), CUTS)
def test_text_is_cut_into_words_numbers_punctuation_and_line_ends(text: str, cut: list[str]) -> None:
    assert tokens(text) == cut


@settings(max_examples=300)
@given(st.text() | st.text(alphabet="ab_1 \t\r\n.=-'\"\\我🎉", max_size=60))
def test_joined_tokens_are_the_text_again(text: str) -> None:
    assert "".join(tokens(text)) == text


@settings(max_examples=30)
@given(st.text(alphabet="ab \n", min_size=20, max_size=80))
def test_a_long_text_is_cut_as_its_lines_are(line: str) -> None:
    block = f"start {line} end\n  x\n"
    assert tokens(block * 800) == tokens(block) * 800


def test_a_line_end_says_how_the_indentation_changes_not_where_it_stands() -> None:
    shallow = symbols(tokens("if a:\n    go()\nend"))
    deep = symbols(tokens("if a:\n            go()\n        end"), indentation="        ")
    assert shallow == deep


def test_tabs_and_spaces_mean_the_same_step() -> None:
    assert symbols(tokens("if a:\n\tgo()\nend")) == symbols(tokens("if a:\n    go()\nend"))


WRITTEN = [
    ("\n+4", "", "\n    "),
    ("\n+4", "    ", "\n        "),
    ("\n-4", "        ", "\n    "),
    ("\n-8", "    ", "\n"),
    ("\n\n+0", "  ", "\n\n  "),
    ("\n+4", "\t", "\n\t\t"),
    ("\n-4", "\t\t", "\n\t"),
    (" word", "    ", " word"),
    ("\0", "    ", ""),
]


@pytest.mark.parametrize(("symbol", "indentation", "text"), WRITTEN)
def test_a_symbol_is_written_in_the_indentation_of_its_line(symbol: str, indentation: str, text: str) -> None:
    assert written(symbol, indentation) == text


def test_a_tabbed_file_gets_tabs_even_where_its_line_has_none() -> None:
    assert written("\n+4", "", tabs=True) == "\n\t"


@pytest.mark.parametrize("text", [" " * 200_000 + "x", "\t" * 200_000, "a" * 200_000, "\n" * 200_000, " \n" * 100_000])
def test_a_monotonous_text_is_cut_in_linear_work(text: str) -> None:
    # Quadratic work would be 4e10 steps here: the suite would not come to an end.
    assert "".join(tokens(text)) == text
