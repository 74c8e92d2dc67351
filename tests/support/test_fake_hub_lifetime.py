"""How the fake Hub starts, ends and fails: in a loop, in a thread, behind TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl

import httpx
import pytest

from support.fake_hub import (
    CERTIFICATE,
    BrokenJson,
    Bytes,
    Exchange,
    FakeHub,
    Huge,
    Json,
    Loading,
    Raw,
    Redirect,
    Reply,
    Sse,
    Stall,
    Trickle,
    Unauthorized,
    WrongType,
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


async def test_leaving_the_block_ends_what_is_under_way() -> None:
    async with FakeHub() as hub, httpx.AsyncClient(base_url=hub.url, trust_env=False) as client:
        hub.on("/m", Stall())
        asked = asyncio.ensure_future(client.post("/m"))
        await hub.until(lambda: hub.in_flight)
        await hub.__aexit__(None, None, None)
        with pytest.raises(httpx.TransportError):
            await asked
        assert (hub.open_connections, hub.exchanges[0].closed_at) == (0, None)
        with pytest.raises(httpx.ConnectError):
            await client.get("/m")


async def test_a_reply_function_that_raises_fails_the_test() -> None:
    def wrong(exchange: Exchange) -> Reply:
        raise LookupError(exchange.path)

    async def use() -> None:
        async with FakeHub() as hub, httpx.AsyncClient(trust_env=False) as client:
            hub.on("/m", wrong)
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get(f"{hub.url}/m")

    with pytest.raises(LookupError, match="/m"):
        await use()


async def test_a_request_that_is_not_http_fails_the_test() -> None:
    async def use() -> None:
        async with FakeHub() as hub:
            _, writer = await asyncio.open_connection(*hub.address)
            writer.write(b"nonsense\r\n\r\n")
            await hub.until(lambda: hub.connections_made == 1 and hub.open_connections == 0)
            writer.close()

    with pytest.raises(ValueError, match="unpack"):
        await use()


async def test_a_failed_assertion_says_the_state_of_the_hub() -> None:
    async def use() -> None:
        async with FakeHub() as hub, httpx.AsyncClient(base_url=hub.url, trust_env=False) as client:
            await client.post("/a")
            await client.post("/a")
            raise AssertionError("the test's own words")

    with pytest.raises(AssertionError) as failure:
        await use()
    [note] = failure.value.__notes__
    assert "2 requests (POST /a ×2), 0 in flight" in note
    assert "last: #2 POST /a done" in note


async def test_a_wait_in_vain_says_the_state_of_the_hub() -> None:
    async with FakeHub() as hub:
        with pytest.raises(AssertionError, match=r"in vain; fake hub http://127.0.0.1:\d+: 0 requests \(none\)"):
            await hub.until(lambda: hub.exchanges, within=0)


def test_serves_a_client_that_blocks_from_a_thread_of_its_own() -> None:
    with FakeHub.in_thread() as hub:
        gate = hub.gate()
        hub.on("/m", Sse(["one", "two"], gate=gate))
        with (
            httpx.Client(base_url=hub.url, trust_env=False) as client,
            client.stream("POST", "/m") as response,
        ):
            chunks = response.iter_raw()
            for text in (b"one", b"two"):
                hub.wait_until(lambda: gate.waiting == 1)
                gate.open()
                assert next(chunks) == b"data: " + text + b"\n\n"
        hub.wait_until(lambda: hub.open_connections == 0)
        assert hub.exchanges[0].closed_at is not None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(hub.address)


def test_a_hub_in_a_thread_fails_the_test_too() -> None:
    def wrong(exchange: Exchange) -> Reply:
        raise LookupError(exchange.path)

    def use() -> None:
        with FakeHub.in_thread() as hub:
            hub.on("/m", wrong)
            with pytest.raises(httpx.RemoteProtocolError):
                httpx.get(f"{hub.url}/m", trust_env=False)

    with pytest.raises(LookupError, match="/m"):
        use()

    with pytest.raises(AssertionError) as failure, FakeHub.in_thread() as hub:
        hub.wait_until(lambda: False, within=0)
    assert "0 requests" in failure.value.__notes__[0]


async def test_a_hub_in_a_thread_can_be_awaited_from_another_loop() -> None:
    with FakeHub.in_thread() as hub:
        hub.on("/m", Stall())
        async with httpx.AsyncClient(trust_env=False) as client:
            asked = asyncio.ensure_future(client.get(f"{hub.url}/m"))
            await hub.until(lambda: hub.in_flight)
            asked.cancel()
            await hub.until(lambda: hub.exchanges[0].abandoned)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_speaks_tls_to_a_client_that_trusts_its_certificate(host: str) -> None:
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    async with FakeHub(tls=True) as hub, httpx.AsyncClient(verify=trusting, trust_env=False) as client:
        hub.on("/m", [Sse(["one"]), Stall()])
        url = hub.url.replace("127.0.0.1", host)
        assert (await client.post(f"{url}/m")).content == b"data: one\n\n"
        asked = asyncio.ensure_future(client.post(f"{url}/m"))
        await hub.until(lambda: hub.in_flight)
        asked.cancel()
        await hub.until(lambda: hub.exchanges[1].abandoned)


async def test_a_client_that_does_not_trust_the_certificate_asks_nothing() -> None:
    async with FakeHub(tls=True) as hub, httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get(hub.url)
        assert hub.exchanges == []
