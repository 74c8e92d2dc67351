"""Server-sent events from bytes: feed chunks cut anywhere, get the data of whole events.

Knows the grammar (https://html.spec.whatwg.org/multipage/server-sent-events.html) and nothing of JSON, models or
sockets. Lines end at CR, LF or CRLF and at nothing else: a U+2028 inside JSON text is text.
"""

from __future__ import annotations

from typing import TypeAlias

LONGEST_EVENT = 16 * 1024 * 1024
"""Bytes after which an event that does not end is an error and not a memory leak."""

RUN = b"\n\ndata:"
"""What stands between two events of a run."""

Event: TypeAlias = tuple[bytes, bytes]
"""One event: its data (lines joined with LF) and its name (empty unless an `event:` line gave one)."""


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
        if self._pending or self._at_start:
            if not self._at_start and b"\n" not in chunk and b"\r" not in chunk and self._pending[-1][-1:] != b"\r":
                self._pending.append(chunk)
                self._hold(len(chunk))
                return []
            chunk = b"".join(self._pending) + chunk
            if self._at_start:
                if len(chunk) < 3 and _MARK.startswith(chunk):
                    self._pending = [chunk]
                    return []
                chunk = chunk.removeprefix(_MARK)
                self._at_start = False
        held = b""
        if b"\r" in chunk:
            if chunk.endswith(b"\r"):  # its LF may be the next chunk's first byte
                chunk, held = chunk[:-1], b"\r"
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = chunk.split(b"\n")
        rest += held
        self._pending = [rest] if rest else []
        events = self._events(lines)
        if events or not self._data:
            self._size = len(rest) + sum(map(len, self._data))
            self._hold(0)
        else:  # still the same event
            self._hold(len(chunk))
        return events

    def run(self, chunk: bytes) -> bytes | None:
        """The events this chunk completes as they stand on the wire, if each is one `data:` line and no more, as nearly
        all are: `data:` before the first, `RUN` between two, a blank line after the last. None: `feed` it."""
        if self._at_start or self._data or self._name or b"\n\n" not in chunk:
            return None
        whole = b"".join((*self._pending, chunk)) if self._pending else chunk
        end = whole.rfind(b"\n\n") + 2
        run = whole[:end]
        if not run.startswith(b"data:") or run.count(b"\n") != 2 * run.count(RUN) + 2 or b"\r" in whole:
            return None
        rest = whole[end:]
        self._pending = [rest] if rest else []
        self._size = len(rest)
        self._hold(0)
        return run

    def finish(self) -> Event | None:
        """At the end of input: the event that no blank line ended, for servers that omit it."""
        tail = b"".join(self._pending).replace(b"\r", b"\n") + b"\n\n"
        self._pending = []
        ended = self._events(tail.split(b"\n"))
        return ended[0] if ended else None

    def _events(self, lines: list[bytes]) -> list[Event]:
        data, name = self._data, self._name
        events: list[Event] = []
        for line in lines:
            if not line:
                if data:
                    events.append((data[0] if len(data) == 1 else b"\n".join(data), name))
                    data = []
                name = b""
            elif line[:6] == b"data: ":
                data.append(line[6:])
            elif line[:5] == b"data:":
                data.append(line[5:])
            elif line[:6] == b"event:":
                name = line[6:].removeprefix(b" ")
            elif line == b"data":
                data.append(b"")
            elif line == b"event":
                name = b""
            # id, retry, comments and unknown fields carry nothing for an answer that is read once
        self._data, self._name = data, name
        return events

    def _hold(self, size: int) -> None:
        self._size += size
        if self._size > LONGEST_EVENT:
            raise EventTooLongError(f"an event of the stream is longer than {LONGEST_EVENT} bytes")


_MARK = b"\xef\xbb\xbf"
