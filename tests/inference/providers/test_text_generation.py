"""Text generation on OpenAI's routes: the task's parameters in their words, their replies and chunks as the task's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hf_inference import (
    InferenceOutputError,
    TextGenerationArgs,
    TextGenerationOutput,
    TextGenerationStreamArgs,
    targets,
)
from hf_inference.core.wire import Response
from support.flows import as_json, context, run

SERVER = targets.openai("http://host:1/v1")
MISSING = as_json({"error": "no such route"}, 404)

PARAMETERS = [
    ({"max_new_tokens": 5.0}, {"max_tokens": 5}),
    ({"num_return_sequences": 2}, {"n": 2}),
    ({"do_sample": False}, {"temperature": 0}),
    ({"do_sample": False, "temperature": 0.5}, {"temperature": 0.5}),
    ({"do_sample": True}, {}),
    ({"stop_sequences": ["a"], "stop": "b"}, {"stop": ["a", "b"]}),
    ({"stop": ["a"]}, {"stop": ["a"]}),
    ({"truncate": 5, "details": True, "watermark": True, "typical_p": 0.5, "grammar": {}}, {}),
    ({"top_k": 3, "repetition_penalty": 1.5, "seed": 0}, {"top_k": 3, "repetition_penalty": 1.5, "seed": 0}),
    ({"suffix": "end", "logit_bias": {"1": 2}}, {"suffix": "end", "logit_bias": {"1": 2}}),
    ({"max_time": None}, {}),
]


@pytest.mark.parametrize(("said", "sent"), PARAMETERS, ids=str)
def test_parameters_are_said_in_openais_words(said: dict[str, Any], sent: dict[str, Any]) -> None:
    call = TextGenerationArgs("p", said, model="m")
    assert run(SERVER.answer(call, context()), [as_json({}, 400)]).bodies == [{"model": "m", "prompt": "p", **sent}]
    chat = run(SERVER.answer(call, context()), [MISSING, as_json({}, 400)]).bodies[1]
    assert chat == {"model": "m", "messages": [{"role": "user", "content": "p"}], **sent}


REPLIES: list[tuple[Any, Any, TextGenerationOutput]] = [
    ({"text": "b"}, {"message": {"content": "b"}}, TextGenerationOutput("b")),
    (
        {"text": "b", "finish_reason": "length", "seed": 5},
        {"message": {"content": "b"}, "finish_reason": "length", "seed": 5},
        TextGenerationOutput("b", {"finish_reason": "length", "seed": 5}),
    ),
    (
        {"text": ""},
        {"message": {"content": None}},
        TextGenerationOutput(""),
    ),
    ({"text": "b"}, {"message": {"content": [{"type": "text", "text": "b"}]}}, TextGenerationOutput("b")),
]


@pytest.mark.parametrize(("completed", "chatted", "output"), REPLIES)
def test_a_reply_of_either_form_is_the_tasks_output(completed: Any, chatted: Any, output: Any) -> None:
    call = TextGenerationArgs("p", model="m")
    assert run(SERVER.answer(call, context()), [as_json({"choices": [completed]})]).output == output
    assert run(SERVER.answer(call, context()), [MISSING, as_json({"choices": [chatted]})]).output == output


def test_the_prompt_is_repeated_if_that_was_asked_for() -> None:
    call = TextGenerationArgs("p", {"return_full_text": True}, model="m")
    done = run(SERVER.answer(call, context()), [as_json({"choices": [{"text": "b"}]})])
    assert done.output.generated_text == "pb"
    assert "return_full_text" not in done.bodies[0]


def stream(payloads: list[Any], *, chat: bool, **parameters: Any) -> list[Any]:
    head = Response(200, {"content-type": "text/event-stream"})
    call = TextGenerationStreamArgs("p", parameters or None, model="m")
    done = run(SERVER.open(call, context()), [MISSING, head] if chat else [head])
    _, reader = done.value
    data = b"".join(b"data: " + json.dumps(payload).encode() + b"\n\n" for payload in payloads)
    return [*reader.feed(data + b"data: [DONE]\n\n"), *reader.finish()]


def piece(text: str | None, *, chat: bool, **more: Any) -> Any:
    return {"choices": [{**({"delta": {"content": text}} if chat else {"text": text}), **more}]}


@pytest.mark.parametrize("chat", [False, True], ids=["completions", "chat"])
@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("stop", "eos_token"),
        ("eos", "eos_token"),
        ("length", "length"),
        ("tool_calls", "tool_calls"),
        (None, "eos_token"),
    ],
)
def test_chunks_are_the_tasks_tokens_and_the_last_brings_the_text(reason: str | None, told: str, chat: bool) -> None:
    payloads = [
        piece("", chat=chat),
        piece("a", chat=chat),
        {"choices": [{"index": 1, "text": "x", "delta": {"content": "x"}}]},
        piece("b", chat=chat, index=0),
        piece(None, chat=chat, finish_reason=reason),
        {"choices": [], "usage": {"total_tokens": 3}},
    ]
    pieces = stream(payloads, chat=chat, return_full_text=True)
    assert [one.token.text for one in pieces] == ["a", "b", ""]
    assert [one.generated_text for one in pieces] == [None, None, "pab"]
    assert pieces[-1].details.finish_reason == told
    assert pieces[-1].details.generated_tokens == 2


@pytest.mark.parametrize("chat", [False, True], ids=["completions", "chat"])
@pytest.mark.parametrize("payload", [5, [], {"choices": 5}, {"choices": [5]}], ids=str)
def test_a_chunk_of_another_shape_is_an_output_error(payload: Any, chat: bool) -> None:
    with pytest.raises(InferenceOutputError):
        stream([payload], chat=chat)


@pytest.mark.parametrize(
    "reply", [{}, [], {"choices": []}, {"choices": [5]}, {"choices": [{}]}, {"choices": [{"text": 5}]}]
)
def test_a_reply_of_another_shape_is_an_output_error(reply: Any) -> None:
    done = run(SERVER.answer(TextGenerationArgs("p", model="m"), context()), [as_json(reply)])
    assert isinstance(done.error, InferenceOutputError)
