"""Every way a backend can fail ends a job once, in words a person can use, and leaves the document as it was.

All the faults happen at the same time, each to a job of its own, so that none may disturb another."""

from __future__ import annotations

import asyncio
import re
import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types as t

from support.fake_hub import (
    BrokenJson,
    Bytes,
    Close,
    Exchange,
    FakeHub,
    Html,
    Huge,
    Json,
    Loading,
    RateLimited,
    Raw,
    Redirect,
    Reply,
    Reset,
    Sse,
    Stall,
    Unauthorized,
    WrongType,
    tgi_events,
)
from support.lsp_client import EditorClient
from support.server_process import ServerProcess, end_of, open_bars, start_job, updates

TIMEOUT = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """What the backend does, one reply a try, and what the person reads; `action` is what is run meanwhile."""

    replies: Sequence[Reply]
    says: str
    action: str = "complete"
    state: str = "failed"


GOOD = tgi_events(" and so on.")
FAULTS = {
    "401": Fault([Unauthorized()], r"does not accept the token \(401\)\. Set a valid one"),
    "403": Fault([Json({"error": "the model is gated"}, 403)], "no permission .*the model is gated"),
    "402": Fault([Json({"error": "no credit"}, 402)], "no credit left"),
    "404": Fault([Json({"error": "no model here"}, 404)], r"no model here\. Choose another in inference\.models"),
    "413": Fault(
        [Json({"error": "9000 tokens, 4096 at most"}, 413)], "too long .*4096 at most. 20 characters were sel"
    ),
    "422": Fault([Json({"error": "`x` must be positive", "error_type": "validation"}, 422)], "refuses: `x` must be"),
    "429 for ever": Fault([RateLimited(0)], r"takes no more requests for now \(429\)"),
    "429 once": Fault([RateLimited(0), Sse(GOOD)], "", state="done"),
    "500": Fault(
        [Json({"error": "out of memory"}, 500)], r"answered 500: out of memory\. Its request fake-\d+ took \d+\.\d s\."
    ),
    "501": Fault([Json({"error": "no such task here; try another"}, 501)], "no such task here; try another"),
    "503 loading, then ready": Fault([Loading(0.1), Loading(0.1), Sse(GOOD)], "", state="done"),
    "503 in a summary": Fault([Loading(0.1), Json([{"summary_text": "short"}])], "", "summarize", "done"),
    "a web page with 502": Fault([Html(502)], r"no model's answer: .*web page \(502 from 127\.0\.0\.1"),
    "a web page with 200": Fault([Html(200)], "no model's answer: a web page", "summarize"),
    "a web page for a stream": Fault([Html(200)], "no model's answer: .* text/html"),
    "truncated JSON": Fault([BrokenJson()], "no model's answer: application/json", "summarize"),
    "a body cut short": Fault([Close(20)], "broke", "summarize"),
    "a body reset": Fault([Reset(20)], "broke", "summarize"),
    "no byte at all": Fault([Raw(b"")], r"broke before it answered\. Try again"),
    "no HTTP": Fault([Raw(b"\x00\x01\x02 SSH-2.0-nonsense\r\n\r\n")], "broke before it answered"),
    "a stream cut": Fault([Sse(GOOD[:2], "cut")], "broke before the end of the answer. Nothing was inserted"),
    "a stream reset": Fault([Sse(GOOD[:2], "reset")], "broke before the end of the answer. Nothing was inserted"),
    "a stream ended early": Fault([Sse(GOOD[:2])], "broke before the end of the answer. Nothing was inserted"),
    "an error amid a stream": Fault(
        [Sse([*GOOD[:2], {"error": "CUDA went away", "error_type": "generation"}])], "amid the answer: CUDA went away"
    ),
    "JSON that is no event": Fault([Sse(["{nonsense", *GOOD])], "answers another task"),
    "a stream with no text": Fault([Sse(tgi_events("", finish_reason="eos_token"))], "gave no text"),
    "silence": Fault([Stall()], f"sent nothing within {TIMEOUT} s"),
    "silence after the head": Fault([Stall("body")], f"sent nothing within {TIMEOUT} s", "summarize"),
    "silence before a stream's first event": Fault([Sse([], "stall")], f"sent nothing within {TIMEOUT} s"),
    "silence amid a stream": Fault([Sse(GOOD[:2], "stall")], f"fell silent for {TIMEOUT} s amid the answer"),
    "another media type": Fault([WrongType([{"summary_text": "short"}])], "", "summarize", "done"),
    "a picture": Fault([Bytes(b"\x89PNG\r\n", "image/png")], "no model's answer: .*image/png", "summarize"),
    "another task's answer": Fault([Json([{"label": "POSITIVE", "score": 1}])], "answers another task", "summarize"),
    "a redirect to another host": Fault(
        [Redirect("http://127.0.0.2:9/")], "redirects to 127.0.0.2:9, which is not followed"
    ),
    "an endless error page": Fault([Huge()], "answered 500: x+"),
}
REFUSED = "nobody listens"
TRIES = {
    "401": 1,
    "404": 1,
    "413": 1,
    "500": 1,
    "a stream cut": 1,
    "no byte at all": 1,
    "429 once": 2,
    "503 loading, then ready": 3,
    "429 for ever": 5,
    "a web page with 502": 5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the editor saw of one fault's job."""

    uri: str
    before: str
    after: str
    end: dict[str, Any]
    waits: list[str]
    requests: int


@pytest_asyncio.fixture(scope="module")
async def outcomes(hub: FakeHub, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """All the faults at once, on one server; a second one meets a port where nobody listens."""
    seen: Counter[str] = Counter()

    def reply(exchange: Exchange) -> Reply:
        case = re.findall("<(.*)>", exchange.json()["inputs"])[0]
        seen[case] += 1
        return FAULTS[case].replies[min(seen[case], len(FAULTS[case].replies)) - 1]

    hub.on("/faults", reply)
    server = ServerProcess(tmp_path_factory.mktemp("home"))
    lonely = ServerProcess(tmp_path_factory.mktemp("home"))
    editor = await server.start({"target": "endpoint", "url": hub.url + "/faults", "timeout": TIMEOUT})
    far = await lonely.start({"target": "endpoint", "url": f"http://127.0.0.1:{_closed_port()}"})
    outcomes = dict(
        await asyncio.gather(
            *(_meet(editor, case, fault.action, seen) for case, fault in FAULTS.items()),
            _meet(far, REFUSED, "complete", seen),
        )
    )
    for each in (editor, far):
        await each.until(partial(_no_bar_is_open, each), "the end of every progress bar")
        assert await each.execute("inference.cancel") == 0
    said = [message.message for message in editor.messages]
    for outcome in outcomes.values():
        if outcome.end["state"] == "failed" and outcome.uri in editor.documents:
            label = outcome.end["action"].capitalize()
            assert f"{label}: {outcome.end['message']}" in said
    without_text = [message for message in said if "Nothing was inserted" not in message]
    assert len(without_text) == len(set(without_text)), "the same message was shown twice, and no text with it"
    assert {message.type for message in editor.messages} == {t.MessageType.Error}
    for process in (server, lonely):
        await process.stop()
        assert "Traceback" not in process.stderr, process.stderr
    return outcomes


@pytest.mark.parametrize("case", [*FAULTS, REFUSED])
def test_a_fault_ends_the_job_once_in_a_sentence_and_leaves_the_text(case: str, outcomes: dict[str, Outcome]) -> None:
    expected = FAULTS.get(case) or Fault([], r"[Cc]annot connect to 127\.0\.0\.1:\d+. Check the address")
    outcome = outcomes[case]
    assert outcome.end["state"] == expected.state, outcome.end
    if expected.state == "done":
        assert outcome.after != outcome.before
        return
    assert re.search(expected.says, outcome.end["message"]), outcome.end["message"]
    assert outcome.after == outcome.before
    message = outcome.end["message"]
    assert not re.search(r"Traceback|httpx|httpcore|<html|\b[A-Z]\w+(Error|Exception)\b|Errno|b'", message), message
    assert message[-1] in ".!…", message
    assert len(message) <= 430, message


def test_a_wait_is_told_while_it_lasts(outcomes: dict[str, Outcome]) -> None:
    assert "The model is loading, about 0 s" in outcomes["503 loading, then ready"].waits
    assert any(wait.startswith("Rate limited, waiting") for wait in outcomes["429 once"].waits)


@pytest.mark.parametrize(("case", "tries"), TRIES.items())
def test_only_what_may_pass_is_asked_again_and_not_for_ever(
    case: str, tries: int, outcomes: dict[str, Outcome]
) -> None:
    assert outcomes[case].requests == tries


async def _meet(editor: EditorClient, case: str, action: str, seen: Counter[str]) -> tuple[str, Outcome]:
    uri = f"file:///fault/{case.replace(' ', '-')}.md"
    document = await editor.open(uri, f"Some text <{case}> here", "markdown")
    before = document.text
    job = await start_job(editor, uri, before, action)
    end = await end_of(editor, job)
    waits = [update["message"] for update in updates(editor, job) if update["state"] == "running"]
    return case, Outcome(uri=uri, before=before, after=document.text, end=end, waits=waits, requests=seen[case])


def _no_bar_is_open(editor: EditorClient) -> bool:
    return not open_bars(editor)


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port
