"""From the bytes of an event stream to the typed pieces of an answer.

Knows SSE's data, JSON, `[DONE]` and error events; a task or dialect adds what one payload means. Knows no socket: a
shell feeds chunks, and when the far side ends, says so with `finish`.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from json.scanner import make_scanner
from typing import Any, Generic, Protocol, TypeVar

from hf_inference.core.decoding import wrong_shape
from hf_inference.core.errors import (
    GenerationError,
    IncompleteStreamError,
    InferenceError,
    UnexpectedContentError,
)
from hf_inference.core.frames import Frame, Framed, frame_of
from hf_inference.core.refusals import read_error
from hf_inference.core.sse import RUN, Event, EventParser, EventTooLongError
from hf_inference.core.wire import Request, Response

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

LONG = 1024
"""Bytes of a chunk that is probably more than an event or two."""
MANY = 16
"""Events that come at once, for their frame to be looked for: a stream that trickles gains nothing by one."""
WORTH = 512
"""Events of a stream that came together before its frame is looked for: learning one costs half a millisecond."""
MOST_ATTEMPTS = 8
"""Frames looked for in vain, or soon lost, before a stream is taken to have none."""


class EventDecoder(Protocol[T_co]):
    """What one stream's payloads mean; an object a stream, so it may count and collect."""

    def decode(self, payload: Any) -> Iterable[T_co]:
        """The pieces that one JSON payload holds (none, one or more), or `InferenceOutputError`."""

    def framed(self, payload: Any) -> Framed[T_co] | None:
        """How to read events like this one by their frame, None where they are not worth it."""

    def end(self) -> Iterable[T_co]:
        """Called once when the stream has ended well; the pieces that only the end makes known."""

    @property
    def complete(self) -> bool:
        """True once a final event has come, so that an end without `[DONE]` is no cut."""

    @property
    def text(self) -> str:
        """The text delivered so far, for the errors that keep it."""


