"""What this library adds to the sockets under httpx: merged chunks, and reads that can be limited and interrupted.

Knows httpcore's documented hook `trace`, which hands over each network stream when it is connected, and the documented
methods of such a stream. Knows no request, task or error: where a transport has no hook, all works without it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hf_inference.core.chunks import ChunkMerger

NO_LIMIT = 1_000_000.0
"""Seconds that stand for ever: some systems refuse longer waits of a socket."""


class Limit(float):
    """How long one read or write may wait: a number to whoever knows no more, and `ask` is asked anew each time on
    the connections that `improve` has seen."""

    def __new__(cls, seconds: float | None, ask: Callable[[Any], float]) -> Limit:
        limit = super().__new__(cls, NO_LIMIT if seconds is None else seconds)
        limit.ask = ask
        return limit

    ask: Callable[[Any], float]
    """Given the network stream that is about to wait; its answer is in seconds. It may raise."""


def connected(step: str, info: Any) -> Any | None:
    """The network stream that a step of httpcore's trace has just made, plain or with TLS, else None."""
    return info.get("return_value") if step in _CONNECTED else None


def improve(stream: Any) -> None:
    """Have a blocking network stream merge chunks and heed each `Limit`."""
    read, write, merger = stream.read, stream.write, ChunkMerger()

    def improved_read(max_bytes: int, timeout: float | None = None) -> bytes:
        while data := read(max_bytes, timeout.ask(stream) if isinstance(timeout, Limit) else timeout):
            if merged := merger.feed(data):
                return merged
        return b""

    def improved_write(buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:  # the end of a body of known length
            return
        merger.begin()
        write(buffer, timeout.ask(stream) if isinstance(timeout, Limit) else timeout)

    vars(stream).update(read=improved_read, write=improved_write)


def improve_async(stream: Any) -> None:
    """Have an asynchronous network stream merge chunks."""
    read, write, merger = stream.read, stream.write, ChunkMerger()

    async def improved_read(max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        while data := await read(max_bytes, timeout):
            if merged := merger.feed(data):
                return merged
        return b""

    async def improved_write(buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        if not buffer:
            return
        merger.begin()
        await write(buffer, timeout)

    vars(stream).update(read=improved_read, write=improved_write)


def interrupt(stream: Any) -> None:
    """End a network stream's connection from any thread: whoever reads from it sees the end at once."""
    connection = stream.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):  # it may have ended this very moment
            connection.shutdown(socket.SHUT_RDWR)


_CONNECTED = frozenset(
    f"{layer}.{step}.complete"
    for layer in ("connection", "proxy", "socks")
    for step in ("connect_tcp", "connect_unix_socket", "start_tls")
)
