"""Chunks merged before a strict parser reads them: it must read the same bodies, or refuse the same replies."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hf_inference import core
from hf_inference.core.chunks import ChunkMerger

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunked(pieces: Iterable[bytes], end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + end


def bodies(chunks: Iterable[bytes], *, replies: int = 1) -> tuple[list[bytes], int, str]:
    """What h11 makes of the bytes: the bodies, in how many pieces, and how it ended."""
    client = h11.Connection(h11.CLIENT)
    found: list[bytes] = []
    pieces = 0
    feed = iter([*chunks, b""])
    for _ in range(replies):
        client.send(h11.Request(method="GET", target="/", headers=[("host", "a")]))
        client.send(h11.EndOfMessage())
        body = b""
        try:
            while True:
                event = client.next_event()
                if event is h11.NEED_DATA:
                    client.receive_data(next(feed))
                elif isinstance(event, h11.Data):
                    body += event.data
                    pieces += 1
                elif isinstance(event, h11.EndOfMessage):
                    break
        except h11.RemoteProtocolError:
            return [*found, body], pieces, "refused"
        found.append(body)
        if client.their_state is h11.DONE:
            client.start_next_cycle()
    return found, pieces, "done"


def cut(data: bytes, at: Iterable[int]) -> list[bytes]:
    places = [0, *sorted({place for place in at if 0 < place < len(data)}), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


def merged(chunks: Iterable[bytes]) -> list[bytes]:
    """What goes on of the bytes, the same whether reads are looked at as a whole or chunk by chunk."""
    whole, apart = (_merged(chunks, many) for many in (0, 1_000_000))
    assert bodies(whole)[0] == bodies(apart)[0]
    return whole


def _merged(chunks: Iterable[bytes], many: int) -> list[bytes]:
    merger = ChunkMerger()
    merger.feed(HEAD + chunked(b"x" * size for size in range(1, 41)))  # it knows these sizes then
    merger.begin()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.chunks, "MANY", many)
        return [given for chunk in chunks if (given := merger.feed(chunk))]


REPLIES = {
    "chunked": HEAD + chunked([b"data: a\n\n", b"data: bb\n\n", b"x" * 300]),
    "one byte a chunk": HEAD + chunked([bytes([byte]) for byte in b"data: hello\n\n"]),
    "line breaks within chunks": HEAD + chunked([b"\r\n", b"0\r\n\r\n", b"5\r\n"]),
    "upper-case sizes and leading zeros": HEAD + b"00A\r\n0123456789\r\n0\r\n\r\n",
    "extensions": HEAD + b"3;a=b\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    "extensions later": HEAD + b"3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n",
    "trailers": HEAD + chunked([b"abc"], b"0\r\nX-Sum: 1\r\n\r\n"),
    "no chunk": HEAD + chunked([]),
    "a length": b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n3\r\nab",
    "until the end": b"HTTP/1.1 200 OK\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "after 100 Continue": b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + chunked([b"abc", b"de"]),
    "after two early hints": b"HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n" * 2 + HEAD + chunked([b"abc"]),
    "an oddly written header": HEAD.replace(b": chunked", b":\t Chunked ") + chunked([b"abc", b"de"]),
    "cut in a chunk": HEAD + b"5\r\nab",
    "cut between chunks": HEAD + b"2\r\nab\r\n",
    "a size that is none": HEAD + b"2\r\nab\r\nzz\r\nab\r\n0\r\n\r\n",
    "a negative size": HEAD + b"-2\r\nab\r\n0\r\n\r\n",
    "a size with an underscore": HEAD + b"1_0\r\n0123456789abcdef\r\n0\r\n\r\n",
    "a size too long": HEAD + b"0" * 30 + b"2\r\nab\r\n0\r\n\r\n",
    "no line break after a chunk": HEAD + b"2\r\nabXX0\r\n\r\n",
}


@pytest.mark.parametrize("name", REPLIES)
def test_the_strict_parser_reads_the_same_however_the_bytes_come(name: str) -> None:
    data = REPLIES[name]
    body, _, end = bodies([data])
    for chunks in (
        [data],
        [data[at : at + 1] for at in range(len(data))],
        *(cut(data, [at]) for at in range(len(data))),
    ):
        found, _, ended = bodies(merged(chunks))
        assert ended == end
        assert found == body or (end == "refused" and body[0].startswith(found[0]))


@given(pieces=st.lists(st.binary(min_size=1, max_size=40), max_size=12), at=st.lists(st.integers(1, 600), max_size=25))
def test_any_body_comes_through_any_cuts(pieces: list[bytes], at: list[int]) -> None:
    found, _, end = bodies(merged(cut(HEAD + chunked(pieces), at)))
    assert (found, end) == ([b"".join(pieces)], "done")


@given(junk=st.binary(max_size=80), at=st.lists(st.integers(1, 200), max_size=6))
def test_junk_is_never_made_better_than_it_is(junk: bytes, at: list[int]) -> None:
    data = HEAD + junk
    body, _, end = bodies([data])
    found, _, ended = bodies(merged(cut(data, at)))
    assert ended == end
    assert end == "refused" or found == body


def test_what_came_at_once_is_one_piece() -> None:
    data = HEAD + chunked([b"data: %d\n\n" % number for number in range(500)])
    assert bodies([data])[1] == 500
    assert bodies(merged([data]))[1] == 1


def test_a_connections_next_reply_is_read_anew() -> None:
    merger = ChunkMerger()
    replies = []
    for data in (REPLIES["chunked"], REPLIES["a length"], REPLIES["trailers"], REPLIES["chunked"]):
        merger.begin()
        replies.append(merger.feed(data))
    found, _, end = bodies(replies, replies=4)
    assert (found, end) == (
        [bodies([REPLIES[name]])[0][0] for name in ("chunked", "a length", "trailers", "chunked")],
        "done",
    )


def test_a_head_without_end_is_passed_on_and_not_kept() -> None:
    merger = ChunkMerger()
    merger.begin()
    for _ in range(100):
        assert merger.feed(b"x" * 10_000) == b"x" * 10_000
    assert merger._head is None
