"""Aborting: a signal pulled from another thread ends a call wherever it is, and the connection with it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from hf_inference import CancelledCallError, HfInference, Network, Options, Signal, targets
from support.fake_hub import CERTIFICATE, FakeHub, Json, Loading, Sse, Stall, tgi_events
from support.shells import Shell

EVENTS = tgi_events("one two three")
GOOD = [{"summary_text": "short"}]


def abort_from_a_thread(signal: Signal) -> None:
    aborting = threading.Thread(target=signal.abort)
    aborting.start()
    aborting.join()


@pytest.mark.parametrize("before", ["headers", "body"])
@pytest.mark.parametrize("warm", [False, True], ids=["new connection", "kept connection"])
async def test_an_abort_ends_a_call_that_waits_for_its_answer(
    hub: FakeHub, shell: Shell, before: str, warm: bool
) -> None:
    signal = Signal()
    hub.on("/warm", Json(GOOD))
    hub.on("/m", Stall("headers" if before == "headers" else "body"))
    async with shell.open(None, target=targets.endpoint(f"{hub.url}/m")) as client:
        if warm:
            await client.endpoint(f"{hub.url}/warm").call("summarization", inputs="p")
        call = asyncio.ensure_future(client.refusal("summarization", inputs="p", options=Options(signal=signal)))
        await hub.until(lambda: hub.counts["/m"] == 1)
        abort_from_a_thread(signal)
        assert isinstance(await call, CancelledCallError)
        await hub.until(lambda: hub.open_connections == 0)
        assert hub.connections_made == 1
        assert hub.exchanges[-1].abandoned


async def test_an_abort_ends_a_wait_between_two_tries(hub: FakeHub, shell: Shell) -> None:
    signal, waiting = Signal(), threading.Event()
    hub.on("/m", Loading(3_000.0))
    options = Options(signal=signal, max_wait=1e6, on_wait=lambda *_: waiting.set())
    async with shell.open(None, options, target=targets.endpoint(f"{hub.url}/m")) as client:
        call = asyncio.ensure_future(client.refusal("summarization", inputs="p"))
        await asyncio.to_thread(waiting.wait)
        abort_from_a_thread(signal)
        assert isinstance(await call, CancelledCallError)
    assert len(hub.exchanges) == 1


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
async def test_an_abort_ends_a_stream_and_its_connection(shell: Shell, tls: bool) -> None:
    signal = Signal()
    with FakeHub.in_thread(tls=tls) as hub:
        hub.on("/m", Sse(EVENTS[:1], "stall"))
        url = targets.endpoint(f"{hub.url}/m")
        async with shell.open(None, Options(signal=signal), target=url, network=Network(ca_file=CERTIFICATE)) as client:
            stream = client.stream(inputs="p")
            assert (await stream.next()).token.text == "one"
            reading = asyncio.ensure_future(stream.next())
            await asyncio.sleep(0)
            abort_from_a_thread(signal)
            with pytest.raises(CancelledCallError):
                await reading
            await hub.until(lambda: hub.open_connections == 0)
            with pytest.raises(StopAsyncIteration):
                await stream.next()


async def test_after_an_abort_no_piece_that_had_come_is_given(hub: FakeHub, shell: Shell) -> None:
    signal = Signal()
    hub.on("/m", Sse(EVENTS))
    async with shell.open(None, Options(signal=signal), target=targets.endpoint(f"{hub.url}/m")) as client:
        stream = client.stream(inputs="p")
        await stream.next()
        await hub.until(lambda: hub.exchanges[0].done)
        signal.abort()
        with pytest.raises(CancelledCallError):
            await stream.next()


@pytest.mark.parametrize("streams", [False, True], ids=["call", "stream"])
async def test_a_call_given_a_pulled_signal_sends_nothing(hub: FakeHub, shell: Shell, streams: bool) -> None:
    signal = Signal()
    signal.abort()
    async with shell.open(None, Options(signal=signal), target=targets.endpoint(f"{hub.url}/m")) as client:
        if streams:
            _, error = await client.stream(inputs="p").pieces()
        else:
            error = await client.refusal("summarization", inputs="p")
    assert isinstance(error, CancelledCallError)
    assert hub.connections_made == 0


async def test_one_signal_ends_many_calls_and_keeps_none_that_ended(hub: FakeHub, shell: Shell) -> None:
    signal = Signal()
    hub.on("/good", Json(GOOD))
    hub.on("/s", Sse(EVENTS))
    hub.on("/m", Stall())
    async with shell.open(None, Options(signal=signal), target=targets.endpoint(f"{hub.url}/m")) as client:
        await client.endpoint(f"{hub.url}/good").call("summarization", inputs="p")
        await client.endpoint(f"{hub.url}/s").stream(inputs="p").pieces()
        await asyncio.sleep(0)
        assert len(signal._listeners) == 0
        calls = [asyncio.ensure_future(client.refusal("summarization", inputs="p")) for _ in range(4)]
        await hub.until(lambda: hub.counts["/m"] == 4)
        abort_from_a_thread(signal)
        assert [type(error) for error in await asyncio.gather(*calls)] == [CancelledCallError] * 4
        await hub.until(lambda: not hub.in_flight)


async def test_a_calls_signal_is_not_the_clients(hub: FakeHub, shell: Shell) -> None:
    mine, ours = Signal(), Signal()
    ours.abort()
    hub.on("/m", Json(GOOD))
    async with shell.open(None, Options(signal=ours), target=targets.endpoint(f"{hub.url}/m")) as client:
        await client.call("summarization", inputs="p", options=Options(signal=mine))


def test_a_blocking_call_leaves_a_connection_that_nobody_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller leaves at once, though the system's connect cannot be interrupted."""
    import socket

    connecting, release = threading.Event(), threading.Event()
    connect = socket.create_connection

    def stuck(*arguments: object, **named: object) -> socket.socket:
        connecting.set()
        release.wait()
        return connect(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", stuck)
    signal = Signal()
    with FakeHub.in_thread() as hub, HfInference(target=targets.endpoint(f"{hub.url}/m")) as client:
        hub.on("/m", Json(GOOD))
        outcome: list[BaseException] = []

        def call() -> None:
            try:
                client.summarization(inputs="p", options=Options(signal=signal))
            except CancelledCallError as error:
                outcome.append(error)

        calling = threading.Thread(target=call)
        calling.start()
        connecting.wait()
        signal.abort()
        calling.join()
        assert [type(error) for error in outcome] == [CancelledCallError]
        release.set()
        hub.wait_until(lambda: hub.connections_made == 1 and hub.open_connections == 0)
        assert hub.exchanges == []


def test_a_sync_stream_closed_from_another_thread_ends_its_reader(hub: FakeHub) -> None:
    hub.on("/m", Sse(EVENTS[:1], "stall"))
    with HfInference(target=targets.endpoint(f"{hub.url}/m")) as client:
        stream = client.text_generation_stream(inputs="p")
        next(stream)
        outcome: list[BaseException] = []
        blocked = threading.Event()

        def read() -> None:
            blocked.set()
            try:
                next(stream)
            except CancelledCallError as error:
                outcome.append(error)

        reader = threading.Thread(target=read)
        reader.start()
        blocked.wait()
        while not stream._reading.locked():  # type: ignore[attr-defined]
            continue
        stream.close()
        reader.join()
        assert [type(error) for error in outcome] == [CancelledCallError]
        assert list(stream) == []
        hub.wait_until(lambda: hub.open_connections == 0)


async def test_an_async_stream_closed_by_another_task_ends_its_reader(hub: FakeHub) -> None:
    from hf_inference import AsyncHfInference

    hub.on("/m", Sse(EVENTS[:1], "stall"))
    async with AsyncHfInference(target=targets.endpoint(f"{hub.url}/m")) as client:
        stream = client.text_generation_stream(inputs="p")
        await anext(stream)
        reading = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        await stream.aclose()
        with pytest.raises(CancelledCallError):
            await reading
        await hub.until(lambda: hub.open_connections == 0)
