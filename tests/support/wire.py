"""The far end of a wire: sends bytes or messages to a server and keeps everything that comes back.

Knows the base protocol, in an implementation of its own. Refuses to know what a message means.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, BinaryIO, Protocol, cast

PATIENCE = 60.0
"""Seconds after which a test that waits gives up: only ever reached when something hangs."""

Json = dict[str, Any]


class Serves(Protocol):
    def serve_streams(self, stdin: BinaryIO, stdout: BinaryIO) -> int: ...


class Wire:
    """One session, seen from the editor's end; every wait is woken by what arrives."""

    def __init__(self, to_server: BinaryIO, from_server: BinaryIO) -> None:
        self.received: list[Json] = []
        self.ended = False
        self.cut_short = False
        self.exit_code: int | None = None
        self.served = threading.Event()
        self._to_server = to_server
        self._from_server = from_server
        self._ids = count(1)
        self._arrival = threading.Condition()
        self._reading = threading.Event()
        self._reading.set()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def write(self, data: bytes) -> None:
        self._to_server.write(data)
        self._to_server.flush()

    def send(self, *messages: Any) -> None:
        """Sends messages in one piece."""
        self.write(b"".join(frame(json.dumps(message).encode()) for message in messages))

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def start(self, method: str, params: Any = None, id: int | str | None = None) -> int | str:
        """Sends a request and does not wait."""
        id = next(self._ids) if id is None else id
        self.send({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        return id

    def answer(self, id: int | str | None) -> Json:
        """Waits for the answer to a request."""
        return self.until(lambda message: "method" not in message and message.get("id") == id)

    def ask(self, method: str, params: Any = None, id: int | str | None = None) -> Json:
        """Sends a request and waits for its answer, whole: `result` or `error` is inside."""
        return self.answer(self.start(method, params, id))

    def until(self, wanted: Callable[[Json], bool]) -> Json:
        """The first message that is wanted, waiting for it if need be."""
        with self._arrival:
            self._wait(lambda: self.ended or any(map(wanted, self.received)))
            for message in self.received:
                if wanted(message):
                    return message
        raise AssertionError(f"the server ended without it; it sent {self.received}")

    def until_method(self, method: str) -> Json:
        return self.until(lambda message: message.get("method") == method)

    def answers(self, id: int | str | None) -> list[Json]:
        """Every answer to that id so far."""
        with self._arrival:
            return [m for m in self.received if "method" not in m and m.get("id") == id]

    def open_session(self, capabilities: Json | None = None, **more: Any) -> Json:
        """initialize and initialized; the server's capabilities."""
        params = {"processId": None, "rootUri": None, "capabilities": capabilities or {}, **more}
        answer = self.ask("initialize", params)
        self.notify("initialized", {})
        capabilities = answer["result"]["capabilities"]
        assert isinstance(capabilities, dict)
        return capabilities

    def stop_reading(self) -> None:
        """An editor that hangs: nothing more is read until `go_on_reading`."""
        self._reading.clear()

    def go_on_reading(self) -> None:
        self._reading.set()

    def close_input(self) -> None:
        """What the server sees when the editor dies."""
        if not self._to_server.closed:
            try:
                self._to_server.close()
            except BrokenPipeError:
                return

    def until_served(self) -> None:
        """Waits until the server has ended, also while nothing it sent is read."""
        assert self.served.wait(PATIENCE), "the server does not end"

    def until_ended(self) -> None:
        with self._arrival:
            self._wait(lambda: self.ended)

    def _wait(self, ready: Callable[[], bool]) -> None:
        if not self._arrival.wait_for(ready, PATIENCE):
            raise AssertionError(f"waited {PATIENCE} s in vain; the server sent {self.received}")

    def _read(self) -> None:
        try:
            while (message := self._read_message()) is not None:
                with self._arrival:
                    self.received.append(message)
                    self._arrival.notify_all()
        finally:
            with self._arrival:
                self.ended = True
                self._arrival.notify_all()

    def _read_message(self) -> Json | None:
        length = -1
        while True:
            self._reading.wait()
            line = self._from_server.readline()
            if not line:
                return None
            if line == b"\r\n":
                break
            name, _, value = line.decode("ascii").partition(":")
            assert value, f"a header was expected, not {line!r}"
            if name.lower() == "content-length":
                length = int(value)
        body = self._from_server.read(length)
        if len(body) < length:
            self.cut_short = True
            return None
        message = json.loads(body)
        assert isinstance(message, dict)
        return message


@contextmanager
def serving(server: Serves) -> Iterator[Wire]:
    """A server in a thread of this process, at the other end of two pipes. Leaving closes its input."""
    server_stdin, to_server = _pipe()
    from_server, server_stdout = _pipe()
    wire = Wire(to_server, from_server)

    def serve() -> None:
        try:
            wire.exit_code = server.serve_streams(server_stdin, server_stdout)
        finally:
            wire.served.set()
        wire.go_on_reading()
        server_stdout.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield wire
    finally:
        wire.go_on_reading()
        wire.close_input()
        thread.join(PATIENCE)
        wire.until_ended()
        for stream in (from_server, server_stdin):
            stream.close()
        assert not thread.is_alive(), "the server does not end"


@contextmanager
def spawned(command: list[str], **options: Any) -> Iterator[tuple[Wire, subprocess.Popen[bytes]]]:
    """A server in a process of its own, over its standard streams. Leaving closes its input and waits."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, **options) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        wire = Wire(cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout))
        try:
            yield wire, process
        finally:
            wire.go_on_reading()
            wire.close_input()
            wire.until_ended()
            wire.exit_code = process.wait(PATIENCE)


def frame(body: bytes) -> bytes:
    return b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    reading, writing = os.pipe()
    return open(reading, "rb"), open(writing, "wb")
