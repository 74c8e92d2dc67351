"""Choosing sentences: what is kept, what is never shown, and when the answer is no."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest

from hf_inference.engines.embedded.prose import read_prose, split_sentences, word_count, words_of
from hf_inference.engines.embedded.summarization import SummaryBudget, summarize
from hf_inference.engines.engine import Refusal

CASES = sorted((Path(__file__).parents[3] / "conformance" / "embedded" / "summaries").iterdir())
SETTING = re.compile(r"<!-- (\w+): (.*?) -->\n")

ORCHARD = (
    "The orchard keeps forty kinds of apple. Most kinds of apple in the orchard are older than the village. "
    "A visitor may taste every kind of apple in October. The gate is green. Tickets for the orchard are sold at the "
    "village shop. The shop also sells bread. Somebody once lost a hat here. The orchard closes when the last apple "
    "is picked. Dogs stay outside."
)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_document_is_cut_to_its_central_sentences(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    facts = SETTING.findall(content)
    wanted = next(int(value) for name, value in facts if name == "sentences")
    text = SETTING.sub("", content)
    summary = summarize(text, SummaryBudget(sentences=wanted)).text
    sentences = read_prose(text).sentences
    assert sum(sentence in summary for sentence in sentences) == wanted
    for name, value in facts:
        if name == "expect":
            assert value in summary
        elif name == "refuse":
            assert value not in summary


def test_sentences_are_the_texts_own_in_its_own_order() -> None:
    summary = summarize(ORCHARD, SummaryBudget(sentences=3)).text
    places = [ORCHARD.index(sentence) for sentence in split_sentences(summary)]
    assert len(places) == 3
    assert places == sorted(places)


@pytest.mark.parametrize(("count", "expected"), [(2, 1), (3, 1), (6, 2), (9, 3), (30, 3)])
def test_by_default_a_third_is_kept_and_three_at_most(count: int, expected: int) -> None:
    text = " ".join(f"Sentence number {i} speaks of topic {i % 7} and fruit {i % 5}." for i in range(count))
    assert len(list(split_sentences(summarize(text, SummaryBudget()).text))) == expected


@pytest.mark.parametrize(
    ("budget", "fits"),
    [
        (SummaryBudget(max_words=20), lambda words: words <= 20),
        (SummaryBudget(max_words=8), lambda words: 0 < words <= 8),
        (SummaryBudget(min_words=40), lambda words: words >= 40),
        (SummaryBudget(min_words=20, max_words=30), lambda words: 20 <= words <= 30),
    ],
)
def test_lengths_are_budgets_in_words(budget: SummaryBudget, fits: object) -> None:
    assert callable(fits)
    assert fits(word_count(summarize(ORCHARD, budget).text))


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("Only one sentence stands here.", SummaryBudget()),
        ("One is here. Two is here.", SummaryBudget(sentences=2)),
        ("One is here. Two is here.", SummaryBudget(sentences=5)),
        ("One is here. Two is here.", SummaryBudget(min_words=50)),
        (ORCHARD, SummaryBudget(max_words=2)),
        ("```\nx = 1\n```\n\n| a | b |\n|---|---|\n| c | d |", SummaryBudget()),
        ("# Title only", SummaryBudget()),
        ("x = 1\ny = x + 2\nz = y * 3\n", SummaryBudget()),
    ],
)
def test_what_cannot_be_shortened_is_refused_and_never_echoed(text: str, budget: SummaryBudget) -> None:
    with pytest.raises(Refusal) as caught:
        summarize(text, budget)
    assert (caught.value.status, caught.value.error_type) == (422, "nothing_to_summarize")


def test_a_repeated_sentence_is_not_shown_twice() -> None:
    text = "The bridge over the river is closed for repair. " * 4 + (
        "Cars drive around by the northern road. Walkers take the ferry at the mill. The ferry leaves every hour."
    )
    summary = summarize(text, SummaryBudget(sentences=2)).text
    assert summary.count("The bridge over the river is closed") == 1


def test_a_request_in_a_mail_outranks_small_talk() -> None:
    mail = (
        "From: a@example.org\nSubject: Trip\n\nHello Ben,\n\nThe weather in the hills was lovely last week. "
        "We saw two foxes near the lake. The soup at the inn was good. Please sign the form by Friday. "
        "My cousin sends greetings from the coast.\n"
    )
    assert summarize(mail, SummaryBudget(sentences=1)).text == "Please sign the form by Friday."


def test_comment_leaders_and_wrapping_are_undone() -> None:
    comment = (
        "# The parser reads one record at a time, so that a\n# large file needs no more memory than a small one.\n"
        "# Records end at a blank line. Empty records are\n# skipped. Errors carry the line of the record.\n"
    )
    first = "The parser reads one record at a time, so that a large file needs no more memory than a small one."
    assert read_prose(comment).sentences[0] == first
    assert summarize(comment, SummaryBudget(sentences=3), "python").text.startswith(first)


def test_code_is_outlined_and_prose_in_a_code_file_is_summarized() -> None:
    assert summarize("def area(r):\n    return 3 * r\n", SummaryBudget()).note == "outline of Python code"
    assert "of 9 sentences" in summarize(ORCHARD, SummaryBudget(), "python").note


def test_a_long_text_is_read_as_its_first_three_hundred_sentences() -> None:
    text = " ".join(f"Remark {i} names stone {i % 11} and tree {i % 13}." for i in range(2000))
    summary = summarize(text, SummaryBudget())
    assert summary.note == "3 of 2000 sentences"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Smith came at 5 p.m. on Monday. He left.", ["Dr. Smith came at 5 p.m. on Monday.", "He left."]),
        ("See Fig. 3 for it. I said no. Then we left.", ["See Fig. 3 for it.", "I said no.", "Then we left."]),
        ("It costs 3.50 at example.org, e.g. Today? Yes!", ["It costs 3.50 at example.org, e.g. Today?", "Yes!"]),
        ("J. R. R. Tolkien wrote it… It sold.", ["J. R. R. Tolkien wrote it…", "It sold."]),
        ("He said “stop.” She did.", ["He said “stop.”", "She did."]),
        ("我喜欢茶。你呢？好！", ["我喜欢茶。", "你呢？", "好！"]),
        ("Das gilt z. B. hier. Dort nicht.", ["Das gilt z. B. hier.", "Dort nicht."]),
        ("no end mark", ["no end mark"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert list(split_sentences(text)) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Some *bold* and `code` with a [link](https://x.example).", ["Some bold and code with a link."]),
        ("- First. Still first.\n- Second\n  goes on\n\n1. Third", ["First. Still first.", "Second goes on", "Third"]),
        ("> Quoted words\n> go on here.", ["Quoted words go on here."]),
        ("/**\n * Adds two numbers.\n * Slowly.\n */", ["Adds two numbers.", "Slowly."]),
        ("Title\n=====\n\nBody text here.", ["Body text here."]),
        ("An example:\n\n    x = 1\n    y = 2\n\nAfter it.", ["An example:", "After it."]),
        ("~~~\ncode\n~~~\nText <br> here.", ["Text  here."]),
        (">>> 1 + 1\n2 is what it prints.", ["2 is what it prints."]),
    ],
)
def test_blocks_are_unwrapped_to_running_text(text: str, sentences: list[str]) -> None:
    assert list(read_prose(text).sentences) == sentences


def test_words_are_folded_and_cjk_runs_become_pairs() -> None:
    assert words_of("The IDE's well-known 备份工具!") == ["the", "ide's", "well-known", "备份", "份工", "工具"]
    assert word_count("three small words") == 3
    assert word_count("备份工具") == 2


HOSTILE = [
    "a",
    "A. ",
    "1. ",
    "e.g. ",
    "[",
    "![",
    "[![",
    "*a",
    "_",
    "`",
    "<a",
    "#",
    "# ",
    "- ",
    "。",
    "备",
    ">",
    '"""',
    "a\n",
]


@pytest.mark.parametrize("unit", [*HOSTILE, "From: x\n", "    x:\n", "a-", "|", "(", "\n"])
def test_a_hostile_text_is_read_through_to_its_end(unit: str) -> None:
    # A reader whose time grows with the square of the text would not come back from this in the life of a test run.
    text = (unit * 200_000)[:200_000] + "\n\n\nThe last sentence stands here."
    sentences = read_prose(text).sentences
    assert all(sentences)
    with suppress(Refusal):
        assert len(summarize(text, SummaryBudget()).text) < len(text)
