"""What a backend answers, and what a call comes to: each row through both clients."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from hf_inference import (
    AuthenticationError,
    BackendError,
    BackendUnreachableError,
    BadRequestError,
    GenerationError,
    IncompleteStreamError,
    InferenceError,
    InferenceOutputError,
    InferenceTimeoutError,
    InputError,
    ModelLoadingError,
    ModelNotFoundError,
    Options,
    RateLimitedError,
    Timeouts,
    UnexpectedContentError,
    targets,
)
from hf_inference.http import LONGEST_ERROR_BODY
from support.fake_hub import (
    BrokenJson,
    Bytes,
    Close,
    FakeHub,
    Html,
    Huge,
    Json,
    Loading,
    RateLimited,
    Raw,
    Redirect,
    Reply,
    Reset,
    Sse,
    Stall,
    Trickle,
    Unauthorized,
    WrongType,
    event_bytes,
    tgi_events,
)
from support.shells import Shell

ONCE = Options(max_retries=0)
TEXT = "one two three"
GOOD = [{"summary_text": "short é\u2028"}]
WIRE = json.dumps(GOOD, ensure_ascii=False).encode()
EVENTS = tgi_events(TEXT, details=True)
STREAM = b"".join(event_bytes(event) for event in EVENTS)
GZIPPED = {"content-encoding": "gzip"}

SUCCESSES: list[tuple[str, Reply]] = [
    ("JSON", Json(GOOD)),
    ("another media type", WrongType(GOOD)),
    ("no media type", Raw(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(WIRE), WIRE))),
    ("until the connection's end", Raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n" + WIRE)),
    ("trickled byte by byte", Trickle(WIRE)),
    ("gzip", Bytes(gzip.compress(WIRE), "application/json", headers=GZIPPED)),
    ("gzip in chunks", Trickle(gzip.compress(WIRE), 5, headers=GZIPPED)),
    ("status 201", Json(GOOD, 201)),
]


@pytest.mark.parametrize("reply", [row[1] for row in SUCCESSES], ids=[row[0] for row in SUCCESSES])
async def test_a_good_answer_is_read(reply: Reply, hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", reply)
    async with shell.open("hf_t", target=targets.endpoint(f"{hub.url}/m")) as client:
        output = await client.call("summarization", inputs="long", options=ONCE)
    assert output.summary_text == GOOD[0]["summary_text"]
    assert hub.exchanges[0].headers["authorization"] == "Bearer hf_t"


FAILURES: list[tuple[str, Reply, type[InferenceError], str]] = [
    ("400", Json({"error": ["a", "b"]}, 400), BadRequestError, "answered 400: a, b"),
    ("401", Unauthorized(), AuthenticationError, "set a valid token"),
    ("404", Json({"error": "Model x does not exist"}, 404), ModelNotFoundError, "Model x does not exist"),
    ("422 as text", Bytes(b"bad json", "text/plain", status=422), BadRequestError, "answered 422: bad json"),
    ("424", Json({"error": "CUDA", "error_type": "generation"}, 424), GenerationError, "CUDA"),
    ("429", RateLimited(None), RateLimitedError, "Rate limit reached"),
    ("500 without body", Bytes(b"", status=500), BackendError, "the server failed"),
    ("503", Loading(), ModelLoadingError, "currently loading"),
    ("520, which no standard names", Bytes(b"", status=520), BackendError, "answered 520"),
    ("a web page of an error", Html(502), UnexpectedContentError, "a web page (502"),
    ("a web page of a success", Html(200), UnexpectedContentError, "a web page where JSON was expected"),
    ("JSON cut short", BrokenJson(), UnexpectedContentError, "application/json"),
    ("an error's JSON cut short", BrokenJson(status=500), BackendError, "answered 500"),
    ("an empty body", Bytes(b"", "application/json"), UnexpectedContentError, "where JSON was expected"),
    ("another shape", Json([{"summary": 1}]), InferenceOutputError, "Expected Array<{summary_text: string}>"),
    ("an answer cut", Close(20), BackendUnreachableError, "broke the connection"),
    ("no answer", Close(0, b""), UnexpectedContentError, "where JSON was expected"),
    ("no bytes at all", Raw(b""), BackendUnreachableError, "broke the connection"),
    ("a reset", Reset(), BackendUnreachableError, "broke the connection"),
    ("a reset amid the answer", Reset(20), BackendUnreachableError, "broke the connection"),
    ("what is no HTTP", Raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), BackendUnreachableError, "something that is not HTTP"),
    ("broken gzip", Bytes(b"no gzip", "application/json", headers=GZIPPED), BackendUnreachableError, "broke"),
    ("a redirect elsewhere", Redirect("http://127.0.0.1:9/x"), UnexpectedContentError, "stays with its origin"),
    ("a redirect to nowhere", Redirect("/loop"), UnexpectedContentError, "is not followed"),
]


@pytest.mark.parametrize(("reply", "kind", "said"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES])
@pytest.mark.parametrize("streams", [False, True], ids=["call", "stream"])
async def test_a_failure_is_an_error_that_says_what_happened(
    streams: bool, reply: Reply, kind: type[InferenceError], said: str, hub: FakeHub, shell: Shell
) -> None:
    hub.on("*", reply)
    async with shell.open("hf_SECRET", ONCE, target=targets.endpoint(f"{hub.url}/m?key=hf_SECRET")) as client:
        if streams:
            pieces, error = await client.stream(inputs="p").pieces()
            assert pieces == []
            assert isinstance(error, kind | IncompleteStreamError | UnexpectedContentError)
        else:
            error = await client.refusal("summarization", inputs="long")
            assert type(error) is kind
            assert said in str(error)
    assert "hf_SECRET" not in f"{error!s} {error!r} {vars(error)}"


@pytest.mark.parametrize("streams", [False, True], ids=["call", "stream"])
async def test_of_a_huge_error_body_only_the_beginning_is_read(streams: bool, hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Trickle(b"x" * 10_000_000, 50_000, status=500, media_type="text/plain"))
    async with shell.open(None, ONCE, target=targets.endpoint(f"{hub.url}/m")) as client:
        if streams:
            _, error = await client.stream(inputs="p").pieces()
        else:
            error = await client.refusal("summarization", inputs="p")
        await hub.until(lambda: hub.open_connections == 0)
    assert isinstance(error, BackendError)
    assert len(str(error)) < 2_200
    assert hub.exchanges[0].abandoned
    assert LONGEST_ERROR_BODY < 10_000_000


async def test_a_huge_error_body_of_declared_length_is_cut_too(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Huge())
    async with shell.open(None, ONCE, target=targets.endpoint(f"{hub.url}/m")) as client:
        error = await client.refusal("summarization", inputs="p")
    assert isinstance(error, BackendError)
    assert len(str(error)) < 2_200


STREAMS: list[tuple[str, Reply]] = [
    ("events", Sse(EVENTS)),
    ("one byte a chunk", Trickle(STREAM, media_type="text/event-stream")),
    ("seven bytes a chunk", Trickle(STREAM, 7, media_type="text/event-stream")),
    ("gzip", Trickle(gzip.compress(STREAM), 9, media_type="text/event-stream", headers=GZIPPED)),
    ("whole", Bytes(STREAM, "text/event-stream")),
    ("until the connection's end", Raw(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + STREAM)),
    ("no media type", Raw(b"HTTP/1.1 200 OK\r\n\r\n" + STREAM)),
    ("CR LF", Bytes(STREAM.replace(b"\n", b"\r\n"), "text/event-stream")),
    ("with pings", Sse([b": ping\n\n", *EVENTS[:1], b":\n\n", *EVENTS[1:]])),
    ("no last blank line", Bytes(STREAM.rstrip(b"\n"), "text/event-stream")),
    ("with [DONE]", Sse([*EVENTS, "[DONE]"])),
]


@pytest.mark.parametrize("reply", [row[1] for row in STREAMS], ids=[row[0] for row in STREAMS])
async def test_a_stream_is_read_however_it_comes(reply: Reply, hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", reply)
    async with shell.open("hf_t", ONCE, target=targets.endpoint(f"{hub.url}/m")) as client:
        stream = client.stream(inputs="p")
        pieces, error = await stream.pieces()
        assert stream.stream.opened.response.status == 200
    assert error is None
    assert "".join(piece.token.text for piece in pieces) == pieces[-1].generated_text == TEXT
    assert pieces[-1].details.finish_reason == "length"


HALF: list[tuple[str, Reply, type[InferenceError]]] = [
    ("cut", Sse(EVENTS[:2], "cut"), IncompleteStreamError),
    ("reset", Sse([*EVENTS[:2], b": the second has gone out\n\n"], "reset"), IncompleteStreamError),
    ("ended too early", Sse(EVENTS[:2]), IncompleteStreamError),
    ("an error event", Sse([*EVENTS[:2], {"error": "CUDA", "error_type": "generation"}]), GenerationError),
    ("an event named error", Sse([*EVENTS[:2], b"event: error\ndata: CUDA\n\n", *EVENTS[2:]]), GenerationError),
]


@pytest.mark.parametrize(("reply", "kind"), [row[1:] for row in HALF], ids=[row[0] for row in HALF])
async def test_a_stream_that_fails_gives_its_pieces_first_and_keeps_its_text(
    reply: Reply, kind: type[InferenceError], hub: FakeHub, shell: Shell
) -> None:
    hub.on("/m", reply)
    async with shell.open(None, ONCE, target=targets.endpoint(f"{hub.url}/m")) as client:
        stream = client.stream(inputs="p")
        first, second = await stream.next(), await stream.next()
        with pytest.raises(kind) as raised:
            await stream.next()
        with pytest.raises(StopAsyncIteration):
            await stream.next()
        await hub.until(lambda: not hub.in_flight)
    assert first.token.text + second.token.text == "one two"
    assert getattr(raised.value, "partial_text", None) == "one two"


async def test_an_error_event_keeps_status_and_request_id(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Sse([{"error": "too long", "error_type": "validation"}]))
    async with shell.open("hf_SECRET", target=targets.endpoint(f"{hub.url}/m")) as client:
        _, error = await client.stream(inputs="p").pieces()
    assert isinstance(error, GenerationError)
    assert (error.status, error.request_id, error.error_type, error.detail) == (200, "fake-1", "validation", "too long")
    assert error.request["headers"]["Authorization"] == "<redacted>"


NO_STREAMS: list[tuple[str, Reply, str]] = [
    ("JSON", Json([{"generated_text": "whole"}]), "it returned application/json"),
    ("an error under status 200", Json({"error": "no stream here"}), "it returned application/json: no stream here"),
    ("a web page", Html(200), "it returned text/html; charset=utf-8"),
    ("text", Bytes(b"ok", "text/plain"), "it returned text/plain: ok"),
    ("nothing", Bytes(b"", ""), "but not with a stream"),
]


@pytest.mark.parametrize(("reply", "said"), [row[1:] for row in NO_STREAMS], ids=[row[0] for row in NO_STREAMS])
async def test_a_body_that_is_no_stream_says_what_it_is(reply: Reply, said: str, hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", reply)
    async with shell.open(None, target=targets.endpoint(f"{hub.url}/m")) as client:
        pieces, error = await client.stream(inputs="p").pieces()
    assert pieces == []
    assert isinstance(error, UnexpectedContentError)
    assert said in str(error)


# --- limits ----------------------------------------------------------------------------------------------

SHORT = 0.25
WHOLE = 1.0
"""Seconds of limits that pass while a busy machine has its turn elsewhere: what comes before them must still come."""
LIMITS: list[tuple[str, Reply, Timeouts, str]] = [
    ("no head", Stall(), Timeouts(first_token=SHORT), "first_token"),
    ("no body", Stall("body"), Timeouts(first_token=SHORT), "first_token"),
    ("a total, before the head", Stall(), Timeouts(total=WHOLE), "total"),
    ("a total, before the body", Stall("body"), Timeouts(total=WHOLE), "total"),
    ("the total is the shorter", Stall(), Timeouts(first_token=60, total=WHOLE), "total"),
]
STREAM_LIMITS: list[tuple[str, Reply, Timeouts, str, str]] = [
    ("no first event", Sse([], "stall"), Timeouts(first_token=SHORT), "first_token", ""),
    ("pings are no event", Sse([b": ping\n\n"], "stall"), Timeouts(first_token=SHORT), "first_token", ""),
    ("silence after a token", Sse(EVENTS[:1], "stall"), Timeouts(between_tokens=SHORT), "between_tokens", "one"),
    ("a total amid tokens", Sse(EVENTS[:2], "stall"), Timeouts(total=WHOLE), "total", "one two"),
    (
        "a longer first limit does not hold later",
        Sse(EVENTS[:2], "stall"),
        Timeouts(first_token=60, between_tokens=SHORT),
        "between_tokens",
        "one two",
    ),
]


@pytest.mark.parametrize(("reply", "timeouts", "phase"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
async def test_a_limit_that_passes_is_named_and_ends_the_connection(
    reply: Reply, timeouts: Timeouts, phase: str, hub: FakeHub, shell: Shell
) -> None:
    hub.on("/m", reply)
    async with shell.open(None, Options(timeouts=timeouts), target=targets.endpoint(f"{hub.url}/m")) as client:
        error = await client.refusal("summarization", inputs="p")
        await hub.until(lambda: hub.open_connections == 0)
    assert isinstance(error, InferenceTimeoutError)
    assert (error.phase, len(hub.exchanges)) == (phase, 1)


@pytest.mark.parametrize(
    ("reply", "timeouts", "phase", "text"), [row[1:] for row in STREAM_LIMITS], ids=[row[0] for row in STREAM_LIMITS]
)
async def test_a_streams_limit_that_passes_is_named_and_keeps_the_text(
    reply: Reply, timeouts: Timeouts, phase: str, text: str, hub: FakeHub, shell: Shell
) -> None:
    hub.on("/m", reply)
    async with shell.open(None, Options(timeouts=timeouts), target=targets.endpoint(f"{hub.url}/m")) as client:
        delivered, error = await client.stream(inputs="p").text()
        await hub.until(lambda: hub.open_connections == 0)
    assert isinstance(error, InferenceTimeoutError)
    assert (error.phase, error.partial_text, delivered) == (phase, text, text)


async def test_a_total_is_not_stretched_by_a_trickle(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Sse([*EVENTS[:1], *([b": ping\n\n"] * 200_000)], "stall"))
    options = Options(timeouts=Timeouts(total=WHOLE))
    async with shell.open(None, options, target=targets.endpoint(f"{hub.url}/m")) as client:
        delivered, error = await client.stream(inputs="p").text()
    assert isinstance(error, InferenceTimeoutError)
    assert (error.phase, delivered) == ("total", "one")


async def test_a_wait_that_would_end_after_the_total_is_not_begun(hub: FakeHub, shell: Shell) -> None:
    hub.on("/m", Loading(60.0))
    options = Options(timeouts=Timeouts(total=5.0))
    async with shell.open(None, options, target=targets.endpoint(f"{hub.url}/m")) as client:
        error = await client.refusal("summarization", inputs="p")
    assert isinstance(error, InferenceTimeoutError)
    assert error.phase == "total"
    assert isinstance(error.__cause__, ModelLoadingError)


async def test_a_loading_model_is_waited_for_and_the_caller_is_told(hub: FakeHub, shell: Shell) -> None:
    told: list[tuple[float, str]] = []
    hub.on("/m", [RateLimited("0"), Json({"error": "is loading"}, 503, headers={"retry-after": "0"}), Json(GOOD)])
    options = Options(on_wait=lambda seconds, error: told.append((seconds, type(error).__name__)))
    async with shell.open(None, options, target=targets.endpoint(f"{hub.url}/m")) as client:
        output = await client.call("summarization", inputs="p")
    assert output.summary_text == GOOD[0]["summary_text"]
    assert [name for _, name in told] == ["RateLimitedError", "ModelLoadingError"]
    assert all(0 <= seconds < 1 for seconds, _ in told)


@pytest.mark.parametrize(
    "bad",
    [
        {"access_token": "hf_SECRET\n"},
        {"access_token": "hf_SECRÉT"},
        {"access_token": "hf_SECRET\x00"},
        {"options": Options(headers={"x-key": "hf_SECRET\r\nhost: evil"})},
        {"options": Options(headers={"x key: hf_": "hf_SECRET"})},
    ],
    ids=["line break", "not ASCII", "null", "a second header", "no header name"],
)
async def test_a_header_that_http_cannot_carry_is_refused_without_its_value(
    bad: dict[str, Any], hub: FakeHub, shell: Shell
) -> None:
    async with shell.open(None, target=targets.endpoint(f"{hub.url}/m")) as client:
        error = await client.refusal("summarization", inputs="p", **bad)
    assert isinstance(error, InputError)
    assert "SECR" not in f"{error} {error!r} {error.__cause__!r} {error.__context__!r}"
    assert hub.exchanges == []
