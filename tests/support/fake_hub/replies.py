"""What the fake Hub can answer, as values: good answers, the errors a Hub sends, and the ways a wire breaks.

Knows HTTP/1.1 and server-sent events as bytes in order. Knows no socket, task or clock: a reply only lists
its steps, and the connection performs them."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Literal, TypeAlias

from support.fake_hub.exchange import Exchange, Gate


class End(Enum):
    """How a reply ends when it does not end well; without one, the next request follows."""

    CLOSE = auto()
    """Close in order (FIN), whatever was promised."""
    RESET = auto()
    """Close at once (RST)."""
    STALL = auto()
    """Send nothing more and wait for the client to leave."""


Step: TypeAlias = bytes | Gate | End
Event: TypeAlias = bytes | str | dict[str, Any] | list[Any] | Gate
"""Bytes go out as they are; text as `data: text`; all else as `data: JSON`; a gate holds what follows."""


class Reply(ABC):
    """An answer as a list of steps. The first bytes hold the whole head."""

    __slots__ = ()

    @abstractmethod
    def steps(self, exchange: Exchange) -> Iterator[Step]:
        """What to do, in order, to answer this request."""


@dataclass(frozen=True, slots=True)
class Bytes(Reply):
    """A whole body with its length."""

    body: bytes
    media_type: str = "application/octet-stream"
    _: KW_ONLY
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        yield _head(exchange, self.status, self.media_type, {"content-length": str(len(self.body)), **self.headers})
        if self.body:
            yield self.body


@dataclass(frozen=True, slots=True)
class Json(Reply):
    """Any JSON value. Text is not escaped: a U+2028 in it is one on the wire."""

    value: Any
    status: int = 200
    _: KW_ONLY
    headers: Mapping[str, str] = field(default_factory=dict)

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        return Bytes(_json(self.value), "application/json", status=self.status, headers=self.headers).steps(exchange)


@dataclass(frozen=True, slots=True)
class Sse(Reply):
    """A stream of events, each its own HTTP chunk and its own turn of the loop.

    `gate` is passed before every event; gates among the events hold only where they stand. `finish` says what
    follows the last event: the stream's end, a connection cut in order or reset, or silence."""

    events: Iterable[Event]
    finish: Literal["chunked-end", "cut", "reset", "stall"] = "chunked-end"
    _: KW_ONLY
    gate: Gate | None = None
    status: int = 200
    media_type: str = "text/event-stream"
    headers: Mapping[str, str] = field(default_factory=dict)

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        yield _chunked_head(exchange, self.status, self.media_type, self.headers)
        for event in self.events:
            if isinstance(event, Gate):
                yield event
                continue
            if self.gate is not None:
                yield self.gate
            yield _chunk(event_bytes(event))
        yield _FINISHES[self.finish]


@dataclass(frozen=True, slots=True)
class Trickle(Reply):
    """A body in HTTP chunks of `size` bytes: no border of a character, line or event is spared."""

    body: bytes
    size: int = 1
    _: KW_ONLY
    status: int = 200
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        yield _chunked_head(exchange, self.status, self.media_type, self.headers)
        for start in range(0, len(self.body), self.size):
            yield _chunk(self.body[start : start + self.size])
        yield _LAST_CHUNK


@dataclass(frozen=True, slots=True)
class Gated(Reply):
    """Another reply, held before its first byte until the gate opens."""

    gate: Gate
    reply: Reply

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        yield self.gate
        yield from self.reply.steps(exchange)


@dataclass(frozen=True, slots=True)
class Stall(Reply):
    """Never answers, or sends a head that promises a body and then nothing, until the client leaves."""

    before: Literal["headers", "body"] = "headers"

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        if self.before == "body":
            yield _head(exchange, 200, "application/json", {"content-length": "1000"})
        yield End.STALL


@dataclass(frozen=True, slots=True)
class Reset(Reply):
    """The connection dies (RST), before any byte or after the first `after` bytes of a JSON answer's body."""

    after: int | None = None

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        if self.after is not None:
            yield _head(exchange, 200, "application/json", {"content-length": str(len(_LONG_JSON))})
            yield _LONG_JSON[: self.after]
        yield End.RESET


@dataclass(frozen=True, slots=True)
class Close(Reply):
    """Ends the connection in order after `after` bytes of a body whose whole length was declared."""

    after: int = 0
    body: bytes = field(default_factory=lambda: _LONG_JSON)
    _: KW_ONLY
    status: int = 200
    media_type: str = "application/json"

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        yield _head(exchange, self.status, self.media_type, {"content-length": str(len(self.body))})
        yield self.body[: self.after]
        yield End.CLOSE


