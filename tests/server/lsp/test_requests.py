"""Every request is answered exactly once, whatever its handler does and whatever the editor sends."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from lsprotocol import types as t

from inference_lsp.lsp import (
    ContentModified,
    LanguageServer,
    RequestCancelled,
    RequestFailed,
    ResponseException,
    ServerCancelled,
)
from support.wire import Wire, frame, serving

HOVER = {"textDocument": {"uri": "file:///a.txt"}, "position": {"line": 0, "character": 0}}


@pytest.fixture
def server() -> LanguageServer:
    return LanguageServer("test", "1")


@pytest.fixture
def wire(server: LanguageServer) -> Iterator[Wire]:
    """The features a test registers are served as soon as it sends its first message."""
    with serving(server) as wire:
        yield wire


def waiting(server: LanguageServer, name: str, log: list[str]) -> Any:
    """An `async` handler that says when it began and how it ended, and never ends by itself."""

    async def handler(*_: Any) -> None:
        log.append(f"{name} began")
        server.protocol.notify("test/began", {"name": name})
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            log.append(f"{name} ended")

    return handler


@pytest.mark.parametrize("id", [7, "seven"])
def test_cancelling_a_command_cancels_its_coroutine(server: LanguageServer, wire: Wire, id: int | str) -> None:
    log: list[str] = []
    server.command("test.wait")(waiting(server, "command", log))
    wire.open_session()
    wire.start("workspace/executeCommand", {"command": "test.wait"}, id=id)
    wire.until_method("test/began")
    wire.notify("$/cancelRequest", {"id": id})
    assert wire.answer(id)["error"]["code"] == RequestCancelled.CODE
    wire.ask("shutdown")
    assert log == ["command began", "command ended"]
    assert len(wire.answers(id)) == 1


def test_cancelling_a_feature_cancels_its_coroutine(server: LanguageServer, wire: Wire) -> None:
    log: list[str] = []
    server.feature("textDocument/hover")(waiting(server, "hover", log))
    wire.open_session()
    wire.start("textDocument/hover", HOVER, id=1_000)
    wire.until_method("test/began")
    wire.notify("$/cancelRequest", {"id": 1_000})
    assert wire.answer(1_000)["error"]["code"] == RequestCancelled.CODE
    assert log == ["hover began", "hover ended"]


def test_cancelling_a_thread_answers_at_once_and_lets_it_run(server: LanguageServer, wire: Wire) -> None:
    go_on, done = threading.Event(), threading.Event()

    @server.feature("test/thread")
    @server.thread()
    def handler(ls: LanguageServer, params: Any) -> str:
        ls.protocol.notify("test/began")
        go_on.wait(60)
        done.set()
        return "too late"

    wire.open_session()
    wire.start("test/thread", id="slow")
    wire.until_method("test/began")
    wire.notify("$/cancelRequest", {"id": "slow"})
    assert wire.answer("slow")["error"]["code"] == RequestCancelled.CODE
    go_on.set()
    assert done.wait(60)
    wire.ask("shutdown")
    assert len(wire.answers("slow")) == 1


@pytest.mark.parametrize("kind", ["plain", "async", "thread"])
def test_a_request_cancelled_while_it_is_queued_is_not_run(server: LanguageServer, wire: Wire, kind: str) -> None:
    ran: list[int] = []

    def plain(params: Any) -> None:
        ran.append(params["n"])

    async def later(params: Any) -> None:
        ran.append(params["n"])

    if kind == "thread":
        server.feature("test/run")(server.thread()(plain))
    else:
        server.feature("test/run")(later if kind == "async" else plain)
    wire.open_session()
    numbers = range(100, 120)
    requests = [{"jsonrpc": "2.0", "id": n, "method": "test/run", "params": {"n": n}} for n in numbers]
    cancels = [{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": n}} for n in numbers[::2]]
    wire.send(*requests, *cancels)  # under 4 kB: a pipe hands it over in one piece
    codes = [wire.answer(n).get("error", {}).get("code") for n in numbers]
    assert codes == [RequestCancelled.CODE if n % 2 == 0 else None for n in numbers]
    assert sorted(ran) == [n for n in numbers if n % 2]
    wire.ask("shutdown")
    assert {len(wire.answers(n)) for n in numbers} == {1}


@pytest.mark.parametrize(
    "params", [{"id": 99}, {"id": "no"}, {"id": None}, {"id": True}, {"id": {}}, {"id": 1.5}, {}, [], None]
)
def test_cancelling_what_is_not_running_is_ignored(server: LanguageServer, wire: Wire, params: Any) -> None:
    server.feature("test/echo")(lambda params: params)
    log: list[str] = []
    server.feature("test/wait")(waiting(server, "wait", log))
    wire.open_session()
    wire.start("test/wait", id=1_001)
    wire.until_method("test/began")
    for _ in range(2):
        wire.notify("$/cancelRequest", params)
    assert wire.ask("test/echo", [1])["result"] == [1]
    assert log == ["wait began"]


def test_a_cancel_counts_once_and_only_before_the_answer(server: LanguageServer, wire: Wire) -> None:
    server.feature("test/echo")(lambda params: params)
    server.command("test.wait")(waiting(server, "command", []))
    wire.open_session()
    wire.start("workspace/executeCommand", {"command": "test.wait"}, id=5_000)
    wire.until_method("test/began")
    for _ in range(3):
        wire.notify("$/cancelRequest", {"id": 5_000})
    assert wire.answer(5_000)["error"]["code"] == RequestCancelled.CODE
    wire.notify("$/cancelRequest", {"id": 5_000})
    assert wire.ask("test/echo", {}, id=5_001)["result"] == {}
    assert len(wire.answers(5_000)) == 1


def raise_cancelled(*_: Any) -> None:
    raise asyncio.CancelledError


async def end_cancelled(*_: Any) -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize("handler", [raise_cancelled, end_cancelled])
@pytest.mark.parametrize("where", ["feature", "command", "thread"])
def test_a_handler_that_ends_cancelled_is_answered(
    server: LanguageServer, wire: Wire, where: str, handler: Any
) -> None:
    def each(*_: Any) -> Any:  # pygls marks the functions it registers
        return handler()

    async def each_later(*_: Any) -> Any:
        return await end_cancelled()

    function = each if handler is raise_cancelled else each_later
    if where == "command":
        server.command("test.cancelled")(function)
    elif where == "feature" or function is each_later:
        server.feature("test/cancelled")(function)
    else:
        server.feature("test/cancelled")(server.thread()(function))
    wire.open_session()
    if where == "command":
        answer = wire.ask("workspace/executeCommand", {"command": "test.cancelled"})
    else:
        answer = wire.ask("test/cancelled")
    assert answer["error"]["code"] == RequestCancelled.CODE


MALFORMED: dict[str, tuple[Any, str]] = {
    "a field is missing": ({"textDocument": {"uri": "u:a"}}, "params.position"),
    "a list": ([], "params"),
    "a number": (7, "params"),
    "nothing": (None, "params"),
    "a negative line": ({**HOVER, "position": {"line": -1, "character": 0}}, "params.position"),
    "a selection that is no range": ({**HOVER, "range": [1]}, ""),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_parameters_are_answered_as_such(server: LanguageServer, wire: Wire, case: str) -> None:
    params, named = MALFORMED[case]
    server.feature("textDocument/hover")(lambda params: None)
    wire.open_session()
    error = wire.ask("textDocument/hover", params)["error"]
    assert error["code"] == -32602
    assert named in error["message"]
    assert wire.ask("textDocument/hover", HOVER)["result"] is None


def test_a_malformed_notification_is_dropped_with_one_line_in_the_log(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    wire.open_session()
    wire.notify("textDocument/didOpen", {"textDocument": {"text": "SECRET"}})
    wire.ask("shutdown")
    assert [message["id"] for message in wire.received] == [1, 2], "no pop-up"
    assert len(caplog.records) == 1
    assert "textDocument/didOpen" in caplog.text
    assert "SECRET" not in caplog.text


BROKEN = {
    "not JSON": (b"{", None, -32700),
    "not UTF-8": (b'{"a": "\xff"}', None, -32700),
    "an empty body": (b"", None, -32700),
    "nested beyond measure": (b"[" * 200_000, None, -32700),
    "a batch": (b'[{"jsonrpc": "2.0", "id": 5, "method": "x"}]', None, -32600),
    "a string": (b'"x"', None, -32600),
    "another protocol": (b'{"jsonrpc": "1.0", "id": 5, "method": "x"}', 5, -32600),
    "no protocol": (b'{"id": 5, "method": "x"}', 5, -32600),
    "a method that is a number": (b'{"jsonrpc": "2.0", "id": 5, "method": 5}', 5, -32600),
    "an id that is a list": (b'{"jsonrpc": "2.0", "id": [5], "method": "x"}', None, -32600),
    "an id that is a boolean": (b'{"jsonrpc": "2.0", "id": true, "method": "x"}', None, -32600),
    "an id that is null": (b'{"jsonrpc": "2.0", "id": null, "method": "x"}', None, -32600),
    "neither question nor answer": (b'{"jsonrpc": "2.0", "id": 5}', 5, -32600),
    "a method nobody has": (b'{"jsonrpc": "2.0", "id": 5, "method": "x/y"}', 5, -32601),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_message_is_answered_and_the_server_goes_on(server: LanguageServer, wire: Wire, case: str) -> None:
    body, id, code = BROKEN[case]
    server.feature("test/echo")(lambda params: params)
    wire.open_session()
    wire.write(frame(body))
    assert wire.answer(id)["error"]["code"] == code
    assert wire.ask("test/echo", "x", id="after")["result"] == "x"
    assert len(wire.answers(id)) == 1


def test_junk_between_messages_is_skipped_and_logged(
    server: LanguageServer, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    server.feature("test/echo")(lambda params: params)
    wire.open_session()
    wire.write(
        b"DEBUG: SECRET\n\n"
        + frame(json.dumps({"jsonrpc": "2.0", "id": 50, "method": "test/echo", "params": "x"}).encode())
    )
    assert wire.answer(50)["result"] == "x"
    assert "skipped" in caplog.text
    assert "SECRET" not in caplog.text


def test_a_second_request_with_a_running_id_is_refused(server: LanguageServer, wire: Wire) -> None:
    server.command("test.wait")(waiting(server, "command", []))
    server.feature("test/echo")(lambda params: params)
    wire.open_session()
    wire.start("workspace/executeCommand", {"command": "test.wait"}, id=9)
    wire.until_method("test/began")
    wire.start("test/echo", {}, id=9)
    assert wire.answer(9)["error"]["code"] == -32600
    wire.notify("$/cancelRequest", {"id": 9})
    wire.until(lambda message: message.get("error", {}).get("code") == RequestCancelled.CODE)
    assert len(wire.answers(9)) == 2, "one for each"


def fail(*_: Any) -> None:
    raise ValueError("SECRET in /home/someone/file.py")


async def fail_later(*_: Any) -> None:
    raise KeyError("SECRET in /home/someone/file.py")


@pytest.mark.parametrize("kind", ["plain", "async", "thread", "command", "async command"])
def test_a_failing_handler_tells_the_editor_its_type_and_the_log_everything_once(
    server: LanguageServer, wire: Wire, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    handler: Any = (lambda *_: fail()) if "async" not in kind else (lambda *_: fail_later())
    if "command" in kind:
        server.command("test.fail")(handler)
    else:
        server.feature("test/fail")(server.thread()(handler) if kind == "thread" else handler)
    wire.open_session()
    if "command" in kind:
        error = wire.ask("workspace/executeCommand", {"command": "test.fail"})["error"]
    else:
        error = wire.ask("test/fail")["error"]
    assert error["code"] == -32603
    assert "data" not in error
    assert ("KeyError" if "async" in kind else "ValueError") in error["message"]
    assert len(error["message"]) < 120
    for leaked in ("SECRET", "/home", "Traceback"):
        assert leaked not in json.dumps(wire.received)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert caplog.text.count("Traceback") == 1
    assert "SECRET" in caplog.text


@pytest.mark.parametrize("handler", [fail, fail_later])
def test_a_failing_notification_is_logged_once_and_shown_to_nobody(
    server: LanguageServer, wire: Wire, handler: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server.feature("test/fail")(lambda *_: handler())
    wire.open_session()
    wire.notify("test/fail")
    wire.ask("shutdown")
    assert [message["id"] for message in wire.received] == [1, 2]
    assert caplog.text.count("Traceback") == 1


EXPECTED = [RequestFailed, ContentModified, RequestCancelled, ServerCancelled]


@pytest.mark.parametrize("error", EXPECTED)
@pytest.mark.parametrize("later", [False, True])
def test_an_error_raised_on_purpose_is_answered_as_it_is_without_a_traceback(
    server: LanguageServer,
    wire: Wire,
    error: type[ResponseException],
    later: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def handler(*_: Any) -> None:
        raise error("No model for Latin", data={"retry": True})

    async def handler_later(*_: Any) -> None:
        handler()

    server.feature("test/fail")(handler_later if later else handler)
    wire.open_session()
    assert wire.ask("test/fail")["error"] == {
        "code": error.CODE,
        "message": "No model for Latin",
        "data": {"retry": True},
    }
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("result", [object(), float("nan"), {1, 2}, {"a": float("inf")}])
def test_a_result_that_is_no_json_is_answered_as_a_failure(server: LanguageServer, wire: Wire, result: Any) -> None:
    server.feature("test/result")(lambda params: result)
    wire.open_session()
    assert wire.ask("test/result")["error"]["code"] == -32603


def test_error_data_that_is_no_json_does_not_cost_the_answer(server: LanguageServer, wire: Wire) -> None:
    @server.feature("test/fail")
    def handler(params: Any) -> None:
        raise RequestFailed("No.", data=float("nan"))

    wire.open_session()
    assert wire.ask("test/fail")["error"] == {"code": -32803, "message": "No."}


def test_five_thousand_notifications_leave_nothing_behind(server: LanguageServer, wire: Wire) -> None:
    seen = []
    server.feature("textDocument/didChange")(lambda params: seen.append(params.text_document.version))

    @server.feature("test/later")
    async def later(params: Any) -> None:
        seen.append(0)

    wire.open_session()
    document = {"uri": "u:a", "languageId": "text", "version": 0, "text": ""}
    wire.notify("textDocument/didOpen", {"textDocument": document})
    origin = {"line": 0, "character": 0}
    for version in range(1, 2501):
        change = {"range": {"start": origin, "end": origin}, "text": "x"}
        params = {"textDocument": {"uri": "u:a", "version": version}, "contentChanges": [change]}
        later_message = {"jsonrpc": "2.0", "method": "test/later"}
        wire.send({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params}, later_message)
    for _ in range(3):  # turns of the loop, for the last task to be forgotten
        wire.ask("test/nothing")
    protocol = server.protocol
    assert (len(protocol._request_futures), len(protocol._result_types)) == (0, 0)
    assert (len(protocol._running), len(protocol._background)) == (0, 0)
    assert len(seen) == 5000
    assert server.workspace.get_text_document("u:a").source == "x" * 2500


def test_our_own_requests_are_answered_typed_refused_or_malformed(server: LanguageServer, wire: Wire) -> None:
    outcomes: list[Any] = []

    @server.feature("test/configure")
    async def configure(ls: LanguageServer, params: Any) -> None:
        for _ in range(3):
            try:
                item = t.ApplyWorkspaceEditParams(t.WorkspaceEdit())
                outcomes.append(await ls.workspace_apply_edit_async(item))
            except ResponseException as error:
                outcomes.append((error.code, error.message))

    wire.open_session()
    wire.start("test/configure", id="c")
    replies: list[dict[str, Any]] = [
        {"result": {"applied": True}},
        {"error": {"code": 1, "message": "stale"}},
        {"result": {"nothing": "fits"}},
    ]
    asked: set[str] = set()
    for reply in replies:
        request = wire.until(lambda m: m.get("method") == "workspace/applyEdit" and m["id"] not in asked)
        asked.add(request["id"])
        wire.send({"jsonrpc": "2.0", "id": request["id"], **reply})
    assert wire.answer("c")["result"] is None
    assert outcomes[0] == t.ApplyWorkspaceEditResult(applied=True)
    assert outcomes[1] == (1, "stale")
    assert outcomes[2][0] == -32602
    assert "applied" in outcomes[2][1]
    wire.send({"jsonrpc": "2.0", "id": "unknown", "result": 1}, {"jsonrpc": "2.0", "id": None, "error": {}})
    assert wire.ask("shutdown")["result"] is None
