"""Connections: when they are made, shared, kept and let go, through which proxy and on whose trust."""

from __future__ import annotations

import asyncio
import gc
import json
import pickle
from typing import Any

import httpx
import pytest

from hf_inference import (
    BackendUnreachableError,
    IncompleteStreamError,
    InputError,
    Options,
    TextGenerationStreamArgs,
    UnexpectedContentError,
    targets,
)
from support.fake_hub import Exchange, FakeHub, Json, Redirect, Reply, Sse, event_bytes, tgi_events
from support.shells import Shell

ONCE = Options(max_retries=0)
GOOD = [{"summary_text": "short"}]
EVENTS = tgi_events("one two three")


def target(hub: FakeHub, path: str = "/m") -> targets.Target:
    return targets.endpoint(hub.url + path)


async def test_a_connection_is_kept_for_the_next_call(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", [Json(GOOD), Json({"error": "no"}, 400), Json(GOOD), Sse(EVENTS), Json(GOOD)])
    async with shell.open(None, ONCE, target=target(hub)) as client:
        await client.call("summarization", inputs="1")
        await client.refusal("summarization", inputs="2")
        await client.call("summarization", inputs="3")
        await client.stream(inputs="4").pieces()
        await client.call("summarization", inputs="5")
        assert (hub.connections_made, hub.open_connections) == (1, 1)
    await hub.until(lambda: hub.open_connections == 0)
    assert len(hub.exchanges) == 5


async def test_a_closed_client_may_be_used_again(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Json(GOOD))
    async with shell.open(None, target=target(hub)) as client:
        await client.call("summarization", inputs="p")
        async with shell.open(None, target=target(hub)) as other:
            await other.call("summarization", inputs="p")
        await hub.until(lambda: hub.open_connections == 1)
        await client.call("summarization", inputs="p")
    assert hub.connections_made == 2


async def test_a_stream_closed_early_closes_its_connection(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Sse(EVENTS[:1], "stall"))
    async with shell.open(None, target=target(hub)) as client:
        stream = client.stream(inputs="p")
        assert (await stream.next()).token.text == "one"
        assert hub.open_connections == 1
        await stream.close()
        await hub.until(lambda: hub.open_connections == 0)
        assert hub.exchanges[0].abandoned
        with pytest.raises(StopAsyncIteration):
            await stream.next()
        await stream.close()


async def test_a_stream_closed_before_its_first_piece_asks_nothing(hub: FakeHub, shell: Shell) -> None:
    async with shell.open(None, target=target(hub)) as client:
        stream = client.stream(inputs="p")
        await stream.close()
        assert await stream.pieces() == ([], None)
    assert hub.connections_made == 0


async def test_leaving_the_loop_and_the_block_closes_the_connection(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Sse(EVENTS[:2], "stall"))
    async with shell.open(None, target=target(hub)) as client:
        if shell.name == "sync":

            def first() -> str:
                with client.client.text_generation_stream(inputs="p") as stream:
                    for piece in stream:
                        return str(piece.token.text)
                return ""

            text = await asyncio.to_thread(first)
        else:
            text = ""
            async with client.client.text_generation_stream(inputs="p") as stream:
                async for piece in stream:
                    text = piece.token.text
                    break
        assert text == "one"
        await hub.until(lambda: hub.open_connections == 0)


async def test_an_abandoned_stream_closes_its_connection(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Sse(EVENTS[:1], "stall"))
    async with shell.open(None, target=target(hub)) as client:
        stream = client.stream(inputs="p")
        await stream.next()
        del stream
        gc.collect()
        await hub.until(lambda: hub.open_connections == 0)
        assert hub.exchanges[0].abandoned


async def test_an_abandoned_sync_stream_needs_no_garbage_collector(hub: FakeHub) -> None:
    from support.shells import BlockingShell

    hub.on("/m", Sse(EVENTS[:1], "stall"))
    async with BlockingShell().open(None, target=target(hub)) as client:
        gc.disable()
        try:
            stream = client.stream(inputs="p")
            await stream.next()
            del stream
            await hub.until(lambda: hub.open_connections == 0)
        finally:
            gc.enable()


async def test_a_client_that_is_closed_stops_its_streams(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Sse(EVENTS[:1], "stall"))
    async with shell.open(None, target=target(hub)) as client:
        stream = client.stream(inputs="p")
        await stream.next()
    await hub.until(lambda: hub.open_connections == 0)
    await stream.close()


async def test_streams_at_once_do_not_mix(hub: FakeHub, shell: Shell) -> None:
    def answer(exchange: Exchange) -> Reply:
        return Sse(tgi_events(" ".join([exchange.json()["inputs"]] * 200)))

    hub.on("/m", answer)
    async with shell.open(None, target=target(hub)) as client:
        names = [f"w{number}" for number in range(8)]
        texts = await asyncio.gather(*(client.stream(inputs=name).text() for name in names))
    assert texts == [(" ".join([name] * 200), None) for name in names]


async def test_an_endpoints_client_shares_connections_token_and_options(hub: FakeHub, shell: Shell) -> None:
    hub.on("/a", Json(GOOD))
    hub.on("/b", [Json({"error": "busy"}, 502), Json(GOOD)])
    async with shell.open("hf_t", ONCE, target=target(hub, "/a")) as client:
        await client.call("summarization", inputs="p")
        other = client.endpoint(f"{hub.url}/b")
        await other.refusal("summarization", inputs="p")
        await other.call("summarization", inputs="p", model="ignored/model")
        assert hub.connections_made == 1
    assert [(exchange.path, exchange.headers["authorization"]) for exchange in hub.exchanges] == [
        ("/a", "Bearer hf_t"),
        ("/b", "Bearer hf_t"),
        ("/b", "Bearer hf_t"),
    ]


async def test_a_redirect_within_the_origin_is_followed_with_the_token(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Redirect("/moved"))
    hub.on("/moved", Json(GOOD))
    async with shell.open("hf_t", target=target(hub)) as client:
        await client.call("summarization", inputs="p")
    assert [exchange.headers["authorization"] for exchange in hub.exchanges] == ["Bearer hf_t"] * 2
    assert hub.exchanges[1].json() == {"inputs": "p"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("following", [False, True], ids=["own client", "a client that follows redirects"])
async def test_a_token_never_goes_to_another_origin(hub: FakeHub, shell: Shell, status: int, following: bool) -> None:
    with FakeHub.in_thread() as other:
        other.on("/m", Json(GOOD))
        hub.on("/m", Redirect(f"{other.url}/m", status))
        given = shell.http_client(follow_redirects=True) if following else None
        options = Options(headers={"x-key": "SECRET"})
        async with shell.open("hf_t", options, target=target(hub), http_client=given) as client:
            error = await client.refusal("summarization", inputs="p")
        if given is not None:
            await shell.close_http(given)
        assert isinstance(error, UnexpectedContentError)
        assert other.connections_made == 0


# --- clients of the caller's own -------------------------------------------------------------------------


class Counting:
    """A transport of either world that counts what goes through it."""

    def __init__(self, shell: Shell) -> None:
        self.urls: list[str] = []
        kind: Any = httpx.HTTPTransport if shell.name == "sync" else httpx.AsyncHTTPTransport
        name = "handle_request" if shell.name == "sync" else "handle_async_request"
        self.transport = kind()
        handle = getattr(self.transport, name)

        def counted(request: httpx.Request) -> Any:
            self.urls.append(str(request.url))
            return handle(request)

        setattr(self.transport, name, counted)


@pytest.mark.parametrize("way", ["http_client", "fetch"])
async def test_a_given_httpx_client_makes_every_request_and_stays_open(hub: FakeHub, shell: Shell, way: str) -> None:
    hub.on("/api/tasks", Json({"summarization": {"models": [{"id": "some/model"}]}}))
    hub.on("/models/some/model", [Json({"error": "loading"}, 503), Json(GOOD)])
    hub.on("/s", Sse(EVENTS))
    counting = Counting(shell)
    given = shell.http_client(transport=counting.transport, headers={"x-mine": "1"})
    classic = targets.classic(hub.url, hub_url=hub.url)
    named = {"http_client": given} if way == "http_client" else {}
    options = Options(fetch=given) if way == "fetch" else None
    async with shell.open("hf_t", target=classic, **named) as client:
        await client.call("summarization", inputs="p", options=options)
        await client.endpoint(f"{hub.url}/s").stream(inputs="p", options=options).pieces()
    assert counting.urls == [exchange.target and hub.url + exchange.target for exchange in hub.exchanges]
    assert len(hub.exchanges) == 4
    assert all(exchange.headers["x-mine"] == "1" for exchange in hub.exchanges)
    assert not given.is_closed
    await shell.close_http(given)


async def test_a_client_of_the_other_world_is_refused(hub: FakeHub, shell: Shell) -> None:
    wrong: Any = httpx.AsyncClient() if shell.name == "sync" else httpx.Client()
    async with shell.open(None, target=target(hub)) as client:
        error = await client.refusal("summarization", inputs="p", options=Options(fetch=wrong))
    assert isinstance(error, InputError)
    assert type(wrong).__name__ in str(error)
    assert hub.connections_made == 0


async def test_a_transport_of_another_make_works_without_our_hook(shell: Shell) -> None:
    stream = b"".join(event_bytes(event) for event in EVENTS)

    def handle(request: httpx.Request) -> httpx.Response:
        if json.loads(request.content).get("stream"):
            return httpx.Response(200, content=stream, headers={"content-type": "text/event-stream"})
        return httpx.Response(200, json=GOOD)

    given = shell.http_client(transport=httpx.MockTransport(handle))
    async with shell.open(None, target=targets.endpoint("http://host.test/m"), http_client=given) as client:
        assert (await client.call("summarization", inputs="p")).summary_text == "short"
        assert await client.stream(inputs="p").text() == ("one two three", None)
    await shell.close_http(given)


@pytest.mark.parametrize(
    ("said", "sent"),
    [(None, "a=1"), (True, "a=1"), ("include", "a=1"), ("same-origin", "a=1"), (False, ""), ("omit", "")],
)
async def test_cookies_go_along_unless_they_are_not_to(hub: FakeHub, shell: Shell, said: Any, sent: str) -> None:
    hub.on("/m", [Json(GOOD, headers={"set-cookie": "a=1"}), Json(GOOD)])
    async with shell.open(None, Options(include_credentials=said), target=target(hub)) as client:
        await client.call("summarization", inputs="p")
        await client.call("summarization", inputs="p")
    assert hub.exchanges[1].headers.get("cookie", "") == sent


# --- where there is no connection ------------------------------------------------------------------------


async def test_a_refused_connection_says_where_and_what_to_check(shell: Shell) -> None:
    with FakeHub.in_thread() as gone:
        url = f"{gone.url}/m"
    async with shell.open(None, ONCE, target=targets.endpoint(url)) as client:
        error = await client.refusal("summarization", inputs="p")
        _, streamed = await client.stream(inputs="p").pieces()
    assert isinstance(error, BackendUnreachableError)
    assert error.before_sending
    assert f"cannot connect to {error.host}" in str(error)
    assert "Check the address" in str(error)
    assert str(streamed) == str(error)


async def test_a_connection_refused_once_is_tried_again(shell: Shell) -> None:
    waits: list[float] = []
    with FakeHub.in_thread() as gone:
        url = f"{gone.url}/m"
    options = Options(max_retries=1, on_wait=lambda seconds, _: waits.append(seconds))
    async with shell.open(None, options, target=targets.endpoint(url)) as client:
        assert isinstance(await client.refusal("summarization", inputs="p"), BackendUnreachableError)
    assert len(waits) == 1


async def test_a_host_that_does_not_exist_is_unreachable(shell: Shell) -> None:
    async with shell.open(None, ONCE, target=targets.endpoint("http://host.invalid/m")) as client:
        error = await client.refusal("summarization", inputs="p")
    assert isinstance(error, BackendUnreachableError)
    assert error.host == "host.invalid"


async def test_many_calls_and_broken_streams_leave_nothing_behind(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Json(GOOD))
    hub.on("/broken", Sse(EVENTS[:1], "cut"))
    async with shell.open(None, ONCE, target=target(hub)) as client:
        for _ in range(100):
            await client.call("summarization", inputs="p")
            _, error = await client.endpoint(f"{hub.url}/broken").stream(inputs="p").text()
            assert isinstance(error, IncompleteStreamError)
            del error
        await hub.until(lambda: hub.open_connections <= 1)
        gc.collect()
        left = [
            each for each in gc.get_objects() if type(each).__name__ in ("Exchange", "BlockingExchange", "EventReader")
        ]
        assert len([each for each in left if type(each).__module__.startswith("hf_inference")]) <= 2


# --- what is shown ---------------------------------------------------------------------------------------


async def test_a_client_shows_no_token_and_is_not_pickled(shell: Shell) -> None:
    async with shell.open("hf_SECRET", target=targets.endpoint("http://127.0.0.1:9/m")) as client:
        stream = client.client.stream(TextGenerationStreamArgs(inputs="p", access_token="hf_SECRET"))
        assert "SECRET" not in f"{client.client!r} {client.client.endpoint('http://127.0.0.1:9/')!r} {stream!r}"
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(client.client)
