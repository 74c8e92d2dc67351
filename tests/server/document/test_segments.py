"""The words of a text apart from its markup: found, rewritten, and nothing else touched."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_lsp.document.prose_segments import prose_segments
from inference_lsp.document.protection import protect
from inference_lsp.document.segments import Segment, rewritten

CASES: dict[str, tuple[str, list[str]]] = {
    "a paragraph is one, with its line ends": ("One\r\ntwo.\n\nThree.", ["One\ntwo.", "Three."]),
    "headings, either way": ("# One #\nTwo\n===\n\nThree\n---", ["One", "Two", "Three"]),
    "list items, tasks and what goes on": ("- One\n  more\n- [x] Two\n3. Three", ["One\nmore", "Two", "Three"]),
    "quotes": ("> One\n> more\n>\n> - Two", ["One\nmore", "Two"]),
    "tables": ("| A | B \\| C |\n|---|:-:|\n| 1 | `d` e |\n\nF", ["A", "B \\| C", "`d` e", "F"]),
    "a fence": ("A\n```py\nb = 'c'\n```\nD", ["A", "D"]),
    "a fence in a list": ("- A\n  ~~~\n  b\n  ~~~\n  C", ["A", "C"]),
    "a fence in a quote ends with the quote": ("> ```\n> a\n\nB", ["B"]),
    "a fence that never ends": ("A\n```\nb\n\nc", ["A"]),
    "front matter": ("---\ntitle: A\n---\nB", ["B"]),
    "a rule is no front matter": ("---\n\nA", ["A"]),
    "code by indentation": ("A\n\n    b = c\n\nD", ["A", "D"]),
    "a paragraph in a list is no code": ("- A\n\n    B\n\n      code = 1", ["A", "B"]),
    "math": ("$$\na = b\n$$\nB\n$$c$$\nD", ["B", "D"]),
    "HTML": ("<!-- a -->\n<!--\nb\n-->\n<script>\nc\n</script>\n<p>D</p>", ["<p>D</p>"]),
    "where links lead": ('[a]: http://b.c "d"\n[^1]: Words of a note.', ["[^1]: Words of a note."]),
    "hard breaks": ("One  \ntwo\\\nthree", ["One", "two\\", "three"]),
    "no letters": ("1 + 2\n\n* * *\n\n- 3", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize("case", CASES)
def test_the_words_of_markdown_are_found(case: str) -> None:
    text, words = CASES[case]
    assert [segment.words for segment in prose_segments(text)] == words


def test_what_is_indented_in_a_plain_text_is_words() -> None:
    assert [segment.words for segment in prose_segments("    A\n\n    B", language="plaintext")] == ["A", "B"]


PLACED = {
    "as many lines": ("> a\r\n> b", "A\nB", "> A\r\n> B"),
    "fewer": ("> a\r\n> b", "A B", "> A B"),
    "more": ("> a\r\n> b", "A\nB\nC", "> A\r\n> B\r\n> C"),
    "more in an item": ("- [ ] a", "A\nB", "- [ ] A\n      B"),
    "in a heading": ("# a\n", "A\nB", "# A B\n"),
    "in a numbered quote": ("> 1. a\r\n", "A\nB", "> 1. A\r\n>    B\r\n"),
}


@pytest.mark.parametrize("case", PLACED)
def test_new_words_keep_the_shape_of_their_block(case: str) -> None:
    text, words, expected = PLACED[case]
    assert rewritten(text, prose_segments(text), lambda segment: words) == expected


def test_a_cell_takes_no_bar_that_would_split_it() -> None:
    (cell, *_) = prose_segments("| a | b |\n|---|---|")
    assert (cell.accepts("A"), cell.accepts("A | B"), cell.accepts(" ")) == (True, False, False)


MARKUP = [
    "# ",
    "- ",
    "> ",
    "\n",
    "\r\n",
    "\n\n",
    "```\n",
    "|",
    "|-|-|\n",
    "    ",
    "$$",
    "<!--",
    "-->",
    "---\n",
    "a",
    "B c",
    "  \n",
    "`",
    "1. ",
]


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(MARKUP), max_size=40).map("".join)))
@settings(max_examples=500)
def test_the_same_words_give_the_same_text_byte_for_byte(text: str) -> None:
    segments = prose_segments(text)
    assert rewritten(text, segments, lambda segment: segment.words) == text
    assert all(left.end <= right.start for left, right in pairwise(segments))


def document(seed: int) -> tuple[str, list[str]]:
    """A Markdown document in words of lower case, and all in it that must stay."""
    dice = random.Random(seed)
    kept: list[str] = []

    def stays(text: str) -> str:
        kept.append(text.strip("\r\n"))
        return text

    def words() -> str:
        some = [dice.choice(WORDS) for _ in range(dice.randint(1, 9))]
        for _ in range(dice.randint(0, 2)):
            some.insert(dice.randint(0, len(some)), stays(dice.choice(INLINE)))
        if dice.random() < 0.2:
            some.append("[" + dice.choice(WORDS) + stays("](https://example.org/a_(b)?c=d)"))
        return " ".join([dice.choice(WORDS), *some])

    def block() -> str:
        match dice.randint(0, 8):
            case 0:
                return "#" * dice.randint(1, 6) + " " + words()
            case 1:
                return "\n".join(f"{'  ' * dice.randint(0, 2)}{dice.choice('-*+')} {words()}" for _ in range(3))
            case 2:
                return "\n".join(f"> {words()}" for _ in range(2))
            case 3:
                return stays(f"```{dice.choice(['py', '', 'js'])}\nlet it = be;\n\n# stay\n```")
            case 4:
                return f"| {words()} | {words()} |\n{stays('| --- | :-: |')}\n| {words()} | {words()} |"
            case 5:
                return stays("$$\nx_i = \\frac{a}{b}\n$$")
            case 6:
                return stays("<!-- stay as it is -->")
            case _:
                return "\n".join(words() for _ in range(dice.randint(1, 4)))

    head = stays("---\ntitle: stay\n---") + "\n\n" if dice.random() < 0.3 else ""
    text = head + "\n\n".join(block() for _ in range(dice.randint(1, 12))) + "\n"
    if dice.random() < 0.3:
        text, kept = text.replace("\n", "\r\n"), [one.replace("\n", "\r\n") for one in kept]
    return text, kept


WORDS = ["bridge", "über", "steel", "one", "it's", "**strong**", "_weak_", "漢字", "🤗", "water,", "end."]
INLINE = ["`co de`", "``a ` b``", "$x_1 + y$", "me@example.org", "https://example.org/x_y", "{name}", "%(count)d", "%s"]
INLINE += ["${home}", "{{ it }}", "<br/>", '<b class="a">', "&nbsp;", "snake_case", "call()", "<https://a.org>", "[^1]"]


def upper(segment: Segment) -> str:
    protected = protect(segment.words)
    restored = protected.restored(protected.text.upper())
    assert restored is not None
    assert segment.accepts(restored)
    return restored


def between(text: str) -> list[str]:
    """What lies between the segments of a text."""
    segments = prose_segments(text)
    return [text[left.end : right.start] for left, right in pairwise(segments)]


def test_a_thousand_documents_keep_their_markup_when_every_word_is_changed() -> None:
    for seed in range(1_000):
        text, kept = document(seed)
        changed = rewritten(text, prose_segments(text), upper)
        assert changed.upper() == text.upper(), seed
        assert [line for line in kept if line not in changed] == [], seed
        assert between(changed) == between(text), seed
        assert changed != text or not prose_segments(text), seed
