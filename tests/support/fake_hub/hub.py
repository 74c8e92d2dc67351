"""The tests' one fake: a Hub, or any HTTP server of models, on a loopback port, answering as a test tells it.

Knows routes, what was asked and who is connected. Knows no HTTP framing (connection.py) and no body
(replies.py)."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from support.fake_hub.connection import Connection
from support.fake_hub.exchange import Exchange, Gate
from support.fake_hub.replies import Json, Reply

CERTIFICATE = Path(__file__).with_name("certificate.pem")
"""What a client must trust to speak with a `FakeHub(tls=True)`."""

Answer: TypeAlias = Reply | Callable[[Exchange], Reply]

PATIENCE = 30.0
"""Seconds after which a wait is taken for a hang. No test that passes comes near it."""


class FakeHub:
    """`async with FakeHub() as hub`, or `with FakeHub.in_thread() as hub` for a client that blocks.

    Records may be read, and `on`, gates and both waits used, from any thread. A reply function that raises,
    or a request that is not HTTP, drops its connection and fails the block."""

    def __init__(self, *, tls: bool = False) -> None:
        self.exchanges: list[Exchange] = []
        """Every request, in the order in which they were complete."""
        self.connections_made = 0
        self.url = ""
        """Scheme, host and port, without a slash at the end."""
        self.address = ("127.0.0.1", 0)
        """Host and port, for a bare socket."""
        self._tls = tls
        self._routes: dict[tuple[str, str], tuple[Answer, ...]] = {}
        self._turns: Counter[tuple[str, str]] = Counter()
        self._connections: set[Connection] = set()
        self._failures: list[BaseException] = []
        self._watchers: set[Callable[[], None]] = set()
        self._closing = False
        self._server: asyncio.Server
        self._loop: asyncio.AbstractEventLoop

    @classmethod
    @contextmanager
    def in_thread(cls, *, tls: bool = False) -> Iterator[Self]:
        """A hub with a loop and a thread of its own, until the block ends."""
        started: Future[tuple[Self, Callable[[], object]]] = Future()

        async def serve() -> None:
            try:
                async with cls(tls=tls) as hub:
                    stop = asyncio.Event()
                    loop = asyncio.get_running_loop()
                    started.set_result((hub, partial(loop.call_soon_threadsafe, stop.set)))
                    await stop.wait()
            except BaseException as error:
                if not started.done():
                    started.set_exception(error)
                raise

        with ThreadPoolExecutor(1, "fake-hub") as thread:
            ended = thread.submit(asyncio.run, serve())
            hub, stop = started.result()
            try:
                yield hub
            except AssertionError as error:
                error.add_note(hub.state())
                raise
            finally:
                stop()
            ended.result()

    def on(self, path: str, answer: Answer | Sequence[Answer], *, method: str = "*") -> None:
        """Answers `path` ("*": every path without an answer of its own) so, from now on.

        A list is used up one answer a request; its last stays."""
        answers = tuple(answer) if isinstance(answer, Sequence) else (answer,)
        if not answers:
            raise ValueError("no answer in the list")
        key = (method.upper(), path)
        self._turns.pop(key, None)
        self._routes[key] = answers

    def gate(self) -> Gate:
        """A closed gate for a reply of this hub."""
        return Gate(self._loop, self.changed)

    @property
    def counts(self) -> Counter[str]:
        """Requests by path."""
        return Counter(exchange.path for exchange in self.exchanges)

    @property
    def in_flight(self) -> list[Exchange]:
        """Requests whose answer is not finished and whose client still waits."""
        return [exchange for exchange in self.exchanges if exchange.in_flight]

    @property
    def open_connections(self) -> int:
        """Sockets open now."""
        return len(self._connections)

    def state(self) -> str:
        """One line for a failed assertion."""
        asked = Counter(f"{exchange.method} {exchange.path}" for exchange in self.exchanges)
        counts = ", ".join(f"{name} ×{count}" for name, count in asked.items()) or "none"
        last = f"; last: {self.exchanges[-1]}" if self.exchanges else ""
        return (
            f"fake hub {self.url}: {len(self.exchanges)} requests ({counts}), "
            f"{len(self.in_flight)} in flight, "
            f"{self.open_connections} of {self.connections_made} connections open{last}"
        )

    __repr__ = state

    async def until(self, condition: Callable[[], object], *, within: float = PATIENCE) -> None:
        """Waits, on the caller's loop, for the condition; looks again whenever the hub's state changes."""
        loop = asyncio.get_running_loop()
        changed = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(changed.set)

        self._watchers.add(wake)
        try:
            async with asyncio.timeout(within):
                while not condition():
                    await changed.wait()
                    changed.clear()
        except TimeoutError:
            raise AssertionError(f"waited {within} s in vain; {self.state()}") from None
        finally:
            self._watchers.discard(wake)

    def wait_until(self, condition: Callable[[], object], *, within: float = PATIENCE) -> None:
        """The same for a thread that blocks; never call it on the hub's own loop."""
        changed = threading.Event()
        self._watchers.add(changed.set)
        try:
            while not condition():
                if not changed.wait(within):
                    raise AssertionError(f"waited {within} s in vain; {self.state()}")
                changed.clear()
        finally:
            self._watchers.discard(changed.set)

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        context = None
        if self._tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_name("key.pem"))
        self._server = await self._loop.create_server(
            lambda: Connection(self), *self.address, backlog=1024, ssl=context
        )
        self.address = (self.address[0], self._server.sockets[0].getsockname()[1])
        self.url = f"{'https' if self._tls else 'http'}://%s:%d" % self.address
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        state = self.state()
        self._closing = True
        self._server.close()
        connections = tuple(self._connections)
        for connection in connections:
            connection.drop()
        for connection in connections:
            await connection.gone.wait()
        await self._server.wait_closed()
        if error is None and self._failures:
            raise self._failures[0]
        if isinstance(error, AssertionError):
            error.add_note(state)
        if error is not None and self._failures:
            error.add_note(f"and the fake hub failed: {self._failures!r}")

    # What a connection calls (its Desk)

    def joined(self, connection: Connection) -> int:
        self.connections_made += 1
        self._connections.add(connection)
        if self._closing:
            connection.drop()
        self.changed()
        return self.connections_made

    def left(self, connection: Connection, failure: BaseException | None) -> None:
        self._connections.discard(connection)
        if failure is not None:
            self._failures.append(failure)
        self.changed()

    def reply_to(self, exchange: Exchange) -> Reply:
        self.exchanges.append(exchange)
        exchange.number = len(self.exchanges)
        self.changed()
        path, method = exchange.path, exchange.method
        for key in ((method, path), ("*", path), (method, "*"), ("*", "*")):
            if answers := self._routes.get(key):
                answer = answers[min(self._turns[key], len(answers) - 1)]
                self._turns[key] += 1
                return answer if isinstance(answer, Reply) else answer(exchange)
        known = sorted(f"{method} {path}" for method, path in self._routes)
        return Json({"error": f"no answer for {exchange.method} {exchange.path}", "known": known}, 404)

    def changed(self) -> None:
        for wake in tuple(self._watchers):
            wake()
