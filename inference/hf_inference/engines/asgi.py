"""An engine as an ASGI application: the same routes as in-process, for any program on this machine.

Knows ASGI (https://asgi.readthedocs.io) and how to run blocking work beside an event loop. Knows no route and no
server: `serve.py` puts it on a port with uvicorn, any other ASGI server may.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Awaitable, Callable, Collection, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeAlias, TypeVar

from hf_inference.engines.engine import Engine
from hf_inference.engines.handler import EngineReply, handle
from hf_inference.engines.reply import Abandoned, close, event

T = TypeVar("T")
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names that a request's `Host` may have. Any other is a web page that has its own name point here, to read what the
engine knows of the workspace."""

LONGEST_BODY = 16 * 1024 * 1024
"""Bytes of a request."""


class application:  # noqa: N801 - called like a function, as ASGI servers know it
    """`application(engine)`: an ASGI application. The engine stays its maker's to close.

    `hosts`: the names under which it may be asked, None for any. `longest_body`: bytes; more is refused with 413.
    `workers`: requests computed at a time; further ones wait.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        hosts: Collection[str] | None = LOOPBACK_NAMES,
        longest_body: int = LONGEST_BODY,
        workers: int = 4,
    ) -> None:
        self._engine = engine
        self._hosts = hosts
        self._longest_body = longest_body
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix=f"{engine.name}-server")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._http(scope, receive, send)
            case "lifespan":
                await self._lifespan(receive, send)
            case "websocket":
                await send({"type": "websocket.close", "code": 1000})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            if kind == "lifespan.startup":
                self._engine.start()
            else:
                self._workers.shutdown(wait=False, cancel_futures=True)
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        if self._hosts is not None and _host_name(headers.get(b"host", b"")) not in self._hosts:
            await _send_whole(send, _error(403, "This server answers only under its own names", "forbidden"))
            return
        body = await _body(headers, receive, self._longest_body)
        if isinstance(body, EngineReply):
            await _send_whole(send, body)
            return
        gone = asyncio.create_task(_gone(receive))
        abandoned = threading.Event()
        gone.add_done_callback(lambda _: abandoned.set())
        try:
            work = partial(handle, self._engine, scope["method"], scope["path"], body, abandoned.is_set)
            reply = await self._work(_explained(work), gone, late=_drop)
            if isinstance(reply.body, bytes):
                await _send_whole(send, reply)
            else:
                await self._send_pieces(send, reply, reply.body, gone)
        except (Abandoned, OSError):  # the client is gone: nobody is left to tell
            pass
        finally:
            gone.cancel()

    async def _send_pieces(
        self, send: Send, reply: EngineReply, pieces: Iterator[bytes], gone: asyncio.Task[None]
    ) -> None:
        """Send each piece when it is there; `pieces` is closed whatever happens, but never while it runs."""
        step: asyncio.Future[bytes | None] | None = None
        try:
            await send(_head(reply))
            while True:
                step = asyncio.get_running_loop().run_in_executor(self._workers, _next, pieces)
                waited: set[asyncio.Future[Any]] = {step, gone}
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                if gone.done():
                    raise Abandoned
                piece = step.result()
                await send({"type": "http.response.body", "body": piece or b"", "more_body": piece is not None})
                if piece is None:
                    return
        finally:
            if step is None or step.done():
                close(pieces)
            else:
                step.add_done_callback(lambda _: close(pieces))

    async def _work(self, work: Callable[[], T], gone: asyncio.Task[None], late: Callable[[T], None]) -> T:
        """What `work` gives, computed in a worker. If the client goes, what it still gives goes to `late`."""
        doing = asyncio.get_running_loop().run_in_executor(self._workers, work)
        waited: set[asyncio.Future[Any]] = {doing, gone}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            doing.add_done_callback(lambda done: late(done.result()) if _succeeded(done) else None)
            raise Abandoned
        return doing.result()


def _explained(work: Callable[[], EngineReply]) -> Callable[[], EngineReply]:
    """The work with a failure of the engine itself made a reply, and a line in the log."""

    def explained() -> EngineReply:
        try:
            return work()
        except Abandoned:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary between an engine and its clients
            _LOG.exception("the engine failed")
            return _error(500, f"The engine failed: {type(error).__name__}", "generation")

    return explained


def _next(pieces: Iterator[bytes]) -> bytes | None:
    try:
        return next(pieces, None)
    except Exception as error:  # noqa: BLE001 - amid a stream only an event can still tell
        _LOG.exception("the engine failed amid a stream")
        close(pieces)
        return event({"error": f"The engine failed: {type(error).__name__}", "error_type": "generation"})


async def _body(headers: dict[bytes, bytes], receive: Receive, longest: int) -> bytes | EngineReply:
    """The request's body, or the refusal of one that is too long."""
    too_long = _error(413, f"A request may have {longest} bytes at most", "validation")
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > longest:
        return too_long
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > longest:
            return too_long
        if not message.get("more_body", False):
            return bytes(body)


async def _gone(receive: Receive) -> None:
    """Returns when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_whole(send: Send, reply: EngineReply) -> None:
    assert isinstance(reply.body, bytes)
    await send(_head(reply, ("content-length", str(len(reply.body)))))
    await send({"type": "http.response.body", "body": reply.body})


def _head(reply: EngineReply, *further: tuple[str, str]) -> dict[str, Any]:
    headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in (*reply.headers.items(), *further)]
    return {"type": "http.response.start", "status": reply.status, "headers": headers}


def _error(status: int, sentence: str, error_type: str) -> EngineReply:
    body = json.dumps({"error": sentence, "error_type": error_type}).encode()
    headers = {"content-type": "application/json", **({"connection": "close"} if status == 413 else {})}
    return EngineReply(status=status, headers=headers, body=body)


def _drop(reply: EngineReply) -> None:
    if not isinstance(reply.body, bytes):
        close(reply.body)


def _succeeded(done: asyncio.Future[Any]) -> bool:
    return not done.cancelled() and done.exception() is None


def _host_name(host: bytes) -> str:
    """A `Host` header without its port."""
    name = host.decode("latin-1").lower()
    return name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]


_LOG = logging.getLogger(__name__)
