"""The synchronous client: performs the effects of a flow in the calling thread.

Knows when to make a connection and when to let it go. Knows no task, wire or policy: those are handed to it as flows.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from hf_inference.configured import Configured, ConfiguredEndpoint, Prepared
from hf_inference.core.binary import Body
from hf_inference.core.call import Call, StreamCall
from hf_inference.core.errors import CancelledCallError, InferenceError, InputError
from hf_inference.core.events import EventReader
from hf_inference.core.flow import Answer, Flow, Load, Send, Wait
from hf_inference.core.method import Shell, Stream
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

    from hf_inference.blocking import BlockingExchange

T = TypeVar("T")


class HfInference(Configured, Surface, Shell):
    """A client of one target.

    `access_token`: sent to the target, and to nowhere else. `default_options`: lie under each call's own.
    `target`: where calls go (`hf_inference.targets`), the Hugging Face router if None. `network`: proxy and
    certificates. `http_client`: an `httpx.Client` used for every request in place of both; it stays yours to close.
    Thread-safe. Close it, or use it in a `with`.
    """

    def __init__(
        self,
        access_token: str | None = None,
        default_options: Options | None = None,
        *,
        target: Target | None = None,
        network: Network | None = None,
        http_client: httpx.Client | None = None,
    ) -> None:
        super().__init__(access_token, default_options, target)
        self._connections = Connections(http_client, network)

    def endpoint(self, url: str) -> HfInferenceEndpoint:
        """A client of one endpoint, with this client's token, options and connections."""
        client = HfInferenceEndpoint(url, self._token, self._options)
        client.target = self.target.at(url) or client.target
        client._connections = BorrowedConnections(self._connections)
        return client

    def answer(self, call: Call[T]) -> Answer[T]:
        prepared = self._prepare(call)
        answer, _ = self._perform(prepared, prepared.target.answer(call, prepared.context))
        return answer

    def stream(self, call: StreamCall[T]) -> Stream[T]:
        return HttpStream(self, call)

    def close(self) -> None:
        """Let the connections go. A `http_client` that was handed in stays open."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _perform(self, prepared: Prepared, flow: Flow[T]) -> tuple[T, BlockingExchange | None]:
        """Run a flow to its end: its value, and the exchange whose body is open if the last `Send` streamed."""
        reply: Response | Body | None = None
        failure: InferenceError | None = None
        opened: BlockingExchange | None = None
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
                        _pause(prepared, effect.seconds)
                    case Load():
                        reply = load(effect.source)
                    case Send():
                        reply, opened = self._send(prepared, effect)
            except CancelledCallError:
                raise
            except InferenceError as error:
                failure = error

    def _send(self, prepared: Prepared, effect: Send) -> tuple[Response, BlockingExchange | None]:
        from hf_inference.blocking import BlockingExchange

        exchange = BlockingExchange(self._connections.client(prepared), effect, prepared)
        head = exchange.head()
        return head, exchange if exchange.streams else None


class HfInferenceEndpoint(ConfiguredEndpoint, HfInference):
    """A client of one URL: whatever model a call names, the endpoint answers."""

    def __init__(
        self,
        url: str,
        access_token: str | None = None,
        default_options: Options | None = None,
        *,
        network: Network | None = None,
        http_client: httpx.Client | None = None,
    ) -> None:
        HfInference.__init__(
            self,
            access_token,
            default_options,
            target=endpoint_target(url),
            network=network,
            http_client=http_client,
        )


class Connections:
    """The httpx client of the network and of each engine, made when first needed."""

    def __init__(self, given: httpx.Client | None = None, network: Network | None = None) -> None:
        self._given = given
        self._network = network or Network()
        self._made: dict[Engine | None, httpx.Client] = {}
        self._lock = threading.Lock()

    def client(self, prepared: Prepared) -> httpx.Client:
        """The httpx client for a call."""
        engine = prepared.target.engine
        if engine is None:
            given = prepared.fetch or self._given
            if given is not None:
                return _checked(given)
        with self._lock:
            if engine not in self._made:
                from hf_inference import http

                self._made[engine] = http.new_client(engine, self._network)
            return self._made[engine]

    def close(self) -> None:
        with self._lock:
            while self._made:
                self._made.popitem()[1].close()


class BorrowedConnections(Connections):
    """Another client's connections, which stay its own to close."""

    def __init__(self, owner: Connections) -> None:
        super().__init__()
        self._owner = owner

    def client(self, prepared: Prepared) -> httpx.Client:
        return self._owner.client(prepared)


class HttpStream(Stream[T]):
    """The pieces of one reply, read as they are asked for."""

    def __init__(self, client: HfInference, call: StreamCall[T]) -> None:
        self._client = client
        self._call = call
        self._exchange: BlockingExchange | None = None
        self._reader: EventReader[T] | None = None
        self._signal: Signal | None = None
        self._pieces: deque[T] = deque()
        self._failure: Exception | None = None
        self._ended = False
        self._closed = False
        self._reading = threading.Lock()

    def __next__(self) -> T:
        if self._signal is not None and self._signal.aborted and not self._ended:
            self._pieces.clear()
        while not self._pieces:
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
            if self._ended:
                raise StopIteration
            self._advance()
        return self._pieces.popleft()

    def close(self) -> None:
        self._closed = True
        if self._reading.acquire(blocking=False):
            try:
                self._end()
                self._pieces.clear()
            finally:
                self._reading.release()
        elif self._exchange is not None:  # another thread reads, blocked in the socket
            self._exchange.stop()

    def __del__(self) -> None:
        if not self._ended:
            self.close()

    def _advance(self) -> None:
        """Wait for the next chunk and read its pieces; an error is raised only after the pieces before it."""
        with self._reading:
            try:
                if self._exchange is None:
                    self._open()
                assert self._exchange is not None
                assert self._reader is not None
                chunk = self._exchange.chunk(self._reader)
                if self._signal is not None and self._signal.aborted:
                    raise CancelledCallError("The stream was aborted while it was being read")
                if self._closed:
                    raise CancelledCallError("The stream was closed while it was being read")
                if chunk is None:
                    self._end()
                    self._pieces.extend(self._reader.finish())
                else:
                    self._pieces.extend(self._reader.feed(chunk))
            except BaseException as error:
                self._end()
                if not isinstance(error, Exception):
                    raise
                self._failure = error

    def _open(self) -> None:
        prepared = self._client._prepare(self._call)
        self._signal = prepared.signal
        flow = prepared.target.open(self._call, prepared.context)
        (self.opened, self._reader), self._exchange = self._client._perform(prepared, flow)

    def _end(self) -> None:
        self._ended = True
        if self._exchange is not None:
            self._exchange.close()


def _pause(prepared: Prepared, seconds: float) -> None:
    """Let time pass, unless the call is aborted."""
    if prepared.signal is None:
        time.sleep(seconds)
        return
    aborted = threading.Event()
    leave = prepared.signal.listen(aborted.set)
    try:
        if aborted.wait(seconds):
            raise prepared.aborted()
    finally:
        leave()


def _checked(given: object) -> httpx.Client:
    import httpx

    if not isinstance(given, httpx.Client):
        raise InputError(f"The sync client sends through an httpx.Client, not through {type(given).__name__}")
    return given
