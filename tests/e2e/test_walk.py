"""The walk of a selection, from the light bulb to one step of undo, on every kind of target and in any editor."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from lsprotocol import types as t
from lsprotocol.converters import get_converter

from support.fake_hub import FakeHub, Json
from support.model_backends import ENDPOINT, MODEL_BACKENDS
from support.server_process import (
    Asked,
    Lend,
    Record,
    ServerProcess,
    end_of,
    growing,
    open_bars,
    start_job,
    updates,
)

TEXT = (
    "The bridge was built in 1932 by the city of Sydney. It carries trains, cars and people across the harbour. "
    "People call it the Coathanger, because of its shape. The bridge is made of steel and granite."
)
PROSE = f"# Bridges\n\n{TEXT}\n\nAnother paragraph."


async def test_summarize_on_the_embedded_engine_is_one_versioned_edit_and_one_step_of_undo(
    lend: Lend, uri: str
) -> None:
    editor = await lend()
    document = await editor.open(uri, PROSE, "markdown", version=41)
    job = await start_job(editor, uri, TEXT, "summarize")
    end = await end_of(editor, job)
    assert (end["state"], end["action"], end["uri"]) == ("done", "summarize", uri)
    assert "sentences" in end["message"]
    summary = end["text"]
    assert summary
    assert all(sentence in TEXT for sentence in summary.split(". "))
    assert document.text == f"# Bridges\n\n{TEXT}\n\n{summary}\n\nAnother paragraph."
    (request,) = editor.requests[t.WORKSPACE_APPLY_EDIT]
    assert [change.text_document.version for change in request.edit.document_changes] == [41]
    assert len(editor.edits) == 1
    await editor.undo(uri)
    assert document.text == PROSE


async def test_progress_begins_with_a_cancel_button_reports_and_ends(lend: Lend, uri: str) -> None:
    editor = await lend()
    await editor.open(uri, PROSE, "markdown")
    job = await start_job(editor, uri, TEXT, "summarize")
    end = await end_of(editor, job)
    await editor.until(lambda: editor.progress and not open_bars(editor), "a whole progress bar")
    ((begin, *reports, last),) = editor.progress.values()
    assert begin == {"kind": "begin", "title": "Summarize (embedded engine)", "cancellable": True}
    assert [report["kind"] for report in reports] == ["report"] * len(reports)
    assert last == {"kind": "end", "message": end["message"]}


@pytest.mark.parametrize("kind", MODEL_BACKENDS)
async def test_streamed_text_reaches_the_editor_piece_by_piece_while_the_backend_still_writes(
    kind: str, lend: Lend, hub: FakeHub, uri: str, asked: Asked, figure: Record
) -> None:
    backend = MODEL_BACKENDS[kind]
    editor = await lend(**backend.settings(hub))
    document = await editor.open(uri, "Once upon a time", "plaintext")
    gate = hub.gate()
    backend.streams(hub, " there was a bridge.", gate)
    job = await start_job(editor, uri, "a time", "complete")
    await hub.until(lambda: gate.waiting)
    assert updates(editor, job) == []  # the command was answered, and the backend has not said a word
    opened = 0
    for shown in (" there", " there was", " there was a"):
        while not any(shown in update["text"] for update in updates(editor, job)):
            await hub.until(lambda: gate.waiting)
            opened += 1
            began = asyncio.get_running_loop().time()
            gate.open()
            if kind == "endpoint" or opened > 1:  # a chat's first event has no text
                await growing(editor, job, shown)
                which = "first token" if len(updates(editor, job)) == 1 else "later token (they gather for 30 ms)"
                figure(f"{which} → editor", asyncio.get_running_loop().time() - began)
    assert [exchange.in_flight for exchange in asked() if exchange.path == backend.generates] == [True]
    assert document.text == "Once upon a time"
    gate.stay_open()
    end = await end_of(editor, job)
    assert (end["state"], end["text"]) == ("done", " there was a bridge.")
    texts = [update["text"] for update in updates(editor, job)]
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert document.text == "Once upon a time there was a bridge."
    assert len(editor.edits) == 1


@pytest.mark.parametrize("kind", MODEL_BACKENDS)
@pytest.mark.parametrize(
    ("action", "after"),
    [("summarize", "Hello, world.\n\nFirst. Second."), ("translate", "First. Second."), ("complete", None)],
)
async def test_each_action_edits_the_document_once_on_each_kind_of_backend(
    kind: str, action: str, after: str | None, lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    backend = MODEL_BACKENDS[kind]
    editor = await lend(**backend.settings(hub))
    document = await editor.open(uri, "Hello, world.", "markdown")
    if kind == "endpoint" and action == "summarize":  # a pipeline of its own: no stream
        backend.answers(hub, Json([{"summary_text": "First. Second."}]))
    else:
        backend.streams(hub, "First. Second.")
    job = await start_job(editor, uri, "Hello, world.", action)
    end = await end_of(editor, job)
    assert (end["state"], end["text"]) == ("done", "First. Second.")
    assert document.text == (after or "Hello, world.First. Second.")
    assert len(editor.edits) == 1
    sent = asked()[-1].json()
    said = sent.get("inputs") or sent.get("prompt") or sent["messages"][0]["content"]
    assert "Hello, world." in said


async def test_the_command_is_answered_while_the_model_still_thinks(
    lend: Lend, hub: FakeHub, uri: str, figure: Record
) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    await editor.open(uri, "Once", "plaintext")
    gate = hub.gate()
    ENDPOINT.streams(hub, " more", gate)
    loop = asyncio.get_running_loop()
    began = loop.time()
    (action,) = await editor.select_code_actions(uri, "Once", only=["refactor.rewrite.inference.complete"])
    figure("code action", loop.time() - began)
    began = loop.time()
    answer = await editor.run(action)
    figure("inference.run answered", loop.time() - began)
    assert answer == {"job": answer["job"]}
    assert updates(editor, answer["job"]) == []
    gate.stay_open()
    await end_of(editor, answer["job"])


PLAIN: dict[str, Any] = {
    "workspace": {"applyEdit": True},
    "textDocument": {
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["refactor"]}}},
    },
}


@pytest.mark.parametrize("target", ["embedded", "endpoint"])
async def test_a_plain_client_gets_through_the_walk_with_no_extension_of_ours(
    target: str, hub: FakeHub, own_server: ServerProcess
) -> None:
    editor = await own_server.spawn("--stdio")
    settings = ENDPOINT.settings(hub) if target == "endpoint" else {}
    ENDPOINT.streams(hub, " in the east.")
    params = t.InitializeParams(capabilities=_structured(PLAIN), initialization_options=settings)
    await editor.initialize_session(params)
    text = "The sun rises in the east.\nIt is warm.\nThe sun rises"
    document = await editor.open("file:///plain.txt", text, "plaintext")
    end = document.position(len(text))
    offered = await editor.select_code_actions(document.uri, t.Range(end, end))
    titles = [action.title.partition(" (")[0] for action in offered]
    assert titles == ["Complete here", "Summarize document", "Translate document to …"], "only what can run"
    answer = await editor.run(offered[0])
    assert answer["job"]
    await editor.until(lambda: editor.edits, "the edit")
    assert document.text == text + " in the east."
    assert len(editor.edits) == 1
    (request,) = editor.requests[t.WORKSPACE_APPLY_EDIT]
    assert request.edit.document_changes is None
    assert list(request.edit.changes) == [document.uri]
    await editor.undo(document.uri)
    assert document.text == text
    assert not editor.progress, "no progress without window.workDoneProgress"
    assert set(editor.notifications) <= {t.WINDOW_SHOW_MESSAGE, t.WINDOW_LOG_MESSAGE}
    assert set(editor.requests) == {t.WORKSPACE_APPLY_EDIT}


UNICODE = "Zeile eins 🤗 é\r\n漢字 🤗🤗 text\r\nlast 🤗"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("selection", ["🤗 é", "漢字 🤗", "🤗🤗 text", "last 🤗", "🤗 é\r\n漢字"])
async def test_ranges_mean_the_same_text_in_every_position_encoding(
    encoding: str, selection: str, lend: Lend, hub: FakeHub, uri: str
) -> None:
    settings = ENDPOINT.settings(hub)
    capabilities = {"experimental": {"inference": {"job": True}}, "general": {"positionEncodings": [encoding]}}
    editor = await lend(capabilities, **settings)
    assert editor.position_encoding == encoding
    document = await editor.open(uri, UNICODE, "plaintext")
    ENDPOINT.streams(hub, "übersetzt 🤗\nzwei")
    end = await end_of(editor, await start_job(editor, uri, selection, "translate"))
    assert end["state"] == "done"
    assert document.text == UNICODE.replace(selection, "übersetzt 🤗\r\nzwei", 1)
    assert len(editor.edits) == 1


def _structured(capabilities: dict[str, Any]) -> t.ClientCapabilities:
    return get_converter().structure(capabilities, t.ClientCapabilities)
