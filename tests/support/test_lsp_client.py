"""The tests' editor does what VS Code does, seen from a server that asks it to."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig

from support.editor_documents import EditorDocument, EditRefusedError
from support.lsp_client import EditorClient, make_client

URI = "file:///a.txt"
SERVER = [sys.executable, str(Path(__file__).with_name("editing_server.py"))]


@pytest_lsp.fixture(config=ClientServerConfig(server_command=SERVER, client_factory=make_client))  # type: ignore[untyped-decorator]
async def client(editor: EditorClient) -> AsyncIterator[None]:
    await editor.start()
    yield
    await editor.shutdown_session()


async def test_a_code_action_with_a_command_stays_a_code_action_and_runs(client: EditorClient) -> None:
    await client.open(URI, "🤗 one\r\ntwo 🤗 three")
    action, command = await client.select_code_actions(URI, "🤗 three")
    assert isinstance(action, t.CodeAction)
    assert isinstance(command, t.Command)
    result = await client.run(action)
    assert result == {"applied": True, "reason": None, "class": {"a-b": 1}}
    assert client.documents[URI].text == "🤗 one\r\ntwo 🤗 THREE"
    assert await client.execute("test.source") == ["🤗 one\r\ntwo 🤗 THREE", 2]
    assert [(edit.uri, edit.label) for edit in client.edits] == [(URI, "Replace")]
    await client.undo(URI)
    assert await client.execute("test.source") == ["🤗 one\r\ntwo 🤗 three", 3]
    assert client.edits == []


async def test_an_edit_of_another_version_is_refused(client: EditorClient) -> None:
    await client.open(URI, "one two", version=7)
    result = await client.execute("test.replace", "two", "2", 6)
    assert (result["applied"], "version 6" in result["reason"]) == (False, True)

    def type_in_between(params: t.ApplyWorkspaceEditParams) -> None:
        client.documents[URI].apply([])

    client.before_edit = type_in_between
    result = await client.execute("test.replace", "two", "2", 7)
    assert result["applied"] is False
    assert (client.documents[URI].text, client.edits) == ("one two", [])


async def test_typing_reaches_the_server(client: EditorClient) -> None:
    await client.open(URI, "one 漢字 two\r\n🤗")
    await client.change(URI, "x\u2028y", "漢字")
    await client.change(URI, "!", t.Range(t.Position(1, 2), t.Position(1, 2)))
    assert await client.execute("test.source") == ["one x\u2028y two\r\n🤗!", 3]
    await client.change(URI, "all new")
    assert await client.execute("test.source") == ["all new", 4]


async def test_everything_a_server_says_is_kept(client: EditorClient) -> None:
    client.configuration = {"inference": {"hover": {"scope": "selection"}}, "inference.hover.scope": "all"}
    client.choose = lambda params: params.actions[1] if params.actions else None
    settings = await client.execute("test.tell")
    assert settings == [client.configuration["inference"], "all", None]
    await client.until(lambda: client.notifications["test/custom"], "the custom notification")
    assert client.notifications["test/custom"] == [{"class": {"jsonrpc": "2.0"}, "a-b": ["No"]}]
    assert [message.message for message in client.messages] == ["Shall I?", "Done"]
    assert client.progress["partial"] == [{"no": "kind"}]
    begin, anything, end = client.progress["w"]
    assert (begin["kind"], anything, end["kind"]) == ("begin", [{"any": "shape"}], "end")
    assert client.registrations == {}
    assert client.requests["client/registerCapability"][0].registrations[0].id == "r"
    assert client.refreshes == {"workspace/inlayHint/refresh": 1}
    assert [shown.uri for shown in client.shown_documents] == [URI]


async def test_waiting_ends_when_the_server_does(client: EditorClient) -> None:
    await client.shutdown_session()
    with pytest.raises(AssertionError, match="ended without a miracle"):
        await client.until(lambda: False, "a miracle")
    client.capabilities = None  # the session is over: nothing is left to shut down


def edit(start: tuple[int, int], end: tuple[int, int], text: str) -> t.TextEdit:
    return t.TextEdit(t.Range(t.Position(*start), t.Position(*end)), text)


SNIPPET = t.SnippetTextEdit(t.Range(t.Position(0, 0), t.Position(0, 0)), t.StringValue("${1:a}-$2${3|x,y|}-\\$5${0}"))

APPLIED: dict[str, tuple[str, list[t.TextEdit | t.SnippetTextEdit], str]] = {
    "several at once mean the same text": ("abc", [edit((0, 2), (0, 3), "Z"), edit((0, 0), (0, 1), "X")], "XbZ"),
    "insertions at one place keep their order": ("ab", [edit((0, 1), (0, 1), "1"), edit((0, 1), (0, 1), "2")], "a12b"),
    "touching edits": ("abcd", [edit((0, 0), (0, 2), "x"), edit((0, 2), (0, 4), "y")], "xy"),
    "columns are UTF-16 code units": ("🤗a\rb\r\nc", [edit((0, 2), (2, 0), "-")], "🤗-c"),
    "a snippet loses its marks": ("", [SNIPPET], "a-x-$5"),
}


@pytest.mark.parametrize("case", APPLIED)
def test_edits_are_applied_as_the_protocol_says(case: str) -> None:
    before, edits, after = APPLIED[case]
    document = EditorDocument(uri=URI, language="text", version=1, text=before)
    document.apply(edits)
    assert (document.text, document.version) == (after, 2)


def test_edits_that_overlap_are_refused() -> None:
    document = EditorDocument(uri=URI, language="text", version=1, text="abcd")
    with pytest.raises(EditRefusedError):
        document.apply([edit((0, 0), (0, 3), "x"), edit((0, 2), (0, 4), "y")])
    assert (document.text, document.version) == ("abcd", 1)


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 7), ("utf-16", 3), ("utf-32", 2)])
def test_positions_are_in_the_encoding_agreed_on(encoding: str, column: int) -> None:
    document = EditorDocument(uri=URI, language="text", version=1, text="x\n漢🤗b", encoding=encoding)
    assert document.range_of("b") == t.Range(t.Position(1, column), t.Position(1, column + 1))
    assert document.slice(document.range_of("🤗b")) == "🤗b"