class EventReader(Generic[T]):
    """Pieces from chunks. After an error or `[DONE]` nothing more is read."""

    def __init__(self, decoder: EventDecoder[T], request: Request, response: Response, *, provider: str = "") -> None:
        self._decoder = decoder
        self._parser = EventParser()
        self._request = request
        self._response = response
        self._provider = provider
        self._done = False
        self._beginning = b""
        self._frame: Frame[T] | None = None
        self._attempts = MOST_ATTEMPTS
        self._together = 0
        self.started = False
        """Whether an event with data has come."""

    def feed(self, chunk: bytes) -> Iterator[T]:
        """The pieces this chunk completes. An error event raises after the pieces before it were yielded."""
        if not self.started and len(self._beginning) < _ENOUGH:
            self._beginning += chunk[:_ENOUGH]
            if self._response.media_type not in _MAY_BE_EVENTS:
                raise self._no_stream()
        try:
            run = self._parser.run(chunk) if len(chunk) >= LONG else None
            events = self._parser.feed(chunk) if run is None else []
        except EventTooLongError as error:
            raise self._error(str(error)) from None
        if run is not None and not self._done:
            events = yield from self._read_run(run)
        for data, name in events:
            if self._done:
                return
            yield from self._read(data, name)

    def finish(self) -> Iterator[T]:
        """The far side has ended the stream: the last pieces, or `IncompleteStreamError` if it was cut."""
        tail = None if self._done else self._parser.finish()
        if tail is not None:
            data = tail[0].strip()
            if data.endswith(b'}"') and not _parses(data):
                data = data[:-1]  # Cerebras ends so, and its last event has the finish reason and the usage
            if _parses(data):
                yield from self._read(data, tail[1])
        if not self.started and self._response.media_type != "text/event-stream":
            raise self._no_stream()
        if not self._done and not self._decoder.complete:
            raise self.cut("the server ended the stream before its last event")
        yield from self._decoder.end()

    def cut(self, why: str) -> IncompleteStreamError:
        """The error of a stream whose connection broke."""
        text = self._decoder.text
        return IncompleteStreamError(
            f"{self._request.host}: {why} (after {len(text)} characters of text)",
            host=self._request.host,
            partial_text=text,
        )

    @property
    def partial_text(self) -> str:
        """The text delivered so far."""
        return self._decoder.text

    @property
    def host(self) -> str:
        return self._request.host

    def _read_run(self, run: bytes) -> Generator[T, None, list[Event]]:
        """The pieces of a run of events: all of them by their common frame, where they have one; else the plain
        payloads where they stand in the text (cutting it into events first costs half as much as parsing them).
        Returns what is left to be read one by one, from the first event on that is another: `[DONE]`, an error, no
        JSON."""
        count, read = run.count(RUN) + 1, 0
        pieces: Sequence[T] = []
        try:
            text = run.decode()
        except UnicodeDecodeError:
            text = ""
        try:
            looks = count >= MANY and self._together >= WORTH
            if looks and (framed := self._by_frame(text, count)) is not None:
                pieces, read = framed, count
            else:
                decode, pieces = self._decoder.decode, list[T]()
                for payload in _payloads(text):
                    if _is_error(payload):
                        break
                    pieces.extend(decode(payload))
                    read += 1
        finally:  # an error of one event comes after the pieces of those before it
            self._together += read
            self.started = self.started or read > 0
            yield from pieces
        return [] if read == count else [(data, b"") for data in run[len(b"data:") : -2].split(RUN)[read:]]

    def _by_frame(self, text: str, count: int) -> Sequence[T] | None:
        """The pieces of a run whose events are all of one frame, None if they are not. The frame is learnt from a
        run's last event, and anew when a run does not fit: a few times, for then there is none to learn."""
        if self._frame is not None:
            pieces = self._frame.read("\n\n" + text, count)
            if pieces is not None:
                self._attempts = MOST_ATTEMPTS
                return pieces
            self._frame = None
        if not self._attempts:
            return None
        self._attempts -= 1
        mark = "data: " if text.startswith("data: ") else "data:"
        event = text[text.rfind("\n\n", 0, -2) + 2 + len(mark) : -2]
        try:
            payload = parse_json(event.encode())
            framed = None if _is_error(payload) else self._decoder.framed(payload)
            self._frame = None if framed is None else frame_of(event, payload, framed, mark)
        except (ValueError, RecursionError):
            return None
        return None if self._frame is None else self._frame.read("\n\n" + text, count)

    def _read(self, data: bytes, name: bytes) -> Iterable[T]:
        data = data.strip()
        if not data:
            return ()
        self.started = True
        if data == b"[DONE]":
            self._done = True
            return ()
        try:
            payload = parse_json(data)
        except ValueError:
            if name == b"error":
                raise self._error(data.decode(errors="replace")) from None
            raise wrong_shape("a JSON event", data.decode(errors="replace")) from None
        if name == b"error" or _is_error(payload):
            raise self._error(payload)
        return self._decoder.decode(payload)

    def _no_stream(self) -> UnexpectedContentError:
        reply = replace(self._response, body=self._beginning)
        told = "" if reply.is_html else read_error(reply.json_or_text())[0][:_SHOWN]
        returned = reply.headers.get("content-type", "")
        detail = f"Server does not support event stream content type, it returned {returned}"
        return UnexpectedContentError(
            f"{self._provider or self.host} answered {reply.status}, but not with a stream: {detail}"
            + (f": {told}" if told else ""),
            status=reply.status,
            detail=detail,
            host=self.host,
            provider=self._provider,
            request_id=reply.request_id,
            request=self._request.redacted(),
        )

    def _error(self, body: Any) -> InferenceError:
        self._done = True
        detail, error_type, _ = read_error(body)
        host = self._request.host
        return GenerationError(
            f"{self._provider or host} reported an error within the stream: {detail or 'no explanation'}",
            status=self._response.status,
            detail=detail,
            error_type=error_type,
            host=host,
            provider=self._provider,
            request_id=self._response.request_id,
            request=self._request.redacted(),
            partial_text=self._decoder.text,
        )


def parse_json(data: bytes) -> Any:
    """The JSON value that `data`, without white space round it, is, or `ValueError`. As `json.loads`, whose checks
    cost as much as parsing something as short as an event."""
    text = data.decode()
    try:
        value, end = _JSON.raw_decode(text)
    except RecursionError:
        raise ValueError("JSON nested too deep") from None
    if end != len(text):
        raise ValueError("more than one JSON value")
    return value


def _payloads(text: str) -> Iterator[Any]:
    """The JSON values of a run's events, up to the first event that is not just one value."""
    border = "\n\ndata: " if text.startswith("data: ") else "\n\ndata:"
    step, last = len(border), len(text) - 2
    end = -2
    while end != last:
        try:
            payload, end = _scan(text, end + step)
        except (StopIteration, ValueError, RecursionError):
            return
        if end != last and not text.startswith(border, end):
            return
        yield payload


def _is_error(payload: Any) -> bool:
    return type(payload) is dict and payload.get("error") is not None


def _parses(data: bytes) -> bool:
    try:
        parse_json(data)
    except ValueError:
        return data == b"[DONE]"
    return True


_JSON = json.JSONDecoder()
_scan = make_scanner(_JSON)  # type: ignore[arg-type]  # typeshed takes its argument for its type


_MAY_BE_EVENTS = frozenset({"text/event-stream", "text/plain", "application/octet-stream", ""})
# proxies that know no better send the last three

_ENOUGH = 4096
"""Bytes of a body that is no event stream that are kept, to say what it is."""
_SHOWN = 200
