"""While a backend's stream stays open, nothing else of the editor's waits for it; and the slowest ways a backend can
fail end in the message made for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from inference_lsp.app import create_server
from inference_lsp.secrets import Credentials
from support.fake_hub import FakeHub, Raw, Reply, Sse, Stall, tgi_events
from support.wire import serving
from support.wire_editor import WireEditor

URI = "file:///stream.md"
TEXT = "Once upon a time.\n\nThe rest of it."


def test_changes_are_applied_while_a_stream_is_open(
    hub: FakeHub, length: Callable[[int, int], int], told: Callable[[str], None]
) -> None:
    """Open for as long as the test wants: each change is there in the next answer, and the stream has not moved."""
    gate = hub.gate()
    hub.on("/m", Sse(tgi_events(" and so it ends"), gate=gate))
    with _editor(hub) as editor:
        document = editor.open(URI, TEXT, "markdown")
        job = editor.run(URI, "complete", 0, 17)
        hub.wait_until(lambda: gate.waiting == 1)
        gate.open()
        while not editor.updates.get(job):
            editor.take()
        hub.wait_until(lambda: gate.waiting == 1)
        seconds = []
        for number in range(length(100, 1000)):
            began = time.monotonic()
            editor.replace(URI, len(document.text), len(document.text), f" {number}")
            place = {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": len(document.text) - 19}}
            position = {"line": 2, "character": 1}
            hover = {"textDocument": {"uri": URI}, "position": position, "range": place}
            shown = editor.ask("textDocument/hover", hover)["result"]["contents"]["value"]
            seconds.append(time.monotonic() - began)
            assert f"{len(document.text) - 19} characters" in shown, "the text as it is now"
        assert hub.exchanges[-1].in_flight, "the stream was open all the while"
        assert editor.updates[job][-1]["state"] == "running"
        gate.stay_open()
        assert editor.end_of(job)["state"] == "done"
        assert document.text.startswith("Once upon a time. and so it ends\n\nThe rest of it. 0 1 2")
    seconds.sort()
    told(
        f"{len(seconds)} changes under an open stream, each with a hover of the new text: "
        f"p50 {seconds[len(seconds) // 2] * 1000:.1f} ms, worst {seconds[-1] * 1000:.1f} ms"
    )


def test_a_cancel_closes_the_stream(
    hub: FakeHub, length: Callable[[int, int], int], told: Callable[[str], None]
) -> None:
    hub.on("/m", Sse(tgi_events(" and so it ends"), gate=hub.gate()))
    seconds = []
    with _editor(hub) as editor:
        editor.open(URI, TEXT, "markdown")
        for _ in range(length(30, 300)):
            before = len(hub.exchanges)
            job = editor.run(URI, "complete", 0, 17)
            hub.wait_until(lambda before=before: len(hub.exchanges) > before and hub.exchanges[-1].chunks_sent)  # type: ignore[misc]
            began = time.monotonic()
            editor.ask("workspace/executeCommand", {"command": "inference.cancel", "arguments": [job]})
            hub.wait_until(lambda: hub.exchanges[-1].closed_at is not None)
            seconds.append((hub.exchanges[-1].closed_at or began) - began)
            assert editor.end_of(job)["state"] == "cancelled"
            editor.forget()
    seconds.sort()
    told(
        f"{len(seconds)} cancels: the stream closed after p50 {seconds[len(seconds) // 2] * 1000:.1f} ms, "
        f"worst {seconds[-1] * 1000:.1f} ms"
    )


@dataclass(frozen=True, slots=True)
class Slow:
    """A backend that never comes to the point, and what the person is told."""

    reply: Reply
    said: str


SLOW = {
    "silence": Slow(Stall(), "sent nothing within 0.3 s of the request"),
    "half a head": Slow(Raw(b"HTTP/1.1 200 OK\r\ncontent-ty", close=False), "sent nothing within 0.3 s"),
    "a head and silence": Slow(Sse([], "stall"), "sent nothing within 0.3 s"),
    "comments and no event": Slow(Sse([b": wait\n\n", b": wait\n\n"], "stall"), "sent nothing within 0.3 s"),
    "half an event": Slow(Sse([b'data: {"token"'], "stall"), "sent nothing within 0.3 s"),
}


@pytest.mark.parametrize("case", SLOW)
def test_a_backend_that_never_comes_to_the_point_ends_in_its_message(case: str, hub: FakeHub) -> None:
    hub.on("/m", SLOW[case].reply)
    with _editor(hub, timeout=0.3) as editor:
        document = editor.open(URI, TEXT, "markdown")
        end = editor.end_of(editor.run(URI, "complete", 0, 17))
        assert end["state"] == "failed"
        assert SLOW[case].said in end["message"]
        assert document.text == TEXT
        hub.wait_until(lambda: not hub.in_flight)


def test_a_certificate_of_nobodys_ends_in_its_message() -> None:
    with FakeHub.in_thread(tls=True) as secure, _editor(secure) as editor:
        document = editor.open(URI, TEXT, "markdown")
        end = editor.end_of(editor.run(URI, "complete", 0, 17))
        assert end["state"] == "failed"
        assert "is not trusted" in end["message"]
        assert "SSL_CERT_FILE" in end["message"]
        assert document.text == TEXT
        assert secure.exchanges == []


@contextmanager
def _editor(hub: FakeHub, **settings: Any) -> Iterator[WireEditor]:
    with serving(create_server(Credentials({}))) as wire:
        yield WireEditor(wire, {"target": "endpoint", "url": f"{hub.url}/m", **settings})
