"""The least that can be an editor, for timing: it sends, stamps what arrives, and answers what a server asks.

Knows JSON-RPC over a process's standard streams, and VS Code's capabilities. Knows no server and no bar. Messages are
stamped by the thread that reads them, so that what this side does besides is not in the times.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeAlias, cast

import psutil
from lsprotocol.converters import get_converter

from benchmarks.servers import Server
from support.vscode_capabilities import vscode_capabilities

Json: TypeAlias = dict[str, Any]
PATIENCE = 120.0
"""Seconds after which a server that says nothing fails the run."""


class Editor:
    """One session, from the spawning of the server's process."""

    def __init__(self, server: Server, settings: Mapping[str, Any] | None = None) -> None:
        self.server = server
        self._settings = dict(settings or {})
        self.began = time.perf_counter()
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            server.command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=server.environment
        )
        self._seen = psutil.Process(self._process.pid)
        self._last_id = 0
        self._answers: dict[int, tuple[float, Json]] = {}
        self.answered: list[int] = []
        """The id of each answer, as often as it came."""
        self._notifications: list[tuple[float, Json]] = []
        self._arrival = threading.Condition()
        self._ended = False
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def initialize(self, *, folder: str | None = None, grows: bool = True) -> float:
        """initialize and initialized; the seconds since the process was spawned until the answer came."""
        capabilities = CAPABILITIES if grows else {**CAPABILITIES, "experimental": {}}
        params = {
            "processId": None,
            "rootUri": folder,
            "capabilities": capabilities,
            "workspaceFolders": [{"uri": folder, "name": "folder"}] if folder else None,
            "initializationOptions": self.server.options,
        }
        self.ask("initialize", params)
        taken = self.arrived - self.began
        self.notify("initialized", {})
        return taken

    arrived = 0.0
    """When the last awaited answer came."""

    def ask(self, method: str, params: Any = None, *, may_fail: bool = False) -> Any:
        """A request and its result."""
        return self.result(self.start(method, params), may_fail=may_fail)

    def timed(self, method: str, params: Any = None, *, may_fail: bool = False) -> float:
        """Seconds from sending a request to its answer."""
        begun = time.perf_counter()
        self.ask(method, params, may_fail=may_fail)
        return self.arrived - begun

    def start(self, method: str, params: Any = None) -> int:
        """Sends a request; its id."""
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        return self._last_id

    def result(self, id: int, *, may_fail: bool = False) -> Any:
        """The result of a request that was sent; None for an error, where that is expected."""
        self.wait(lambda: id in self._answers)
        self.arrived, message = self._answers.pop(id)
        assert may_fail or "error" not in message, message
        return message.get("result")

    def has_answer(self, id: int) -> bool:
        return id in self._answers

    def notify(self, method: str, params: Any = None) -> None:
        self._send({"method": method, "params": params})

    def until(self, method: str, wanted: Callable[[Json], object] = lambda params: True) -> tuple[float, Json]:
        """When the next such notification came, and its parameters; those before it are dropped."""
        found: list[tuple[float, Json]] = []

        def came() -> bool:
            while self._notifications and not found:
                at, message = self._notifications.pop(0)
                if message["method"] == method and wanted(message["params"]):
                    found.append((at, message["params"]))
            return bool(found)

        self.wait(came)
        return found[0]

    def take(self, method: str) -> list[tuple[float, Json]]:
        """The notifications of a method that came so far; all others are dropped."""
        with self._arrival:
            taken, self._notifications = self._notifications, []
        return [(at, message["params"]) for at, message in taken if message["method"] == method]

    def wait(self, ready: Callable[[], bool]) -> None:
        with self._arrival:
            done = self._arrival.wait_for(lambda: ready() or self._ended, PATIENCE)
            if not done or not ready():
                raise RuntimeError(f"{self.server.name} {'ended' if self._ended else 'did not answer'}")

    # Documents.

    def open(self, uri: str, text: str, language: str = "plaintext") -> None:
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def insert(self, uri: str, version: int, line: int, character: int, text: str) -> None:
        here = {"line": line, "character": character}
        change = {"range": {"start": here, "end": here}, "text": text}
        self.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]},
        )

    # The process.

    @property
    def resident_mib(self) -> float:
        """Of the process and those it started."""
        every = [self._seen, *self._seen.children(recursive=True)]
        return sum(float(one.memory_info().rss) for one in every) / 2**20

    @property
    def cpu(self) -> float:
        """Seconds of processor time it has taken."""
        times = self._seen.cpu_times()
        return float(times.user + times.system)

    def settle(self) -> None:
        """Waits until the server has done what it does by itself after a start: its processor time stands still."""
        self.ask("benchmark/ping", may_fail=True)
        before, still = -1.0, 0
        while still < 4:
            time.sleep(0.1)
            now = self.cpu
            still = still + 1 if now - before < 0.011 else 0
            before = now

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reading.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # what was still to be written has nobody to read it
                    continue

    def _read(self) -> None:
        stream = cast(BinaryIO, self._process.stdout)
        try:
            while (message := _next(stream)) is not None:
                at = time.perf_counter()
                if "method" in message and "id" in message:
                    self._send({"id": message["id"], "result": self._answer_to(message)})
                with self._arrival:
                    if "method" not in message:
                        self._answers[message["id"]] = at, message
                        self.answered.append(message["id"])
                    elif "id" not in message:
                        self._notifications.append((at, message))
                    self._arrival.notify_all()
        except (OSError, ValueError):  # ended from this side
            pass
        finally:
            with self._arrival:
                self._ended = True
                self._arrival.notify_all()

    def _answer_to(self, message: Json) -> Any:
        match message["method"]:
            case "workspace/configuration":
                return [self._settings for _ in message["params"]["items"]]
            case "workspace/applyEdit":
                return {"applied": True}
            case _:
                return None

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = cast(BinaryIO, self._process.stdin)
        stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        stream.flush()


@contextmanager
def session(
    server: Server,
    settings: Mapping[str, Any] | None = None,
    *,
    folder: str | None = None,
    grows: bool = True,
) -> Iterator[Editor]:
    """An editor whose server has started and come to rest; the process is ended behind the block."""
    editor = Editor(server, settings)
    try:
        editor.initialize(folder=folder, grows=grows)
        editor.settle()
        yield editor
    finally:
        editor.end()


def place(uri: str, line: int, character: int) -> Json:
    """The parameters of a request about a position."""
    return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}


def span(line: int, start: int, end: int) -> Json:
    """A range in one line."""
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def _next(stream: BinaryIO) -> Json | None:
    length = 0
    while (line := stream.readline()) != b"\r\n":
        if not line:
            return None
        if line.lower().startswith(b"content-length:"):
            length = int(line[15:])
    message: Json = json.loads(stream.read(length))
    return message


CAPABILITIES: Json = get_converter().unstructure(
    vscode_capabilities({"experimental": {"inference": {"job": True, "inlineUpdate": True}}})
)
