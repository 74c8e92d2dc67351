"""One HTTP exchange of the synchronous client, in the calling thread, that any other thread may stop.

Knows that a thread blocked in a socket wakes when the socket is shut down, and that a thread blocked in connecting does
not: so with an abort signal the sending has a thread of its own, which the caller need not wait for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx

from hf_inference import http, network
from hf_inference.configured import Prepared, timed_out
from hf_inference.core.errors import CancelledCallError, InferenceError
from hf_inference.core.events import EventReader
from hf_inference.core.flow import Send
from hf_inference.core.wire import Response


class BlockingExchange:
    """A request under way: first its head, then, if it streams, its chunks."""

    def __init__(self, client: httpx.Client, effect: Send, prepared: Prepared) -> None:
        self._client = client
        self._effect = effect
        self._prepared = prepared
        self._began = time.monotonic()
        self._phase = "first_token"
        self._limit_name = "first_token"
        self._connect_limit = "connect"
        self._reader: EventReader[Any] | None = None
        self._response: httpx.Response | None = None
        self._chunks: Iterator[bytes] = iter(())
        self._stream: Any = None
        self._holding = threading.Lock()
        self._stopped = False
        self._leave: Callable[[], None] = _stay

    def head(self) -> Response:
        """The reply's status and headers, and its body unless it streams."""
        signal = self._prepared.signal
        if signal is None:
            return self._send()
        settled = threading.Event()

        def abort() -> None:
            self.stop()
            settled.set()

        self._leave = signal.listen(abort)
        return self._send_apart(settled)

    @property
    def streams(self) -> bool:
        """Whether the body comes in chunks: a success that was asked to stream."""
        return self._effect.stream and self._response is not None and self._response.is_success

    def chunk(self, reader: EventReader[Any]) -> bytes | None:
        """The next bytes, None at the end of the body."""
        self._reader = reader
        self._phase = "between_tokens" if reader.started else "first_token"
        try:
            return next(self._chunks, None)
        except InferenceError:  # ours, from within a read: some are OSErrors
            raise
        except http.ERRORS as error:
            if self._stopped:
                raise self._cancelled() from error
            if isinstance(error, httpx.TimeoutException):
                raise self._timed_out(error) from error
            raise http.broken_stream(error, reader) from error

    def close(self) -> None:
        """Let the connection go: into the pool if the reply was read to its end, else for good. In the thread that
        reads; from another one it is `stop` that is safe."""
        self._leave()
        with self._holding:
            self._stream = None
        if self._response is not None and not self._response.is_closed:
            self._response.close()

    def stop(self) -> None:
        """End the exchange, from any thread: its reader sees `CancelledCallError`."""
        self._stopped = True
        with self._holding:
            if self._stream is not None:
                network.interrupt(self._stream)

    def _send(self) -> Response:
        effect = self._effect
        limit = network.Limit(self._prepared.within("first_token")[0], self._allow)
        connect, self._connect_limit = self._prepared.within("connect")
        limits = httpx.Timeout(connect=connect, read=limit, write=limit, pool=None)
        try:
            request = http.to_httpx(self._client, effect.request, limits, self._trace, self._prepared)
            self._response = response = self._client.send(request, stream=True, follow_redirects=False)
            if self._stream is None:  # a connection that was made without our hook
                self._stream = response.extensions.get("network_stream")
            if self.streams:
                self._chunks = http.chunks_of(response)
                return http.head_of(response)
            with closing(self):
                body = response.read() if response.is_success else http.excerpt(response.iter_bytes())
                return http.head_of(response, body)
        except InferenceError:
            raise
        except http.ERRORS as error:
            if self._stopped:
                raise self._cancelled() from error
            if isinstance(error, httpx.TimeoutException):
                raise self._timed_out(error) from error
            raise http.translate(error, effect.request) from error

    def _send_apart(self, settled: threading.Event) -> Response:
        """`_send` in a thread of its own, so that an abort need not wait for a connection to be made."""
        outcome: list[Response | BaseException] = []

        def send() -> None:
            try:
                outcome.append(self._send())
            except BaseException as error:  # noqa: BLE001 - carried over to the caller's thread
                outcome.append(error)
            settled.set()
            if self._stopped:
                self.close()

        threading.Thread(target=send, name="hf-inference-send", daemon=True).start()
        settled.wait()
        if self._stopped:
            if outcome:  # else the thread that sends sees for itself that nobody waits
                self.close()
            raise self._prepared.aborted()
        [result] = outcome
        if isinstance(result, BaseException):
            self.close()
            raise result
        return result

    def _allow(self, stream: Any) -> float:
        """Seconds that `stream` may now wait. Called just before each of its reads and writes."""
        self._stream = stream
        if self._stopped:
            raise self._cancelled()
        seconds, self._limit_name = self._prepared.within(
            self._phase, self._began if self._phase == "first_token" else None
        )
        if seconds is None:
            return network.NO_LIMIT
        if seconds <= 0:
            raise self._timed_out()
        return seconds

    def _trace(self, step: str, info: Any) -> None:
        stream = network.connected(step, info)
        if stream is not None:
            network.improve(stream)
            self._stream = stream

    def _cancelled(self) -> CancelledCallError:
        if self._prepared.signal is not None and self._prepared.signal.aborted:
            return self._prepared.aborted()
        return CancelledCallError(f"The call to {self._effect.request.host} was stopped")

    def _timed_out(self, error: Exception | None = None) -> InferenceError:
        phase = self._connect_limit if isinstance(error, httpx.ConnectTimeout) else self._limit_name
        text = "" if self._reader is None else self._reader.partial_text
        return timed_out(self._effect.request.host, phase, getattr(self._prepared.timeouts, phase), text)


def _stay() -> None:
    """What leaves a signal that nobody listens to."""
