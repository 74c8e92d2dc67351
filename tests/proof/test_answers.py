"""Every request is answered exactly once, however fast they come, whatever is cancelled, and through any noise."""

from __future__ import annotations

import json
import random
import string
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.fake_hub import FakeHub, Sse, tgi_events
from support.server_process import clean_environment
from support.wire import Json, Wire, frame, spawned

COMMAND = [sys.executable, "-m", "inference_lsp"]
URI = "file:///many.md"
TEXT = "I love Sydney 🤗. Write to anna@example.org before 2026-12-01.\nthe function returns the answer\nthe funct"
AT_ONCE = 50


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """The server as a process, in a session that takes edits; it must end well."""
    with spawned([*COMMAND, "--stdio"], cwd=tmp_path, env=clean_environment(tmp_path)) as (wire, process):
        yield wire
        if not wire.ended:
            assert wire.ask("shutdown")["result"] is None
            wire.notify("exit")
        wire.until_ended()
        assert process.stderr is not None
        assert b"Traceback" not in (stderr := process.stderr.read()), stderr.decode()
    assert wire.exit_code == 0


def test_fifty_requests_at_once_again_and_again_are_each_answered_once(
    wire: Wire, hub: FakeHub, length: Callable[[int, int], int], told: Callable[[str], None]
) -> None:
    hub.on("/m", Sse(tgi_events(" more words")))
    remote = {"target": "endpoint", "url": f"{hub.url}/m", "automatic": {"remote": True}}
    wire.open_session({"workspace": {"applyEdit": True}}, initializationOptions=remote)
    _open(wire)
    chance, began, asked, codes = random.Random(1), time.monotonic(), 0, Counter[str]()
    version = 1
    for _ in range(length(6, 60)):
        ids = []
        for _ in range(AT_ONCE):
            method, params = _request(chance, version)
            ids.append(wire.start(method, params))
            if chance.random() < 0.3:
                wire.notify("$/cancelRequest", {"id": chance.choice(ids)})
            if chance.random() < 0.2:
                version += 1
                _change(wire, version, chance)
        for id in ids:
            answer = wire.answer(id)
            codes[str(answer.get("error", {}).get("code", "result"))] += 1
        wire.ask("workspace/executeCommand", {"command": "inference.cancel", "arguments": []})
        assert {id: len(wire.answers(id)) for id in ids} == dict.fromkeys(ids, 1)
        asked += len(ids)
        wire.received.clear()
    took = time.monotonic() - began
    told(f"{asked} requests, {AT_ONCE} at once, {asked / took:.0f} a second: each answered once ({dict(codes)})")


def test_no_noise_ends_the_server_or_keeps_it_from_answering(
    wire: Wire, length: Callable[[int, int], int], told: Callable[[str], None]
) -> None:
    wire.open_session({"workspace": {"applyEdit": True}})
    _open(wire)
    chance, sent = random.Random(20261123), 0
    for round in range(length(40, 600)):
        for _ in range(10):
            wire.write(_noise(chance))
            sent += 1
        id = f"probe-{round}"
        answer = wire.ask("textDocument/codeAction", _code_action(), id)
        assert "result" in answer, answer
        assert len(wire.answers(id)) == 1
        wire.received.clear()
    told(f"{sent} frames of noise: the server answered in between every time")


def test_a_request_made_of_noise_is_still_answered(wire: Wire, length: Callable[[int, int], int]) -> None:
    """With an id and a method it is a request, whatever its parameters are."""
    wire.open_session({"workspace": {"applyEdit": True}})
    _open(wire)
    chance = random.Random(7)
    for _ in range(length(100, 2000)):
        answer = wire.ask(chance.choice(METHODS), _value(chance, 3))
        assert ("result" in answer) != ("error" in answer), answer
        if "error" in answer:
            assert "Traceback" not in json.dumps(answer)
        wire.received.clear()


def _request(chance: random.Random, version: int) -> tuple[str, Any]:
    place = {"line": chance.randrange(3), "character": chance.randrange(12)}
    document = {"textDocument": {"uri": URI}}
    run = {"action": chance.choice(["summarize", "complete", "translate", "dance"]), "uri": URI, "range": _WHOLE}
    return chance.choice(
        [
            ("textDocument/hover", {**document, "position": place}),
            ("textDocument/codeAction", _code_action()),
            ("textDocument/inlineCompletion", {**document, "position": place, "context": {"triggerKind": 2}}),
            ("workspace/executeCommand", {"command": "inference.run", "arguments": [{**run, "version": version}]}),
            ("workspace/executeCommand", {"command": "inference.cancel", "arguments": []}),
            ("no/suchMethod", {}),
        ]
    )