@dataclass(frozen=True, slots=True)
class Raw(Reply):
    """These bytes on the socket and nothing else; then the end of the connection unless `close` is false."""

    sent: bytes
    close: bool = True

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        if self.sent:
            yield self.sent
        if self.close:
            yield End.CLOSE


@dataclass(frozen=True, slots=True)
class Redirect(Reply):
    """`location` may be absolute or a path."""

    location: str
    status: int = 307

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        headers = {"location": self.location}
        return Bytes(b"", "text/plain", status=self.status, headers=headers).steps(exchange)


@dataclass(frozen=True, slots=True)
class Loading(Reply):
    """503 of a model that is still loading; `estimated_time` in seconds, None to leave it out."""

    estimated_time: float | None = 20.0
    model: str = "some/model"

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        value: dict[str, Any] = {"error": f"Model {self.model} is currently loading"}
        if self.estimated_time is not None:
            value["estimated_time"] = self.estimated_time
        return Json(value, 503).steps(exchange)


@dataclass(frozen=True, slots=True)
class RateLimited(Reply):
    """429; `retry_after` is the header's text (seconds or an HTTP date), None to leave it out."""

    retry_after: str | float | None = 1

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        headers = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        error = {"error": "Rate limit reached. Please log in or use a HF access token"}
        return Json(error, 429, headers=headers).steps(exchange)


@dataclass(frozen=True, slots=True)
class Unauthorized(Reply):
    """401 of a missing or wrong token."""

    error: str = "Invalid credentials in Authorization header"

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        return Json({"error": self.error}, 401, headers={"www-authenticate": "Bearer"}).steps(exchange)


@dataclass(frozen=True, slots=True)
class Html(Reply):
    """The page a gateway puts in front of a service that is down."""

    status: int = 502

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        title = f"{self.status} {_reason(self.status)}"
        page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body><h1>{title}</h1></body>\r\n</html>\r\n"
        return Bytes(page.encode(), "text/html; charset=utf-8", status=self.status).steps(exchange)


@dataclass(frozen=True, slots=True)
class WrongType(Reply):
    """200 with a good JSON body under a media type that is not JSON."""

    value: Any = field(default_factory=lambda: [{"generated_text": "hello"}])
    media_type: str = "text/plain; charset=utf-8"

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        return Bytes(_json(self.value), self.media_type).steps(exchange)


@dataclass(frozen=True, slots=True)
class BrokenJson(Reply):
    """A body that calls itself JSON and is cut in the middle of it."""

    body: bytes = b'[{"generated_text": "cut in the mid'
    status: int = 200

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        return Bytes(self.body, "application/json", status=self.status).steps(exchange)


@dataclass(frozen=True, slots=True)
class Huge(Reply):
    """An error body of `size` bytes that nobody wants to read, log or show."""

    size: int = 10_000_000
    status: int = 500

    def steps(self, exchange: Exchange) -> Iterator[Step]:
        return Bytes(b"x" * self.size, "text/plain", status=self.status).steps(exchange)


def event_bytes(event: bytes | str | dict[str, Any] | list[Any]) -> bytes:
    """One event as the wire has it; several joined make a stream's body."""
    match event:
        case bytes():
            return event
        case str():
            return b"data: " + event.encode() + b"\n\n"
        case _:
            return b"data: " + _json(event) + b"\n\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _chunked_head(exchange: Exchange, status: int, media_type: str, headers: Mapping[str, str]) -> bytes:
    return _head(exchange, status, media_type, {"transfer-encoding": "chunked", **headers})


def _head(exchange: Exchange, status: int, media_type: str, headers: Mapping[str, str]) -> bytes:
    fields = {"content-type": media_type, "x-request-id": f"fake-{exchange.number}", **headers}
    lines = [f"HTTP/1.1 {status} {_reason(status)}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # a client must stand codes that no standard names, such as 520
        return "Unnamed"


def _chunk(data: bytes) -> bytes:
    if not data:
        raise ValueError("an empty HTTP chunk would end the stream")
    return b"%x\r\n%b\r\n" % (len(data), data)


_LAST_CHUNK = b"0\r\n\r\n"
_LONG_JSON: bytes = _json([{"generated_text": "The answer is longer than what arrives of it. " * 20}])
_FINISHES: Mapping[str, Step] = {
    "chunked-end": _LAST_CHUNK,
    "cut": End.CLOSE,
    "reset": End.RESET,
    "stall": End.STALL,
}
