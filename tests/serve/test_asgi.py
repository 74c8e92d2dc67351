"""The engine as an ASGI application: bodies, streams, clients that leave, and names it does not answer to.

Knows ASGI's messages; a test is the server here."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hf_inference.engines.asgi import application
from serve.engines import WORDS, Countdown

Message = MutableMapping[str, Any]


class Client:
    """One HTTP request to an application, as a server hands it over."""

    def __init__(self, path: str, *bodies: bytes, host: str = "127.0.0.1:8711", method: str = "POST") -> None:
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self._received: asyncio.Queue[Message] = asyncio.Queue()
        for index, body in enumerate(bodies):
            self._received.put_nowait({"type": "http.request", "body": body, "more_body": index < len(bodies) - 1})
        self.scope: Message = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(b"Host", host.encode()), (b"content-length", str(len(b"".join(bodies))).encode())],
        }

    def leave(self) -> None:
        self._received.put_nowait({"type": "http.disconnect"})

    @asynccontextmanager
    async def asking(self, app: application) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(app(self.scope, self._received.get, self.sent.put))
        try:
            async with asyncio.timeout(30):
                yield task
                await task
        finally:
            task.cancel()

    async def ask(self, app: application) -> tuple[int, Any]:
        """Status and JSON of a whole answer."""
        async with self.asking(app):
            pass
        head = self.sent.get_nowait()
        body = b""
        while not self.sent.empty():
            body += self.sent.get_nowait()["body"]
        return head["status"], json.loads(body)


@pytest.fixture
def engine() -> Countdown:
    return Countdown()


PROMPT = b'{"inputs": "p", "stream": true}'


async def test_a_whole_answer_tells_its_length(engine: Countdown) -> None:
    client = Client("/summarization", b'{"inputs":', b' "text"}')
    assert await client.ask(application(engine)) == (200, [{"summary_text": "text"}])
    client = Client("/summarization", b'{"inputs": "text"}')
    async with client.asking(application(engine)):
        head = await client.sent.get()
        body = await client.sent.get()
    assert dict(head["headers"])[b"content-length"] == str(len(body["body"])).encode()


async def test_each_piece_of_a_stream_is_sent_before_the_next_is_computed(engine: Countdown) -> None:
    client = Client("/", PROMPT)
    async with client.asking(application(engine)):
        engine.allow()
        assert (await client.sent.get())["status"] == 200
        for index, word in enumerate(WORDS):
            piece = await client.sent.get()
            assert json.loads(piece["body"].removeprefix(b"data: "))["token"]["text"] == word
            assert engine.given == index + 1
            engine.allow()
        assert await client.sent.get() == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_a_client_that_leaves_a_stream_stops_the_work(engine: Countdown) -> None:
    client = Client("/", PROMPT)
    async with client.asking(application(engine)) as task:
        engine.allow()
        await client.sent.get()
        await client.sent.get()
        await asyncio.to_thread(engine.asked.wait, 30)
        client.leave()
        await task  # at once, though the engine is amid a token
        assert not engine.stopped.is_set()
        engine.allow()
        assert await asyncio.to_thread(engine.stopped.wait, 30)
    assert engine.given < len(WORDS)


async def test_a_client_that_leaves_a_whole_answer_stops_the_work_too(engine: Countdown) -> None:
    client = Client("/generate", b'{"inputs": "p"}')
    async with client.asking(application(engine)) as task:
        await asyncio.to_thread(engine.asked.wait, 30)
        client.leave()
        await task
        engine.allow(2)
        assert await asyncio.to_thread(engine.stopped.wait, 30)
    assert engine.given < len(WORDS)
    assert client.sent.empty()


async def test_a_stream_that_comes_when_the_client_has_left_is_closed(engine: Countdown) -> None:
    client = Client("/", PROMPT)
    async with client.asking(application(engine)) as task:
        await asyncio.to_thread(engine.asked.wait, 30)
        client.leave()
        await task
        engine.allow()
        assert await asyncio.to_thread(engine.stopped.wait, 30)
    assert engine.given == 1


async def test_a_request_that_is_too_long_is_refused_however_it_comes(engine: Countdown) -> None:
    app = application(engine, longest_body=100)
    assert (await Client("/summarization", b'"' * 101).ask(app))[0] == 413
    unannounced = Client("/summarization", b'"' * 60, b'"' * 60, b'"' * 60)
    unannounced.scope["headers"] = [(b"host", b"localhost")]
    assert (await unannounced.ask(app))[0] == 413


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8711", "127.0.0.1:1", "[::1]:8711"])
async def test_it_answers_to_the_names_of_this_machine(engine: Countdown, host: str) -> None:
    assert (await Client("/info", b"", host=host, method="GET").ask(application(engine)))[0] == 200


@pytest.mark.parametrize("host", ["", "example.org", "127.0.0.1.example.org", "localhost.example.org:8711"])
async def test_a_web_page_that_points_its_own_name_here_learns_nothing(engine: Countdown, host: str) -> None:
    status, value = await Client("/info", b"", host=host, method="GET").ask(application(engine))
    assert (status, value["error_type"]) == (403, "forbidden")
    assert (await Client("/info", b"", host=host, method="GET").ask(application(engine, hosts=None)))[0] == 200


async def test_a_bug_of_the_engine_is_a_500_and_a_line_in_the_log(
    engine: Countdown, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        status, value = await Client("/summarization", b'{"inputs": "bug"}').ask(application(engine))
    assert (status, value["error_type"]) == (500, "generation")
    assert "a bug" in caplog.text
    assert "a bug" not in value["error"]


async def test_a_bug_amid_a_stream_is_its_last_event(caplog: pytest.LogCaptureFixture) -> None:
    engine = Countdown(fails_after=1)
    engine.allow(len(WORDS))
    client = Client("/", PROMPT)
    async with client.asking(application(engine)):
        await client.sent.get()
        await client.sent.get()
        last = json.loads((await client.sent.get())["body"].removeprefix(b"data: "))
        assert last["error_type"] == "generation"
        assert (await client.sent.get())["more_body"] is False
    assert "a bug" in caplog.text


async def test_the_engine_starts_with_the_server_and_stays_its_maker_s_to_close(engine: Countdown) -> None:
    received: asyncio.Queue[Message] = asyncio.Queue()
    sent: asyncio.Queue[Message] = asyncio.Queue()
    received.put_nowait({"type": "lifespan.startup"})
    received.put_nowait({"type": "lifespan.shutdown"})
    await application(engine)({"type": "lifespan"}, received.get, sent.put)
    assert engine.starts == 1
    assert [sent.get_nowait()["type"] for _ in range(2)] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_websocket_is_closed(engine: Countdown) -> None:
    sent: asyncio.Queue[Message] = asyncio.Queue()
    await application(engine)({"type": "websocket"}, sent.get, sent.put)
    assert sent.get_nowait()["type"] == "websocket.close"
