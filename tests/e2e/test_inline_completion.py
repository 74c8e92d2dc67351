"""Ghost text: what is offered at the cursor, how it fits what is there, and that nothing leaves the machine unasked."""

from __future__ import annotations

import pytest
from lsprotocol import types as t

from support.fake_hub import FakeHub, Json
from support.lsp_client import EditorClient
from support.model_backends import ENDPOINT, MODEL_BACKENDS
from support.server_process import Asked, Lend, ServerProcess

CODE = "def total(prices):\n    result = sum(price.amount for price in prices)\n    return result\n"


async def test_the_embedded_engine_goes_on_as_the_document_does(lend: Lend, uri: str) -> None:
    editor = await lend()
    text = CODE + CODE + "\n\ndef other(prices):\n    result = sum("
    await editor.open(uri, text, "python")
    (item,) = await _ask(editor, uri, text)
    assert item.insert_text == "price.amount for price in prices)"
    assert item.range == t.Range(_end(editor, uri), _end(editor, uri))


async def test_what_stands_behind_the_cursor_is_not_offered_again(lend: Lend, uri: str) -> None:
    editor = await lend()
    text = CODE + CODE + "\n\ndef other(prices):\n    result = sum("
    await editor.open(uri, text + ")\n", "python")
    (item,) = await _ask(editor, uri, text)
    assert item.insert_text == "price.amount for price in prices"


async def test_nothing_similar_is_answered_with_nothing(lend: Lend, uri: str) -> None:
    editor = await lend()
    await editor.open(uri, "Zyx", "plaintext")
    assert await _ask(editor, uri, "Zyx") == []


async def test_an_empty_document_is_answered_with_nothing(lend: Lend, uri: str) -> None:
    editor = await lend()
    await editor.open(uri, "", "plaintext")
    assert await _ask(editor, uri, "") == []


async def test_a_document_that_is_not_open_is_answered_with_nothing(lend: Lend, uri: str) -> None:
    editor = await lend()
    answer = await editor.ask(t.TEXT_DOCUMENT_INLINE_COMPLETION, _params(uri, t.Position(0, 0)))
    assert list(answer.items) == []


async def test_it_can_be_turned_off(lend: Lend, uri: str) -> None:
    editor = await lend(inline={"enabled": False})
    text = CODE + CODE + "\n\ndef other(prices):\n    result = sum("
    await editor.open(uri, text, "python")
    assert await _ask(editor, uri, text) == []


async def test_nothing_is_sent_unless_the_person_said_so(lend: Lend, hub: FakeHub, uri: str, asked: Asked) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    text = CODE + CODE + "\n\ndef other(prices):\n    result = sum("
    await editor.open(uri, text, "python")
    (item,) = await _ask(editor, uri, text)
    assert item.insert_text == "price.amount for price in prices)"
    assert asked() == []


@pytest.mark.parametrize("kind", MODEL_BACKENDS)
async def test_said_so_the_target_answers_up_to_the_end_of_the_line(
    kind: str, lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    backend = MODEL_BACKENDS[kind]
    editor = await lend(**backend.settings(hub, automatic={"remote": True}))
    await editor.open(uri, "Once", "plaintext")
    backend.streams(hub, " upon a time.\nAnd then more.\n")
    (item,) = await _ask(editor, uri, "Once")
    assert item.insert_text == " upon a time."
    await hub.until(lambda: not hub.in_flight)
    assert len([exchange for exchange in asked() if exchange.path == backend.generates]) == 1


OVERLAPS = {
    "a bracket that is there": ("print(", ")", "x)", "x"),
    "two brackets that are there": ("print(f(", "))", "x))", "x"),
    "a word that is there": ("The cat", " sat.", " and dog sat.", " and dog"),
    "only what is there": ("print(", ")", ")", None),
    "nothing that is there": ("a = ", "", "1 + 2", "1 + 2"),
    "what is on the next line": ("a = ", "\nb = 1", "1\nb = 1", "1"),
    "emoji": ("🤗 ", "🤗", "漢字🤗", "漢字"),
}


@pytest.mark.parametrize("case", OVERLAPS)
async def test_the_suffix_is_not_repeated(case: str, lend: Lend, hub: FakeHub, uri: str) -> None:
    before, after, generated, offered = OVERLAPS[case]
    editor = await lend(**ENDPOINT.settings(hub, automatic={"remote": True}))
    await editor.open(uri, before + after, "plaintext")
    ENDPOINT.streams(hub, generated)
    items = await _ask(editor, uri, before)
    assert [item.insert_text for item in items] == ([] if offered is None else [offered])


async def test_what_the_suggest_widget_has_selected_comes_first(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub, automatic={"remote": True}))
    document = await editor.open(uri, "value = obj.na", "python")
    ENDPOINT.streams(hub, "[0]")
    typed = document.range_of("na")
    chosen = t.SelectedCompletionInfo(range=typed, text="names")
    (item,) = await _ask(editor, uri, document.text, chosen)
    assert (item.insert_text, item.range) == ("names[0]", typed)
    assert asked()[0].json()["inputs"] == "value = obj.names"


async def test_a_failing_backend_is_silence(own_server: ServerProcess, hub: FakeHub, uri: str, asked: Asked) -> None:
    editor = await own_server.start(ENDPOINT.settings(hub, automatic={"remote": True}))
    await editor.open(uri, "Once", "plaintext")
    ENDPOINT.answers(hub, Json({"error": "overloaded"}, 503))
    assert await _ask(editor, uri, "Once") == []
    assert editor.messages == []
    assert len(asked()) == 1, "it is tried once"


@pytest.mark.parametrize("text", ["   ", "\n", "\n\n  \n"])
async def test_white_space_is_never_offered(text: str, lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub, automatic={"remote": True}))
    await editor.open(uri, "Once", "plaintext")
    ENDPOINT.streams(hub, text)
    assert await _ask(editor, uri, "Once") == []


async def _ask(
    editor: EditorClient, uri: str, before: str, chosen: t.SelectedCompletionInfo | None = None
) -> list[t.InlineCompletionItem]:
    """What is offered behind this beginning of the document."""
    position = editor.documents[uri].position(len(before))
    answer = await editor.ask(t.TEXT_DOCUMENT_INLINE_COMPLETION, _params(uri, position, chosen))
    return list(answer.items)


def _params(uri: str, position: t.Position, chosen: t.SelectedCompletionInfo | None = None) -> t.InlineCompletionParams:
    context = t.InlineCompletionContext(
        trigger_kind=t.InlineCompletionTriggerKind.Invoked, selected_completion_info=chosen
    )
    return t.InlineCompletionParams(context, t.TextDocumentIdentifier(uri), position)


def _end(editor: EditorClient, uri: str) -> t.Position:
    document = editor.documents[uri]
    return document.position(len(document.text))
