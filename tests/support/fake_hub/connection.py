"""One client's socket at the fake Hub: reads requests, performs replies step by step, sees the client leave.

Knows HTTP/1.1 framing (lengths, chunked bodies, keep-alive) and asyncio transports. Knows no routes and no
reply by name: the desk behind it chooses the reply."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from support.fake_hub.exchange import Exchange, Gate
from support.fake_hub.replies import End, Reply


class Desk(Protocol):
    """What a connection needs from the hub."""

    def joined(self, connection: Connection) -> int:
        """Takes note of an open connection; returns its number."""

    def left(self, connection: Connection, failure: BaseException | None) -> None:
        """Takes note that the connection is over; `failure` is the test's mistake, not the wire's."""

    def reply_to(self, exchange: Exchange) -> Reply:
        """Numbers and records the request and chooses its answer."""

    def changed(self) -> None:
        """Called after every change that a test may wait for."""


class Connection(asyncio.Protocol):
    """Serves requests one after the other. Reading never stops, so a client that leaves is seen at once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._number = 0
        self._loop = asyncio.get_running_loop()
        self._input = bytearray()
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._exchanges: list[Exchange] = []
        self._server_closes = False
        self._lost = False
        self._transport: asyncio.Transport
        self._serving: asyncio.Task[None]
        self.gone = asyncio.Event()
        """Set when the socket is closed and the last reply's task has ended."""

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._serving = self._loop.create_task(self._serve())
        self._serving.add_done_callback(self._served)
        self._number = self._desk.joined(self)

    def data_received(self, data: bytes) -> None:
        self._input += data
        self._arrived.set()

    def eof_received(self) -> None:
        self._client_left()

    def connection_lost(self, exc: Exception | None) -> None:
        self._client_left()
        self._lost = True
        self._serving.cancel()
        self._leave()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # What the hub calls

    def drop(self) -> None:
        """Closes at once, whatever is under way; `gone` is set soon after."""
        self._server_closes = True
        self._transport.abort()

    # One request after the other

    async def _serve(self) -> None:
        kept = True
        while kept:
            exchange = await self._request()
            self._exchanges.append(exchange)
            end = await self._perform(self._desk.reply_to(exchange), exchange)
            kept = end is None and exchange.headers.get("connection", "").lower() != "close"
            self._server_closes = not kept
            if end is End.RESET:
                self._reset()
            elif not kept:
                self._transport.close()
            exchange.done = True
            self._desk.changed()

    async def _request(self) -> Exchange:
        lines = (await self._until(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _version = lines[0].split(" ")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        if "chunked" in headers.get("transfer-encoding", "").lower():
            body = await self._chunked_body()
        else:
            body = await self._exactly(int(headers.get("content-length", "0")))
        parts = urlsplit(target)
        return Exchange(
            number=0,
            connection=self._number,
            method=method,
            target=target,
            path=parts.path,
            query=parse_qs(parts.query, keep_blank_values=True),
            headers=headers,
            body=body,
            arrived_at=self._loop.time(),
        )

    async def _perform(self, reply: Reply, exchange: Exchange) -> End | None:
        for step in reply.steps(exchange):
            match step:
                case End.STALL:
                    await self._loop.create_future()  # only the client's leaving ends it, by cancelling this task
                case End():
                    return step
                case Gate():
                    await step.passed()
                case bytes():
                    if exchange.method == "HEAD":
                        step = step.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                    await asyncio.sleep(0)  # one turn of the loop: a client in it reads each piece on its own
                    self._transport.write(step)
                    exchange.chunks_sent += 1
                    self._desk.changed()
                    await self._writable.wait()
                    if exchange.method == "HEAD":
                        return None
        return None

    async def _chunked_body(self) -> bytes:
        body = bytearray()
        while size := int((await self._until(b"\r\n")).partition(b";")[0], 16):
            body += await self._exactly(size)
            await self._until(b"\r\n")
        while await self._until(b"\r\n"):  # trailers, to the empty line
            continue
        return bytes(body)

    async def _until(self, mark: bytes) -> bytes:
        while (at := self._input.find(mark)) < 0:
            await self._more()
        found = bytes(self._input[:at])
        del self._input[: at + len(mark)]
        return found

    async def _exactly(self, count: int) -> bytes:
        while len(self._input) < count:
            await self._more()
        found = bytes(self._input[:count])
        del self._input[:count]
        return found

    async def _more(self) -> None:
        self._arrived.clear()
        await self._arrived.wait()

    # The end

    def _client_left(self) -> None:
        if self._server_closes:
            return
        self._server_closes = True  # the rest of the closing is ours
        for exchange in self._exchanges:
            exchange.closed_at = self._loop.time()
        self._serving.cancel()
        self._desk.changed()

    def _reset(self) -> None:
        linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._transport.abort()

    def _served(self, serving: asyncio.Task[None]) -> None:
        if not serving.cancelled() and serving.exception() is not None:
            self.drop()
        self._leave()

    def _leave(self) -> None:
        if self._lost and self._serving.done() and not self.gone.is_set():
            self.gone.set()
            self._desk.left(self, None if self._serving.cancelled() else self._serving.exception())
