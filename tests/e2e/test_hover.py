"""Hover: which passage is explained, what is shown of it, and what happens when a backend is slow or fails."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from lsprotocol import types as t

from support.fake_hub import Exchange, FakeHub, Json, Reply, Stall
from support.lsp_client import EditorClient
from support.model_backends import ENDPOINT
from support.server_process import JOB_CAPABILITY, Asked, Lend, ServerProcess

PROSE = (
    "I love the bridge in Sydney 🤗, it is great. It was opened on 19 March 1932.\n"
    "It is terrible at night.\n\nMail anna@example.org about the next paragraph."
)
FIRST = "I love the bridge in Sydney 🤗, it is great."
SECOND = "It was opened on 19 March 1932."
PARAGRAPH = PROSE.partition("\n\n")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Where the mouse is (at the start of `at`) and what is explained; None: no hover."""

    at: str
    explained: str | None
    language: str = "markdown"
    scope: str = "auto"


SCOPES = {
    "the sentence in prose": Case(at="great", explained=FIRST),
    "the next sentence": Case(at="opened", explained=SECOND),
    "a sentence that ends with the paragraph": Case(at="terrible", explained="It is terrible at night."),
    "nothing in code": Case(at="great", explained=None, language="python"),
    "a paragraph if the setting says so": Case(at="great", explained=PARAGRAPH, scope="paragraph"),
    "a sentence in code if the setting says so": Case(
        at="opened", explained=SECOND, language="python", scope="sentence"
    ),
    "only a selection if the setting says so": Case(at="great", explained=None, scope="selection"),
    "nothing if it is off": Case(at="great", explained=None, scope="off"),
}


@pytest.mark.parametrize("case", SCOPES)
async def test_the_scope_decides_what_is_explained(case: str, lend: Lend, uri: str) -> None:
    expected = SCOPES[case]
    editor = await lend(hover={"scope": expected.scope})
    document = await editor.open(uri, PROSE, expected.language)
    hover = await _hover(editor, uri, document.range_of(expected.at).start)
    if expected.explained is None:
        assert hover is None
        return
    assert hover is not None
    assert hover.range == document.range_of(expected.explained)
    assert f"{len(expected.explained)} characters, {len(expected.explained.split())} words" in _text(hover)


async def test_the_server_says_that_it_takes_ranges(own_server: ServerProcess) -> None:
    editor = await own_server.spawn()
    result = await editor.start()
    assert result.capabilities.experimental == {"hoverRange": True, "rangeHoverProvider": True}
    assert result.capabilities.hover_provider


async def test_the_last_code_actions_selection_is_what_a_hover_within_it_explains(lend: Lend, uri: str) -> None:
    editor = await lend()
    document = await editor.open(uri, PROSE, "python")
    await editor.select_code_actions(uri, "in Sydney 🤗")
    inside, outside = document.range_of("Sydney").start, document.range_of("night").start
    hover = await _hover(editor, uri, inside)
    assert hover is not None
    assert hover.range == document.range_of("in Sydney 🤗")
    assert await _hover(editor, uri, outside) is None
    await editor.change(uri, "!", "night")
    assert await _hover(editor, uri, inside) is None, "the text has moved on since"


async def test_it_is_markdown_in_which_nothing_comes_alive(lend: Lend, uri: str) -> None:
    editor = await lend()
    text = "Write to [x](http://evil.example) <b>Anna</b> ![i](http://evil.example/i.png) at anna@example.org today."
    await editor.open(uri, text, "markdown")
    hover = await _hover(editor, uri, t.Position(0, 0))
    assert hover is not None
    assert isinstance(hover.contents, t.MarkupContent)
    assert hover.contents.kind == t.MarkupKind.Markdown
    shown = hover.contents.value
    assert "**Language**" in shown
    assert "**Entities**" in shown
    assert "anna@example" in shown.replace("\\", "")
    for alive in ("](http", "<b>", "![", "http://evil"):
        assert alive not in shown


