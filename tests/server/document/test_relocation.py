"""A range is found again after any edits outside of it, and given up only if an edit touched it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_lsp.document.relocation import common_prefix, common_suffix, relocate

ALPHABET = "ab\n🤗漢\r "
TEXTS = st.text(alphabet=ALPHABET, max_size=24)


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` in place of so many characters from a place on, both counted within what is there."""

    where: int
    removed: int
    text: str


EDITS = st.lists(
    st.builds(Edit, st.integers(0, 40), st.integers(0, 6), st.text(alphabet=ALPHABET, max_size=5)), max_size=6
)


@given(TEXTS, st.text(alphabet=ALPHABET, min_size=1, max_size=10), TEXTS, EDITS, EDITS)
def test_edits_before_and_after_move_the_range(
    before: str, selected: str, after: str, edits_before: list[Edit], edits_after: list[Edit]
) -> None:
    new_before, new_after = _edited(before, edits_before), _edited(after, edits_after)
    old, new = before + selected + after, new_before + selected + new_after
    place = relocate(old, new, len(before), len(before) + len(selected))
    if new_before == before or new_after == after:  # one side changed: it is always found
        assert place is not None
    if place is not None:
        assert new[place[0] : place[1]] == selected


@given(TEXTS, TEXTS, st.integers(0, 24), st.integers(0, 24))
def test_a_range_that_is_found_has_the_text_it_had(old: str, new: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(old)), min(other, len(old))))
    place = relocate(old, new, start, end)
    if place is not None:
        assert 0 <= place[0] <= place[1] <= len(new)
        assert new[place[0] : place[1]] == old[start:end]


@given(TEXTS, st.text(alphabet="xyz", min_size=2, max_size=8), TEXTS, st.data())
def test_a_change_within_the_range_is_noticed(before: str, selected: str, after: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(selected) - 1))
    changed = selected[:at] + "!" + selected[at + 1 :]
    assert relocate(before + selected + after, before + changed + after, len(before), len(before + selected)) is None


CASES: dict[str, tuple[str, str, str | None]] = {
    "nothing": ("a«b»c", "abc", "a«b»c"),
    "typed before": ("a«b»c", "xabc", "xa«b»c"),
    "typed after": ("a«b»c", "abcx", "a«b»cx"),
    "typed at the start": ("a«b»c", "axbc", "ax«b»c"),
    "typed at the end": ("a«b»c", "abxc", "a«b»xc"),
    "typed within": ("a«bb»c", "abxbc", None),
    "deleted": ("a«b»c", "ac", None),
    "all deleted": ("a«b»c", "", None),
    "one end deleted": ("a«bcd»e", "abce", None),
    "both sides at once": ("a«b»c", "xabcx", None),
    "an empty place": ("a«»c", "xac", "xa«»c"),
    "an empty place, typed at": ("a«»c", "axc", "ax«»c"),
    "emoji before": ("🤗«b»", "🤗🤗«b»".replace("«", "").replace("»", ""), "🤗🤗«b»"),
}


@pytest.mark.parametrize("case", CASES)
def test_borders(case: str) -> None:
    marked, new, expected = CASES[case]
    start, end = marked.index("«"), marked.index("»") - 1
    place = relocate(marked.replace("«", "").replace("»", ""), new, start, end)
    shown = None if place is None else f"{new[: place[0]]}«{new[place[0] : place[1]]}»{new[place[1] :]}"
    assert shown == expected


@given(TEXTS, TEXTS)
def test_common_ends_are_what_a_slow_count_says(left: str, right: str) -> None:
    pairs = list(zip(left, right, strict=False))
    slow = next((index for index, (a, b) in enumerate(pairs) if a != b), len(pairs))
    assert common_prefix(left, right) == slow
    assert common_suffix(left[::-1], right[::-1]) == slow


def _edited(text: str, edits: list[Edit]) -> str:
    for edit in edits:
        where = min(edit.where, len(text))
        text = text[:where] + edit.text + text[where + edit.removed :]
    return text
