"""Comments and docstrings are words, code is not."""

from __future__ import annotations

import ast
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_lsp.document.code_text import code_segments, knows_comments
from inference_lsp.document.segments import rewritten

PYTHON = '''#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Words of the module.

More of them,
on two lines."""
import os  # noqa: E501
# A comment
#  on two lines.
x = "# no comment"  # behind code


def f(a: int) -> str:
    r"""Do it.

    Args:
        a: the number
    >>> f(1)
    'x'

    Done.
    """
    s = """not
    a docstring"""
    # x = 1
    return s
'''
CASES: dict[str, tuple[str, str, list[str]]] = {
    "Python": (
        "python",
        PYTHON,
        [
            *("Words of the module.", "More of them,\non two lines.", "A comment\non two lines.", "behind code"),
            *("Do it.", "Args:", "the number", "Done."),
        ],
    ),
    "Python that does not parse": ("python", "def f(:\n    # words\n    s = 'it # is'", ["words"]),
    "JavaScript": (
        "javascript",
        '// One\n// two\nconst a = "// no"; // behind\n/**\n * Doc.\n * @param {x} b words\n */\n`/*no*/` /* short */',
        ["One\ntwo", "behind", "Doc.", "@param {x} b words", "short"],
    ),
    "Rust": ("rust", 'fn a<\'b>() {} /* c /* d */ e */\n/// words\nlet s = "// no";', ["c /* d */ e", "words"]),
    "C": ("c", "char c = '\"'; /* one\n * two\n */\n// if (x) {\n", ["one\ntwo"]),
    "shell": ("shellscript", "echo $# 'it # no' # yes\n", ["yes"]),
    "Lua": ("lua", "--[[ one ]] x = 1 -- two", ["one", "two"]),
    "HTML": ("html", "<p>text</p> <!-- words -->", ["words"]),
    "SQL": ("sql", "select '--' -- words", ["words"]),
    "JSON": ("json", '{"a": "// b"}', []),
    "directives": ("typescript", "// eslint-disable-next-line\n// @ts-ignore\n// Words.\n//#region x", ["Words."]),
    "a comment that never ends": ("c", "int a; /* words", []),
}


@pytest.mark.parametrize("case", CASES)
def test_the_words_in_code_are_its_comments(case: str) -> None:
    language, text, words = CASES[case]
    segments = code_segments(text, language)
    assert [segment.words for segment in segments] == words
    assert rewritten(text, segments, lambda segment: segment.words) == text
    assert knows_comments(language)


def test_a_language_nobody_told_us_of_has_no_comments() -> None:
    assert not knows_comments("klingon")
    assert code_segments("// x", "klingon") == []


SELECTED = {
    "amid a comment": ("x = 1  # some words here", "some words", ["some words"]),
    "a comment and code": ("x = 1  # words\ny = 2", "1  # words\ny", ["words"]),
    "within a string": ('x = "some words" + y', "some words", ["some words"]),
    "a string and its quotes": ('x = "some words" + y', '"some words"', []),
    "only code": ("x = y + z", "y + z", []),
    "from amid one line of a comment to amid the next": ("# one two\n# three four", "two\n# three", ["two\nthree"]),
}


@pytest.mark.parametrize("case", SELECTED)
def test_only_the_selection_counts(case: str) -> None:
    text, selected, words = SELECTED[case]
    start = text.index(selected)
    segments = code_segments(text, "python", start, start + len(selected))
    assert [segment.words for segment in segments] == words


PLACED = {
    "more lines of a comment": ("  # one\n", "python", "A\nB", "  # A\n  # B\n"),
    "more lines behind code": ("x = 1  # one\n", "python", "A\nB", "x = 1  # A B\n"),
    "more lines of a block": ("/**\n * one\n */", "java", "A\nB", "/**\n * A\n * B\n */"),
    "more lines of a one-line docstring": ('"""One."""', "python", "A\nB", '"""A B"""'),
}


@pytest.mark.parametrize("case", PLACED)
def test_new_words_stay_within_their_comment(case: str) -> None:
    text, language, words, expected = PLACED[case]
    assert rewritten(text, code_segments(text, language), lambda segment: words) == expected


def test_words_in_a_string_of_one_line_stay_one_line() -> None:
    (segment,) = code_segments('x = "some words"', "python", 5, 15)
    assert segment.placed("A\nB") == "A B"


REFUSED = {
    "the end of a block": ("/* one */", "java", "A */ B"),
    "the end of a docstring": ('"""One"""', "python", 'A """ B'),
    "a quote at the end of a docstring": ('"""One"""', "python", 'A "B"'),
    "an escape": ('"""One"""', "python", "A \\"),
    "a line that goes on": ("// one", "c", "A \\"),
    "the end of a string": ('x = "one"', "python", 'A "B"'),
}


@pytest.mark.parametrize("case", REFUSED)
def test_words_that_would_become_code_are_not_accepted(case: str) -> None:
    text, language, words = REFUSED[case]
    start = text.index("ne") - 1
    segments = code_segments(text, language, start, start + 3)
    assert [segment.accepts(words) for segment in segments] == [False]


def test_python_whose_comments_are_rewritten_is_the_same_program() -> None:
    changed = rewritten(PYTHON, code_segments(PYTHON, "python"), lambda segment: segment.words.upper())
    assert "# A COMMENT\n#  ON TWO LINES." in changed
    docless = [ast.dump(node) for node in ast.parse(PYTHON).body if not isinstance(node, ast.Expr | ast.FunctionDef)]
    assert docless == [
        ast.dump(node) for node in ast.parse(changed).body if not isinstance(node, ast.Expr | ast.FunctionDef)
    ]


SIGNS = [*"\"'`#/*\\ab \n(){}=;", "//", "/*", "*/", '"""', "'''", "\r\n", "# a b", "<!--", "-->", "--", "words and"]


@given(
    st.lists(st.sampled_from(SIGNS), max_size=40).map("".join), st.sampled_from(["python", "c", "rust", "lua", "html"])
)
@settings(max_examples=500)
def test_the_same_words_give_the_same_code_byte_for_byte(text: str, language: str) -> None:
    for start, end in ((0, len(text)), (len(text) // 3, 2 * len(text) // 3)):
        segments = code_segments(text, language, start, end)
        assert rewritten(text, segments, lambda segment: segment.words) == text
        assert all(left.end <= right.start for left, right in pairwise(segments))
        assert all(start <= segment.start and segment.end <= end for segment in segments)
