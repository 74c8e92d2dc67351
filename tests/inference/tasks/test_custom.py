"""Custom calls: anything goes there as it is said, anything comes back as it is."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from hf_inference import (
    Binary,
    GenerationError,
    InputError,
    NoDefaultModelError,
    Options,
    RequestArgs,
    StreamingRequestArgs,
    Target,
    UnexpectedContentError,
    targets,
)
from support.both_shells import outcome_in_both
from support.counting import Sink

ROUTER = "https://router.huggingface.co"
OLD = "https://api-inference.huggingface.co"


def far_side(sinks: list[Sink], body: bytes = b"{}", media_type: str = "application/json") -> Sink:
    headers = {"content-type": media_type} if media_type else {}
    sinks.append(Sink(lambda: httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))))
    return sinks[-1]


@pytest.mark.parametrize(
    ("target", "options", "url"),
    [
        (targets.hub(), Options(), f"{ROUTER}/hf-inference/models/a/b"),
        (targets.hub(), Options(task="fill-mask"), f"{ROUTER}/hf-inference/models/a/b/pipeline/fill-mask"),
        (targets.classic(), Options(), f"{OLD}/models/a/b"),
        (targets.classic(), Options(task="fill-mask"), f"{OLD}/pipeline/fill-mask/a/b"),
        (targets.endpoint("https://e.example/x?y=1"), Options(task="fill-mask"), "https://e.example/x?y=1"),
        (targets.endpoint("https://e.example/v1/score"), Options(), "https://e.example/v1/score"),
        (targets.openai("https://e.example/v1"), Options(), "https://e.example/v1"),
        (
            targets.endpoint("https://e.example/v1/chat/completions?a=b"),
            Options(),
            "https://e.example/v1/chat/completions?a=b",
        ),
    ],
)
async def test_the_task_option_names_the_pipeline_where_the_target_has_several(
    target: Target, options: Options, url: str
) -> None:
    sinks: list[Sink] = []
    await outcome_in_both(RequestArgs("x", model="a/b", options=options), target, lambda: far_side(sinks))
    assert [str(sink.urls[0]) for sink in sinks] == [url, url]


async def test_the_task_hint_names_the_task_whose_default_model_answers() -> None:
    sinks: list[Sink] = []
    call = RequestArgs("x", options=Options(task_hint="summarization"))
    await outcome_in_both(call, targets.hub(), lambda: far_side(sinks))
    assert {sink.urls[0].path for sink in sinks} == {"/hf-inference/models/facebook/bart-large-cnn"}


async def test_without_a_model_and_a_hint_nothing_is_sent() -> None:
    sinks: list[Sink] = []
    outcome = await outcome_in_both(RequestArgs("x"), targets.hub(), lambda: far_side(sinks))
    assert isinstance(outcome.error, NoDefaultModelError)
    assert not any(sink.urls for sink in sinks)


async def test_a_task_that_would_climb_out_of_its_place_is_refused() -> None:
    for target in (targets.hub(), targets.classic()):
        call = RequestArgs("x", model="a/b", options=Options(task="../../other"))
        outcome = await outcome_in_both(call, target, lambda: far_side([]))
        assert isinstance(outcome.error, InputError)


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        ({"inputs": {"a": [1, None, "ü"]}}, {"inputs": {"a": [1, None, "ü"]}}),
        ({"inputs": "x", "parameters": {"p": 1}}, {"inputs": "x", "parameters": {"p": 1}}),
        ({"inputs": "x", "extra": {"wait": True, "p": None}}, {"inputs": "x", "wait": True}),
        ({"extra": {"query": "q", "texts": ["a"]}}, {"query": "q", "texts": ["a"]}),
        ({"data": b"GIF89a", "parameters": {"p": 1}}, {"inputs": "R0lGODlh", "parameters": {"p": 1}}),
        ({"inputs": {"image": b"GIF89a"}}, {"inputs": {"image": "R0lGODlh"}}),
        ({}, {}),
    ],
)
async def test_what_is_said_is_sent(arguments: dict[str, Any], body: dict[str, Any]) -> None:
    sinks: list[Sink] = []
    await outcome_in_both(RequestArgs(**arguments), targets.endpoint("https://e.example/x"), lambda: far_side(sinks))
    assert [json.loads(sink.bodies[0]) for sink in sinks] == [body, body]


async def test_data_is_sent_as_it_is_and_on_the_old_wire_alone() -> None:
    for target, arguments in (
        (targets.endpoint("https://e.example/x"), {"data": b"GIF89a"}),
        (targets.classic(), {"data": b"GIF89a", "parameters": {"p": 1}, "extra": {"q": 2}, "model": "m"}),
    ):
        sinks: list[Sink] = []
        await outcome_in_both(RequestArgs(**arguments), target, lambda sinks=sinks: far_side(sinks))  # type: ignore[misc]
        assert all(sink.bodies == [b"GIF89a"] and sink.headers[0]["content-type"] == "image/gif" for sink in sinks)


@pytest.mark.parametrize(
    ("body", "media_type", "output"),
    [
        (b'{"a": null, "b": [NaN]}', "application/json; charset=utf-8", "{'a': None, 'b': [nan]}"),
        (b"[1]", "application/problem+json", "[1]"),
        (b'{"a": 1}', "", "{'a': 1}"),
        (b"{no json", "", repr(Binary(b"{no json"))),
        (b"\x89PNG\r\n\x1a\n", "", repr(Binary(b"", "image/png"))),
        (b"plain", "text/plain", repr(Binary(b"plain", "text/plain"))),
        (b"", "image/jpeg", repr(Binary(b"", "image/jpeg"))),
    ],
)
async def test_what_comes_is_given_back(body: bytes, media_type: str, output: str) -> None:
    outcome = await outcome_in_both(
        RequestArgs("x"), targets.endpoint("https://e.example/x"), lambda: far_side([], body, media_type)
    )
    assert repr(outcome.output) == output
    if isinstance(outcome.output, Binary):
        assert outcome.output.data == body


@pytest.mark.parametrize(("body", "media_type"), [(b"<html>", "text/html"), (b"{", "application/json")])
async def test_a_web_page_or_broken_json_is_nothing_to_give_back(body: bytes, media_type: str) -> None:
    outcome = await outcome_in_both(
        RequestArgs("x"), targets.endpoint("https://e.example/x"), lambda: far_side([], body, media_type)
    )
    assert isinstance(outcome.error, UnexpectedContentError)


async def test_a_stream_gives_each_events_json_and_is_asked_for_with_stream_true() -> None:
    sinks: list[Sink] = []
    body = b'data: {"a": 1}\n\n: ping\n\ndata: [2]\n\ndata: [DONE]\n\n'
    call = StreamingRequestArgs("x", extra={"n": 3})
    outcome = await outcome_in_both(
        call, targets.endpoint("https://e.example/x"), lambda: far_side(sinks, body, "text/event-stream")
    )
    assert outcome.outputs == [{"a": 1}, [2]]
    assert outcome.error is None
    assert [json.loads(sink.bodies[0]) for sink in sinks] == [{"inputs": "x", "n": 3, "stream": True}] * 2


async def test_an_error_event_ends_a_stream_after_what_came_before_it() -> None:
    body = b'data: {"a": 1}\n\ndata: {"error": "overloaded", "error_type": "overloaded"}\n\ndata: {"a": 2}\n\n'
    outcome = await outcome_in_both(
        StreamingRequestArgs("x"),
        targets.endpoint("https://e.example/x"),
        lambda: far_side([], body, "text/event-stream"),
    )
    assert outcome.outputs == [{"a": 1}]
    assert isinstance(outcome.error, GenerationError)
    assert outcome.error.error_type == "overloaded"
