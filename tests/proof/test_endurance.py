"""After a thousand documents, or an hour of work, the server holds what it held before: no task, object, socket or
text more."""

from __future__ import annotations

import asyncio
import gc
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

import pytest

from inference_lsp.app import create_server
from inference_lsp.secrets import Credentials
from support.fake_hub import FakeHub, Json, Reset, Sse, tgi_events
from support.wire import serving
from support.wire_editor import WireEditor

TEXT = "I love Sydney 🤗. Write to anna@example.org before 2026-12-01.\nthe function returns the answer\nthe funct"
_numbers = count(1)


@pytest.fixture
def editor(hub: FakeHub) -> Iterator[WireEditor]:
    server = create_server(Credentials({}))

    @server.command("test.census")
    def census() -> Mapping[str, int]:
        gc.collect()
        kinds = Counter(type(one).__qualname__ for one in gc.get_objects() if type(one).__module__.startswith(_OURS))
        return {
            **kinds,
            "tasks": len(asyncio.all_tasks()),
            "documents": len(server.workspace.text_documents),
            "sockets and files": len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0,
            "progress tokens": len(server.work_done_progress.tokens),
        }

    remote = {"target": "endpoint", "url": f"{hub.url}/m", "automatic": {"remote": True}}
    with serving(server) as wire:
        yield WireEditor(wire, remote)


def test_a_thousand_documents_opened_and_closed_leave_nothing_behind(
    editor: WireEditor, hub: FakeHub, length: Callable[[int, int], int], told: Callable[[str], None]
) -> None:
    hub.on("/m", Sse(tgi_events(" more", details=True), gate=hub.gate()))

    def cycle() -> None:
        uri = f"file:///opened-{next(_numbers)}.md"
        editor.open(uri, TEXT, "markdown")
        editor.ask("textDocument/codeAction", _code_action(uri))
        job = editor.run(uri, "complete", 0, 5)
        editor.replace(uri, 0, 1, "You")
        editor.close(uri)  # amid its stream
        assert editor.end_of(job)["state"] == "cancelled"
        editor.forget()

    _assert_flat(editor, hub, cycle, warm=55, more=length(130, 1000), told=told, what="documents opened and closed")


def test_an_hour_of_work_leaves_nothing_behind(
    editor: WireEditor, hub: FakeHub, length: Callable[[int, int], int], told: Callable[[str], None]
) -> None:
    """A minute of it is 60 keys, 4 hovers, 10 ghost texts and one action; now and then the backend fails."""
    broken = [Json({"error": "memory"}, 500), Reset(), Json({"error": "no"}, 400), Sse(tgi_events("x")[:1])]
    replies = [Sse(tgi_events(" and so on")), *broken]
    chance, uri = random.Random(60), "file:///hour.md"
    hub.on("/m", Json([{"label": "LABEL", "score": 0.7, "entity_group": "LOC", "word": "x", "start": 0, "end": 1}]))
    _fill_the_memory_of_hovers(editor)
    document = editor.open(uri, TEXT, "markdown")

    def minute() -> None:
        hub.on("/m", chance.choices(replies, [12, 1, 1, 1, 1])[0])
        for _ in range(60):
            at = chance.randrange(len(document.text))
            editor.replace(uri, at, at + chance.randrange(2), chance.choice("ab 🤗"))
        place = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": chance.randrange(60)}}
        for _ in range(4):
            editor.ask("textDocument/hover", place)
        for _ in range(10):
            editor.ask("textDocument/inlineCompletion", {**place, "context": {"triggerKind": 1}})
        job = editor.run(uri, "complete", 0, 5)
        if chance.random() < 0.2:
            editor.ask("workspace/executeCommand", {"command": "inference.cancel", "arguments": [job]})
        editor.end_of(job)
        editor.replace(uri, 0, len(document.text), TEXT)
        editor.forget()

    _assert_flat(editor, hub, minute, warm=55, more=length(3, 60), told=told, what="minutes of work")


def _fill_the_memory_of_hovers(editor: WireEditor) -> None:
    """It is bounded, and only a full one can be seen not to grow."""
    uri = "file:///many-sentences.md"
    editor.open(uri, "\n\n".join(f"Sentence {number} is about something." for number in range(300)), "markdown")
    for number in range(300):
        place = {"textDocument": {"uri": uri}, "position": {"line": 2 * number, "character": 3}}
        editor.ask("textDocument/hover", place)
    editor.close(uri)
    editor.forget()


def _assert_flat(
    editor: WireEditor,
    hub: FakeHub,
    cycle: Callable[[], None],
    *,
    warm: int,
    more: int,
    told: Callable[[str], None],
    what: str,
) -> None:
    """`warm` cycles fill what is bounded (results, remembered hovers); `more` must then add nothing."""
    for _ in range(warm):
        cycle()
    before = _census(editor, hub)
    for _ in range(more):
        cycle()
    after = _census(editor, hub)
    grown = {name: (before.get(name, 0), after[name]) for name in after if after[name] > before.get(name, 0) + SLACK}
    assert not grown, f"what grew in {more} cycles: {grown}"
    hub.exchanges.clear()
    told(f"{warm + more} {what}: tasks {before['tasks']} → {after['tasks']}, {_sum(before)} → {_sum(after)} objects")


def _census(editor: WireEditor, hub: FakeHub) -> dict[str, Any]:
    hub.wait_until(lambda: not hub.in_flight)
    answer = editor.ask("workspace/executeCommand", {"command": "test.census", "arguments": []})
    editor.forget()
    counts = answer["result"]
    assert isinstance(counts, dict)
    return {**counts, "connections": hub.open_connections}


def _sum(census: Mapping[str, int]) -> int:
    return sum(census.values())


def _code_action(uri: str) -> dict[str, Any]:
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 9}}
    return {"textDocument": {"uri": uri}, "range": place, "context": {"diagnostics": []}}


SLACK = 8
"""Objects of one kind that may be there at one moment and not at another."""

_OURS = ("inference_lsp", "hf_inference", "lsprotocol", "httpx", "httpcore", "asyncio")
