"""Hovers in full: labels of one's own, links to our commands, what was computed, and what this server wrote."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

import pytest
from lsprotocol import types as t

from support.fake_hub import Exchange, FakeHub, Json, Reply
from support.lsp_client import EditorClient
from support.model_backends import CHAT_ONLY, ENDPOINT
from support.server_process import JOB_CAPABILITY, Asked, Lend, end_of, start_job

TEXT = "The app crashes when I open a large file, please mend it soon."
LINKS: dict[str, Any] = {"experimental": {"inference": {"job": True, "hoverCommands": True}}}
PLAIN: dict[str, Any] = {**JOB_CAPABILITY, "textDocument": {"hover": {"contentFormat": ["plaintext"]}}}


async def test_labels_of_ones_own_are_scored_where_a_model_can(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    hub.on(ENDPOINT.generates, _answers)
    remote = ENDPOINT.settings(hub, automatic={"remote": True})
    editor = await lend(**remote, hover={"labels": ["bug", "praise"]})
    await editor.open(uri, TEXT, "markdown")
    shown = await _hovered(editor, uri)
    assert re.search(r"bug `█+.?░*` 0\.90", shown), shown
    (sent,) = [exchange.json() for exchange in asked() if "candidate_labels" in str(exchange.body)]
    assert sent["inputs"] == TEXT
    assert sent["parameters"]["candidate_labels"] == ["bug", "praise"]


async def test_where_no_model_can_score_labels_the_foot_says_so(lend: Lend, uri: str) -> None:
    editor = await lend(hover={"labels": ["bug", "praise"]})
    await editor.open(uri, TEXT, "markdown")
    shown = (await _hovered(editor, uri)).replace("\\", "")
    assert "**Labels**" not in shown
    assert shown.endswith("*no labels: embedded engine does not serve zero-shot-classification*")
    assert "**Entities**" not in shown or "EMAIL" in shown
    assert "no labels" not in await _hovered(await lend(), uri, opens=TEXT)


async def test_a_chat_server_is_not_asked_for_what_it_does_not_serve(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    settings = CHAT_ONLY.settings(hub, automatic={"remote": True})
    editor = await lend(**settings)
    await editor.open(uri, TEXT, "markdown")
    shown = (await _hovered(editor, uri)).replace("\\", "")
    assert "no classification: " in shown
    assert "no entities: " in shown
    assert "English" in shown
    assert [exchange.path for exchange in asked() if exchange.method == "POST"] == []


async def test_the_head_says_whether_anything_was_computed(lend: Lend, uri: str) -> None:
    editor = await lend(PLAIN)
    text = "A sentence that no other test has: the walrus sings at dawn."
    await editor.open(uri, text, "markdown")
    first, second = await _hovered(editor, uri), await _hovered(editor, uri)
    head = f"{len(text)} characters, {len(text.split())} words, English, "
    assert re.fullmatch(re.escape(head) + r"\d+ ms", first.splitlines()[0])
    assert second.splitlines()[0] == head + "cached"
    assert first.splitlines()[1:] == second.splitlines()[1:]


async def test_links_run_our_own_commands_on_the_passage_and_only_where_the_client_follows_them(
    lend: Lend, uri: str
) -> None:
    editor = await lend(LINKS)
    text = "It was built in 1889. It is tall. It is painted every seven years, which takes long."
    document = await editor.open(uri, text, "markdown")
    shown = await _hovered(editor, uri)
    links = dict(re.findall(r"\[([^\]]+)\]\(command:inference\.run\?([^)\s]+)\)", shown))
    assert {"Summarize", "Translate", "Complete"} <= set(links)
    assert shown.count("](") == len(links), "no other link"
    (argument,) = json.loads(unquote(links["Complete"]))
    assert argument["uri"] == uri
    assert argument["version"] == document.version
    answer = await editor.execute("inference.run", argument)
    assert (await end_of(editor, answer["job"]))["state"] in ("done", "failed")
    assert "command:" not in await _hovered(await lend(), uri, opens=text)


# Provenance.


async def test_a_hover_on_what_this_server_wrote_says_who_wrote_it(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(PLAIN, **ENDPOINT.settings(hub, models={"summarization": "some/summarizer"}))
    document = await editor.open(uri, TEXT, "markdown")
    hub.on(ENDPOINT.generates, Json([{"summary_text": "It crashes on large files."}]))
    assert "Inserted by" not in await _hovered(editor, uri)
    job = await start_job(editor, uri, TEXT, "summarize")
    assert (await end_of(editor, job))["state"] == "done"
    written = document.range_of("crashes on large").start
    shown = await _hovered(editor, uri, written)
    host = hub.url.removeprefix("http://")
    assert re.search(
        rf"Inserted by this server:\n  Summarize: some/summarizer \({host}\) \(\d{{4}}-\d\d-\d\d \d\d:\d\d", shown
    )
    assert "Inserted by" not in await _hovered(editor, uri), "the person's own words"


@pytest.mark.parametrize("change", ["typed above it", "undone", "undone and done again", "edited", "closed"])
async def test_what_was_written_is_followed_through_edits(change: str, lend: Lend, uri: str) -> None:
    editor = await lend(PLAIN)
    text = "The tower was built in 1889. It is 300 m tall. Many people visit it each summer to see the city."
    document = await editor.open(uri, text, "python")
    job = await start_job(editor, uri, text, "summarize")
    assert (await end_of(editor, job))["state"] == "done"
    after = document.text
    word = after[len(text) :].strip("\n# ").split()[1]
    place = len(after) - 3
    if change == "typed above it":
        await editor.change(uri, "x = 1\n", t.Range(t.Position(0, 0), t.Position(0, 0)))
        place += 6
    elif change.startswith("undone"):
        await editor.undo(uri)
        if change.endswith("again"):
            await editor.change(
                uri, after[len(text) :], t.Range(document.position(len(text)), document.position(len(text)))
            )
    elif change == "edited":
        start = after.rindex(word)
        await editor.change(uri, "WORD", t.Range(document.position(start), document.position(start + len(word))))
        place = len(document.text) - 3
    elif change == "closed":
        await editor.close(uri)
        document = await editor.open(uri, after, "python")
    hover = await _hover(editor, uri, document.position(min(place, len(document.text))))
    if change in ("undone", "closed"):
        assert hover is None, "in code there is nothing else to show"
        return
    assert hover is not None
    shown = _text(hover)
    assert "Inserted by this server:\n  Summarize: embedded/" in shown
    assert ("changed since" in shown) == (change == "edited")
    assert hover.range is not None
    assert document.slice(hover.range) in document.text[document.text.index(text) + len(text) :]


@pytest.mark.parametrize("taken", ["whole", "word by word", "typed along", "not at all"])
async def test_ghost_text_that_was_taken_says_who_wrote_it(taken: str, lend: Lend, hub: FakeHub, uri: str) -> None:
    settings = ENDPOINT.settings(hub, automatic={"remote": True}, models={"text-generation": "some/writer"})
    editor = await lend(PLAIN, **settings)
    document = await editor.open(uri, "x = 1\nOnce", "python")
    ENDPOINT.streams(hub, " upon a time")
    context = t.InlineCompletionContext(trigger_kind=t.InlineCompletionTriggerKind.Invoked)
    place = t.TextDocumentIdentifier(uri)
    params = t.InlineCompletionParams(context=context, text_document=place, position=t.Position(1, 4))
    answer = await editor.ask(t.TEXT_DOCUMENT_INLINE_COMPLETION, params)
    assert [item.insert_text for item in answer.items] == [" upon a time"]
    steps = {
        "whole": [" upon a time"],
        "word by word": [" upon", " a", " time"],
        "typed along": list(" upon a time"),
        "not at all": [" we were young"],
    }
    for step in steps[taken]:
        await editor.change(uri, step, t.Range(document.position(len(document.text)), t.Position(1, 99)))
    hover = await _hover(editor, uri, t.Position(1, 12))
    if taken in ("typed along", "not at all"):
        assert hover is None, "a person wrote it"
        return
    shown = _text(hover)
    assert shown.count("Ghost text: some/writer") == 1, shown
    assert "max_new_tokens=48" in shown
    assert hover is not None
    assert hover.range is not None
    assert document.slice(hover.range) == "upon a time"


def _answers(exchange: Exchange) -> Reply:
    sent = exchange.json()
    if "candidate_labels" in sent.get("parameters", {}):
        return Json({"sequence": sent["inputs"], "labels": ["bug", "praise"], "scores": [0.9, 0.1]})
    return Json([{"label": "LABEL", "score": 0.7, "entity_group": "LOC", "word": "app", "start": 0, "end": 3}])


async def _hover(editor: EditorClient, uri: str, position: t.Position) -> t.Hover | None:
    return await editor.text_document_hover_async(t.HoverParams(t.TextDocumentIdentifier(uri), position))


async def _hovered(
    editor: EditorClient, uri: str, position: t.Position | None = None, *, opens: str | None = None
) -> str:
    if opens is not None:
        await editor.open(uri, opens, "markdown")
    return _text(await _hover(editor, uri, position or t.Position(0, 2)))


def _text(hover: t.Hover | None) -> str:
    assert hover is not None
    assert isinstance(hover.contents, t.MarkupContent)
    return hover.contents.value
