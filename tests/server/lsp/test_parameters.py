"""What a handler is given, and what the server says it can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lsprotocol import types as t

from inference_lsp.lsp import LanguageServer, hover_range
from support.wire import Wire, serving

AWKWARD = {
    "a-b": 1,
    "class": [{"x": {"type_name": "y"}}],
    "1": None,
    "camelCase": {"snake_case": [1.5, True, "€\u2028🤗"]},
    "jsonrpc": "2.0",
    "nested": {"jsonrpc": "2.0", "id": 3, "method": "textDocument/hover", "params": {}},
    "answer": {"jsonrpc": "2.0", "id": 4, "result": 5},
    "": "",
}


@pytest.fixture
def server() -> LanguageServer:
    return LanguageServer("test", "1", content_schemes=["inference"], experimental={"hoverRange": True})


@pytest.fixture
def wire(server: LanguageServer) -> Iterator[Wire]:
    with serving(server) as wire:
        yield wire


def test_parameters_of_our_own_methods_stay_as_they_were_sent(server: LanguageServer, wire: Wire) -> None:
    seen: list[Any] = []
    server.feature("test/note")(lambda params: seen.append(params))

    @server.feature("test/echo")
    def echo(params: Any) -> Any:
        seen.append(params)
        return params

    wire.open_session()
    wire.notify("test/note", AWKWARD)
    assert wire.ask("test/echo", AWKWARD)["result"] == AWKWARD
    assert wire.ask("test/echo", [AWKWARD])["result"] == [AWKWARD]
    assert wire.ask("test/echo")["result"] is None
    assert seen == [AWKWARD, AWKWARD, [AWKWARD], None]
    assert type(seen[0]["class"][0]) is dict


def test_arguments_of_commands_stay_as_they_were_sent(server: LanguageServer, wire: Wire) -> None:
    seen: list[Any] = []

    @server.command("test.run")
    async def run(*arguments: Any) -> Any:
        seen.extend(arguments)
        return arguments[0]

    wire.open_session()
    params = {"command": "test.run", "arguments": [AWKWARD, [AWKWARD], 3, None]}
    assert wire.ask("workspace/executeCommand", params)["result"] == AWKWARD
    assert seen == [AWKWARD, [AWKWARD], 3, None]
    assert type(seen[0]["nested"]) is dict


def test_an_unknown_command_is_refused_by_its_name(server: LanguageServer, wire: Wire) -> None:
    wire.open_session()
    error = wire.ask("workspace/executeCommand", {"command": "test.nope", "arguments": []})["error"]
    assert error["code"] == -32602
    assert "test.nope" in error["message"]


def test_what_we_ask_of_the_editor_may_hold_anything_too(server: LanguageServer, wire: Wire) -> None:
    @server.feature("test/ask")
    async def ask(ls: LanguageServer, params: Any) -> Any:
        return await ls.protocol.send_request_async("inference/ask", params)

    wire.open_session()
    wire.start("test/ask", AWKWARD, id="a")
    request = wire.until_method("inference/ask")
    assert request["params"] == AWKWARD
    wire.send({"jsonrpc": "2.0", "id": request["id"], "result": [AWKWARD]})
    assert wire.answer("a")["result"] == [AWKWARD]


START, END = {"line": 1, "character": 2}, {"line": 3, "character": 4}
SELECTION = {"start": START, "end": END}
HOVERS: dict[str, tuple[dict[str, Any], t.Position, tuple[int, ...] | None]] = {
    "a plain hover": ({"position": START}, t.Position(1, 2), None),
    "rust-analyzer's": ({"position": SELECTION}, t.Position(1, 2), (1, 2, 3, 4)),
    "Metals' and Sublime's": ({"position": END, "range": SELECTION}, t.Position(3, 4), (1, 2, 3, 4)),
    "both": ({"position": {"start": END, "end": END}, "range": SELECTION}, t.Position(3, 4), (1, 2, 3, 4)),
    "a range that is null": ({"position": START, "range": None}, t.Position(1, 2), None),
}


@pytest.mark.parametrize("case", HOVERS)
def test_a_hover_over_a_selection_is_understood(server: LanguageServer, wire: Wire, case: str) -> None:
    params, position, selection = HOVERS[case]
    seen: list[t.HoverParams] = []
    server.feature("textDocument/hover")(lambda params: seen.append(params))
    wire.open_session()
    answer = wire.ask("textDocument/hover", {"textDocument": {"uri": "u:a"}, "workDoneToken": "w", **params})
    assert "error" not in answer
    (hover,) = seen
    assert (hover.text_document.uri, hover.position, hover.work_done_token) == ("u:a", position, "w")
    expected = selection and t.Range(t.Position(*selection[:2]), t.Position(*selection[2:]))
    assert hover_range(hover) == expected


def test_a_hover_made_by_hand_has_no_selection() -> None:
    assert hover_range(t.HoverParams(t.TextDocumentIdentifier("u:a"), t.Position(0, 0))) is None


def test_virtual_documents_and_experimental_abilities_are_advertised(wire: Wire) -> None:
    capabilities = wire.open_session()
    assert capabilities["workspace"]["textDocumentContent"] == {"schemes": ["inference"]}
    assert capabilities["experimental"] == {"hoverRange": True}


def test_nothing_is_advertised_that_was_not_asked_for() -> None:
    with serving(LanguageServer("test", "1")) as wire:
        capabilities = wire.open_session()
    assert "textDocumentContent" not in capabilities["workspace"]
    assert "experimental" not in capabilities


ENCODINGS = {
    "none named": (None, "utf-16", 3),
    "UTF-8 first": (["utf-8", "utf-16"], "utf-8", 5),
    "UTF-32 first": (["utf-32", "utf-16"], "utf-32", 2),
    "UTF-16 only": (["utf-16"], "utf-16", 3),
    "an unknown one": (["utf-7", "utf-8"], "utf-8", 5),
    "only unknown ones": (["utf-7"], "utf-16", 3),
}


@pytest.mark.parametrize("case", ENCODINGS)
def test_the_position_encoding_is_negotiated_and_used(server: LanguageServer, wire: Wire, case: str) -> None:
    encodings, expected, column = ENCODINGS[case]
    capabilities = wire.open_session({"general": {"positionEncodings": encodings}})
    assert capabilities["positionEncoding"] == expected
    document = {"uri": "file:///a%20b.txt", "languageId": "text", "version": 1, "text": "a🤗b\x0c\nc"}
    wire.notify("textDocument/didOpen", {"textDocument": document})
    at = {"line": 0, "character": column}
    change = {"range": {"start": at, "end": at}, "text": "X"}
    version = {"uri": "file:///a b.txt", "version": 2}
    wire.notify("textDocument/didChange", {"textDocument": version, "contentChanges": [change]})
    wire.ask("test/nothing")
    there = server.workspace.get_text_document("file:///a b.txt")
    assert (there.source, there.version, there.language_id) == ("a🤗Xb\x0c\nc", 2, "text")


def test_progress_that_ended_is_forgotten(server: LanguageServer, wire: Wire) -> None:
    @server.feature("test/work")
    async def work(ls: LanguageServer, params: Any) -> int:
        progress = ls.work_done_progress
        await progress.create_async("w")
        progress.begin("w", t.WorkDoneProgressBegin(title="Working"))
        progress.end("w", t.WorkDoneProgressEnd())
        return len(progress.tokens)

    wire.open_session()
    wire.start("test/work", id="p")
    wire.send({"jsonrpc": "2.0", "id": wire.until_method("window/workDoneProgress/create")["id"], "result": None})
    assert wire.answer("p")["result"] == 0
    reports = [m["params"]["value"]["kind"] for m in wire.received if m.get("method") == "$/progress"]
    assert reports == ["begin", "end"]
