"""Every request is answered exactly once, however it is shaped: bytes on the wire, with no client library between."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.server_process import clean_environment
from support.wire import Wire, frame, spawned

URI = "file:///wire.md"
TEXT = "Some text. More of it.\n"
DOCUMENT = {"textDocument": {"uri": URI}}
PLACE = {**DOCUMENT, "position": {"line": 0, "character": 4}}
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 22}}
RUN = {"action": "summarize", "uri": URI, "range": WHOLE, "version": 1}


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    home: Path = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-m", "inference_lsp", "--stdio"]
    with spawned(command, env=clean_environment(home), cwd=home) as (wire, process):
        wire.open_session({"workspace": {"applyEdit": True}})
        item = {"uri": URI, "languageId": "markdown", "version": 1, "text": TEXT}
        wire.notify("textDocument/didOpen", {"textDocument": item})
        yield wire
        assert wire.ask("shutdown")["result"] is None
        wire.notify("exit")
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


INVALID, NOT_FOUND = -32602, -32601
MALFORMED: dict[str, tuple[str, Any, int]] = {
    "an unknown command": ("workspace/executeCommand", {"command": "inference.dance", "arguments": []}, INVALID),
    "a command with no name": ("workspace/executeCommand", {"arguments": [1]}, INVALID),
    "a command that is a number": ("workspace/executeCommand", {"command": 4}, INVALID),
    "arguments that are no list": ("workspace/executeCommand", {"command": "inference.run", "arguments": 3}, INVALID),
    "an unknown request": ("inference/nothing", {"a": 1}, NOT_FOUND),
    "a hover with no position": ("textDocument/hover", DOCUMENT, INVALID),
    "a hover that is a list": ("textDocument/hover", [1, 2], INVALID),
    "a hover of nothing": ("textDocument/hover", None, INVALID),
    "a hover at a word": ("textDocument/hover", {**DOCUMENT, "position": {"line": "x", "character": 1}}, INVALID),
    "an inline completion with no context": ("textDocument/inlineCompletion", PLACE, INVALID),
    "code actions of a number": ("textDocument/codeAction", 7, INVALID),
    "a second initialize": ("initialize", {"capabilities": {}}, -32600),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_request_is_answered_with_an_error(case: str, wire: Wire) -> None:
    method, params, code = MALFORMED[case]
    answer = wire.ask(method, params)
    assert answer["error"]["code"] == code, answer
    assert "Traceback" not in answer["error"]["message"]
    _is_alive(wire)


@pytest.mark.parametrize("body", [b"{nonsense", b"[]", b'{"jsonrpc": "1.0"}', b"\xff\xfe", b'{"id": {}}', b"null", b""])
def test_a_frame_that_is_no_message_does_not_end_the_session(body: bytes, wire: Wire) -> None:
    wire.write(frame(body))
    _is_alive(wire)


def test_every_request_of_a_crowd_is_answered_exactly_once(wire: Wire) -> None:
    crowd: list[tuple[str, Any]] = [
        ("textDocument/hover", PLACE),
        ("textDocument/inlineCompletion", {**PLACE, "context": {"triggerKind": 1}}),
        ("textDocument/codeAction", {**DOCUMENT, "range": WHOLE, "context": {"diagnostics": []}}),
        ("workspace/executeCommand", {"command": "inference.run", "arguments": [{**RUN, "uri": "file:///closed"}]}),
        ("workspace/executeCommand", {"command": "inference.cancel", "arguments": []}),
        *((method, params) for method, params, _ in MALFORMED.values()),
    ]
    ids = [f"{turn}/{number}" for turn in range(20) for number in range(len(crowd))]
    requests = [
        {"jsonrpc": "2.0", "id": id, "method": crowd[int(id.partition("/")[2])][0], "params": _params(crowd, id)}
        for id in ids
    ]
    cancels = [{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": id}} for id in ids[::3]]
    wire.send(*requests, *cancels)
    for id in ids:
        wire.answer(id)
    _is_alive(wire)
    assert {id: len(wire.answers(id)) for id in ids} == dict.fromkeys(ids, 1)


def test_a_run_is_answered_before_the_editor_has_taken_the_edit(wire: Wire) -> None:
    answer = wire.ask("workspace/executeCommand", {"command": "inference.run", "arguments": [RUN]})
    assert answer["result"]["job"]
    edit = wire.until_method("workspace/applyEdit")
    assert wire.received.index(answer) < wire.received.index(edit)
    wire.send({"jsonrpc": "2.0", "id": edit["id"], "result": {"applied": False, "failureReason": "not now"}})
    again = wire.until(lambda message: message.get("method") == "workspace/applyEdit" and message["id"] != edit["id"])
    wire.send({"jsonrpc": "2.0", "id": again["id"], "result": {"applied": False}})
    question = wire.until_method("window/showMessageRequest")
    assert question["params"]["message"].endswith("refused the edit: it gave no reason. Nothing was inserted.")
    assert [action["title"] for action in question["params"]["actions"]] == ["Insert below", "Run again"]
    wire.send({"jsonrpc": "2.0", "id": question["id"], "result": None})


SELECTION = {"start": {"line": 0, "character": 5}, "end": {"line": 0, "character": 18}}
EXTENSIONS = {
    "the position is a range": {**DOCUMENT, "position": SELECTION},
    "a range beside the position": {**PLACE, "range": SELECTION},
}


@pytest.mark.parametrize("case", EXTENSIONS)
def test_both_extensions_that_hover_over_a_selection_are_understood(case: str, wire: Wire) -> None:
    hover = wire.ask("textDocument/hover", EXTENSIONS[case])["result"]
    assert hover["range"] == SELECTION
    assert hover["contents"]["value"].startswith("13 characters, 3 words")


def _params(crowd: list[tuple[str, Any]], id: str) -> Any:
    return crowd[int(id.partition("/")[2])][1]


def _is_alive(wire: Wire) -> None:
    answer = wire.ask("textDocument/codeAction", {**DOCUMENT, "range": WHOLE, "context": {"diagnostics": []}})
    assert len(answer["result"]) == 3
