"""HTTP/1.1 chunks merged: a body that came in many small chunks goes on in few large ones.

Knows the framing of a reply (RFC 9112, section 7.1), so that whoever parses it strictly afterwards has a hundredth of
the work; a server sends each token as a chunk. Knows no socket. What it does not understand it passes on as it is, for
the strict parser to refuse.
"""

from __future__ import annotations

import re

LONGEST_HEAD = 256 * 1024
LONGEST_SIZE_LINE = 16
MOST_SIZES = 1024
"""Size lines that one connection remembers."""
MANY = 2048
"""Bytes that are probably many chunks; what trickles in is not worth being looked at as a whole first."""


class ChunkMerger:
    """Fed the bytes of replies as they come, gives the same replies with the chunks within one feed merged."""

    __slots__ = ("_head", "_left", "_line", "_merging", "_sizes")

    def __init__(self) -> None:
        self._sizes: dict[bytes, int] = {}
        """What the size lines seen before mean."""
        self.begin()

    def begin(self) -> None:
        """A request is being sent: the next bytes fed are the head of its reply."""
        self._head: bytes | None = b""
        self._line = b""
        self._left = 0
        self._merging = False

    def feed(self, data: bytes) -> bytes:
        """The bytes to go on; none if what came is only a part of a chunk's frame."""
        if self._merging:
            return self._merge(data)
        return data if self._head is None else self._look_for_body(self._head, data)

    def _look_for_body(self, before: bytes, data: bytes) -> bytes:
        self._head = head = before + data
        while (end := head.find(b"\r\n\r\n")) >= 0:
            end += 4
            if _INFORMATIONAL.match(head):  # 100 Continue and its like: the real head follows
                self._head = head = head[end:]
                continue
            self._head = None
            self._merging = _CHUNKED.search(head, 0, end) is not None
            body = len(head) - end
            return data[: len(data) - body] + self._merge(head[end:]) if self._merging and body else data
        if len(head) > LONGEST_HEAD:
            self._head = None
        return data

    def _merge(self, data: bytes) -> bytes:
        if self._line:
            data = self._line + data
            self._line = b""
        pieces: list[bytes] = []
        rest = b""
        left, at, size = self._left, 0, len(data)
        looked = size < MANY
        while at < size:
            if not left and not looked:
                looked = True
                chunks, taken = self._whole_chunks(data[at:])
                pieces += chunks
                at += taken
            elif left > 2:  # the chunk's bytes, and CR LF after them
                pieces.append(data[at : min(at + left - 2, size)])
                taken = min(left - 2, size - at)
                at += taken
                left -= taken
            elif left:
                if size - at < 2:
                    self._line = data[at:]
                    break
                if data[at : at + 2] != b"\r\n":
                    rest = self._give_up(data[at:])
                    break
                at += 2
                left = 0
            else:
                end = data.find(b"\r\n", at, at + LONGEST_SIZE_LINE + 2)
                if end < 0 and size - at <= LONGEST_SIZE_LINE:
                    self._line = data[at:]
                    break
                length = self._size(data[at:end]) if end >= 0 else 0
                if not length:
                    rest = self._give_up(data[at:])  # the last chunk, or one with extensions
                    break
                at = end + 2
                end = at + length
                if data[end : end + 2] == b"\r\n":  # the usual case: the whole chunk is here
                    pieces.append(data[at:end])
                    at = end + 2
                else:
                    left = length + 2
        self._left = left
        body = b"".join(pieces)
        return (b"%x\r\n%b\r\n%b" % (len(body), body, rest)) if body else rest

    def _whole_chunks(self, data: bytes) -> tuple[list[bytes], int]:
        """The whole chunks that `data` begins with, if it is nothing but whole chunks (and the beginning of one) with
        sizes seen before and no line break within: what nearly all reads are, for a third of the loop's cost. And
        how many bytes of `data` that is."""
        lines = data.split(b"\r\n")
        end = (len(lines) - 1) & ~1
        chunks = lines[1:end:2]
        if [*map(self._sizes.get, lines[0:end:2])] != [*map(len, chunks)]:
            return [], 0
        return chunks, len(data) - sum(map(len, lines[end:])) - 2 * (len(lines) - end - 1)

    def _size(self, digits: bytes) -> int:
        """What a size line means, 0 if it ends the merging."""
        size = self._sizes.get(digits)
        if size is None:
            size = int(digits, 16) if _SIZE.fullmatch(digits) else 0
            if size and len(self._sizes) < MOST_SIZES:
                self._sizes[digits] = size
        return size

    def _give_up(self, rest: bytes) -> bytes:
        self._merging = False
        return rest


_INFORMATIONAL = re.compile(rb"HTTP/1\.1 1(?!01)\d\d ")
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n", re.IGNORECASE)
_SIZE = re.compile(rb"[0-9A-Fa-f]+")
