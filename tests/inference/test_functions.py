"""The functions of the package: a client each call, gone when the call is over."""

from __future__ import annotations

import pytest

import hf_inference
from hf_inference import AuthenticationError
from support.fake_hub import FakeHub, Json, Sse, Unauthorized, tgi_events

SUMMARY = Json([{"summary_text": "short"}])


def test_a_blocking_function_answers_and_lets_its_connection_go() -> None:
    with FakeHub.in_thread() as hub:
        hub.on("/m", SUMMARY)
        output = hf_inference.summarization("long", model=f"{hub.url}/m", access_token="hf_TOKEN")
        assert output.summary_text == "short"
        assert hub.exchanges[0].headers["authorization"] == "Bearer hf_TOKEN"
        hub.wait_until(lambda: hub.open_connections == 0)


async def test_an_awaited_function_answers_and_lets_its_connection_go() -> None:
    async with FakeHub() as hub:
        hub.on("/m", SUMMARY)
        output = await hf_inference.aio.summarization("long", model=f"{hub.url}/m")
        assert output.summary_text == "short"
        await hub.until(lambda: hub.open_connections == 0)


def test_a_blocking_stream_lets_its_connection_go_at_its_end_and_when_it_is_closed() -> None:
    with FakeHub.in_thread() as hub:
        hub.on("/m", Sse(tgi_events("one two three")))
        stream = hf_inference.text_generation_stream("x", model=f"{hub.url}/m")
        assert "".join(piece.token.text for piece in stream) == "one two three"
        assert stream.opened.response.status == 200
        hub.wait_until(lambda: hub.open_connections == 0)
        with hf_inference.text_generation_stream("x", model=f"{hub.url}/m") as stream:
            next(stream)
        hub.wait_until(lambda: hub.open_connections == 0)


async def test_an_awaited_stream_lets_its_connection_go_at_its_end_and_when_it_is_closed() -> None:
    async with FakeHub() as hub:
        hub.on("/m", Sse(tgi_events("one two three")))
        stream = hf_inference.aio.text_generation_stream("x", model=f"{hub.url}/m")
        assert "".join([piece.token.text async for piece in stream]) == "one two three"
        assert stream.opened.response.status == 200
        await hub.until(lambda: hub.open_connections == 0)
        async with hf_inference.aio.text_generation_stream("x", model=f"{hub.url}/m") as stream:
            await anext(stream)
        await hub.until(lambda: hub.open_connections == 0)


async def test_a_stream_that_fails_lets_its_connection_go() -> None:
    async with FakeHub() as hub:
        hub.on("/m", Unauthorized())
        with pytest.raises(AuthenticationError):
            await anext(hf_inference.aio.text_generation_stream("x", model=f"{hub.url}/m"))
        await hub.until(lambda: hub.open_connections == 0)
