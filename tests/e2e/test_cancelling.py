"""Whatever ends a piece of work, the backend's stream is closed at once and nothing is said of the work afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException

from support.fake_hub import Exchange, FakeHub, Gated, Json, Loading, Reply, Sse, Stall, tgi_events
from support.lsp_client import EditorClient
from support.model_backends import ENDPOINT, MODEL_BACKENDS
from support.server_process import (
    Asked,
    Lend,
    Record,
    ServerProcess,
    end_of,
    growing,
    open_bars,
    start_job,
    updates,
)

Cancel = Callable[[EditorClient, str, str], Coroutine[Any, Any, object]]

GROWING = {"experimental": {"inference": {"job": True, "inlineUpdate": True}}}
"""What a client says that shows ghost text as it grows."""


async def by_id(editor: EditorClient, job: str, uri: str) -> object:
    return await editor.execute("inference.cancel", job)


async def all_at_once(editor: EditorClient, job: str, uri: str) -> object:
    return await editor.execute("inference.cancel")


async def by_the_button(editor: EditorClient, job: str, uri: str) -> object:
    (token,) = open_bars(editor)
    editor.window_work_done_progress_cancel(t.WorkDoneProgressCancelParams(token))
    return 1


async def by_closing_the_document(editor: EditorClient, job: str, uri: str) -> object:
    await editor.close(uri)
    return 1


SOURCES: dict[str, Cancel] = {
    function.__name__.replace("_", " "): function
    for function in (by_id, all_at_once, by_the_button, by_closing_the_document)
}


@pytest.mark.parametrize("kind", MODEL_BACKENDS)
@pytest.mark.parametrize("source", SOURCES)
async def test_cancelling_a_job_closes_the_stream_and_is_its_last_word(
    source: str, kind: str, lend: Lend, hub: FakeHub, uri: str, asked: Asked, figure: Record
) -> None:
    backend = MODEL_BACKENDS[kind]
    editor = await lend(**backend.settings(hub))
    document = await editor.open(uri, "Once", "plaintext")
    gate = hub.gate()
    backend.streams(hub, " upon a time", gate)
    job = await start_job(editor, uri, "Once", "complete")
    gate.open(2)
    await growing(editor, job, " upon")
    await editor.until(lambda: open_bars(editor), "a progress bar")
    exchange = next(exchange for exchange in asked() if exchange.path == backend.generates)
    await _measured(hub, exchange, SOURCES[source](editor, job, uri), figure, f"cancelled {source} → stream closed")
    gate.stay_open()
    end = await end_of(editor, job)
    assert end["state"] == "cancelled"
    assert end["message"] == ("the document was closed" if "closing" in source else "cancelled")
    assert document.text == "Once"
    assert editor.edits == []
    assert editor.messages == [], "a person who cancels needs no message"
    assert await editor.execute("inference.cancel", job) == 0, "it can be cancelled only once"


PHASES: dict[str, Callable[[FakeHub], Reply]] = {
    "before the backend answers": lambda hub: Gated(hub.gate(), Sse(tgi_events("x"))),
    "before the first token": lambda hub: Sse([hub.gate(), *tgi_events("x")]),
    "while the model loads": lambda hub: Loading(60),
    "while a whole answer is awaited": lambda hub: Stall("body"),
}


@pytest.mark.parametrize("phase", PHASES)
async def test_a_job_can_be_cancelled_in_every_phase(
    phase: str, lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    await editor.open(uri, "Once upon a time.", "plaintext")
    ENDPOINT.answers(hub, PHASES[phase](hub))
    job = await start_job(editor, uri, "Once upon a time.", "summarize" if "whole" in phase else "complete")
    await hub.until(lambda: asked() and asked()[-1].chunks_sent >= (0 if "answers" in phase else 1))
    if "loads" in phase:
        await editor.until(lambda: updates(editor, job), "the wait")
        assert updates(editor, job)[0]["message"] == "The model is loading, about 60 s"
    assert await editor.execute("inference.cancel", job) == 1
    end = await end_of(editor, job)
    assert end["state"] == "cancelled"
    await hub.until(lambda: not asked()[-1].in_flight)
    assert len(asked()) == 1
    assert editor.edits == []


async def test_an_embedded_job_can_be_cancelled_at_any_moment(lend: Lend, uri: str) -> None:
    editor = await lend()
    text = "The sky is blue today. " * 400
    await editor.open(uri, text, "plaintext")
    ends = []
    for _ in range(10):
        job = await start_job(editor, uri, text, "summarize")
        cancelled = await editor.execute("inference.cancel", job)
        end = await end_of(editor, job)
        ends.append((cancelled, end["state"]))
        if end["state"] == "done":
            await editor.undo(uri)
    assert set(ends) <= {(1, "cancelled"), (0, "done")}


async def test_cancelling_all_ends_every_job_of_every_document_and_says_how_many(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    gate = hub.gate()
    ENDPOINT.streams(hub, " more", gate)
    jobs = []
    for number in range(5):
        await editor.open(f"{uri}-{number}", "Once. Twice.", "plaintext")
        jobs += [await start_job(editor, f"{uri}-{number}", text, "complete") for text in ("Once.", "Twice.")]
    await hub.until(lambda: gate.waiting == 10)
    assert await editor.execute("inference.cancel", None) == 10
    assert {(await end_of(editor, job))["state"] for job in jobs} == {"cancelled"}
    await hub.until(lambda: all(exchange.abandoned for exchange in asked()))
    assert len(asked()) == 10


async def test_closing_one_document_leaves_the_jobs_of_the_others(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    gate = hub.gate()
    ENDPOINT.streams(hub, " more", gate)
    await editor.open(uri, "Once", "plaintext")
    other = await editor.open(uri + "-other", "Twice", "plaintext")
    first = await start_job(editor, uri, "Once", "complete")
    second = await start_job(editor, other.uri, "Twice", "complete")
    await editor.close(uri)
    assert (await end_of(editor, first))["state"] == "cancelled"
    gate.stay_open()
    assert (await end_of(editor, second))["state"] == "done"
    assert other.text == "Twice more"


async def _hold_a_stream(server: ServerProcess, hub: FakeHub, asked: Asked) -> tuple[EditorClient, str, Exchange]:
    editor = await server.start(ENDPOINT.settings(hub))
    await editor.open("file:///a.txt", "Once", "plaintext")
    gate = hub.gate()
    ENDPOINT.streams(hub, " upon a time", gate)
    job = await start_job(editor, "file:///a.txt", "Once", "complete")
    gate.open()
    await growing(editor, job, " upon")
    return editor, job, asked()[0]


async def test_shutdown_ends_what_runs_before_it_is_answered(
    own_server: ServerProcess, hub: FakeHub, asked: Asked, figure: Record
) -> None:
    editor, job, exchange = await _hold_a_stream(own_server, hub, asked)
    await _measured(hub, exchange, editor.shutdown_async(None), figure, "cancelled by shutdown → stream closed")
    last = updates(editor, job)[-1]
    assert (last["state"], last["message"]) == ("cancelled", "the server shuts down")
    assert open_bars(editor) == []
    editor.exit(None)
    assert await own_server.ended() == 0
    assert editor.edits == []
    assert "Traceback" not in own_server.stderr


async def test_exit_without_shutdown_closes_the_stream_and_the_process(
    own_server: ServerProcess, hub: FakeHub, asked: Asked, figure: Record
) -> None:
    editor, _, exchange = await _hold_a_stream(own_server, hub, asked)
    await _measured(hub, exchange, _call(lambda: editor.exit(None)), figure, "cancelled by exit → stream closed")
    assert await own_server.ended() == 1
    assert "Traceback" not in own_server.stderr


async def test_an_editor_that_dies_takes_the_stream_and_the_server_with_it(
    own_server: ServerProcess, hub: FakeHub, asked: Asked, figure: Record
) -> None:
    _, _, exchange = await _hold_a_stream(own_server, hub, asked)
    stdin = own_server.process.stdin
    assert stdin is not None
    await _measured(hub, exchange, _call(stdin.close), figure, "cancelled by end of input → stream closed")
    assert await own_server.ended() == 1
    assert "Traceback" not in own_server.stderr


def hover(uri: str) -> t.HoverParams:
    return t.HoverParams(t.TextDocumentIdentifier(uri), t.Position(0, 1))


def inline(uri: str, column: int = 4) -> t.InlineCompletionParams:
    context = t.InlineCompletionContext(trigger_kind=t.InlineCompletionTriggerKind.Invoked)
    return t.InlineCompletionParams(context, t.TextDocumentIdentifier(uri), t.Position(0, column))


@pytest.mark.parametrize(
    ("method", "params", "first"),
    [
        (t.TEXT_DOCUMENT_HOVER, hover, Json([{"label": "LABEL", "score": 0.7, "word": "", "start": 0, "end": 0}])),
        (t.TEXT_DOCUMENT_INLINE_COMPLETION, inline, Sse(tgi_events(" One."))),
    ],
    ids=["hover", "inline completion"],
)
async def test_a_cancelled_request_is_answered_once_and_closes_its_stream(
    method: str,
    params: Callable[[str], Any],
    first: Reply,
    lend: Lend,
    hub: FakeHub,
    uri: str,
    asked: Asked,
    figure: Record,
) -> None:
    editor = await lend(**ENDPOINT.settings(hub, automatic={"remote": True}))
    # what a server does for the first time may take longer on a busy machine than a hover has
    await editor.open(f"{uri}.first", "Another text.", "plaintext")
    ENDPOINT.answers(hub, first)
    await editor.ask(method, params(f"{uri}.first"))
    before = len(asked())
    await editor.open(uri, "Once upon a time.", "plaintext")
    ENDPOINT.answers(hub, Stall())
    request = asyncio.ensure_future(editor.ask(method, params(uri), id=f"request-{uri}"))
    await hub.until(lambda: asked()[before:])
    what = "$/cancelRequest of " + method.removeprefix("textDocument/") + " → stream closed"
    cancelling = _call(lambda: editor.cancel(f"request-{uri}"))
    await _measured(hub, asked()[before], cancelling, figure, what)
    with pytest.raises(JsonRpcException) as refused:
        await request
    assert refused.value.code == -32800
    await hub.until(lambda: all(exchange.abandoned for exchange in asked()[before:]))


async def test_a_newer_inline_completion_ends_the_older(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked, figure: Record
) -> None:
    editor = await lend(**ENDPOINT.settings(hub, automatic={"remote": True}))
    document = await editor.open(uri, "Once", "plaintext")
    ENDPOINT.answers(hub, Stall())
    older = asyncio.ensure_future(editor.ask(t.TEXT_DOCUMENT_INLINE_COMPLETION, inline(uri)))
    await hub.until(lambda: asked())
    await editor.change(uri, " upon", t.Range(t.Position(0, 4), t.Position(0, 4)))
    ENDPOINT.streams(hub, " a time")
    newer = editor.ask(t.TEXT_DOCUMENT_INLINE_COMPLETION, inline(uri, 9))
    answered = asyncio.ensure_future(newer)
    await _measured(hub, asked()[0], answered, figure, "superseded inline completion → stream closed")
    assert [item.insert_text for item in (await answered).items] == [" a time"]
    assert list((await older).items) == []
    assert document.text == "Once upon"


async def test_a_dismissed_ghost_text_closes_its_stream_and_grows_no_more(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked, figure: Record
) -> None:
    editor = await lend(GROWING, **ENDPOINT.settings(hub, automatic={"remote": True}))
    document = await editor.open(uri, "Once", "plaintext")
    gate = hub.gate()
    ENDPOINT.streams(hub, " upon a time, and on", gate)
    request = asyncio.ensure_future(editor.ask(t.TEXT_DOCUMENT_INLINE_COMPLETION, inline(uri)))
    gate.open(2)
    await editor.until(lambda: editor.notifications["inference/inlineUpdate"], "a growth")
    session = editor.notifications["inference/inlineUpdate"][0]["session"]

    others: list[Any] = [{"session": other} for other in ("another", None, ["a list"])]
    for params in (*others, None, [session], "text"):
        editor.protocol.notify("inference/inlineDismissed", params)
    await editor.execute("inference.cancel")  # a round trip: they have been read
    assert asked()[0].in_flight, "a session is ended by its own name only"

    async def dismissed() -> None:
        editor.protocol.notify("inference/inlineDismissed", {"session": session})

    await _measured(hub, asked()[0], dismissed(), figure, "dismissed ghost text → stream closed")
    grown = len(editor.notifications["inference/inlineUpdate"])
    gate.stay_open()
    assert list((await request).items) == []
    editor.protocol.notify("inference/inlineDismissed", {"session": session})  # a second time it ends nothing

    again = asyncio.ensure_future(editor.ask(t.TEXT_DOCUMENT_INLINE_COMPLETION, inline(uri)))
    assert [item.insert_text for item in (await again).items] == [" upon a time, and on"]
    later = editor.notifications["inference/inlineUpdate"][grown:]
    assert later
    assert session not in [update["session"] for update in later], "nothing is told of what was dismissed"
    assert document.text == "Once"


async def test_a_hundred_inline_completions_are_each_answered_once_and_leave_no_stream(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub, automatic={"remote": True}))
    await editor.open(uri, "Once", "plaintext")
    ENDPOINT.answers(hub, Stall())
    requests = []
    for number in range(100):
        if number == 99:
            await hub.until(lambda: asked())
            ENDPOINT.streams(hub, " upon a time.")
        sent = editor.protocol.send_request(t.TEXT_DOCUMENT_INLINE_COMPLETION, inline(uri))  # before the next key
        requests.append(asyncio.wrap_future(sent))
        if number < 99:
            await editor.change(uri, str(number % 10), t.Range(t.Position(0, 0), t.Position(0, 1)))
    answers = await asyncio.gather(*requests)
    assert [len(answer.items) for answer in answers] == [0] * 99 + [1]
    await hub.until(lambda: not hub.in_flight)


async def test_a_storm_of_starts_and_cancels_leaves_nothing_behind(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    await editor.open(uri, "Once", "plaintext")
    ENDPOINT.answers(hub, Sse([*tgi_events(" a b c d e f g h i j k l"), hub.gate()]))

    async def start_and_cancel() -> str:
        job = await start_job(editor, uri, "Once", "complete")
        await asyncio.gather(*(editor.execute("inference.cancel", job) for _ in range(3)))
        return job

    jobs = await asyncio.gather(*(start_and_cancel() for _ in range(60)))
    assert len(set(jobs)) == 60
    for job in jobs:
        assert (await end_of(editor, job))["state"] == "cancelled"
    await hub.until(lambda: not hub.in_flight)
    ENDPOINT.answers(hub, Json([{"summary_text": "still here"}]))
    assert (await end_of(editor, await start_job(editor, uri, "Once", "summarize")))["text"] == "still here"


async def _measured(hub: FakeHub, exchange: Exchange, action: Awaitable[object], figure: Record, name: str) -> None:
    """Does it, waits until the backend sees its client gone, and notes how long that took."""
    assert exchange.in_flight
    began = asyncio.get_running_loop().time()
    await action
    await hub.until(lambda: exchange.closed_at is not None)
    assert exchange.abandoned
    assert exchange.closed_at is not None
    figure(name, exchange.closed_at - began)


async def _call(action: Callable[[], object]) -> None:
    action()
