"""The asynchronous client: performs the effects of a flow on the running asyncio loop.

Knows httpx's async client and how to cancel it safely (`exchange.py`). Knows no task, wire or policy.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from hf_inference.configured import Configured, ConfiguredEndpoint, Prepared
from hf_inference.core.binary import Body
from hf_inference.core.call import Call, StreamCall
from hf_inference.core.errors import CancelledCallError, InferenceError, InputError
from hf_inference.core.events import EventReader
from hf_inference.core.flow import Answer, Flow, Load, Send, Wait
from hf_inference.core.method import AsyncShell, AsyncStream
from hf_inference.core.options import Network, Options
from hf_inference.core.signal import Signal
from hf_inference.core.wire import Response
from hf_inference.engines.engine import Engine
from hf_inference.files import load
from hf_inference.surface import Surface
from hf_inference.targets import Target
from hf_inference.targets import endpoint as endpoint_target

if TYPE_CHECKING:
    import httpx

    from hf_inference.exchange import Exchange

T = TypeVar("T")


class AsyncHfInference(Configured, Surface, AsyncShell):
    """A client of one target, on asyncio.

    `access_token`: sent to the target, and to nowhere else. `default_options`: lie under each call's own.
    `target`: where calls go (`hf_inference.targets`), the Hugging Face router if None. `network`: proxy and
    certificates. `http_client`: an `httpx.AsyncClient` used for every request in place of both; it stays yours to
    close. Use one client in one event loop. Close it with `aclose`, or use it in an `async with`.
    """

    def __init__(
        self,
        access_token: str | None = None,
        default_options: Options | None = None,
        *,
        target: Target | None = None,
        network: Network | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        super().__init__(access_token, default_options, target)
        self._connections = AsyncConnections(http_client, network)

    def endpoint(self, url: str) -> AsyncHfInferenceEndpoint:
        """A client of one endpoint, with this client's token, options and connections."""
        client = AsyncHfInferenceEndpoint(url, self._token, self._options)
        client.target = self.target.at(url) or client.target
        client._connections = BorrowedAsyncConnections(self._connections)
        return client

    async def answer(self, call: Call[T]) -> Answer[T]:
        prepared = self._prepare(call)
        answer, _ = await self._perform(prepared, prepared.target.answer(call, prepared.context))
        return answer

    def stream(self, call: StreamCall[T]) -> AsyncStream[T]:
        return AsyncHttpStream(self, call)

    async def warm_up(self) -> None:
        """Import httpx and make the SSL context now, off the loop, so that the first call need not wait for it."""
        await self._connections.made(self.target.engine)

    async def aclose(self) -> None:
        """Stop what still runs and let the connections go. A `http_client` that was handed in stays open."""
        await self._connections.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _perform(self, prepared: Prepared, flow: Flow[T]) -> tuple[T, Exchange | None]:
        """Run a flow to its end: its value, and the exchange whose body is open if the last `Send` streamed."""
        reply: Response | Body | None = None
        failure: InferenceError | None = None
        opened: Exchange | None = None
        while True:
            try:
                effect = flow.send(reply) if failure is None else flow.throw(failure)
            except StopIteration as done:
                return done.value, opened
            reply = failure = None
            prepared.begin()
            try:
                match effect:
                    case Wait():
                        prepared.announce(effect)
                        await _pause(prepared, effect.seconds)
                    case Load():
                        reply = await asyncio.to_thread(load, effect.source)
                    case Send():
                        reply, opened = await self._send(prepared, effect)
            except CancelledCallError:
                raise
            except InferenceError as error:
                failure = error

    async def _send(self, prepared: Prepared, effect: Send) -> tuple[Response, Exchange | None]:
        client = await self._connections.client(prepared)
        prepared.begin()
        exchange = self._connections.start(client, effect, prepared)
        try:
            head = await exchange.head()
        except BaseException:
            await exchange.close()
            raise
        return head, exchange if exchange.streams else None


