"""Frames: whole bodies out of bytes cut anywhere, and the next message found after damage."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_lsp.lsp.frames import LARGEST_BODY, FrameParser, encode_frame

A, B = b'{"a": 1}', b'{"b": "\xe2\x82\xac"}'

GOOD = {
    "one message": (encode_frame(A), [A]),
    "two in one piece": (encode_frame(A) + encode_frame(B), [A, B]),
    "a header name in capitals": (b"CONTENT-LENGTH: 8\r\n\r\n" + A, [A]),
    "a header name in small letters, no space": (b"content-length:8\r\n\r\n" + A, [A]),
    "a type after the length": (b"Content-Length: 8\r\nContent-Type: a/b; charset=utf-8\r\n\r\n" + A, [A]),
    "a type before the length": (b"Content-Type: a/b; charset=utf-8\r\nContent-Length: 8\r\n\r\n" + A, [A]),
    "header lines that end at a bare LF": (b"Content-Length: 8\n\n" + A, [A]),
    "an empty body": (b"Content-Length: 0\r\n\r\n" + encode_frame(A), [b"", A]),
}

TOO_LONG = b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1)

# What comes in, the bodies that come out, and how many bytes belonged to no message.
DAMAGED = {
    "junk before a message": (b"hello\n" + encode_frame(A), [A], 6),
    "junk between messages": (encode_frame(A) + b"a warning\r\n\r\n" + encode_frame(B), [A, B], 13),
    "no number": (b"Content-Length: many\r\n\r\n" + A + encode_frame(B), [B], 10),
    "a negative number": (b"Content-Length: -8\r\n\r\n" + A + encode_frame(B), [B], 10),
    "a length beyond all measure": (TOO_LONG + encode_frame(B), [B], len(TOO_LONG)),
    "a header that does not end": (b"Content-Length: 8\r\n" + A + encode_frame(B), [B], 8),
    "a length too short": (b"Content-Length: 5\r\n\r\n" + A + encode_frame(B), [A[:5], B], 3),
    "a length too great by a few": (b"Content-Length: 12\r\n\r\n" + A + encode_frame(B), [A, B], 0),
    "a length too great by a message": (
        b"Content-Length: 40\r\n\r\n" + A + encode_frame(B) * 2,
        [A, B, B],
        0,
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_messages_come_out_whole_however_the_bytes_are_cut(case: str) -> None:
    data, bodies = GOOD[case]
    for size in (1, 2, 3, 7, len(data)):
        parser = FrameParser()
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        assert [body for piece in pieces for body in parser.feed(piece)] == bodies
        assert parser.skipped == 0


@pytest.mark.parametrize("case", DAMAGED)
def test_damage_costs_no_message_behind_it(case: str) -> None:
    data, bodies, skipped = DAMAGED[case]
    for size in (1, 2, 5, len(data)):
        parser = FrameParser()
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        assert [body for piece in pieces for body in parser.feed(piece)] == bodies
        assert parser.feed(encode_frame(A)) == [A]
        assert parser.skipped == skipped


def test_endless_junk_is_not_kept() -> None:
    parser = FrameParser()
    for _ in range(1000):
        assert parser.feed(b"x" * 10_000) == []
    assert len(parser._buffer) < 20_000
    assert parser.feed(encode_frame(A)) == [A]
    assert parser.skipped == 10_000_000


@given(st.lists(st.dictionaries(st.text(), st.text(), min_size=1)), st.lists(st.integers(1, 60)))
def test_what_is_encoded_is_parsed(objects: list[dict[str, str]], sizes: list[int]) -> None:
    bodies = [json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass") for value in objects]
    data = b"".join(map(encode_frame, bodies))
    parser = FrameParser()
    parsed = []
    for size in [*sizes, len(data)]:
        parsed += parser.feed(data[:size])
        data = data[size:]
    assert parsed == bodies
