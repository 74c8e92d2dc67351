"""How long an editor waits for the server: its start, hovers, code actions, the first word of a stream; and its memory.

Run it: `python tests/benchmarks/lsp_latency.py`. Everything is measured in one run, in turns with what it is compared
to: a bare pygls server, the embedded engine called in this process, a backend on loopback that says when it spoke.
Knows the project's bars only to print them beside the figures: it judges nothing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from lsprotocol.converters import get_converter  # noqa: E402

from hf_inference import targets  # noqa: E402
from support.fake_hub import FakeHub, Sse, tgi_events  # noqa: E402
from support.vscode_capabilities import vscode_capabilities  # noqa: E402

OURS = (sys.executable, "-P", "-m", "inference_lsp")
BARE = (sys.executable, "-P", "-c", "from pygls.lsp.server import LanguageServer as S; S('bare', '1').start_io()")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=15)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--streams", type=int, default=60)
    chosen = parser.parse_args()
    print("| what | p50 | p95 | bar |\n| --- | --- | --- | --- |")
    measure_start(chosen.starts)
    measure_requests(chosen.requests)
    measure_first_token(chosen.streams)


def measure_start(rounds: int) -> None:
    """Spawn to the answer of `initialize`; our server and a bare one in turns, each in an idle folder's session."""
    taken: dict[str, list[float]] = {"ours": [], "bare": []}
    resident: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(rounds):
        for name, command in (("ours", OURS), ("bare", BARE)):
            begun = time.perf_counter()
            with session(command) as editor:
                taken[name].append(time.perf_counter() - begun)
                resident[name].append(resident_mib(editor.pid))
    row("spawn → initialize, a bare pygls server", taken["bare"])
    row("spawn → initialize, this server", taken["ours"])
    ratio = statistics.median(taken["ours"]) / statistics.median(taken["bare"])
    print(f"| ratio of the medians, N={rounds} | {ratio:.2f}× | | ≤ 1.6× |")
    for name in ("bare", "ours"):
        print(f"| resident after initialize, {name} | {statistics.median(resident[name]):.0f} MiB | | |")


def measure_requests(rounds: int) -> None:
    """Hovers and code actions on ever new text, each beside the engine's own time for the same text."""
    paragraphs = [f"On {n} March 2026 Ada paid ${n} for the excellent index of example.org/{n}." for n in range(rounds)]
    engine = targets.embedded().engine
    assert engine is not None
    hovers, actions, own = [], [], []
    with session(OURS, folder=ROOT) as editor:
        uri = editor.open("\n\n".join(paragraphs), "markdown")
        for number, paragraph in enumerate(["warm up", *paragraphs]):
            line = max(0, number - 1) * 2
            place = {"textDocument": {"uri": uri}, "range": span(line, 0, len(paragraph))}
            begun = time.perf_counter()
            editor.ask("textDocument/codeAction", {**place, "context": {"diagnostics": []}})
            actions.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            editor.ask("textDocument/hover", {**place, "position": {"line": line, "character": 0}})
            hovers.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            for task, model in HOVER:
                engine.run(task, paragraph, {}, model)
            own.append(time.perf_counter() - begun)
        resident = resident_mib(editor.pid)
    row("code action", actions[1:], "p50 < 5 ms")
    row("hover, never seen before", hovers[1:])
    row("the engine's own time for it, in this process", own[1:])
    beyond = [hover - engine for hover, engine in zip(hovers[1:], own[1:], strict=True)]
    row("hover beyond the engine's own time", beyond, "p50 < 5 ms")
    row("first hover of a session", hovers[:1])
    print(f"| resident with this repository indexed | {resident:.0f} MiB | | < 150 MiB |")


def measure_first_token(rounds: int) -> None:
    """From the moment a backend sends its first token to the moment the editor has it."""
    events = tgi_events(" this text is written by a model that is not in any hurry at all")
    taken = []
    with FakeHub.in_thread() as hub:
        settings = {"target": "endpoint", "url": hub.url}
        with session(OURS, settings=settings) as editor:
            uri = editor.open("Once upon a time", "plaintext")
            run = {"action": "complete", "uri": uri, "version": 1, "range": span(0, 16, 16)}
            for _ in range(rounds + 1):
                gate = hub.gate()
                hub.on("*", Sse([gate, *events]))
                editor.ask("workspace/executeCommand", {"command": "inference.run", "arguments": [run]})
                hub.wait_until(lambda: any(exchange.chunks_sent for exchange in hub.in_flight))
                begun = time.perf_counter()
                gate.open()
                editor.until_job(lambda update: update["text"])
                taken.append(time.perf_counter() - begun)
                editor.until_job(lambda update: update["state"] != "running")
    row("backend sends its first token → the editor has it", taken[1:], "p50 ≤ 15 ms")


# --- the editor ------------------------------------------------------------------------------------------


class Editor:
    """The least that can be an editor, reading in the thread that waits: nothing of its own adds to the times."""

    def __init__(self, process: subprocess.Popen[bytes], settings: Mapping[str, Any]) -> None:
        self.pid = process.pid
        self._to_server, self._from_server = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
        self._settings = settings
        self._last_id = 0

    def ask(self, method: str, params: Any = None) -> Any:
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        while True:
            message = self._next()
            if "method" not in message and message["id"] == self._last_id:
                assert "error" not in message, message
                return message["result"]

    def notify(self, method: str, params: Any = None) -> None:
        self._send({"method": method, "params": params})

    def open(self, text: str, language: str) -> str:
        uri = (ROOT / "benchmark.txt").as_uri()
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def until_job(self, wanted: Any) -> None:
        while True:
            message = self._next()
            if message.get("method") == "inference/job" and wanted(message["params"]):
                return

    def _next(self) -> dict[str, Any]:
        length = 0
        while (line := self._from_server.readline()) != b"\r\n":
            assert line, "the server ended"
            if line.startswith(b"Content-Length:"):
                length = int(line[15:])
        message: dict[str, Any] = json.loads(self._from_server.read(length))
        if "method" in message and "id" in message:
            results = {"workspace/configuration": [self._settings], "workspace/applyEdit": {"applied": True}}
            self._send({"id": message["id"], "result": results.get(message["method"])})
        return message

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._to_server.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._to_server.flush()


@contextmanager
def session(
    command: Sequence[str], *, folder: Path | None = None, settings: Mapping[str, Any] | None = None
) -> Iterator[Editor]:
    """A server that has answered `initialize`; it is ended behind the block."""
    folders = [{"uri": folder.as_uri(), "name": folder.name}] if folder else None
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    editor = Editor(process, settings or {})
    try:
        editor.ask("initialize", {"processId": None, "capabilities": CAPABILITIES, "workspaceFolders": folders})
        editor.notify("initialized", {})
        yield editor
    finally:
        process.kill()
        process.communicate()


def span(line: int, start: int, end: int) -> dict[str, dict[str, int]]:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def resident_mib(pid: int) -> float:
    """Of a process, where the system tells; not a number elsewhere."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return float("nan")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def row(name: str, seconds: Sequence[float], bar: str = "") -> None:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(f"| {name} | {statistics.median(ordered) * 1e3:.2f} ms | {p95 * 1e3:.2f} ms | {bar} |", flush=True)


CAPABILITIES = get_converter().unstructure(vscode_capabilities({"experimental": {"inference": {"job": True}}}))
HOVER = (
    ("text-classification", "embedded/language"),
    ("text-classification", "embedded/lexicon"),
    ("token-classification", "embedded/patterns"),
)


if __name__ == "__main__":
    main()