class AsyncHfInferenceEndpoint(ConfiguredEndpoint, AsyncHfInference):
    """A client of one URL, on asyncio: whatever model a call names, the endpoint answers."""

    def __init__(
        self,
        url: str,
        access_token: str | None = None,
        default_options: Options | None = None,
        *,
        network: Network | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        AsyncHfInference.__init__(
            self,
            access_token,
            default_options,
            target=endpoint_target(url),
            network=network,
            http_client=http_client,
        )


class AsyncConnections:
    """The httpx client of the network and of each engine, made when first needed, and the exchanges on them."""

    def __init__(self, given: httpx.AsyncClient | None = None, network: Network | None = None) -> None:
        self._given = given
        self._network = network or Network()
        self._made: dict[Engine | None, asyncio.Task[httpx.AsyncClient]] = {}
        self._running: set[Exchange] = set()

    async def client(self, prepared: Prepared) -> httpx.AsyncClient:
        """The httpx client for a call."""
        given = prepared.fetch or self._given
        if given is not None and prepared.target.engine is None:
            return _checked(given)
        return await self.made(prepared.target.engine)

    async def made(self, engine: Engine | None) -> httpx.AsyncClient:
        """The library's own httpx client of the network or of an engine."""
        making = self._made.get(engine)
        if making is None or (making.done() and _failed(making)):  # the environment may have been mended since
            making = self._made[engine] = asyncio.create_task(self._make(engine))
        return await asyncio.shield(making)

    def start(self, client: httpx.AsyncClient, effect: Send, prepared: Prepared) -> Exchange:
        from hf_inference.exchange import Exchange

        exchange = Exchange(client, effect, prepared, self._running.discard)
        self._running.add(exchange)
        return exchange

    async def close(self) -> None:
        for exchange in tuple(self._running):
            await exchange.close()
        while self._made:
            making = self._made.popitem()[1]
            await asyncio.wait({making})
            if not _failed(making):
                await making.result().aclose()

    async def _make(self, engine: Engine | None) -> httpx.AsyncClient:
        new_client = await asyncio.to_thread(_maker)  # httpx is much to import: on the loop, all else would wait
        return await new_client(engine, self._network)


def _maker() -> Callable[[Engine | None, Network], Awaitable[httpx.AsyncClient]]:
    from hf_inference import http

    return http.new_async_client


class BorrowedAsyncConnections(AsyncConnections):
    """Another client's connections, which stay its own to close."""

    def __init__(self, owner: AsyncConnections) -> None:
        super().__init__()
        self._owner = owner

    async def client(self, prepared: Prepared) -> httpx.AsyncClient:
        return await self._owner.client(prepared)

    async def made(self, engine: Engine | None) -> httpx.AsyncClient:
        return await self._owner.made(engine)


class AsyncHttpStream(AsyncStream[T]):
    """The pieces of one reply, read as they are asked for."""

    def __init__(self, client: AsyncHfInference, call: StreamCall[T]) -> None:
        self._client = client
        self._call = call
        self._signal: Signal | None = None
        self._exchange: Exchange | None = None
        self._reader: EventReader[T] | None = None
        self._pieces: deque[T] = deque()
        self._failure: BaseException | None = None
        self._ended = False

    async def __anext__(self) -> T:
        if self._signal is not None and self._signal.aborted and not self._ended:
            self._pieces.clear()
        while not self._pieces:
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
            if self._ended:
                raise StopAsyncIteration
            await self._advance()
        return self._pieces.popleft()

    async def aclose(self) -> None:
        if not self._ended:
            self._ended = True
            self._pieces.clear()
        if self._exchange is not None:
            await self._exchange.close()

    def __del__(self) -> None:
        if self._exchange is not None:
            self._exchange.abandon()

    async def _advance(self) -> None:
        """Wait for the next chunk and read its pieces; an error is raised only after the pieces before it."""
        try:
            if self._exchange is None:
                await self._open()
            assert self._exchange is not None
            assert self._reader is not None
            chunk = await self._exchange.chunk(self._reader)
            if self._signal is not None and self._signal.aborted:
                raise CancelledCallError("The stream was aborted while it was being read")
            if self._ended:
                raise CancelledCallError("The stream was closed while it was being read")
            if chunk is None:
                self._ended = True
                self._pieces.extend(self._reader.finish())
            else:
                self._pieces.extend(self._reader.feed(chunk))
        except BaseException as error:
            self._ended = True
            if self._exchange is not None:
                await self._exchange.close()
            if not isinstance(error, Exception):
                raise
            self._failure = error

    async def _open(self) -> None:
        prepared = self._client._prepare(self._call)
        self._signal = prepared.signal
        flow = prepared.target.open(self._call, prepared.context)
        (self.opened, self._reader), self._exchange = await self._client._perform(prepared, flow)


async def _pause(prepared: Prepared, seconds: float) -> None:
    """Let time pass, unless the call is aborted."""
    if prepared.signal is None:
        await asyncio.sleep(seconds)
        return
    aborted = asyncio.Event()
    leave = prepared.signal.listen(partial(asyncio.get_running_loop().call_soon_threadsafe, aborted.set))
    try:
        async with asyncio.timeout(seconds):
            await aborted.wait()
    except TimeoutError:
        return
    finally:
        leave()
    raise prepared.aborted()


def _failed(making: asyncio.Task[httpx.AsyncClient]) -> bool:
    return making.cancelled() or making.exception() is not None


def _checked(given: object) -> httpx.AsyncClient:
    import httpx

    if not isinstance(given, httpx.AsyncClient):
        raise InputError(f"The async client sends through an httpx.AsyncClient, not through {type(given).__name__}")
    return given
