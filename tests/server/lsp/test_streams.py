"""Streams: an editor that hangs, dies or never reads; standard streams that are ours alone; loopback TCP."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from inference_lsp.lsp import LanguageServer
from inference_lsp.lsp.stdio import WriterThread
from support.wire import PATIENCE, Wire, frame, serving, spawned

TINY_SERVER = [sys.executable, str(Path(__file__).with_name("tiny_server.py"))]
MUCH = 8 * 1024 * 1024


def flooding_server() -> tuple[LanguageServer, threading.Event]:
    """A server that can send more than any pipe holds, and an event that shows its loop still turns."""
    server = LanguageServer("test", "1", shutdown_timeout=PATIENCE)
    turned = threading.Event()

    @server.feature("test/flood")
    def flood(ls: LanguageServer, params: Any) -> str:
        for number in range(64):
            ls.protocol.notify("test/piece", {"number": number, "text": "x" * (MUCH // 64)})
        return "flooded"

    server.feature("test/turn")(lambda params: turned.set())
    return server, turned


def test_an_editor_that_does_not_read_never_stops_the_event_loop() -> None:
    server, turned = flooding_server()
    with serving(server) as wire:
        wire.open_session()
        wire.stop_reading()
        flood = wire.start("test/flood")
        wire.notify("test/turn")
        assert turned.wait(PATIENCE)
        wire.go_on_reading()
        assert wire.answer(flood)["result"] == "flooded"


def test_everything_is_written_in_order_before_the_server_ends() -> None:
    server, _ = flooding_server()
    with serving(server) as wire:
        wire.open_session()
        wire.stop_reading()
        wire.start("test/flood", id="f")
        wire.start("shutdown", id="s")
        wire.notify("exit")
        wire.go_on_reading()
        wire.until_ended()
    assert (wire.exit_code, wire.cut_short) == (0, False)
    pieces = [m["params"]["number"] for m in wire.received if m.get("method") == "test/piece"]
    assert pieces == list(range(64))
    assert [len(wire.answers(id)) for id in ("f", "s")] == [1, 1]


def test_an_editor_that_never_reads_again_cannot_keep_the_server_alive(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server, _ = flooding_server()
    server.protocol.shutdown_timeout = 0.01
    with serving(server) as wire:
        wire.open_session()
        wire.stop_reading()
        wire.start("test/flood")
        wire.close_input()
        wire.until_served()
        assert wire.exit_code == 1
    assert "did not read" in caplog.text


def test_an_editor_that_closed_its_end_ends_the_server() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(TINY_SERVER, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        process.stdin.write(frame(b'{"jsonrpc": "2.0", "id": 1, "method": "test/echo"}'))
        process.stdin.flush()
        assert process.wait(PATIENCE) == 1, "while its input is still open"


class Broken(io.RawIOBase):
    """A stream whose other end is gone."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raise BrokenPipeError


class Sparing(io.RawIOBase):
    """A stream that takes a few bytes at a time, as an unbuffered one may."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.taken += bytes(data[:7])
        return min(7, len(data))


def test_a_broken_stream_is_reported_once_and_what_follows_is_dropped() -> None:
    broken = []
    writer = WriterThread(Broken(), broken=lambda: broken.append(1))  # type: ignore[arg-type]
    for _ in range(1000):
        writer.write(b"x" * 1000)
    assert writer.close(PATIENCE)
    writer.write(b"after the end")
    assert broken == [1]


def test_a_stream_that_takes_little_at_a_time_gets_everything() -> None:
    stream = Sparing()
    writer = WriterThread(stream, broken=lambda: None)  # type: ignore[arg-type]
    for number in range(100):
        writer.write(b"%03d " % number)
    assert writer.close(PATIENCE)
    assert stream.taken == b"".join(b"%03d " % number for number in range(100))


def test_an_editor_that_stops_listening_ends_the_session() -> None:
    server, _ = flooding_server()
    ended: list[int] = []
    to_server_end, to_server = socket.socketpair()
    with to_server, to_server_end, to_server_end.makefile("rb", buffering=0) as stdin:
        stream: Any = Broken()
        thread = threading.Thread(target=lambda: ended.append(server.serve_streams(stdin, stream)))  # type: ignore[arg-type]
        thread.start()
        to_server.sendall(b'Content-Length: 42\r\n\r\n{"jsonrpc": "2.0", "id": 1, "method": "x"}')
        thread.join(PATIENCE)
        assert ended == [1]


def test_what_others_print_goes_to_standard_error_and_they_cannot_read_our_input() -> None:
    # Where Python buffers what is printed, as it does by default.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with spawned(TINY_SERVER, env=environment) as (wire, process):
        wire.open_session()
        assert wire.ask("test/print")["result"] == 0, "the child found standard input empty"
        assert wire.ask("test/echo", "still in order")["result"] == "still in order"
        wire.ask("shutdown")
        wire.notify("exit")
        wire.until_ended()
        assert process.stderr is not None
        log = process.stderr.read().decode().split("\n")
    assert wire.exit_code == 0
    assert [line.strip() for line in log if line] == ["printed", "written", "child printed"]


def test_without_any_configuration_the_log_is_on_standard_error() -> None:
    with spawned(TINY_SERVER) as (wire, process):
        wire.open_session(initializationOptions={"token": "SECRET"})
        assert wire.ask("test/fail", "SECRET")["error"]["code"] == -32603
        wire.close_input()
        assert process.stderr is not None
        log = process.stderr.read().decode()
    assert wire.exit_code == 1
    assert log.count("Traceback") == 1
    assert "ValueError: why it failed" in log
    assert "SECRET" not in log


def test_nothing_heavy_is_imported() -> None:
    code = "import sys, inference_lsp.lsp; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"httpx", "hf_inference", "http.client"} & set(run.stdout.split())


def test_one_editor_may_come_over_a_loopback_socket() -> None:
    with subprocess.Popen([*TINY_SERVER, "tcp", "127.0.0.1"], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        host, _, port = process.stderr.readline().decode().split()[-1].partition(":")
        assert host == "127.0.0.1"
        with (
            socket.create_connection((host, int(port)), PATIENCE) as connection,
            connection.makefile("rb") as from_server,
            connection.makefile("wb") as to_server,
        ):
            wire = Wire(to_server, from_server)
            wire.open_session()
            assert wire.ask("test/echo", "x" * 100_000)["result"] == "x" * 100_000
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((host, int(port)), PATIENCE)
            wire.ask("shutdown")
            wire.notify("exit")
            wire.until_ended()
        assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_other_addresses_are_refused_with_the_reason(host: str) -> None:
    with pytest.raises(ValueError, match=r"only this machine"):
        LanguageServer("test", "1").serve_tcp(host, 0)
