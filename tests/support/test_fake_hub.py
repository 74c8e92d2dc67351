"""The fake is trusted by every other test, so it is tested with other people's clients: httpx and sockets."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from support.fake_hub import (
    BrokenJson,
    Bytes,
    Close,
    FakeHub,
    Gated,
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
    Trickle,
    Unauthorized,
    WrongType,
    chat_events,
    completion_events,
    event_bytes,
    tgi_events,
)

WHOLE_ANSWERS: list[tuple[Reply, int, str, bytes]] = [
    (Json({"a": "é\u2028"}), 200, "application/json", '{"a":"é\u2028"}'.encode()),
    (Json([1], 422), 422, "application/json", b"[1]"),
    (Bytes(b"\x00\xff", "image/png"), 200, "image/png", b"\x00\xff"),
    (Bytes(b"", status=204), 204, "application/octet-stream", b""),
    (Bytes(b"odd", "text/plain", status=520), 520, "text/plain", b"odd"),
    (
        Sse([{"a": 1}, "[DONE]", b": ping\n\n"]),
        200,
        "text/event-stream",
        b'data: {"a":1}\n\ndata: [DONE]\n\n: ping\n\n',
    ),
    (Sse([]), 200, "text/event-stream", b""),
    (Trickle(b"letters"), 200, "application/json", b"letters"),
    (Trickle(b"letters", 3, media_type="text/event-stream"), 200, "text/event-stream", b"letters"),
    (Raw(b"HTTP/1.1 200 OK\r\n\r\nuntil close"), 200, "", b"until close"),
    (Redirect("/elsewhere"), 307, "text/plain", b""),
    (Unauthorized("no"), 401, "application/json", b'{"error":"no"}'),
    (WrongType({}), 200, "text/plain; charset=utf-8", b"{}"),
    (BrokenJson(b"{", 500), 500, "application/json", b"{"),
    (Huge(100_000, 502), 502, "text/plain", b"x" * 100_000),
    (
        Loading(20.0, "m"),
        503,
        "application/json",
        b'{"error":"Model m is currently loading","estimated_time":20.0}',
    ),
]


@pytest.fixture
async def hub() -> AsyncIterator[FakeHub]:
    async with FakeHub() as hub:
        yield hub


@pytest.fixture
async def client(hub: FakeHub) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=hub.url, timeout=30, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("case", WHOLE_ANSWERS, ids=lambda case: type(case[0]).__name__)
async def test_a_client_reads_each_answer_whole(
    hub: FakeHub, client: httpx.AsyncClient, case: tuple[Reply, int, str, bytes]
) -> None:
    reply, status, media_type, body = case
    hub.on("/m", reply)

    response = await client.post("/m")

    assert (response.status_code, response.headers.get("content-type", "")) == (status, media_type)
    assert response.content == body
    assert hub.exchanges[0].done


async def test_headers_of_the_answers_that_have_a_meaning(hub: FakeHub, client: httpx.AsyncClient) -> None:
    hub.on("/limited", [RateLimited(3), RateLimited(None)])
    hub.on("/away", Redirect("/there", 308))
    hub.on("/json", Json(None, headers={"x-compute-time": "0.5"}))

    assert (await client.get("/limited")).headers["retry-after"] == "3"
    assert "retry-after" not in (await client.get("/limited")).headers
    assert (await client.get("/away")).headers["location"] == "/there"
    response = await client.get("/json")
    assert (response.headers["x-compute-time"], response.headers["x-request-id"]) == ("0.5", "fake-4")


async def test_a_gateway_page_names_its_status(hub: FakeHub, client: httpx.AsyncClient) -> None:
    hub.on("/m", Html(504))
    response = await client.get("/m")
    assert response.status_code == 504
    assert "<h1>504 Gateway Timeout</h1>" in response.text


async def test_records_what_was_asked(hub: FakeHub, client: httpx.AsyncClient) -> None:
    hub.on("/models/a%2Fb", Json({}))
    await client.post("/models/a%2Fb?x=1&x=2&y=", json={"inputs": "é"}, headers={"X-Wait-For-Model": "true"})

    asked = hub.exchanges[0]
    assert (asked.number, asked.method, asked.path) == (1, "POST", "/models/a%2Fb")
    assert asked.target == "/models/a%2Fb?x=1&x=2&y="
    assert asked.query == {"x": ["1", "2"], "y": [""]}
    assert asked.headers["x-wait-for-model"] == "true"
    assert asked.json() == {"inputs": "é"}


async def test_reads_a_chunked_request_and_the_next_one_on_the_same_socket(
    hub: FakeHub, client: httpx.AsyncClient
) -> None:
    hub.on("/m", lambda exchange: Json(len(exchange.body)))

    async def body() -> AsyncIterator[bytes]:
        yield b"a" * 70_000
        yield b"\r\n0\r\n\r\n"

    first = await client.post("/m", content=body())
    second = await client.post("/m", content=b"1234")

    assert (first.json(), second.json()) == (70_007, 4)
    assert hub.exchanges[0].headers["transfer-encoding"] == "chunked"
    assert [exchange.connection for exchange in hub.exchanges] == [1, 1]


async def test_skips_chunk_extensions_and_trailers_and_joins_repeated_headers(hub: FakeHub) -> None:
    hub.on("*", Json("ok"))
    reader, writer = await asyncio.open_connection(*hub.address)
    writer.write(b"PUT /a HTTP/1.1\r\nA: 1\r\na:  2\r\nTransfer-Encoding: chunked\r\n\r\n")
    writer.write(b"3;x=y\r\nabc\r\n0\r\nTrailer: t\r\n\r\nGET /b HTTP/1.1\r\nConnection: close\r\n\r\n")

    answers = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert answers.count(b'"ok"') == 2
    assert [(exchange.path, exchange.body) for exchange in hub.exchanges] == [("/a", b"abc"), ("/b", b"")]
    assert hub.exchanges[0].headers["a"] == "1, 2"


async def test_a_head_request_gets_no_body(hub: FakeHub, client: httpx.AsyncClient) -> None:
    hub.on("/m", Json([1, 2, 3]))
    assert (await client.head("/m")).headers["content-length"] == "7"
    assert (await client.get("/m")).json() == [1, 2, 3]
    assert hub.connections_made == 1


async def test_an_unknown_path_is_told_the_known_ones(hub: FakeHub, client: httpx.AsyncClient) -> None:
    hub.on("/models/m", Json({}))
    hub.on("/info", Json({}), method="get")

    response = await client.post("/info")

    assert response.status_code == 404
    assert response.json() == {"error": "no answer for POST /info", "known": ["* /models/m", "GET /info"]}


async def test_a_list_is_used_up_one_answer_a_request_and_its_last_stays(
    hub: FakeHub, client: httpx.AsyncClient
) -> None:
    hub.on("/m", [Loading(), RateLimited(), Json("ready")])
    statuses = [(await client.post("/m")).status_code for _ in range(5)]
    assert statuses == [503, 429, 200, 200, 200]
    assert hub.counts == {"/m": 5}

    hub.on("/m", [Json("anew"), Loading()])
    assert (await client.post("/m")).json() == "anew"


async def test_the_closest_answer_wins(hub: FakeHub, client: httpx.AsyncClient) -> None:
    hub.on("*", Json("any"))
    hub.on("/m", Json("path"))
    hub.on("/m", Json("method"), method="GET")
    assert (await client.get("/m")).json() == "method"
    assert (await client.post("/m")).json() == "path"
    assert (await client.get("/n")).json() == "any"


async def test_a_gate_lets_one_event_through_at_a_time(hub: FakeHub, client: httpx.AsyncClient) -> None:
    gate = hub.gate()
    hub.on("/m", Sse(["one", "two", "three"], gate=gate))

    async with client.stream("POST", "/m") as response:
        chunks = response.aiter_raw()
        for text in (b"one", b"two", b"three"):
            await hub.until(lambda: gate.waiting == 1)
            assert hub.exchanges[0].in_flight
            gate.open()
            assert await anext(chunks) == b"data: " + text + b"\n\n"
        assert [chunk async for chunk in chunks] == []

    assert hub.exchanges[0].chunks_sent == 5


async def test_a_gate_among_events_holds_what_follows_it(hub: FakeHub, client: httpx.AsyncClient) -> None:
    gate = hub.gate()
    hub.on("/m", Sse(["one", gate, "two", gate, "three"]))

    async with client.stream("POST", "/m") as response:
        chunks = response.aiter_raw()
        assert await anext(chunks) == b"data: one\n\n"
        await hub.until(lambda: gate.waiting == 1)
        assert hub.exchanges[0].chunks_sent == 2
        gate.stay_open()
        assert b"".join([chunk async for chunk in chunks]) == b"data: two\n\ndata: three\n\n"


async def test_a_gated_reply_is_held_before_its_first_byte(hub: FakeHub, client: httpx.AsyncClient) -> None:
    gate = hub.gate()
    hub.on("/m", Gated(gate, Json("late")))
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(client.post("/m")) for _ in range(3)]
        await hub.until(lambda: gate.waiting == 3)
        assert (len(hub.in_flight), hub.open_connections) == (3, 3)
        gate.open(3)
    assert [task.result().json() for task in asked] == ["late"] * 3
    assert hub.in_flight == []


@pytest.mark.parametrize(
    "reply",
    [Stall(), Stall("body"), Sse(["one"], "stall"), Sse(map(str, itertools.count()))],
    ids=["before the head", "before the body", "in a stream", "an endless stream"],
)
async def test_sees_the_client_leave(hub: FakeHub, client: httpx.AsyncClient, reply: Reply) -> None:
    hub.on("/m", reply)
    asked = asyncio.ensure_future(client.post("/m"))
    await hub.until(lambda: hub.in_flight)

    left_at = asyncio.get_running_loop().time()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    await hub.until(lambda: hub.open_connections == 0)

    exchange = hub.exchanges[0]
    assert exchange.abandoned
    assert exchange.closed_at is not None
    assert left_at <= exchange.closed_at


async def test_an_answer_read_whole_is_not_abandoned_by_a_client_that_then_leaves(hub: FakeHub) -> None:
    hub.on("/m", Sse(["one"]))
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{hub.url}/m")
    await hub.until(lambda: hub.open_connections == 0)
    exchange = hub.exchanges[0]
    assert exchange.done
    assert not exchange.abandoned
    assert exchange.closed_at is not None


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reset(), httpx.ReadError),
        (Reset(after=10), httpx.ReadError),
        (Close(after=10), httpx.RemoteProtocolError),
        (Raw(b""), httpx.RemoteProtocolError),
        (Raw(b"not HTTP\r\n\r\n"), httpx.RemoteProtocolError),
        (Sse(["one"], "cut"), httpx.RemoteProtocolError),
        (Sse(["one"], "reset"), httpx.ReadError),
    ],
    ids=repr,
)
async def test_breaks_the_wire_as_told(
    hub: FakeHub, client: httpx.AsyncClient, reply: Reply, error: type[Exception]
) -> None:
    hub.on("/m", [reply, Json("alive")])
    with pytest.raises(error):
        await client.post("/m")
    assert (hub.exchanges[0].done, hub.exchanges[0].closed_at) == (True, None)
    assert (await client.post("/m")).json() == "alive"


async def test_what_was_sent_before_a_cut_arrives(hub: FakeHub, client: httpx.AsyncClient) -> None:
    hub.on("/m", Close(after=5, body=b"hello world"))
    async with client.stream("POST", "/m") as response:
        chunks = response.aiter_raw()
        assert await anext(chunks) == b"hello"
        with pytest.raises(httpx.RemoteProtocolError):
            await anext(chunks)


async def test_serves_very_many_connections_at_once(hub: FakeHub) -> None:
    count = connections_this_process_may_hold()
    gate = hub.gate()
    hub.on("/m", Gated(gate, Json("all here")))

    async def ask() -> bytes:
        reader, writer = await asyncio.open_connection(*hub.address)
        writer.write(b"GET /m HTTP/1.1\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(ask()) for _ in range(count)]
        await hub.until(lambda: gate.waiting == count)
        gate.open(count)

    assert all(task.result().endswith(b'"all here"') for task in asked)
    assert hub.connections_made == count


@pytest.mark.parametrize("text", ["Hello, world!", "def f(x):\n    return x\n", " é 漢字 🤗", "\u2028 a", ""])
@pytest.mark.parametrize(
    ("events", "text_of"),
    [
        (tgi_events, lambda event: event["token"]["text"] * (not event["token"]["special"])),
        (chat_events, lambda event: event["choices"][0]["delta"].get("content", "")),
        (completion_events, lambda event: event["choices"][0]["text"]),
    ],
    ids=["tgi", "chat", "completion"],
)
def test_a_model_stream_carries_the_whole_text(
    text: str, events: Callable[[str], list[Any]], text_of: Callable[[Any], str]
) -> None:
    made = [event for event in events(text) if event != "[DONE]"]
    assert "".join(text_of(event) for event in made) == text
    assert json.loads(event_bytes(made[0]).removeprefix(b"data: ")) == made[0]


def connections_this_process_may_hold() -> int:
    """1,000, or what the limit of open files leaves when both ends of each socket are ours."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return 1_000
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1_000 if files == resource.RLIM_INFINITY else max(50, min(1_000, (files - 100) // 2))