async def test_a_client_of_plain_text_gets_plain_text(lend: Lend, uri: str) -> None:
    plain = {**JOB_CAPABILITY, "textDocument": {"hover": {"contentFormat": ["plaintext"]}}}
    editor = await lend(plain)
    await editor.open(uri, PROSE, "markdown")
    hover = await _hover(editor, uri, t.Position(0, 2))
    assert hover is not None
    assert isinstance(hover.contents, t.MarkupContent)
    assert hover.contents.kind == t.MarkupKind.PlainText
    head, first_section = hover.contents.value.splitlines()[:2]
    assert head.startswith(f"{len(FIRST)} characters, {len(FIRST.split())} words, English, ")
    assert first_section == "Classification:", "that it is English is certain, and said in the head"
    assert "**" not in hover.contents.value


async def test_the_embedded_engine_explains_what_it_does(lend: Lend, uri: str) -> None:
    editor = await lend()
    await editor.open(uri, PROSE, "markdown")
    hover = await _hover(editor, uri, t.Position(0, 2))
    assert hover is not None
    shown = _text(hover)
    assert "English" in shown
    assert "POSITIVE" in shown.replace("\\", "").upper()
    assert "no model" in shown


# With a backend on the network.


async def test_nothing_is_sent_unless_the_person_said_so(lend: Lend, hub: FakeHub, uri: str, asked: Asked) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    await editor.open(uri, PROSE, "markdown")
    hover = await _hover(editor, uri, t.Position(0, 2))
    assert hover is not None
    assert "no model" in _text(hover)
    assert asked() == []


async def test_said_so_the_target_answers_and_the_language_is_still_found_here(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub, automatic={"remote": True}))
    await editor.open(uri, PROSE, "markdown")
    hub.on(ENDPOINT.generates, _classify)
    shown = _text(await _hover(editor, uri, t.Position(0, 2)))
    assert "English" in shown
    assert "LABEL" in shown
    assert "0.71" in shown
    assert "Syd" in shown
    assert [exchange.json()["inputs"] for exchange in asked()] == [FIRST, FIRST]
    before = len(asked())
    again = _text(await _hover(editor, uri, t.Position(0, 2)))
    assert again.partition("\n")[2] == shown.partition("\n")[2]
    assert "English, cached" in again
    assert len(asked()) == before, "what is known is not asked again"


async def test_an_insight_that_fails_is_a_line_and_its_model_is_left_alone_for_a_while(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub, automatic={"remote": True}, timeout=31))
    await editor.open(uri, "Another sentence, about nothing at all.", "markdown")
    hub.on(ENDPOINT.generates, Json({"error": "overloaded"}, 503))
    shown = _text(await _hover(editor, uri, t.Position(0, 2)))
    assert ", English, " in shown.splitlines()[0]
    assert shown.count("still not ready") == 2
    assert len(asked()) == 2, "nobody asked, so it is tried once"
    hub.on(ENDPOINT.generates, _classify)
    assert _text(await _hover(editor, uri, t.Position(0, 2))).count("is left alone for") == 2
    assert len(asked()) == 2
    editor.configuration["inference"]["timeout"] = 32
    editor.workspace_did_change_configuration(t.DidChangeConfigurationParams(settings=None))
    await editor.until(lambda: len(editor.requests[t.WORKSPACE_CONFIGURATION]) == 1, "the question for the settings")
    await editor.execute("inference.cancel")
    assert "LABEL" in _text(await _hover(editor, uri, t.Position(0, 2))), "with other settings it is tried again"


async def test_a_backend_that_stalls_costs_the_deadline_and_no_more(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub, automatic={"remote": True}))
    await editor.open(uri, "A sentence that is never explained.", "markdown")
    hub.on(ENDPOINT.generates, Stall())
    shown = _text(await _hover(editor, uri, t.Position(0, 2)))
    assert "Language" in shown
    assert shown.count("no answer within 0.7 s") == 2
    await hub.until(lambda: all(exchange.abandoned for exchange in asked()))
    assert len(asked()) == 2


def _classify(exchange: Exchange) -> Reply:
    """Both tasks at one address: whichever was not answered before is not known, so the answer fits both."""
    return Json([{"label": "LABEL", "score": 0.712, "entity_group": "LOC", "word": "Sydney", "start": 0, "end": 3}])


async def _hover(editor: EditorClient, uri: str, position: t.Position) -> t.Hover | None:
    return await editor.text_document_hover_async(t.HoverParams(t.TextDocumentIdentifier(uri), position))


def _text(hover: t.Hover | None) -> str:
    assert hover is not None
    assert isinstance(hover.contents, t.MarkupContent)
    return hover.contents.value
