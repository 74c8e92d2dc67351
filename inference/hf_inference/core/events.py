"""From the bytes of an event stream to the typed pieces of an answer.

Knows SSE's data, JSON, `[DONE]` and error events; a task or dialect adds what one payload means. Knows no socket: a
shell feeds chunks, and when the far side ends, says so with `finish`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from hf_inference.core.decoding import wrong_shape
from hf_inference.core.errors import (
    GenerationError,
    IncompleteStreamError,
    InferenceError,
    UnexpectedContentError,
    read_error,
)
from hf_inference.core.sse import EventParser, EventTooLongError
from hf_inference.core.wire import Request, Response

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class EventDecoder(Protocol[T_co]):
    """What one stream's payloads mean; an object a stream, so it may count and collect."""

    def decode(self, payload: Any) -> Iterable[T_co]:
        """The pieces that one JSON payload holds (none, one or more), or `InferenceOutputError`."""

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
        self.started = False
        """Whether an event with data has come."""

    def feed(self, chunk: bytes) -> Iterator[T]:
        """The pieces this chunk completes. An error event raises after the pieces before it were yielded."""
        if not self.started and len(self._beginning) < _ENOUGH:
            self._beginning += chunk[:_ENOUGH]
            if self._response.media_type not in _MAY_BE_EVENTS:
                raise self._no_stream()
        try:
            events = self._parser.feed(chunk)
        except EventTooLongError as error:
            raise self._error(str(error)) from None
        for data, name in events:
            if self._done:
                return
            yield from self._read(data, name)

    def finish(self) -> Iterator[T]:
        """The far side has ended the stream: the last pieces, or `IncompleteStreamError` if it was cut."""
        tail = None if self._done else self._parser.finish()
        if tail is not None and _parses(tail[0]):
            yield from self._read(*tail)
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
        if name == b"error" or (type(payload) is dict and payload.get("error") is not None):
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


def _parses(data: bytes) -> bool:
    data = data.strip()
    try:
        parse_json(data)
    except ValueError:
        return data == b"[DONE]"
    return True


_JSON = json.JSONDecoder()


_MAY_BE_EVENTS = frozenset({"text/event-stream", "text/plain", "application/octet-stream", ""})
# proxies that know no better send the last three

_ENOUGH = 4096
"""Bytes of a body that is no event stream that are kept, to say what it is."""
_SHOWN = 200
