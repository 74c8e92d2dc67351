"""What a translator must not touch, put aside and back again, or the translation is not taken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_lsp.document.protection import keeps, protect

KEPT: dict[str, tuple[str, ...]] = {
    "Run `ls -l` or ``a ` b`` now": ("`ls -l`", "``a ` b``"),
    'See [the page](https://a.b/c_(d) "T") here': ("[", '](https://a.b/c_(d) "T")'),
    "![a picture](a.png) and [that][ref]": ("![", "](a.png)", "[", "][ref]"),
    "[brackets] that lead nowhere": (),
    "https://a.b/c?d=e#f. And www.a.org, too": ("https://a.b/c?d=e#f", "www.a.org"),
    "<https://a.b/c> me.you+x@example.org": ("<https://a.b/c>", "me.you+x@example.org"),
    "costs $5 or $6": (),
    "where $a_1 < b$ and $$c$$ hold": ("$a_1 < b$", "$$c$$"),
    "a <b class='x'>bold</b> 1 < 2 > 0": ("<b class='x'>", "</b>"),
    "{name} {0} {} {{x}} ${HOME} {% if %}": ("{name}", "{0}", "{}", "{{x}}", "${HOME}", "{% if %}"),
    "%s of %(count)d, %1$s, %5.2f, 100 % of": ("%s", "%(count)d", "%1$s", "%5.2f"),
    "call it_all() and os.path.join() in snake_case": ("it_all()", "os.path.join()", "snake_case"),
    "@param name its name": ("@param name",),
    ":param int name: its name, :ref:`there`": (":param int name:", ":ref:", "`there`"),
    "see \\cite{a,b} and \\emph{this}": ("\\cite{a,b}", "\\emph{"),
    "a note[^1] &amp; more": ("[^1]", "&amp;"),
    "plain words, (in brackets): nothing": (),
    "": (),
}


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_language_is_put_aside(text: str) -> None:
    protected = protect(text)
    assert protected.kept == KEPT[text]
    assert not any(one in protected.text for one in protected.kept if len(one) > 1)
    assert protected.restored(protected.text) == text
    assert keeps(text, KEPT[text])


WORDS = "Press `a` then {b}."
CAME_BACK = {
    "as they were": ("Drücke XQX0XQX, dann XQX1XQX.", "Drücke `a`, dann {b}."),
    "in other letter case": ("drücke xqx0xqx, dann Xqx1xqx.", "drücke `a`, dann {b}."),
    "with blanks": ("Drücke XQX 0 XQX, dann XQX1 XQX.", "Drücke `a`, dann {b}."),
    "one lost": ("Drücke XQX0XQX.", None),
    "all lost": ("Drücke.", None),
    "one twice": ("Drücke XQX0XQX XQX0XQX, dann XQX1XQX.", None),
    "the other way round": ("Vor XQX1XQX drücke XQX0XQX.", None),
    "one too many": ("XQX0XQX XQX1XQX XQX2XQX", None),
    "broken": ("XQX0XQ XQX1XQX", None),
    "beside one of the model's own": ("Drücke XQX0XQX, dann XQX1XQX, `c`.", None),
}


@pytest.mark.parametrize("case", CAME_BACK)
def test_a_translation_is_taken_only_if_each_came_back_once_in_order(case: str) -> None:
    translated, restored = CAME_BACK[case]
    assert protect(WORDS).restored(translated) == restored


def test_marks_are_not_mistaken_for_words_of_the_text() -> None:
    text = "The mark XQX0XQX and `code`"
    protected = protect(text)
    assert protected.restored(protected.text) == text
    assert protected.restored(protected.text.upper()) == "THE MARK XQX0XQX AND `code`"


@given(
    st.lists(st.sampled_from([*"`$[](){}<>%@\\_: \nab1", "](", "$$", "http://", "{{", "<!--", "XQX"]), max_size=30).map(
        "".join
    )
)
@settings(max_examples=600)
def test_any_text_comes_back_from_protection_as_it_was(text: str) -> None:
    protected = protect(text)
    assert protected.restored(protected.text) in (text, None)
    if not protected.kept:
        assert protected.text == text
