"""Server-sent events from bytes: feed chunks cut anywhere, get the data of whole events.

Knows the grammar (https://html.spec.whatwg.org/multipage/server-sent-events.html) and nothing of JSON, models or
sockets. Lines end at CR, LF or CRLF and at nothing else: a U+2028 inside JSON text is text.
"""

from __future__ import annotations

from typing import NamedTuple

LONGEST_EVENT = 16 * 1024 * 1024
"""Bytes after which an event that does not end is an error and not a memory leak."""


class Event(NamedTuple):
    """One event: its `data` (lines joined with LF) and its `name` ("" unless an `event:` line gave one)."""

    data: bytes
    name: bytes = b""


class EventTooLongError(ValueError):
    """An event grew past `LONGEST_EVENT` bytes without ending."""


class EventParser:
    """Push parser of one stream. Chunk borders never matter: not inside CRLF, a BOM or a character."""

    __slots__ = ("_at_start", "_data", "_name", "_pending", "_size")

    def __init__(self) -> None:
        self._pending: list[bytes] = []
        self._data: list[bytes] = []
        self._name = b""
        self._size = 0
        self._at_start = True

    def feed(self, chunk: bytes) -> list[Event]:
        """The events this chunk completes, in order."""
        self._size += len(chunk)
        if self._size > LONGEST_EVENT:
            raise EventTooLongError(f"an event of the stream is longer than {LONGEST_EVENT} bytes")
        if self._pending:
            if b"\n" not in chunk and b"\r" not in chunk and self._pending[-1][-1:] != b"\r" and not self._at_start:
                self._pending.append(chunk)
                return []
            chunk = b"".join(self._pending) + chunk
        if self._at_start:
            if len(chunk) < 3 and b"\xef\xbb\xbf".startswith(chunk):
                self._pending = [chunk]
                return []
            chunk = chunk.removeprefix(b"\xef\xbb\xbf")
            self._at_start = False
        held = b""
        if b"\r" in chunk:
            if chunk.endswith(b"\r"):  # its LF may be the next chunk's first byte
                chunk, held = chunk[:-1], b"\r"
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = chunk.split(b"\n")
        rest += held
        self._pending = [rest] if rest else []
        events: list[Event] = []
        for line in lines:
            if line:
                self._line(line)
            elif self._data or self._name:
                events.append(self._event())
        if events:
            self._size = len(rest)
        return events

    def finish(self) -> Event | None:
        """At the end of input: the event that no blank line ended, for servers that omit it."""
        for line in b"".join(self._pending).replace(b"\r", b"\n").split(b"\n"):
            if line:
                self._line(line)
        self._pending = []
        return self._event() if self._data else None

    def _line(self, line: bytes) -> None:
        if line[:5] == b"data:":
            self._data.append(line[6:] if line[5:6] == b" " else line[5:])
        elif line[:6] == b"event:":
            self._name = line[6:].removeprefix(b" ")
        elif line == b"data":
            self._data.append(b"")
        # id, retry, comments and unknown fields carry nothing for an answer that is read once

    def _event(self) -> Event:
        event = Event(self._data[0] if len(self._data) == 1 else b"\n".join(self._data), self._name)
        self._data = []
        self._name = b""
        return event