def _noise(chance: random.Random) -> bytes:
    """A frame that no editor sends, or something that is no frame at all."""
    body = json.dumps(_message(chance)).encode()
    match chance.randrange(7):
        case 0:
            return frame(body[: chance.randrange(len(body))])
        case 1:
            return frame(bytes(chance.randrange(256) for _ in range(chance.randrange(60))))
        case 2:
            return b"X-Header: " + bytes(chance.choices(range(33, 127), k=9)) + b"\r\n" + frame(body)
        case 3:
            return frame(json.dumps([_message(chance) for _ in range(chance.randrange(4))]).encode())
        case 4:
            return frame(json.dumps(_value(chance, 4)).encode())
        case 5:
            return frame(b" " * chance.randrange(5) + body + b"\n" * chance.randrange(5))
        case _:
            return frame(body)


def _message(chance: random.Random) -> Json:
    """JSON-RPC with something wrong in it, more often than not."""
    message: Json = {"jsonrpc": "2.0", "method": chance.choice(METHODS), "params": _value(chance, 3)}
    if chance.random() < 0.5:
        message["id"] = chance.choice([chance.randrange(10**6), "noise", None, -1, 1.5, [], {}])
    if chance.random() < 0.2:
        message.pop(chance.choice(["jsonrpc", "method", "params"]))
    if chance.random() < 0.1:
        message.update(result=_value(chance, 1), error=_value(chance, 1))
    return message


def _value(chance: random.Random, depth: int) -> Any:
    """Any JSON, often with the names that the protocol uses."""
    kind = chance.randrange(8 if depth else 6)
    if kind == 6:
        return [_value(chance, depth - 1) for _ in range(chance.randrange(4))]
    if kind == 7:
        return {chance.choice(NAMES): _value(chance, depth - 1) for _ in range(chance.randrange(5))}
    simple = [
        None,
        chance.random() < 0.5,
        chance.randrange(-5, 10**10),
        0.5,
        URI,
        "".join(chance.choices(_LETTERS, k=6)),
    ]
    return simple[kind]


def _open(wire: Wire) -> None:
    item = {"uri": URI, "languageId": "markdown", "version": 1, "text": TEXT}
    wire.notify("textDocument/didOpen", {"textDocument": item})


def _change(wire: Wire, version: int, chance: random.Random) -> None:
    place = {"line": chance.randrange(3), "character": chance.randrange(12)}
    change = {"range": {"start": place, "end": place}, "text": chance.choice(["x", "\n", "🤗"])}
    identifier = {"uri": URI, "version": version}
    wire.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": [change]})


def _code_action() -> Json:
    return {"textDocument": {"uri": URI}, "range": _WHOLE, "context": {"diagnostics": []}}


_WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 9}}

METHODS = [
    "$/cancelRequest",
    "$/progress",
    "$/setTrace",
    "initialized",
    "inference/credentialChanged",
    "inference/inlineDismissed",
    "no/suchMethod",
    "textDocument/codeAction",
    "textDocument/didChange",
    "textDocument/didSave",
    "textDocument/hover",
    "textDocument/inlineCompletion",
    "window/workDoneProgress/cancel",
    "workspace/didChangeConfiguration",
    "workspace/didChangeWorkspaceFolders",
    "workspace/executeCommand",
    "workspace/textDocumentContent",
]
"""What noise is made of; not `exit`, `shutdown` and `initialize`, which end or begin sessions, nor opening and closing
of documents, which would take away the one the probes are about."""

NAMES = [
    *("arguments", "character", "command", "contentChanges", "context", "diagnostics", "end", "id", "jsonrpc", "line"),
    *(
        "position",
        "range",
        "settings",
        "start",
        "text",
        "textDocument",
        "token",
        "triggerKind",
        "uri",
        "value",
        "version",
    ),
]

_LETTERS = string.ascii_letters + '\ud83e\u0000\u2028é🤗"\\'
