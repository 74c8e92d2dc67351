"""A session is recorded without its secrets and replayed without a network, and nobody takes a replay for a model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as t

from support.fake_hub import Exchange, FakeHub, Json, Reply
from support.lsp_client import EditorClient
from support.model_backends import ENDPOINT, MODEL_BACKENDS, ModelBackend
from support.server_process import ServerProcess, end_of, start_job

TOKEN = "hf_planted_token_planted_token"
TEXT = f"The app crashes on large files. My token is {TOKEN}."


@pytest.mark.parametrize("kind", MODEL_BACKENDS)
async def test_a_recorded_session_is_replayed_to_the_same_text_without_a_request(
    kind: str, hub: FakeHub, tmp_path: Path, uri: str
) -> None:
    backend = MODEL_BACKENDS[kind]
    recordings = tmp_path / "recordings"
    backend.streams(hub, " and then it ends.")
    recorded = await _session(backend, hub, tmp_path, uri, record=str(recordings))
    assert recorded["state"] == "done"
    assert recorded["text"] == " and then it ends."
    assert "recorded" in recorded["offered"]
    written = _written(recordings)
    assert TOKEN.encode() not in written
    assert b"uthorization" not in written
    assert b"crashes on large" in written
    before = len(hub.exchanges)
    replayed = await _session(backend, hub, tmp_path, uri, replay=str(recordings))
    assert len(hub.exchanges) == before
    assert replayed == {**recorded, "title": replayed["title"], "offered": replayed["offered"]}
    host = hub.url.removeprefix("http://")
    assert replayed["title"] in ("", f"Complete (replay of {host})")
    assert f"replay of {host}" in replayed["offered"]


async def test_a_hover_is_replayed_and_says_that_it_is(hub: FakeHub, tmp_path: Path, uri: str) -> None:
    hub.on(ENDPOINT.generates, _answers)
    shown = {}
    for setting in ("record", "replay"):
        remote = {"automatic": {"remote": True}, setting: str(tmp_path / "recordings")}
        async with _editor(tmp_path / setting, ENDPOINT.settings(hub, **remote)) as editor:
            await editor.open(uri, TEXT, "markdown")
            text = await _hovered(editor, uri)
            while "no answer within" in text:  # a busy machine; what came is known the next time
                text = await _hovered(editor, uri)
        shown[setting] = text.replace("\\", "").splitlines()
    host = hub.url.removeprefix("http://")
    assert shown["record"][1:-1] == shown["replay"][1:-1]
    assert any("LABEL" in line for line in shown["replay"])
    assert f"({host}, recorded)" in shown["record"][-1]
    assert f"(replay of {host})" in shown["replay"][-1]


async def test_what_was_not_recorded_is_said_and_nothing_is_changed(hub: FakeHub, tmp_path: Path, uri: str) -> None:
    recordings = tmp_path / "recordings"
    ENDPOINT.streams(hub, " more")
    await _session(ENDPOINT, hub, tmp_path, uri, record=str(recordings))
    other = await _session(ENDPOINT, hub, tmp_path, uri, replay=str(recordings), text="Another text.")
    assert other["state"] == "failed"
    assert "The recording has no answer to this: POST /tgi" in other["message"]
    assert other["document"] == "Another text."


async def test_a_recording_that_is_not_there_is_said_by_the_command_that_needs_it(
    hub: FakeHub, tmp_path: Path, uri: str
) -> None:
    missing = tmp_path / "nowhere.jsonl"
    ended = await _session(ENDPOINT, hub, tmp_path, uri, replay=str(missing))
    assert ended["state"] == "failed"
    assert "nowhere.jsonl cannot be read" in ended["message"]


async def test_auto_means_the_hub_while_a_recording_answers(
    own_server: ServerProcess, tmp_path: Path, uri: str
) -> None:
    editor = await own_server.start({"replay": str(tmp_path)})
    await editor.open(uri, "Once upon a time.", "markdown")
    offered = await editor.select_code_actions(uri, "Once upon a time.")
    assert all("replay of router.huggingface.co" in action.title for action in offered)


async def test_a_recording_is_begun_and_ended_by_the_settings_alone(
    own_server: ServerProcess, hub: FakeHub, tmp_path: Path, uri: str
) -> None:
    ENDPOINT.streams(hub, " more")
    editor = await own_server.start(ENDPOINT.settings(hub))
    await editor.open(uri, "Once", "plaintext")
    recordings = tmp_path / "recordings"
    counts = []
    for record in ("", str(recordings), ""):
        editor.configuration["inference"]["record"] = record
        editor.requests.clear()
        editor.workspace_did_change_configuration(t.DidChangeConfigurationParams(settings=None))
        await editor.until(lambda: editor.requests[t.WORKSPACE_CONFIGURATION], "the question for the settings")
        await editor.execute("inference.cancel")
        await end_of(editor, await start_job(editor, uri, "Once", "complete"))
        await editor.undo(uri)
        counts.append(_written(recordings).count(b'"method": "POST"'))
    assert counts == [0, 1, 1]


@asynccontextmanager
async def _editor(home: Path, settings: dict[str, Any]) -> AsyncIterator[EditorClient]:
    server = ServerProcess(home)
    try:
        yield await server.start(settings)
    finally:
        await server.stop()


async def _session(
    backend: ModelBackend, hub: FakeHub, home: Path, uri: str, text: str = TEXT, **recording: str
) -> dict[str, Any]:
    """What a person sees of one completion, from the light bulb to the document."""
    async with _editor(home / "-".join(recording), backend.settings(hub, **recording)) as editor:
        document = await editor.open(uri, text, "plaintext")
        offered = await editor.select_code_actions(uri, text, only=["refactor.rewrite.inference.complete"])
        job = await start_job(editor, uri, text, "complete")
        end = await end_of(editor, job)
        begun = [value for values in editor.progress.values() for value in values if value["kind"] == "begin"]
        return {
            "offered": offered[0].title,
            "title": begun[0]["title"] if begun else "",  # a job may be over before the editor has made its bar
            "state": end["state"],
            "text": end["text"],
            "message": end["message"],
            "document": document.text,
        }


def _answers(exchange: Exchange) -> Reply:
    return Json([{"label": "LABEL", "score": 0.7, "entity_group": "LOC", "word": "app", "start": 0, "end": 3}])


def _written(recordings: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(recordings.glob("*")))


async def _hovered(editor: EditorClient, uri: str) -> str:
    hover = await editor.text_document_hover_async(t.HoverParams(t.TextDocumentIdentifier(uri), t.Position(0, 2)))
    assert hover is not None
    assert isinstance(hover.contents, t.MarkupContent)
    return hover.contents.value
