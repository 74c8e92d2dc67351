"""Events of a stream that are the same text but for a few values: hundreds of them read by one pattern.

A fast server, or a slow reader, has hundreds of events come with one read of the socket, and nearly all are one frame
with another token in it. Parsing that frame anew each time is most of their cost. Knows JSON's grammar, exactly: what
the pattern does not fit is left to the parser of JSON. Knows no task.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

T_co = TypeVar("T_co", covariant=True)

LONGEST = 2048
"""Characters of an event whose frame is worth finding: a token and what surrounds it is a few hundred."""

Path: TypeAlias = tuple[str | int, ...]
"""Where in a JSON value: object members and places in lists, from the outside in."""


@dataclass(frozen=True, slots=True)
class Framed(Generic[T_co]):
    """What a dialect says of one payload: which of its strings and numbers differ in the events like it, and what makes
    pieces of such events. `holes` are in the order of the text."""

    holes: Sequence[Path]
    make: Callable[[list[Any]], Sequence[T_co]]
    """Given a row an event: the raw text of each hole (without a string's quotes; of a single hole no tuple), gives the
    pieces. `unescaped` reads a string; a `ValueError` has the events read the slow way."""


class Frame(Generic[T_co]):
    """The pattern of one frame."""

    def __init__(self, pattern: re.Pattern[str], framed: Framed[T_co]) -> None:
        self._pattern = pattern
        self._make = framed.make

    def read(self, text: str, count: int) -> Sequence[T_co] | None:
        """The pieces of `count` events, each with a blank line before it, or None if not each one fits."""
        rows = self._pattern.findall(text)
        if len(rows) != count:
            return None
        try:
            return self._make(rows)
        except ValueError:
            return None


def frame_of(event: str, payload: Any, framed: Framed[T_co], mark: str) -> Frame[T_co] | None:
    """The frame of an event and what it says; `mark` is what stands before its JSON. None if a hole is not found, or
    the event is too long to be searched for one: a hole is proved by parsing the event anew for each of its scalars."""
    if len(event) > LONGEST:
        return None
    spans: list[tuple[int, int]] = []
    for hole in framed.holes:
        value = _at(payload, hole)
        other = value + 1 if isinstance(value, int | float) else f"{value}."
        sought = _with(payload, hole, other)
        # the scalar whose change is the hole's change and no other is the hole, however the JSON is written
        found = [
            token.span()
            for token in _SCALAR.finditer(event)
            if _parsed(event[: token.start()] + json.dumps(other) + event[token.end() :]) == sought
        ]
        if len(found) != 1 or (spans and found[0] < spans[-1]):
            return None
        spans += found
    pattern, at = re.escape(f"\n\n{mark}"), 0
    for start, end in spans:
        pattern += re.escape(event[at:start]) + _hole(event[start:end])
        at = end
    return Frame(re.compile(pattern + re.escape(event[at:]) + r"(?=\n\n)"), framed)


def unescaped(text: str) -> str:
    """What a string's raw text says, or `ValueError`."""
    if "\\" not in text:
        return text
    said: str = json.loads(f'"{text}"')
    return said


def _hole(scalar: str) -> str:
    """The pattern of the scalars of one's kind: a whole number may become no fraction."""
    if scalar.startswith('"'):
        return f'"({_STRING})"'
    return f"({_WHOLE})" if scalar.lstrip("-").isdigit() else f"({_FRACTION})"


def _at(payload: Any, path: Path) -> Any:
    for step in path:
        payload = payload[step]
    return payload


def _with(payload: Any, path: Path, value: Any) -> Any:
    """The payload with another value at a place."""
    if not path:
        return value
    changed = payload.copy()
    changed[path[0]] = _with(payload[path[0]], path[1:], value)
    return changed


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


_STRING = r'[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*'
_WHOLE = r"-?(?:0|[1-9][0-9]*)"
_FRACTION = _WHOLE + r"(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)"
_SCALAR = re.compile(rf'"{_STRING}"|-?[0-9][-+.eE0-9]*')
