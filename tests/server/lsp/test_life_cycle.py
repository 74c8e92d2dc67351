"""A session's two ends: what may come before initialize and after shutdown, and what shutting down waits for."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from inference_lsp.lsp import LanguageServer, RequestCancelled
from support.wire import PATIENCE, Wire, serving

INITIALIZE: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}


@pytest.fixture
def server() -> LanguageServer:
    return LanguageServer("test", "1", shutdown_timeout=30.0)


@pytest.fixture
def wire(server: LanguageServer) -> Iterator[Wire]:
    with serving(server) as wire:
        yield wire


def add_waiting_command(server: LanguageServer, log: list[str]) -> None:
    @server.command("test.wait")
    async def wait(ls: LanguageServer) -> None:
        ls.protocol.notify("test/began")
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            log.append("command ended")


def start_waiting_command(wire: Wire) -> None:
    wire.start("workspace/executeCommand", {"command": "test.wait"}, id="command")
    wire.until_method("test/began")


def add_callback(server: LanguageServer, log: list[str]) -> None:
    async def callback() -> None:
        await asyncio.sleep(0)
        log.append("called back")

    server.on_shutdown(callback)


@pytest.mark.parametrize("method", ["textDocument/hover", "test/unknown", "shutdown"])
def test_a_request_before_initialize_is_refused(wire: Wire, method: str) -> None:
    assert wire.ask(method)["error"]["code"] == -32002
    assert "positionEncoding" in wire.open_session()


def test_notifications_before_initialize_are_dropped(server: LanguageServer, wire: Wire) -> None:
    seen: list[Any] = []
    server.feature("test/note")(lambda params: seen.append(params))
    wire.notify("test/note", 1)
    wire.open_session()
    wire.notify("test/note", 2)
    wire.ask("shutdown")
    assert seen == [2]


def test_initialize_may_come_only_once_unless_it_failed(wire: Wire) -> None:
    assert wire.ask("initialize", {"capabilities": 7})["error"]["code"] == -32602
    assert "result" in wire.ask("initialize", INITIALIZE)
    assert wire.ask("initialize", INITIALIZE)["error"]["code"] == -32600


def test_the_applications_own_handlers_run_inside_ours(server: LanguageServer, wire: Wire) -> None:
    seen: list[str] = []

    @server.feature("initialize")
    async def initialize(ls: LanguageServer, params: Any) -> None:
        await asyncio.sleep(0)
        seen.append(f"initialize {type(ls.workspace).__module__}")
        ls.command("test.late")(lambda: None)

    server.feature("initialized")(lambda params: seen.append("initialized"))
    server.feature("textDocument/didOpen")(lambda params: seen.append(server.workspace.get_text_document("u:a").source))

    @server.feature("shutdown")
    async def shutdown(params: Any) -> None:
        seen.append("shutdown")

    server.feature("exit")(lambda params: seen.append("exit"))
    capabilities = wire.open_session()
    assert capabilities["executeCommandProvider"]["commands"] == ["test.late"]
    document = {"uri": "u:a", "languageId": "text", "version": 1, "text": "text"}
    wire.notify("textDocument/didOpen", {"textDocument": document})
    wire.ask("shutdown")
    wire.notify("exit")
    wire.until_ended()
    workspace = "initialize inference_lsp.lsp.text_document"
    assert seen == [workspace, "initialized", "text", "shutdown", "exit"]


def test_after_shutdown_requests_are_refused_and_notifications_dropped(server: LanguageServer, wire: Wire) -> None:
    seen: list[Any] = []
    server.feature("test/note")(lambda params: seen.append(params))
    wire.open_session()
    assert wire.ask("shutdown") == {"jsonrpc": "2.0", "id": 2, "result": None}
    wire.notify("test/note", 1)
    for method in ("test/note", "test/unknown", "shutdown", "initialize"):
        assert wire.ask(method)["error"]["code"] == -32600
    assert seen == []


def test_shutdown_and_exit_end_with_zero(wire: Wire) -> None:
    wire.open_session()
    wire.ask("shutdown")
    wire.notify("exit")
    wire.until_ended()
    wire.close_input()
    assert wire.exit_code == 0


ENDINGS = {
    "exit without shutdown": (["exit"], 1),
    "the editor dies": ([], 1),
    "the editor dies after shutdown": (["shutdown"], 0),
    "exit": (["shutdown", "exit"], 0),
}


@pytest.mark.parametrize("case", ENDINGS)
@pytest.mark.parametrize("busy", [False, True])
def test_every_ending_cancels_what_runs_and_calls_back_once(case: str, busy: bool) -> None:
    methods, code = ENDINGS[case]
    log: list[str] = []
    server = LanguageServer("test", "1", shutdown_timeout=30.0)
    add_callback(server, log)
    add_waiting_command(server, log)
    with serving(server) as wire:
        wire.open_session()
        if busy:
            start_waiting_command(wire)
        for number, method in enumerate(methods):
            id = {"id": 100 + number} if method == "shutdown" else {}
            wire.send({"jsonrpc": "2.0", "method": method, **id})
        if "exit" not in methods:
            wire.close_input()
        wire.until_ended()
    assert wire.exit_code == code
    assert log == (["command ended"] if busy else []) + ["called back"]
    if busy:
        assert [answer["error"]["code"] for answer in wire.answers("command")] == [RequestCancelled.CODE]
    if "shutdown" in methods:
        assert [answer["result"] for answer in wire.answers(100)] == [None]


def test_the_answer_to_shutdown_comes_after_what_it_waits_for(
    server: LanguageServer, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    log: list[str] = []
    add_waiting_command(server, log)

    async def callback() -> None:
        server.protocol.notify("test/closing")

    server.on_shutdown(callback)
    wire.open_session()
    start_waiting_command(wire)
    wire.ask("shutdown", id="s")
    order = [message.get("id", message.get("method")) for message in wire.received]
    assert order[-3:] == ["command", "test/closing", "s"]
    assert caplog.records == []


def test_a_callback_that_fails_keeps_no_other_from_running(
    server: LanguageServer, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise ValueError("no")

    log: list[str] = []
    server.on_shutdown(fail)
    add_callback(server, log)
    wire.open_session()
    assert wire.ask("shutdown")["result"] is None
    assert log == ["called back"]
    assert caplog.text.count("Traceback") == 1


def test_a_callback_that_hangs_delays_shutdown_no_longer_than_allowed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = LanguageServer("test", "1", shutdown_timeout=0.01)
    ended = []

    async def hang() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append("cancelled")

    server.on_shutdown(hang)
    with serving(server) as wire:
        wire.open_session()
        assert wire.ask("shutdown")["result"] is None
        wire.ask("test/refused")
        assert ended == ["cancelled"]
    assert "longer" in caplog.text


def test_cancelling_shutdown_answers_it_and_still_shuts_down(server: LanguageServer, wire: Wire) -> None:
    log: list[str] = []

    async def callback() -> None:
        server.protocol.notify("test/closing")
        await go_on.wait()
        log.append("called back")

    go_on = asyncio.Event()
    server.on_shutdown(callback)
    server.feature("exit")(lambda params: go_on.set())
    wire.open_session()
    wire.start("shutdown", id="s")
    wire.until_method("test/closing")
    wire.notify("$/cancelRequest", {"id": "s"})
    assert wire.answer("s")["error"]["code"] == RequestCancelled.CODE
    wire.notify("exit")
    wire.until_ended()
    assert log == ["called back"]


def test_whoever_waits_for_the_editor_when_it_goes_is_released(server: LanguageServer) -> None:
    log: list[str] = []

    @server.feature("test/ask")
    async def ask(ls: LanguageServer, params: Any) -> None:
        try:
            await ls.protocol.send_request_async("inference/ask", {})
        except asyncio.CancelledError:
            log.append("released")
            raise

    with serving(server) as wire:
        wire.open_session()
        wire.start("test/ask")
        wire.until_method("inference/ask")
    assert log == ["released"]
    assert wire.exit_code == 1


def test_a_thread_that_waits_for_the_editor_when_it_goes_is_released(server: LanguageServer) -> None:
    released = threading.Event()

    @server.feature("test/ask")
    @server.thread()
    def ask(ls: LanguageServer, params: Any) -> None:
        try:
            ls.protocol.send_request("inference/ask", {}).result(PATIENCE)
        except concurrent.futures.CancelledError:
            released.set()

    server.protocol.shutdown_timeout = 0.01
    with serving(server) as wire:
        wire.open_session()
        wire.start("test/ask")
        wire.until_method("inference/ask")
    assert released.wait(PATIENCE)
