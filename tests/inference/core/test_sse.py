"""Event streams: every case of `conformance/streams`, however its bytes are cut, and the grammar as a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hf_inference import core
from hf_inference.core import sse
from hf_inference.core.errors import GenerationError, IncompleteStreamError, InferenceOutputError
from hf_inference.core.events import EventReader
from hf_inference.core.sse import Event, EventParser, EventTooLongError
from hf_inference.core.wire import Request, Response

STREAMS = Path(__file__).parents[2] / "conformance" / "streams"
CASES = sorted(path.stem for path in STREAMS.glob("*.sse"))

REQUEST = Request(method="POST", url="https://host.test/m", secret_headers={"Authorization": "Bearer hf_SECRET"})
RESPONSE = Response(200, {"content-type": "text/event-stream", "x-request-id": "r-1"})

NEWLINES = "\n", "\r", "\r\n"


class Payloads:
    """A dialect that hands every payload on. A stream is complete whenever it ends: grammar asks no more."""

    text = ""
    complete = True

    def decode(self, payload: Any) -> Iterable[Any]:
        return (payload,)

    def framed(self, payload: Any) -> None:
        return None

    def end(self) -> Iterable[Any]:
        return ()


class Words(Payloads):
    """A dialect of words: a payload's `word` is text, `last` makes the stream complete."""

    def __init__(self) -> None:
        self.text = ""
        self.complete = False

    def decode(self, payload: Any) -> Iterable[str]:
        self.text += payload["word"]
        self.complete = bool(payload.get("last"))
        return (payload["word"],)


def read(chunks: Iterable[bytes]) -> tuple[list[Any], tuple[str, str] | None]:
    """The payloads and the error's (message, type) of a stream, the same whether events are read together or apart."""
    given = list(chunks)
    together, apart = (_read(given, long) for long in (0, 1_000_000))
    assert repr(together) == repr(apart)
    return together


def _read(chunks: Iterable[bytes], long: int) -> tuple[list[Any], tuple[str, str] | None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.events, "LONG", long)
        return _read_all(chunks)


def _read_all(chunks: Iterable[bytes]) -> tuple[list[Any], tuple[str, str] | None]:
    reader = EventReader(Payloads(), REQUEST, RESPONSE)
    payloads: list[Any] = []
    try:
        for chunk in chunks:
            payloads.extend(reader.feed(chunk))
        payloads.extend(reader.finish())
    except GenerationError as error:
        return payloads, (error.detail, error.error_type)
    return payloads, None


def case(name: str) -> tuple[bytes, tuple[list[Any], tuple[str, str] | None]]:
    expected = json.loads((STREAMS / f"{name}.json").read_text(encoding="utf-8"))
    error = expected["error"]
    told = (error["message"], error["error_type"]) if error else None
    return (STREAMS / f"{name}.sse").read_bytes(), (expected["payloads"], told)


def cut(data: bytes, at: Iterable[int]) -> Iterator[bytes]:
    start = 0
    for end in [*sorted(at), len(data)]:
        yield data[start:end]
        start = end


def events(*chunks: bytes) -> list[Event]:
    parser = EventParser()
    found = [event for chunk in chunks for event in parser.feed(chunk)]
    last = parser.finish()
    return found if last is None else [*found, last]


@pytest.mark.parametrize("name", CASES)
def test_a_recorded_stream_reads_as_its_case_says_whole(name: str) -> None:
    data, expected = case(name)
    assert read([data]) == expected


@pytest.mark.parametrize("name", CASES)
def test_a_recorded_stream_reads_the_same_byte_by_byte(name: str) -> None:
    data, expected = case(name)
    assert read(data[at : at + 1] for at in range(len(data))) == expected


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=15)
@given(draw=st.data())
def test_a_recorded_stream_reads_the_same_in_any_chunks(name: str, draw: st.DataObject) -> None:
    data, expected = case(name)
    at = draw.draw(st.lists(st.integers(0, len(data)), max_size=40))
    assert read(cut(data, at)) == expected


GRAMMAR = [
    ("one line", b"data: a\n\n", [(b"a", b"")]),
    ("no space after the colon", b"data:a\n\n", [(b"a", b"")]),
    ("one space is removed, a second is data", b"data:  a\n\n", [(b" a", b"")]),
    ("the first colon ends the field's name", b"data: a:b:c\n\n", [(b"a:b:c", b"")]),
    ("a tab is data", b"data:\ta\n\n", [(b"\ta", b"")]),
    ("several lines are joined", b"data: a\ndata: b\ndata:\n\n", [(b"a\nb\n", b"")]),
    ("a line without a colon is a field of empty value", b"data\n\n", [(b"", b"")]),
    ("field names are case-sensitive", b"Data: a\nDATA: b\n\n", []),
    ("a space before the colon makes another field", b"data : a\n\n", []),
    ("comments are nothing", b": hello\n\n:\n\n", []),
    ("a comment within an event is nothing", b"data: a\n: ping\ndata: b\n\n", [(b"a\nb", b"")]),
    ("id and retry carry nothing", b"id: 7\nretry: 10\ndata: a\n\n", [(b"a", b"")]),
    ("an event's name", b"event: error\ndata: a\n\n", [(b"a", b"error")]),
    ("the last name holds", b"event: x\nevent:y\ndata: a\n\n", [(b"a", b"y")]),
    ("a name without a value is none", b"event: x\nevent\ndata: a\n\n", [(b"a", b"")]),
    ("a name without data is no event, and is forgotten", b"event: error\n\ndata: a\n\n", [(b"a", b"")]),
    ("blank lines between events", b"\n\ndata: a\n\n\n\ndata: b\n\n", [(b"a", b""), (b"b", b"")]),
    ("no blank line at the end", b"data: a\n\ndata: b", [(b"a", b""), (b"b", b"")]),
    ("a byte order mark before the first line", b"\xef\xbb\xbfdata: a\n\n", [(b"a", b"")]),
    ("half a byte order mark is a field's name", b"\xef\xbbdata: a\n\n", []),
    ("nothing but half a byte order mark", b"\xef\xbb", []),
    ("nothing", b"", []),
    ("U+2028 and U+0085 end no line", "data: a\u2028b\u0085c\n\n".encode(), [("a\u2028b\u0085c".encode(), b"")]),
    ("vertical tab and form feed end no line", b"data: a\x0bb\x0cc\x1cd\n\n", [(b"a\x0bb\x0cc\x1cd", b"")]),
]


