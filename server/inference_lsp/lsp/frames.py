"""The base protocol of LSP: bytes cut anywhere in, whole message bodies out.

Knows the header grammar of the specification's "base protocol" and how to find the next message after damage.
Refuses to know what a body means, and where bytes come from.
"""

from __future__ import annotations

import re

LARGEST_BODY = 256 * 1024 * 1024
"""Bytes; a header that announces more is damage, and must not swallow the rest of the session."""


def encode_frame(body: bytes) -> bytes:
    """One message body with its header, ready to be written."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class FrameParser:
    """Push parser of one direction of a session; `skipped` counts the bytes that belonged to no message."""

    __slots__ = ("_buffer", "_wanted", "skipped")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._wanted: int | None = None
        self.skipped = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """The bodies this chunk completes, in order. A broken one may be shorter than was announced."""
        self._buffer += chunk
        bodies = []
        while (body := self._next_body()) is not None:
            bodies.append(body)
        return bodies

    def _next_body(self) -> bytes | None:
        if self._wanted is None:
            self._wanted = self._take_header()
        if self._wanted is None or len(self._buffer) < self._wanted:
            return None
        body = _without_the_next_message(bytes(self._buffer[: self._wanted]))
        del self._buffer[: len(body)]
        self._wanted = None
        return body

    def _take_header(self) -> int | None:
        """The length the next header announces, with everything up to the body taken off the buffer."""
        while (header := _HEADER.search(self._buffer)) is not None:
            self.skipped += _junk(bytes(self._buffer[: header.start()]))
            length = int(header.group(1))
            del self._buffer[: header.end()]
            if length <= LARGEST_BODY:
                return length
            self.skipped += header.end() - header.start()
        if len(self._buffer) > _LONGEST_HEADER:
            self.skipped += len(self._buffer) - _LONGEST_HEADER
            del self._buffer[:-_LONGEST_HEADER]
        return None


def _without_the_next_message(body: bytes) -> bytes:
    """The body, cut where an announced length that was too great ran into the next message's header.

    What is cut goes back to the buffer: one wrong length must not cost two messages. A raw header inside a
    body is never JSON (a string has its line ends escaped), nor is anything behind the last brace.
    """
    if b"\r\n\r\n" in body and (swallowed := _HEADER.search(body)) is not None:
        return body[: swallowed.start()]
    if body[-64:].rstrip()[-1:] not in (b"}", b"]") and (brace := body.rfind(b"}")) >= 0:
        return body[: brace + 1]
    return body


def _junk(before: bytes) -> int:
    """How many bytes before a Content-Length header are not themselves header lines."""
    return len(before) - sum(len(line) for line in _HEADER_LINE.findall(before))


_LONGEST_HEADER = 8 * 1024

# Lines may end at a bare LF and names come in any case: some clients are written by hand.
_OTHER_HEADERS = rb"(?:[A-Za-z0-9-]+:[^\r\n]*\r?\n)*"
_HEADER = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?\n" + _OTHER_HEADERS + rb"\r?\n", re.IGNORECASE)
_HEADER_LINE = re.compile(rb"^[A-Za-z0-9-]+:[^\r\n]*\r?\n", re.MULTILINE)
