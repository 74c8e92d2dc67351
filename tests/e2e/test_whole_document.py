"""What is done to a whole document: asked for by kind or at a cursor, never in the way of a selection."""

from __future__ import annotations

import pytest
from lsprotocol import types as t

from support.fake_hub import Exchange, FakeHub, Json, Sse, tgi_events
from support.model_backends import ENDPOINT
from support.server_process import Asked, Lend, end_of

TEXT = "# Title\r\n\r\nSome words with `code`.\r\n\r\n- an item\r\n"
KINDS = {
    "summarizeDocument": "source.inference.summarizeDocument",
    "translateDocument": "source.inference.translateDocument",
}


@pytest.mark.parametrize(
    ("only", "selected", "count"),
    [
        (["source"], "Title", 2),
        (["source.inference"], "", 2),
        ([KINDS["translateDocument"]], "", 1),
        (["refactor"], "", 0),
        (None, "Title", 0),
        (None, "", 2),
    ],
)
async def test_they_are_shown_when_asked_for_or_when_nothing_is_selected(
    only: list[str] | None, selected: str, count: int, lend: Lend, uri: str
) -> None:
    editor = await lend()
    document = await editor.open(uri, TEXT, "markdown")
    place = document.range_of(selected) if selected else t.Range(t.Position(2, 3), t.Position(2, 3))
    offered = await editor.select_code_actions(uri, place, only=only)
    kinds = [str(action.kind) for action in offered if isinstance(action, t.CodeAction)]
    assert len([kind for kind in kinds if kind.startswith("source.")]) == count
    assert len(offered) <= 6


async def test_a_whole_document_is_translated_in_one_step_of_undo(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    document = await editor.open(uri, TEXT, "markdown")

    def upper(exchange: Exchange) -> Sse:
        return Sse(tgi_events(exchange.json()["inputs"].split("\n-----\n")[1].upper()))

    hub.on(ENDPOINT.generates, upper)
    place = t.Range(t.Position(0, 0), t.Position(0, 0))
    (action,) = await editor.select_code_actions(uri, place, only=[KINDS["translateDocument"]])
    end = await end_of(editor, (await editor.run(action))["job"])
    assert (end["state"], end["action"]) == ("done", "translateDocument")
    assert document.text == "# TITLE\r\n\r\nSOME WORDS WITH `code`.\r\n\r\n- AN ITEM\r\n"
    assert len(asked()) == 3
    assert len(editor.edits) == 1
    await editor.undo(uri)
    assert document.text == TEXT


async def test_the_summary_of_a_long_document_says_how_much_of_it_was_read(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    text = "\n\n".join(f"# Part {number}\n\n" + "words " * 400 for number in range(5)).rstrip()
    document = await editor.open(uri, text, "markdown")
    hub.on(ENDPOINT.generates, Json([{"summary_text": "Short."}]))
    place = t.Range(t.Position(0, 0), t.Position(0, 0))
    (action,) = await editor.select_code_actions(uri, place, only=[KINDS["summarizeDocument"]])
    end = await end_of(editor, (await editor.run(action))["job"])
    assert "5/5 parts" in end["message"]
    (bar,) = editor.progress.values()
    percentages = [value["percentage"] for value in bar if "percentage" in value]
    assert bar[0]["percentage"] == 0, "a bar that begins without one is never given one"
    assert percentages == sorted(percentages)
    assert percentages[-1] <= 83, "the summary of the parts' summaries is work, too"
    assert any(value.get("message", "").startswith(("4/5 parts", "5/5 parts")) for value in bar), bar
    assert document.text == text + "\n\nShort."
