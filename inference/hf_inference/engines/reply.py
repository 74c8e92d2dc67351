"""A reply of an engine over HTTP, as a value, and what every dialect builds its replies from.

Knows statuses, headers, JSON and event streams. Knows no route, no dialect and no socket.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hf_inference.engines.engine import Engine, Refusal

Items = Iterator[Mapping[str, Any]]
"""TGI's stream items of one generation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReply:
    """A reply: `body` is whole, or an iterator of chunks where it streams (close it to stop the work)."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterator[bytes]


class Abandoned(Exception):
    """Nobody waits for the answer any more."""


def json_reply(
    engine: Engine, value: Any, *, status: int = 200, method: str = "", note: str = "", allow: str = ""
) -> EngineReply:
    """A whole JSON body; `method` names what computed it, `note` is a sentence for people."""
    said = {"x-method": method, "x-note": _ascii(note), "allow": allow}
    headers = {
        "content-type": "application/json",
        "x-engine": engine.name,
        **{name: text for name, text in said.items() if text},
    }
    return EngineReply(status=status, headers=headers, body=json.dumps(value).encode())


def stream_reply(engine: Engine, events: Iterator[bytes], *, method: str) -> EngineReply:
    """An event stream that is computed while it is sent."""
    headers = {"content-type": "text/event-stream", "cache-control": "no-cache", "x-engine": engine.name}
    return EngineReply(headers={**headers, "x-method": method}, body=events)


def event(value: Any) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def read_object(body: bytes) -> Mapping[str, Any]:
    """A request's JSON object, or a refusal (400)."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise invalid(f"The request's body is not JSON: {said}") from None
    if not isinstance(value, dict):
        raise invalid("The request's body must be a JSON object")
    return value


def started(items: Items) -> tuple[Mapping[str, Any], Items]:
    """The first item and the rest: a refusal comes now, while the status can still say it."""
    first = next(items, None)
    if first is None:
        raise Refusal("The engine gave no token", status=422, error_type="incomplete_generation")
    return first, items


def last_of(first: Mapping[str, Any], rest: Items, abandoned: Callable[[], bool]) -> Mapping[str, Any]:
    """The item that ends a generation. `Abandoned` as soon as nobody waits for it."""
    last = first
    for item in rest:
        last = item
        if abandoned():
            close(rest)
            raise Abandoned
    return last


def close(items: Iterator[Any]) -> None:
    """Stop the work behind an iterator."""
    stop = getattr(items, "close", None)
    if stop is not None:
        stop()


def invalid(sentence: str) -> Refusal:
    """The refusal of a request that makes no sense."""
    return Refusal(sentence, status=400, error_type="validation")


def _ascii(text: str) -> str:
    """A header can carry no more than ASCII: what is not is percent-encoded, for `urllib.parse.unquote`."""
    return quote(text, safe=" !#$&'()*+,/:;=?@[]-._~\"<>^`{|}")
