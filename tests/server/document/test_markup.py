"""What is put into a hover is shown, character by character, and does nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from inference_lsp.document.markup import bar, escape

HARMLESS = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
SPICE = st.text(alphabet="ab1 .-=+*_`~#>|[]()!<>&;:/@\\\n\t\"'w漢🤗\u2028", max_size=40)


@given(st.one_of(SPICE, st.text(max_size=80)))
@example("<script>alert(1)</script>")
@example("[x](http://evil.example) ![y](data:text/html,z) <http://evil.example>")
@example("&lt;b&gt; &amp; &#60;")
@example("*a* **b** _c_ `d` ~~e~~ ``` \\*")
@example("1. one")
@example("- - x")
@example("---")
@example("# heading")
@example("> quote")
@example("| a | b |")
def test_the_rendered_text_is_the_text(text: str) -> None:
    shown = _rendered(escape(text))
    assert shown == _one_line(text)


@given(SPICE)
@example("1. x")
@example("- x")
@example("1) x")
def test_it_is_the_text_within_a_list_item_too(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(f"- a {escape('b')}\n- {escape(text)}")
    assert [token.type for token in tokens].count("list_item_open") == 2
    assert not {token.type for token in tokens} & {"ordered_list_open", "hr", "heading_open", "blockquote_open"}
    assert "".join(map(_text, tokens)).removeprefix("a b") == _one_line(text)


LINKED = (
    "http://evil.example",
    "HTTPS://evil.example/a?b=c",
    "ftp://evil.example",
    "www.evil.example",
    "WWW.evil.example",
    "anna@example.org",
    "mailto:anna@example.org",
    "xmpp:anna@example.org/x",
    "see http://a.example, www.b.example and c@d.example!",
)


@pytest.mark.parametrize("text", LINKED)
def test_what_the_dialect_of_github_would_link_is_broken_up(text: str) -> None:
    assert not re.search(r"(?i)\w://|www\.|[\w.+-]@\w", escape(text))
    assert _rendered(escape(text)) == text


@pytest.mark.parametrize(
    ("score", "shown"),
    [(0, "░░░░"), (1, "████"), (0.5, "██░░"), (0.53, "██▏░"), (-3, "░░░░"), (7, "████"), (0.97, "███▉")],
)
def test_a_bar_is_as_long_as_its_score(score: float, shown: str) -> None:
    assert bar(score, 4) == shown


def _rendered(markdown: str) -> str:
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown)
    alive = [token for token in _all(tokens) if token.type not in HARMLESS]
    assert alive == [], alive
    return "".join(map(_text, tokens))


def _all(tokens: list[Token]) -> list[Token]:
    return [inner for token in tokens for inner in (token, *(token.children or ()))]


def _text(token: Token) -> str:
    return "".join(child.content for child in token.children or ())


def _one_line(text: str) -> str:
    """White space collapsed; CommonMark replaces U+0000, which no text should show."""
    return " ".join(text.split()).replace("\0", "\ufffd")
