"""Finding entities, over a table of texts and what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hf_inference.engines.embedded.entities import find_entities
from hf_inference.engines.embedded.entity_guesses import _CUES
from hf_inference.engines.embedded.entity_patterns import _KINDS

TABLE = Path(__file__).parents[3] / "conformance" / "embedded" / "entities.txt"


def cases() -> Iterator[tuple[str, str | None, list[tuple[str, str]]]]:
    text, language, expected = "", None, list[tuple[str, str]]()
    upcoming: str | None = None
    for line in [*TABLE.read_text(encoding="utf-8").splitlines(), "> "]:
        mark, rest = line[:2], line[2:]
        if mark == "< ":
            upcoming = rest
        elif mark == "> ":
            if text:
                yield text, language, expected
            text, language, expected = rest.replace("\\n", "\n"), upcoming, []
            upcoming = None
        elif mark == "= ":
            group, _, word = rest.partition(" ")
            expected.append((group, word))


@pytest.mark.parametrize(("text", "language", "expected"), list(cases()))
def test_all_of_the_table_is_found_and_nothing_else(
    text: str, language: str | None, expected: list[tuple[str, str]]
) -> None:
    found = find_entities(text, language_id=language)
    assert [(entity.entity_group, entity.word) for entity in found] == expected


def test_every_kind_of_pattern_and_guess_has_a_case() -> None:
    asked = {group for _, _, expected in cases() for group, _ in expected}
    assert {kind.group for kind in _KINDS} <= asked
    assert {group for group, *_ in _CUES} <= asked


def test_guesses_under_one_half_are_shown_only_on_request() -> None:
    text = "Yesterday we walked along the river in Bremen and ate there."
    assert find_entities(text) == []
    (place,) = find_entities(text, min_score=0.3)
    assert (place.entity_group, place.word, place.score) == ("LOC?", "Bremen", 0.4)
    assert find_entities("Mail a@example.org", min_score=0.99) == []


def test_guesses_are_not_made_in_code() -> None:
    code = "class Shop:\n    def greet(self):\n        return 'Dr. Ada Lovelace lives in London'\n"
    assert find_entities(code, language_id="python", min_score=0) == []


def test_scores_say_what_is_checked_and_what_is_guessed() -> None:
    for text, language, _ in cases():
        for entity in find_entities(text, min_score=0, language_id=language):
            low, high = (0.3, 0.7) if entity.entity_group.endswith("?") else (0.9, 1.0)
            assert low <= entity.score <= high


@given(st.text(alphabet="a1A.:/-@# $%+(),\n😀€é'\"\\", max_size=200))
@settings(max_examples=150)
def test_offsets_are_code_points_in_order_and_without_overlap(text: str) -> None:
    found = find_entities(text, min_score=0)
    assert all(text[entity.start : entity.end] == entity.word for entity in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


ADVERSARIAL = ["a", "A", "1", ".", "-", "/", "@", ":", "#", "$", "%", "\\", "'", '"', "`", "_", "(", " ", "\n", "é"]
ADVERSARIAL += [
    "a.",
    "a-",
    "a/",
    "1.",
    "1-",
    "1:",
    "f:",
    "A ",
    "Aa ",
    "1 ",
    "+1 ",
    "a@a.",
    "/*",
    "Jan 1 ",
    "000,",
    "--",
]


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_a_hostile_text_is_read_through_to_its_end(unit: str) -> None:
    # A pattern that backtracks over 200 kB would not come to the address at the end before the run is stopped.
    text = (unit * 200_000)[:200_000] + "\n see https://example.org/end"
    assert find_entities(text)[-1].word == "https://example.org/end"
