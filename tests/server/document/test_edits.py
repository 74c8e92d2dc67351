"""Where a result goes and how it is made to fit there: line ends, white space, comments."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_lsp.document.edits import Edit, insert_after, insert_below
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.settings import Settings

Make = Callable[[Snapshot, str], Edit]

# (what, language, document with its «selection», result, document afterwards)
CASES: dict[str, tuple[Make, str, str, str, str]] = {
    "continued": (insert_after, "markdown", "a «b» c", " X ", "a b X  c"),
    "continued in CRLF": (insert_after, "python", "a\r\nb«»", "X\n", "a\r\nbX\r\n"),
    "below in prose": (insert_below, "markdown", "«One.»", "X", "One.\n\nX"),
    "below, amid a line": (insert_below, "markdown", "One «two» three.\n\nNext.", "X", "One two three.\n\nX\n\nNext."),
    "below, with text right after": (insert_below, "markdown", "«One.»\nTwo.", "X", "One.\n\nX\n\nTwo."),
    "below, with a blank line after": (insert_below, "markdown", "«One.»\n\nTwo.", "X", "One.\n\nX\n\nTwo."),
    "below, in CRLF": (insert_below, "markdown", "«One.»\r\nTwo.", "X\nY", "One.\r\n\r\nX\r\nY\r\n\r\nTwo."),
    "below whole lines": (insert_below, "markdown", "«One.\nTwo.\n»\nThree.", "X", "One.\nTwo.\n\nX\n\nThree."),
    "below whole lines in CRLF": (insert_below, "markdown", "«One.\r\n»\r\nTwo.", "X", "One.\r\n\r\nX\r\n\r\nTwo."),
    "below at the end": (insert_below, "markdown", "«One.\n»", "X", "One.\n\nX\n"),
    "below in Python": (
        insert_below,
        "python",
        "if x:\n    «y()»\nz()",
        "X\nY",
        "if x:\n    y()\n    # X\n    # Y\nz()",
    ),
    "below in Python with tabs": (insert_below, "python", "\t«y()»", "X", "\ty()\n\t# X"),
    "below in an empty line of a comment": (insert_below, "python", "«y»", "X\n\nY", "y\n# X\n#\n# Y"),
    "below in C": (insert_below, "c", "  «y();»", "X", "  y();\n  /*\n  X\n  */"),
    "below in JavaScript": (insert_below, "javascript", "«y()»", "X", "y()\n// X"),
    "below in HTML": (insert_below, "html", "«<p>»", "X", "<p>\n<!--\nX\n-->"),
    "below in a language nobody knows": (insert_below, "brainfuck", "«y»", "X", "y\n// X"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_result_fits_in(case: str) -> None:
    make, language, marked, text, after = CASES[case]
    assert _applied(make, _snapshot(marked, language), text) == after


TEXT = st.text(alphabet="ab 🤗漢\n\r\t", max_size=20)


@given(TEXT, TEXT, TEXT, TEXT, st.sampled_from(["markdown", "python", "c"]))
def test_nothing_around_the_place_is_lost(before: str, selected: str, after: str, text: str, language: str) -> None:
    snapshot = _of(before, selected, after, language)
    for make in (insert_after, insert_below):
        edit = make(snapshot, text)
        assert edit.start == edit.end, "an insertion removes nothing"
        assert snapshot.start <= edit.start <= len(snapshot.text)


@given(TEXT, TEXT, TEXT, st.text(alphabet="ab\n\r", max_size=12))
def test_a_document_of_one_kind_of_line_end_stays_so(before: str, selected: str, after: str, text: str) -> None:
    windows = [part.replace("\r", "").replace("\n", "\r\n") for part in ("x\n" + before, selected, after)]
    snapshot = _of(windows[0], windows[1], windows[2], "markdown")
    for make in (insert_after, insert_below):
        applied = _applied(make, snapshot, text)
        assert applied.replace("\r\n", "").count("\n") == 0
        assert applied.replace("\r\n", "").count("\r") == 0


@given(st.text(alphabet="*/-><! x\n", max_size=20), st.sampled_from(["c", "css", "html", "xml"]))
def test_a_result_does_not_end_the_comment_it_is_in(text: str, language: str) -> None:
    applied = _applied(insert_below, _snapshot("«y»", language), text)
    closing = "-->" if language in ("html", "xml") else "*/"
    assert applied.count(closing) == 1
    assert applied.endswith(closing)


def _snapshot(marked: str, language: str) -> Snapshot:
    before, _, rest = marked.partition("«")
    selected, _, after = rest.partition("»")
    return _of(before, selected, after, language)


def _of(before: str, selected: str, after: str, language: str) -> Snapshot:
    return Snapshot(
        uri="file:///a",
        version=1,
        language=language,
        text=before + selected + after,
        start=len(before),
        end=len(before + selected),
        settings=Settings(),
    )


def _applied(make: Make, snapshot: Snapshot, text: str) -> str:
    edit = make(snapshot, text)
    return snapshot.text[: edit.start] + edit.text + snapshot.text[edit.end :]
