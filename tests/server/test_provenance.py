"""Provenance: a passage is followed through every change of its document, and never claimed for others' words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hf_inference import SummarizationArgs, TranslationArgs, TranslationParameters
from inference_lsp.provenance import MOST, MOST_GONE, Origin, Provenance, described

URI = "file:///notes.md"
NOON = datetime(2026, 11, 23, 12, 0)
ORIGIN = Origin(action="Summarize", target="example.org", models=("some/model",), parameters="max_length=60")
WORDS = "A short summary of it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The document after the insertion, then after each change; what is still held for inserted at the end."""

    texts: tuple[str, ...]
    held: str
    edited: bool = False


BEGUN = f"Long text.\n\n{WORDS}\n\nThe end."
CASES = {
    "nothing changed": Case(texts=(BEGUN,), held=WORDS),
    "typed before it": Case(texts=(BEGUN, "> " + BEGUN), held=WORDS),
    "typed after it": Case(texts=(BEGUN, BEGUN + " Really."), held=WORDS),
    "typed on both sides at once": Case(texts=(BEGUN, f"New.\n{BEGUN} Really."), held=WORDS),
    "typed right at its ends": Case(texts=(BEGUN, BEGUN.replace(WORDS, f"[{WORDS}]")), held=WORDS),
    "a word of it replaced": Case(
        texts=(BEGUN, BEGUN.replace("short", "brief")), held="A brief summary of it.", edited=True
    ),
    "a word of it replaced and put back": Case(texts=(BEGUN, BEGUN.replace("short", "brief"), BEGUN), held=WORDS),
    "its end deleted with what follows": Case(texts=(BEGUN, BEGUN[:26]), held=WORDS[:14], edited=True),
    "its beginning deleted with what precedes": Case(texts=(BEGUN, BEGUN[20:]), held=WORDS[8:], edited=True),
    "deleted": Case(texts=(BEGUN, "Long text.\n\nThe end."), held=""),
    "undone": Case(texts=(BEGUN, "Long text.\n\n\n\nThe end."), held=""),
    "undone and done again": Case(texts=(BEGUN, "Long text.\n\n\n\nThe end.", BEGUN), held=WORDS),
    "undone, typed elsewhere, done again": Case(
        texts=(BEGUN, "Long text.\n\n\n\nThe end.", "So: Long text.\n\n\n\nThe end.", "So: " + BEGUN), held=WORDS
    ),
    "moved to another place": Case(
        texts=(BEGUN, "Long text.\n\nThe end.", f"{WORDS}\n\nLong text.\n\nThe end."), held=WORDS
    ),
    "the whole document written anew around it": Case(texts=(BEGUN, f"Other.\n{WORDS}\nWords."), held=WORDS),
    "deleted where the person has the same words": Case(
        texts=(f"{WORDS}\n\n{BEGUN}", f"{WORDS}\n\nLong text."), held=""
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_passage_is_followed_through_changes(case: str) -> None:
    provenance, texts = Provenance(lambda: NOON), CASES[case].texts
    start = texts[0].rindex(WORDS)
    provenance.inserted(URI, texts[0], start - 1, start + len(WORDS) + 1, ORIGIN)
    for text in texts[1:]:
        provenance.changed(URI, text)
    found = provenance.within(URI, 0, len(texts[-1]) + 1)
    assert [texts[-1][one.start : one.end] for one in found] == ([CASES[case].held] if CASES[case].held else [])
    assert [one.edited for one in found] == ([CASES[case].edited] if found else [])


def test_an_editor_may_tell_of_the_change_after_it_said_that_it_was_made() -> None:
    provenance = Provenance(lambda: NOON)
    before, after = "Long text.", f"Long text.\n\n{WORDS}"
    provenance.inserted(URI, after, 10, len(after), ORIGIN)
    provenance.changed(URI, before)
    assert provenance.within(URI, 0, 99) == ()
    provenance.changed(URI, after)
    (passage,) = provenance.within(URI, 0, 99)
    assert after[passage.start : passage.end] == WORDS


def test_a_place_is_within_a_passage_and_not_behind_it() -> None:
    provenance = Provenance(lambda: NOON)
    provenance.inserted(URI, "ab WORDS cd", 3, 8, ORIGIN)
    assert [bool(provenance.within(URI, place, place)) for place in (2, 3, 7, 8)] == [False, True, True, False]
    assert provenance.within(URI, 3, 4)[0].at == NOON
    assert provenance.within("file:///other.md", 3, 4) == ()


def test_a_closed_document_is_forgotten_and_a_long_session_bounded() -> None:
    provenance = Provenance(lambda: NOON)
    text = ""
    for number in range(MOST + 5):
        text += f"<{number}>"
        provenance.inserted(URI, text, len(text) - len(f"<{number}>"), len(text), ORIGIN)
    found = provenance.within(URI, 0, len(text))
    assert len(found) == MOST
    assert text[found[0].start : found[0].end] == f"<{MOST + 4}>", "the newest first"
    assert text[found[-1].start : found[-1].end] == "<5>"
    provenance.forget(URI)
    assert provenance.within(URI, 0, len(text)) == ()


def test_what_was_taken_out_is_remembered_for_a_redo_but_not_all_of_it() -> None:
    provenance = Provenance(lambda: NOON)
    words = [f"The passage number {number}." for number in range(MOST_GONE + 5)]
    for passage in words:
        provenance.inserted(URI, "a" + passage, 1, 1 + len(passage), ORIGIN)
        provenance.changed(URI, "a")
    for passage in (words[0], words[-1]):
        provenance.changed(URI, "a" + passage)
        found = provenance.within(URI, 2, 2)
        assert [one.words for one in found] == ([passage] if passage == words[-1] else [])
        provenance.changed(URI, "a")


def test_white_space_alone_is_nobodys() -> None:
    provenance = Provenance(lambda: NOON)
    provenance.inserted(URI, "a \n b", 1, 4, ORIGIN)
    assert provenance.within(URI, 0, 5) == ()


@given(st.data())
def test_edits_elsewhere_never_lose_it_and_it_is_never_out_of_step(data: st.DataObject) -> None:
    """Random edits outside of the passage, one a change, with repeating letters so that changes are ambiguous."""
    letters = st.text("ab\n", max_size=6)
    before, after, provenance = data.draw(letters), data.draw(letters), Provenance(lambda: NOON)
    words = "The words themselves"
    provenance.inserted(URI, before + words + after, len(before), len(before + words), ORIGIN)
    for _ in range(data.draw(st.integers(1, 8))):
        side, new = data.draw(st.booleans()), data.draw(letters)
        text = before if side else after
        start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
        text = text[:start] + new + text[end:]
        before, after = (text, after) if side else (before, text)
        provenance.changed(URI, before + words + after)
        (passage,) = provenance.within(URI, 0, len(before + words + after))
        assert (passage.start, passage.end, passage.edited) == (len(before), len(before + words), False)


@given(st.lists(st.text("ab", max_size=12), min_size=2, max_size=8))
def test_whatever_becomes_of_a_document_a_passage_lies_within_it(texts: list[str]) -> None:
    provenance = Provenance(lambda: NOON)
    provenance.inserted(URI, texts[0], 0, len(texts[0]), ORIGIN)
    for _, text in pairwise(texts):
        provenance.changed(URI, text)
        for passage in provenance.within(URI, 0, 99):
            assert 0 <= passage.start < passage.end <= len(text)
            assert passage.edited == (text[passage.start : passage.end] != passage.words)


def test_parameters_are_described_without_texts() -> None:
    parameters = {"max_new_tokens": 160, "do_sample": False, "suffix": "the rest", "path": "a.md", "stop": ["\n"]}
    assert described(SummarizationArgs("text", parameters)) == "max_new_tokens=160, do_sample=False"
    assert described(TranslationArgs("text", TranslationParameters(tgt_lang="es"))) == "tgt_lang=es"
    assert described(SummarizationArgs("text", {"prompt": "x" * 25, "none": None})) == ""
    assert described(SummarizationArgs("text")) == ""
