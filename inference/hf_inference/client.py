"""The synchronous client: performs the effects of a flow in the calling thread.

Knows httpx's blocking client. Knows no task, wire or policy: those are handed to it as flows.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator
from contextlib import closing, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from hf_inference.configured import Configured, ConfiguredEndpoint, Prepared
from hf_inference.core.binary import Body
from hf_inference.core.call import Call, StreamCall
from hf_inference.core.errors import CancelledCallError, InferenceError
from hf_inference.core.flow import Answer, Flow, Load, Send, Wait
from hf_inference.core.method import Shell, Stream
from hf_inference.core.options import Options
from hf_inference.core.wire import Response
from hf_inference.engines.engine import Engine
from hf_inference.files import load
from hf_inference.surface import Surface
from hf_inference.targets import Target
from hf_inference.targets import endpoint as endpoint_target

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


class HfInference(Configured, Surface, Shell):
    """A client of one target.

    `access_token`: sent to the target, and to nowhere else. `default_options`: lie under each call's own.
    `target`: where calls go (`hf_inference.targets`), the Hugging Face router if None. `http_client`: an
    `httpx.Client` used for every request; it stays yours to close. Thread-safe. Close it, or use it in a `with`.
    """

    def __init__(
        self,
        access_token: str | None = None,
        default_options: Options | None = None,
        *,
        target: Target | None = None,
        http_client: httpx.Client | None = None,
    ) -> None:
        super().__init__(access_token, default_options, target)
        self._connections = Connections(http_client)

    def endpoint(self, url: str) -> HfInferenceEndpoint:
        """A client of one endpoint, with this client's token, options and connections."""
        client = HfInferenceEndpoint(url, self._token, self._options)
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

    def _perform(self, prepared: Prepared, flow: Flow[T]) -> tuple[T, httpx.Response | None]:
        """Run a flow to its end: its value, and the reply whose body is open if the last `Send` streamed."""
        reply: Response | Body | None = None
        failure: InferenceError | None = None
        opened: httpx.Response | None = None
        while True:
            try:
                effect = flow.send(reply) if failure is None else flow.throw(failure)
            except StopIteration as done:
                return done.value, opened
            reply = failure = None
            try:
                match effect:
                    case Wait():
                        prepared.announce(effect)
                        time.sleep(effect.seconds)
                    case Load():
                        reply = load(effect.source)
                    case Send():
                        reply, opened = self._send(prepared, effect)
            except InferenceError as error:
                failure = error

    def _send(self, prepared: Prepared, effect: Send) -> tuple[Response, httpx.Response | None]:
        import httpx

        from hf_inference import http

        client = self._connections.client(prepared.target.engine)
        # httpx reads one value once a reply: here the first token's limit holds between tokens too
        seconds, phase = prepared.within("first_token")
        limits = httpx.Timeout(connect=prepared.timeouts.connect, read=seconds, write=seconds, pool=None)
        try:
            response = client.send(http.to_httpx(client, effect.request, limits), stream=True)
            if effect.stream and response.is_success:
                return http.head_of(response), response
            with closing(response):
                body = response.read() if response.is_success else http.excerpt(response.iter_bytes())
                return http.head_of(response, body), None
        except http.ERRORS as error:
            raise http.translate(error, effect.request, prepared.timeouts, phase) from error


class HfInferenceEndpoint(ConfiguredEndpoint, HfInference):
    """A client of one URL: whatever model a call names, the endpoint answers."""

    def __init__(
        self,
        url: str,
        access_token: str | None = None,
        default_options: Options | None = None,
        *,
        http_client: httpx.Client | None = None,
    ) -> None:
        HfInference.__init__(self, access_token, default_options, target=endpoint_target(url), http_client=http_client)


class Connections:
    """The httpx client of the network and of each engine, made when first needed."""

    def __init__(self, given: httpx.Client | None = None) -> None:
        self._given = given
        self._made: dict[Engine | None, httpx.Client] = {}
        self._lock = threading.Lock()

    def client(self, engine: Engine | None) -> httpx.Client:
        if engine is None and self._given is not None:
            return self._given
        with self._lock:
            if engine not in self._made:
                from hf_inference import http

                self._made[engine] = http.new_client(engine)
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

    def client(self, engine: Engine | None) -> httpx.Client:
        return self._owner.client(engine)


class HttpStream(Stream[T]):
    """The pieces of one reply, read as they are asked for."""

    def __init__(self, client: HfInference, call: StreamCall[T]) -> None:
        self._closed = False
        self._response: httpx.Response | None = None
        self._pieces = self._read(client, call)

    def __next__(self) -> T:
        return next(self._pieces)

    def close(self) -> None:
        self._closed = True
        try:
            self._pieces.close()
        except ValueError:  # it is running: another thread reads, blocked in the socket
            self._wake_reader()

    def __del__(self) -> None:
        if not self._closed:
            self.close()

    def _read(self, client: HfInference, call: StreamCall[T]) -> Generator[T, None, None]:
        from hf_inference import http

        prepared = client._prepare(call)
        (self.opened, reader), response = client._perform(prepared, prepared.target.open(call, prepared.context))
        assert response is not None
        self._response = response
        with closing(response):
            try:
                for chunk in response.iter_bytes() if http.is_encoded(response) else response.iter_raw():
                    yield from reader.feed(chunk)
                    if (left := prepared.left()) is not None and left <= 0:
                        raise http.stream_timed_out(prepared, "total", reader)
                yield from reader.finish()
            except http.ERRORS as error:
                if self._closed:
                    raise CancelledCallError("The stream was closed while it was being read") from error
                raise http.broken_stream(error, reader, prepared) from error

    def _wake_reader(self) -> None:
        network = self._response.extensions.get("network_stream") if self._response is not None else None
        connection = network.get_extra_info("socket") if network is not None else None
        if connection is not None:
            with suppress(OSError):  # it may have ended this very moment
                connection.shutdown(socket.SHUT_RDWR)