@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CR", "CRLF"])
@pytest.mark.parametrize(("data", "expected"), [row[1:] for row in GRAMMAR], ids=[row[0] for row in GRAMMAR])
def test_the_grammar_holds_for_every_line_ending_and_every_cut(
    data: bytes, expected: list[Event], newline: str
) -> None:
    told = data.replace(b"\n", newline.encode())
    assert events(told) == expected
    assert events(*(told[at : at + 1] for at in range(len(told)))) == expected
    for at in range(len(told)):
        assert events(told[:at], told[at:]) == expected


@given(
    lines=st.lists(st.text(alphabet=st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])), max_size=6),
    endings=st.lists(st.sampled_from(NEWLINES), min_size=8, max_size=8),
    at=st.lists(st.integers(0, 400), max_size=12),
)
def test_any_text_comes_back_through_mixed_endings_and_cuts(
    lines: list[str], endings: list[str], at: list[int]
) -> None:
    stream = "".join(f"data: {line}{end}" for line, end in zip(lines, endings, strict=False)).encode()
    stream += b"\n" if not lines or endings[len(lines) - 1] != "\r" else b"\r\n"
    whole = "\n".join(lines).encode()
    assert events(*cut(stream, [place for place in at if place <= len(stream)])) == ([(whole, b"")] if lines else [])


@pytest.mark.parametrize("piece", [b"x" * 10, b"data: 0123\n", b"data: 0123\r"], ids=["line", "lines", "CR"])
def test_an_event_that_never_ends_is_an_error_and_not_a_leak(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "LONGEST_EVENT", 1_000)
    parser = EventParser()

    def feed_for_ever() -> None:
        for _ in range(1_000):
            parser.feed(piece)

    with pytest.raises(EventTooLongError, match="longer than 1000 bytes"):
        feed_for_ever()


def test_pings_and_small_events_may_go_on_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "LONGEST_EVENT", 1_000)
    parser = EventParser()
    assert sum(len(parser.feed(b": ping\n\n" * 50 + b"data: a\n\n" * 200)) for _ in range(20)) == 4_000


def test_an_event_too_long_ends_a_stream_with_an_error_of_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "LONGEST_EVENT", 1_000)
    reader = EventReader(Payloads(), REQUEST, RESPONSE)
    with pytest.raises(GenerationError, match="longer than 1000 bytes"):
        list(reader.feed(b"data: " + b"x" * 2_000))


def test_pieces_before_an_error_event_come_first_and_the_error_keeps_them() -> None:
    reader = EventReader(Words(), REQUEST, RESPONSE, provider="acme")
    feed = reader.feed(
        b'data: {"word":"one "}\n\ndata: {"word":"two"}\n\n'
        b'data: {"error":"out of memory","error_type":"overloaded"}\n\ndata: {"word":"three"}\n\n'
    )
    assert [next(feed), next(feed)] == ["one ", "two"]
    with pytest.raises(GenerationError, match="acme reported an error within the stream: out of memory") as raised:
        next(feed)
    error = raised.value
    assert (error.partial_text, error.error_type, error.status, error.request_id, error.host) == (
        "one two",
        "overloaded",
        200,
        "r-1",
        "host.test",
    )
    assert list(reader.feed(b'data: {"word":"four"}\n\n')) == []


def test_a_stream_that_ends_before_its_last_event_was_cut() -> None:
    reader = EventReader(Words(), REQUEST, RESPONSE)
    assert list(reader.feed(b'data: {"word":"half"}\n\n')) == ["half"]
    with pytest.raises(IncompleteStreamError, match="after 4 characters") as raised:
        list(reader.finish())
    assert raised.value.partial_text == "half"


@pytest.mark.parametrize("end", [b"data: [DONE]\n\n", b'data: {"word":"","last":true}\n\n', b"data: [DONE]"])
def test_a_stream_is_whole_after_done_or_its_last_event(end: bytes) -> None:
    reader = EventReader(Words(), REQUEST, RESPONSE)
    assert "".join(reader.feed(b'data: {"word":"all"}\n\n' + end)) == "all"
    assert list(reader.finish()) == []


@pytest.mark.parametrize(
    "data",
    [b"{broken", b"{} {}", b"nonsense", b"\xff\xfe", b"[" * 100_000],
    ids=["cut", "two", "word", "bytes", "deep"],
)
def test_an_event_that_is_no_json_is_an_output_error(data: bytes) -> None:
    reader = EventReader(Payloads(), REQUEST, RESPONSE)
    with pytest.raises(InferenceOutputError, match="Expected a JSON event"):
        list(reader.feed(b"data: " + data + b"\n\n"))
