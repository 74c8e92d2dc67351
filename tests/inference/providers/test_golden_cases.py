"""The labelled cases of the JavaScript golden file: routing, endpoints and billing, met here or decided otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from hf_inference import (
    BadRequestError,
    Call,
    ChatCompletionArgs,
    FillMaskArgs,
    InputError,
    Options,
    Target,
    TextGenerationArgs,
    targets,
)
from support.both_shells import outcome_in_both

GOLDEN = Path(__file__).parents[2] / "conformance" / "golden" / "golden_js_4.13.30.jsonl"
CASES = {row["case"]: row for row in map(json.loads, GOLDEN.read_text(encoding="utf-8").splitlines()) if "case" in row}


def chat(**more: Any) -> Call[Any]:
    return ChatCompletionArgs(messages=[], **more)


CALLS: dict[str, tuple[Target, Call[Any], str]] = {
    "auto chat": (targets.provider("auto"), chat(model="org/m:fastest"), "hf_x"),
    "auto chat provider key": (targets.provider("auto"), chat(model="org/m"), "key_x"),
    "billTo": (targets.provider("auto"), chat(model="org/m", options=Options(bill_to="org")), "hf_x"),
    "endpointUrl chat": (targets.endpoint("http://localhost:8080"), chat(), "hf_x"),
    "endpointUrl chat /v1/": (targets.endpoint("http://localhost:8080/v1/"), chat(model="mm"), "hf_x"),
    "endpointUrl textGeneration": (
        targets.endpoint("http://localhost:8080"),
        TextGenerationArgs(inputs="t", parameters={"max_new_tokens": 1}),
        "hf_x",
    ),
    "endpointUrl fillMask": (targets.endpoint("http://localhost:8080/x"), FillMaskArgs(inputs="t"), "hf_x"),
    "model URL": (targets.hub(), chat(model="http://localhost:8080/v1"), "hf_x"),
}

DECIDED: dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "endpointUrl chat": (
        "a URL is no model: TGI takes any name, and documents this one",
        lambda row: {**row, "body": {**row["body"], "model": "tgi"}},
    ),
    "endpointUrl textGeneration": (
        "an endpoint's own form is asked first, /v1/completions where that route is missing (see test_servers)",
        lambda row: {
            "url": "http://localhost:8080",
            "body": {"inputs": "t", "parameters": {"max_new_tokens": 1}},
        },
    ),
}

OURS_ONLY = {"model URL": "the seed takes a URL as a model, and so does this client"}
NOT_SAYABLE = {"endpointUrl + provider": "a call has one target: an endpoint or a provider"}


@pytest.mark.parametrize("case", sorted(CASES.keys() - NOT_SAYABLE.keys() - OURS_ONLY.keys()))
async def test_the_case_is_met_or_decided(case: str) -> None:
    target, call, token = CALLS[case]
    asked: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(400, json={"error": "enough was seen"})

    outcome = await outcome_in_both(call, target, lambda: httpx.MockTransport(refuse), token=token)
    golden = CASES[case]
    if "error" in golden:
        assert isinstance(outcome.error, InputError)
        assert not asked
        return
    assert isinstance(outcome.error, BadRequestError)
    wanted = {"url": golden["url"], "body": json.loads(golden["body"])}
    if case in DECIDED:
        wanted = DECIDED[case][1](wanted)
    for request in asked:
        assert str(request.url).rstrip("/") == wanted["url"]
        assert json.loads(request.content) == wanted["body"]
        for name in ("Authorization", "X-HF-Bill-To"):
            assert request.headers.get(name) == golden["headers"].get(name)
    assert len(asked) == 2


async def test_a_url_as_the_model_is_an_endpoint() -> None:
    target, call, token = CALLS["model URL"]
    seen: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(400, json={"error": "enough was seen"})

    await outcome_in_both(call, target, lambda: httpx.MockTransport(refuse), token=token)
    assert set(seen) == {"http://localhost:8080/v1/chat/completions"}


def test_every_case_is_met_decided_or_impossible() -> None:
    assert set(CASES) == set(CALLS) | set(NOT_SAYABLE)
