"""Settings as editors tell them: a folder each, followed live, and never a word twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as t

from support.fake_hub import FakeHub
from support.lsp_client import EditorClient
from support.model_backends import ENDPOINT
from support.server_process import ServerProcess

TEXT = "Hello, world. It is a good day."


async def _titles(editor: EditorClient, uri: str) -> list[str]:
    return [action.title for action in await editor.select_code_actions(uri, TEXT)]


async def _changed(editor: EditorClient) -> None:
    """The editor says that settings are others now; answered when the server has pulled them."""
    before = len(editor.requests[t.WORKSPACE_CONFIGURATION])
    editor.workspace_did_change_configuration(t.DidChangeConfigurationParams(settings=None))
    await editor.until(lambda: len(editor.requests[t.WORKSPACE_CONFIGURATION]) > before, "the question for settings")
    await editor.execute("inference.cancel")


async def test_each_folder_goes_by_its_own_settings(own_server: ServerProcess, tmp_path: Path) -> None:
    one = tmp_path / "one"
    one.mkdir()
    editor = own_server.editor
    editor.folder_configuration = {one.as_uri(): {"inference": {"translate": {"to": "es"}}}}
    await own_server.start({"translate": {"to": "fr"}}, folder=one)
    inside, outside = f"{one.as_uri()}/a.md", f"{tmp_path.as_uri()}/two/a.md"
    for uri in (inside, outside):
        await editor.open(uri, TEXT, "markdown")
    assert any("Spanish" in title for title in await _titles(editor, inside))
    assert any("French" in title for title in await _titles(editor, outside))
    (pull,) = editor.requests[t.WORKSPACE_CONFIGURATION]
    assert [(item.scope_uri, item.section) for item in pull.items] == [(None, "inference"), (one.as_uri(), "inference")]

    editor.folder_configuration[one.as_uri()] = {"inference": {"translate": {"to": "de"}}}
    await _changed(editor)
    assert any("German" in title for title in await _titles(editor, inside))
    assert any("French" in title for title in await _titles(editor, outside))


async def test_a_folder_that_is_added_is_asked_for(own_server: ServerProcess, tmp_path: Path) -> None:
    editor = await own_server.start({"translate": {"to": "fr"}})
    uri = f"{tmp_path.as_uri()}/late/a.md"
    await editor.open(uri, TEXT, "markdown")
    assert any("French" in title for title in await _titles(editor, uri))
    folder = t.WorkspaceFolder((tmp_path / "late").as_uri(), "late")
    editor.folder_configuration = {folder.uri: {"inference": {"translate": {"to": "es"}}}}
    change = t.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
    editor.workspace_did_change_workspace_folders(t.DidChangeWorkspaceFoldersParams(change))
    await editor.until(lambda: len(editor.requests[t.WORKSPACE_CONFIGURATION]) == 2, "the question for settings")
    await editor.execute("inference.cancel")
    assert any("Spanish" in title for title in await _titles(editor, uri))


async def test_what_is_offered_is_learnt_from_the_folders_there_are(own_server: ServerProcess, tmp_path: Path) -> None:
    """A folder that is added is learnt from, one that is removed is not any more."""
    editor = await own_server.start()
    late = tmp_path / "late"
    late.mkdir()
    (late / "verse.md").write_text("The walrus sings at dawn beneath the frozen pier.\n" * 3, encoding="utf-8")
    folder = t.WorkspaceFolder(late.as_uri(), "late")
    document = await editor.open((tmp_path / "a.md").as_uri(), "The walrus sings at", "markdown")

    async def offered() -> str:
        context = t.InlineCompletionContext(trigger_kind=t.InlineCompletionTriggerKind.Invoked)
        place = t.TextDocumentIdentifier(document.uri)
        position = t.Position(0, len(document.text))
        params = t.InlineCompletionParams(context=context, text_document=place, position=position)
        answer = await editor.ask(t.TEXT_DOCUMENT_INLINE_COMPLETION, params)
        return "".join(item.insert_text for item in answer.items)

    assert await offered() == ""
    change = t.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
    editor.workspace_did_change_workspace_folders(t.DidChangeWorkspaceFoldersParams(change))
    for _ in range(5_000):  # it is learnt beside everything else: a request each turn, until it is
        if "frozen pier" in await offered():
            break
    else:
        raise AssertionError("the new folder was not learnt from")
    change = t.WorkspaceFoldersChangeEvent(added=[], removed=[folder])
    editor.workspace_did_change_workspace_folders(t.DidChangeWorkspaceFoldersParams(change))
    await editor.change(document.uri, "Now the walrus sings at", t.Range(t.Position(0, 0), t.Position(0, 19)))
    assert await offered() == ""


async def test_a_folder_cannot_say_where_text_goes(own_server: ServerProcess, hub: FakeHub, tmp_path: Path) -> None:
    folder = tmp_path.as_uri()
    hostile = ENDPOINT.settings(hub, automatic={"remote": True}, failover=["endpoint"], translate={"to": "es"})
    own_server.editor.folder_configuration = {folder: {"inference": hostile}}
    before = len(hub.exchanges)
    editor = await own_server.start({}, folder=tmp_path)
    uri = f"{folder}/a.md"
    await editor.open(uri, TEXT, "markdown")
    titles = await _titles(editor, uri)
    assert any("Spanish" in title for title in titles)
    assert not any("127.0.0.1" in title for title in titles)
    await editor.text_document_hover_async(t.HoverParams(t.TextDocumentIdentifier(uri), t.Position(0, 2)))
    assert len(hub.exchanges) == before


async def test_the_same_complaint_is_made_once(own_server: ServerProcess) -> None:
    editor = await own_server.start({"timeout": "long"})
    await editor.until(lambda: editor.messages, "the complaint")
    for wrong in ("longer", "longest"):
        editor.configuration = {"inference": {"timeout": wrong}}
        await _changed(editor)
    assert [message.message for message in editor.messages] == [
        "Inference settings: inference.timeout must be a number above 0, not a string; 60.0 holds"
    ]
    editor.configuration = {"inference": {"timeout": -1}}
    await _changed(editor)
    await editor.until(lambda: len(editor.messages) == 2, "another complaint")


@pytest.mark.parametrize("wrapped", [True, False])
async def test_an_editor_without_settings_gives_options_once(wrapped: bool, own_server: ServerProcess) -> None:
    given: dict[str, Any] = {"translate": {"to": "es"}}
    capabilities = {"workspace": {"configuration": None}}
    editor = await own_server.start(options={"inference": given} if wrapped else given, capabilities=capabilities)
    await editor.open("file:///a.md", TEXT, "markdown")
    assert any("Spanish" in title for title in await _titles(editor, "file:///a.md"))


async def test_options_hold_where_the_editor_has_no_settings_of_ours(own_server: ServerProcess) -> None:
    editor = own_server.editor
    await own_server.spawn("--stdio")
    editor.configuration = {}
    await editor.start(options={"translate": {"to": "es"}})
    await editor.open("file:///a.md", TEXT, "markdown")
    assert any("Spanish" in title for title in await _titles(editor, "file:///a.md"))
