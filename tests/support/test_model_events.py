"""The streams the fake Hub makes up are streams a real server could have sent."""

from __future__ import annotations

from support.fake_hub import (
    BrokenJson,
    Bytes,
    Huge,
    Json,
    Loading,
    Raw,
    Redirect,
    Reply,
    Sse,
    Trickle,
    Unauthorized,
    WrongType,
    chat_events,
    completion_events,
    pieces,
    tgi_events,
)

WHOLE_ANSWERS: list[tuple[Reply, int, str, bytes]] = [
    (Json({"a": "é\u2028"}), 200, "application/json", '{"a":"é\u2028"}'.encode()),
    (Json([1], 422), 422, "application/json", b"[1]"),
    (Bytes(b"\x00\xff", "image/png"), 200, "image/png", b"\x00\xff"),
    (Bytes(b"", status=204), 204, "application/octet-stream", b""),
    (Bytes(b"odd", "text/plain", status=520), 520, "text/plain", b"odd"),
    (
        Sse([{"a": 1}, "[DONE]", b": ping\n\n"]),
        200,
        "text/event-stream",
        b'data: {"a":1}\n\ndata: [DONE]\n\n: ping\n\n',
    ),
    (Sse([]), 200, "text/event-stream", b""),
    (Trickle(b"letters"), 200, "application/json", b"letters"),
    (Trickle(b"letters", 3, media_type="text/event-stream"), 200, "text/event-stream", b"letters"),
    (Raw(b"HTTP/1.1 200 OK\r\n\r\nuntil close"), 200, "", b"until close"),
    (Redirect("/elsewhere"), 307, "text/plain", b""),
    (Unauthorized("no"), 401, "application/json", b'{"error":"no"}'),
    (WrongType({}), 200, "text/plain; charset=utf-8", b"{}"),
    (BrokenJson(b"{", 500), 500, "application/json", b"{"),
    (Huge(100_000, 502), 502, "text/plain", b"x" * 100_000),
    (
        Loading(20.0, "m"),
        503,
        "application/json",
        b'{"error":"Model m is currently loading","estimated_time":20.0}',
    ),
]


def test_model_streams_end_as_real_ones_do() -> None:
    tgi = tgi_events("two words", details=True, finish_reason="eos_token")
    assert tgi[-1]["token"]["special"]
    assert tgi[-1]["generated_text"] == "two words"
    assert tgi[-1]["details"]["finish_reason"] == "eos_token"
    assert tgi[-1]["details"]["generated_tokens"] == len(pieces("two words")) + 1
    assert [event["generated_text"] for event in tgi[:-1]] == [None, None]

    *_, last, usage, done = chat_events("two words", finish_reason="length", usage=True)
    assert isinstance(last, dict)
    assert isinstance(usage, dict)
    assert last["choices"][0]["finish_reason"] == "length"
    assert (usage["choices"], usage["usage"]["completion_tokens"], done) == ([], 2, "[DONE]")

    *_, last, done = completion_events("two words")
    assert isinstance(last, dict)
    assert (last["choices"][0]["finish_reason"], done) == ("stop", "[DONE]")
