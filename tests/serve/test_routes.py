"""The routes of three dialects over one engine, each with its own JSON and its own shape of an error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hf_inference.engines.handler import handle
from hf_inference.engines.reply import Abandoned
from serve.engines import WORDS, Countdown

TEXT = "".join(WORDS)


def ask(method: str, path: str, value: Any = None, engine: Countdown | None = None) -> tuple[int, Any, dict[str, str]]:
    """Status, JSON (or the events of a stream) and headers."""
    if engine is None:
        engine = Countdown()
        engine.allow(len(WORDS))
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    reply = handle(engine, method, path, body)
    if isinstance(reply.body, bytes):
        return reply.status, json.loads(reply.body), dict(reply.headers)
    lines = b"".join(reply.body).decode().split("\n\n")
    assert lines.pop() == ""
    assert all(line.startswith("data: ") for line in lines)
    payloads = [line.removeprefix("data: ") for line in lines]
    return reply.status, [item if item == "[DONE]" else json.loads(item) for item in payloads], dict(reply.headers)


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/models/count/sum", "count/sum"),
        ("/models/count/sum/pipeline/summarization", "count/sum"),
        ("/pipeline/summarization", None),
        ("/pipeline/summarization/count/sum", "count/sum"),
        ("/summarization", None),
        ("/hf-inference/models/count/sum", "count/sum"),
        ("/models/count%2Fsum", "count/sum"),
    ],
)
def test_the_hub_s_routes_answer_a_task_in_the_hub_s_shape(path: str, model: str | None) -> None:
    status, value, headers = ask("POST", path, {"inputs": "text"})
    assert (status, value) == (200, [{"summary_text": "text"}])
    assert headers["x-method"] == "count/sum"
    assert headers["x-note"] == "gr%C3%B6%C3%9Fer"


@pytest.mark.parametrize("path", ["/generate", "/models/count/up/generate"])
def test_tgi_s_generate_answers_with_one_object_and_never_streams(path: str) -> None:
    status, value, _ = ask("POST", path, {"inputs": "p", "stream": True})
    assert (status, value["generated_text"], value["details"]["generated_tokens"]) == (200, TEXT, 3)


@pytest.mark.parametrize("path", ["/", "/models/count/up", "/text-generation", "/pipeline/text-generation"])
def test_text_generation_answers_with_a_list_of_one_and_streams_if_asked_to(path: str) -> None:
    assert ask("POST", path, {"inputs": "p"})[1][0]["generated_text"] == TEXT
    _, events, headers = ask("POST", path, {"inputs": "p", "stream": True})
    assert [item["token"]["text"] for item in events] == list(WORDS)
    assert events[-1]["generated_text"] == TEXT
    assert headers["content-type"] == "text/event-stream"


def test_tgi_s_generate_stream_streams_without_being_told() -> None:
    assert len(ask("POST", "/generate_stream", {"inputs": "p"})[1]) == len(WORDS)


@pytest.mark.parametrize("path", ["/v1/completions", "/models/count/up/v1/completions"])
def test_a_completion_has_openai_s_shape(path: str) -> None:
    status, value, _ = ask("POST", path, {"prompt": "p"})
    assert status == 200
    assert value["object"] == "text_completion"
    assert value["choices"] == [{"index": 0, "text": TEXT, "logprobs": None, "finish_reason": "length"}]
    assert value["usage"] == {"prompt_tokens": 0, "completion_tokens": 3, "total_tokens": 3}
    assert value["model"] == ("count/up" if path.startswith("/models") else "count/down")


def test_a_streamed_completion_ends_with_its_usage_and_done() -> None:
    call = {"prompt": ["p"], "stream": True, "stream_options": {"include_usage": True}, "echo": True}
    _, events, _ = ask("POST", "/v1/completions", call)
    *chunks, usage, done = events
    assert done == "[DONE]"
    assert [chunk["choices"][0]["text"] for chunk in chunks] == ["p", *WORDS]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None, None, None, "length"]
    assert (usage["choices"], usage["usage"]["completion_tokens"]) == ([], 3)
    assert {event["id"] for event in (*chunks, usage)} == {chunks[0]["id"]}


def test_openai_s_words_for_parameters_become_the_engine_s_and_its_own_go_through() -> None:
    engine = Countdown()
    engine.allow(len(WORDS))
    call = {"prompt": "p", "model": "count/up", "max_tokens": 9, "stop": ["\n"], "suffix": "s", "n": 1, "user": "u"}
    ask("POST", "/v1/completions", call, engine)
    assert engine.prompts == [("p", {"max_new_tokens": 9, "stop": ["\n"], "suffix": "s"}, "count/up")]


@pytest.mark.parametrize("model", [None, "", "tgi", "dummy", "http://127.0.0.1:1/anything"])
def test_a_client_that_knows_only_the_url_gets_the_default_model(model: str | None) -> None:
    assert ask("POST", "/v1/completions", {"prompt": "p", "model": model})[1]["model"] == "count/down"


def test_only_models_that_complete_text_are_listed_to_openai_s_clients() -> None:
    listed = ask("GET", "/v1/models")[1]
    assert listed["object"] == "list"
    assert [(model["id"], model["owned_by"]) for model in listed["data"]] == [
        ("count/down", "countdown"),
        ("count/up", "countdown"),
    ]


def test_health_and_info_are_told() -> None:
    assert ask("GET", "/health")[0] == 200
    status, info, _ = ask("GET", "/info")
    assert (status, info["model_id"], info["models"]["count/sum"]) == (200, "countdown", "summarization")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error_type"),
    [
        ("POST", "/models/count/nought", {"inputs": "x"}, 404, "model_not_found"),
        ("POST", "/fill-mask", {"inputs": "x"}, 501, "unsupported"),
        ("POST", "/image-classification", b"\x89PNG", 501, "unsupported"),
        ("POST", "/no/such/route", {"inputs": "x"}, 404, "not_found"),
        ("GET", "/no/such/route", None, 404, "not_found"),
        ("DELETE", "/info", None, 405, "not_allowed"),
        ("POST", "/summarization", b"no JSON", 400, "validation"),
        ("POST", "/summarization", b"[" * 100_000, 400, "validation"),
        ("POST", "/summarization", b"\xff\xfe{", 400, "validation"),
        ("POST", "/summarization", [], 400, "validation"),
        ("POST", "/summarization", {"inputs": "x", "parameters": 3}, 400, "validation"),
        ("POST", "/generate", {"inputs": 3}, 400, "validation"),
        ("POST", "/generate", {"inputs": "refuse"}, 422, "unsupported"),
        ("POST", "/generate_stream", {"inputs": "refuse"}, 422, "unsupported"),
    ],
)
def test_a_refusal_on_the_hub_s_routes_has_the_hub_s_shape(
    method: str, path: str, body: Any, status: int, error_type: str
) -> None:
    answered, value, _ = ask(method, path, body)
    assert (answered, value["error_type"]) == (status, error_type)
    assert value.keys() == {"error", "error_type"}
    assert isinstance(value["error"], str)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/v1/chat/completions", {"messages": []}, 501, "unsupported"),
        ("POST", "/v1/completions", {"prompt": "x", "model": "gpt"}, 404, "model_not_found"),
        ("POST", "/v1/completions", {"prompt": "x", "model": 3}, 400, "validation"),
        ("POST", "/v1/completions", {"prompt": ["a", "b"]}, 400, "validation"),
        ("POST", "/v1/completions", {"prompt": "x", "n": 2}, 400, "validation"),
        ("POST", "/v1/completions", {"prompt": "refuse", "stream": True}, 422, "unsupported"),
        ("POST", "/v1/completions", b"{", 400, "validation"),
        ("GET", "/v1/completions", None, 405, "not_allowed"),
        ("POST", "/v1/embeddings", {"input": "x"}, 404, "not_found"),
    ],
)
def test_a_refusal_below_v1_has_openai_s_shape(method: str, path: str, body: Any, status: int, code: str) -> None:
    answered, value, _ = ask(method, path, body)
    assert answered == status
    assert value.keys() == {"error"}
    assert value["error"].keys() == {"message", "type", "param", "code"}
    assert value["error"]["code"] == code
    assert value["error"]["message"]


def test_a_generation_nobody_waits_for_stops_at_the_next_token() -> None:
    engine = Countdown()
    engine.allow(len(WORDS))
    with pytest.raises(Abandoned):
        handle(engine, "POST", "/generate", b'{"inputs": "p"}', abandoned=lambda: True)
    assert engine.stopped.is_set()
    assert engine.given < len(WORDS)
