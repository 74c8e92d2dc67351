"""Chat completion: what is sent, what is read though servers leave things out, and what is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

import pytest

from hf_inference import (
    Call,
    ChatCompletionArgs,
    ChatCompletionInputMessage,
    ChatCompletionOutput,
    ChatCompletionStreamArgs,
    GenerationError,
    InferenceOutputError,
    InputError,
    json_schema,
    targets,
)
from hf_inference.core.wire import Response
from support.flows import as_json, context, run

SAID = [{"role": "user", "content": "t"}]
TARGET = targets.openai("http://host:1/v1")
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
WANTED = {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA, "strict": True}}


def sent(call: Call[Any]) -> Any:
    return run(TARGET.answer(call, context()), [as_json({"error": "seen"}, 400)]).bodies[0]


def chat(**more: Any) -> ChatCompletionArgs:
    return ChatCompletionArgs(**{"messages": SAID, "model": "m", **more})


# --- what is sent ----------------------------------------------------------------------------------------


def test_the_model_comes_first_and_only_what_was_said_follows() -> None:
    body = sent(chat(temperature=0.5, max_tokens=3))
    assert list(body) == ["model", "messages", "max_tokens", "temperature"]


def test_every_parameter_travels_under_its_own_name() -> None:
    said: dict[str, Any] = {
        "frequency_penalty": 0.5,
        "logit_bias": {"5": 1},
        "logprobs": True,
        "max_tokens": 1,
        "n": 2,
        "parallel_tool_calls": False,
        "presence_penalty": 0.5,
        "reasoning_effort": "low",
        "response_format": {"type": "json_object"},
        "seed": 0,
        "stop": ["x"],
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "tool_prompt": "use them",
        "tools": [{"type": "function", "function": {"name": "f", "parameters": SCHEMA}}],
        "top_logprobs": 3,
        "top_p": 0.5,
    }
    assert sent(chat(**said)) == {"model": "m", "messages": SAID, **said}


def test_what_the_list_does_not_have_goes_into_the_body_over_the_rest() -> None:
    assert sent(chat(temperature=1, extra_body={"temperature": 2, "safety": "off"})) == {
        "model": "m",
        "messages": SAID,
        "temperature": 2,
        "safety": "off",
    }


def test_messages_may_be_values_mappings_pictures_and_the_models_own() -> None:
    reply = {
        "choices": [
            {
                "message": {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
                }
            }
        ]
    }
    output = run(TARGET.answer(chat(), context()), [as_json(reply)]).output
    assert isinstance(output, ChatCompletionOutput)
    picture: list[dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": "https://x/y.png"}},
        {"type": "text", "text": "what?"},
    ]
    body = sent(
        chat(
            messages=[
                ChatCompletionInputMessage("user", picture),
                output.message,
                ChatCompletionInputMessage("tool", "5", tool_call_id="1"),
                {"role": "user", "content": "and?"},
            ]
        )
    )
    assert body["messages"] == [
        {"role": "user", "content": picture},
        {
            "role": "assistant",
            "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "content": "5", "tool_call_id": "1"},
        {"role": "user", "content": "and?"},
    ]


@pytest.mark.parametrize("messages", ["hello", {"role": "user", "content": "t"}, ["hello"], [None]])
def test_a_plain_string_is_no_conversation(messages: Any) -> None:
    done = run(TARGET.answer(chat(messages=messages), context()), [as_json({})])
    assert isinstance(done.error, InputError)
    assert not done.requests


DIALECTS = {
    "groq": WANTED,
    "cohere": {"type": "json_object", "schema": SCHEMA},
    "fireworks-ai": {"type": "json_object", "schema": SCHEMA},
    "together": {"type": "json_schema", "schema": SCHEMA},
    "hf-inference": {"type": "json_object", "value": SCHEMA},
}


@pytest.mark.parametrize("provider", DIALECTS)
@pytest.mark.parametrize("args", [ChatCompletionArgs, ChatCompletionStreamArgs])
def test_a_schema_is_asked_for_in_the_providers_own_words(provider: str, args: Any) -> None:
    target = targets.provider(provider)
    mapping = {"inferenceProviderMapping": [{"provider": provider, "providerId": "p", "task": "conversational"}]}
    replies = [as_json({"error": "seen"}, 400)]
    if provider != "hf-inference":
        replies.insert(0, as_json(mapping))

    def body(wanted: Any) -> Any:
        call = args(messages=SAID, model="org/m", response_format=wanted)
        flow = target.open(call, context()) if args is ChatCompletionStreamArgs else target.answer(call, context())
        return run(flow, replies).bodies[-1]["response_format"]

    assert body(WANTED) == DIALECTS[provider]
    assert body({"type": "json_object"}) == {"type": "json_object"}
    assert body({"type": "text"}) == {"type": "text"}


def test_cerebras_is_spared_the_member_it_refuses() -> None:
    mapping = {"inferenceProviderMapping": [{"provider": "cerebras", "providerId": "p", "task": "conversational"}]}
    call = chat(model="org/m", extra_body={"store": True, "seed": 1})
    replies = [as_json(mapping), as_json({"error": "seen"}, 400)]
    body = run(targets.provider("cerebras").answer(call, context()), replies).bodies[-1]
    assert body == {"model": "p", "messages": SAID, "seed": 1}


class Unit(Enum):
    CELSIUS = "C"
    KELVIN = "K"


@dataclass
class Inner:
    names: list[str]


@dataclass
class Weather:
    place: str
    degrees: float | None
    unit: Unit
    sky: Literal["clear", "cloudy"]
    days: dict[str, int]
    inner: Inner
    sure: bool = True


class Pydantic:
    @staticmethod
    def model_json_schema() -> dict[str, Any]:
        return SCHEMA


def test_a_dataclass_is_a_schema() -> None:
    assert json_schema(Weather) == {
        "type": "object",
        "properties": {
            "place": {"type": "string"},
            "degrees": {"anyOf": [{"type": "number"}, {"type": "null"}]},
            "unit": {"enum": ["C", "K"]},
            "sky": {"enum": ["clear", "cloudy"]},
            "days": {"type": "object", "additionalProperties": {"type": "integer"}},
            "inner": {
                "type": "object",
                "properties": {"names": {"type": "array", "items": {"type": "string"}}},
                "required": ["names"],
                "additionalProperties": False,
            },
            "sure": {"type": "boolean"},
        },
        "required": ["place", "degrees", "unit", "sky", "days", "inner"],
        "additionalProperties": False,
    }


def test_a_class_may_stand_for_its_schema() -> None:
    assert sent(chat(response_format=Pydantic))["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "Pydantic", "schema": SCHEMA, "strict": True},
    }
    assert sent(chat(response_format=Weather))["response_format"]["json_schema"]["name"] == "Weather"


def test_a_type_that_json_has_no_word_for_is_refused() -> None:
    with pytest.raises(InputError, match="bytes"):
        json_schema(bytes)


# --- what is read ----------------------------------------------------------------------------------------


def read(reply: Any) -> ChatCompletionOutput:
    output = run(TARGET.answer(chat(), context()), [as_json(reply)]).output
    assert isinstance(output, ChatCompletionOutput)
    return output


def message(**said: Any) -> Any:
    return {"choices": [{"message": said}]}


def test_a_reply_may_lack_everything_but_its_message() -> None:
    output = read(message(content="a"))
    assert output.message.content == "a"
    assert (output.id, output.created, output.model, output.usage, output.system_fingerprint) == (None,) * 5
    assert output.choices[0].index == 0
    assert output.choices[0].finish_reason is None


@pytest.mark.parametrize(
    ("said", "content", "reasoning"),
    [
        ({"content": "a", "reasoning": "b"}, "a", "b"),
        ({"content": "a", "reasoning_content": "b"}, "a", "b"),
        ({"content": [{"type": "text", "text": "a"}]}, "a", None),
        (
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "b"}]},
                    {"type": "text", "text": "a"},
                ]
            },
            "a",
            "b",
        ),
        ({"content": None, "reasoning": None}, None, None),
    ],
)
def test_thinking_is_kept_apart_from_the_answer(said: Any, content: str | None, reasoning: str | None) -> None:
    output = read(message(**said))
    assert (output.message.content, output.message.reasoning) == (content, reasoning)


@pytest.mark.parametrize(
    "calls",
    [
        [{"id": "1", "function": {"name": "f", "arguments": '{"a": 1}'}}],
        [{"id": 1, "type": "function", "function": {"name": "f", "arguments": {"a": 1}, "description": None}}],
        {"function": {"name": "f", "arguments": {"a": 1}}},
    ],
    ids=["OpenAI", "older TGI", "one outside a list"],
)
def test_tool_calls_are_read_as_text_as_objects_and_outside_a_list(calls: Any) -> None:
    from hf_inference import read_arguments

    (call,) = read(message(content=None, tool_calls=calls)).message.tool_calls or []
    assert call.function.name == "f"
    assert read_arguments(call) == {"a": 1}


@pytest.mark.parametrize(
    "reply",
    [
        {},
        [],
        {"choices": []},
        {"choices": [5]},
        {"choices": [{}]},
        {"choices": [{"message": "a"}]},
        message(content=5),
        {"choices": [{"message": {"content": "a"}}], "usage": 5},
    ],
    ids=str,
)
def test_a_reply_of_another_shape_is_an_output_error_with_its_place(reply: Any) -> None:
    with pytest.raises(InferenceOutputError) as raised:
        read(reply)
    assert raised.value.path.startswith("$")
    assert raised.value.received


# --- streams ---------------------------------------------------------------------------------------------


def stream(*payloads: Any, end: bytes = b"data: [DONE]\n\n") -> list[Any]:
    head = Response(200, {"content-type": "text/event-stream"})
    done = run(TARGET.open(ChatCompletionStreamArgs(messages=SAID, model="m"), context()), [head])
    _, reader = done.value
    data = b"".join(b"data: " + json.dumps(payload).encode() + b"\n\n" for payload in payloads) + end
    return [*reader.feed(data), *reader.finish()]


def chunk(delta: Any, **more: Any) -> Any:
    return {"choices": [{"index": 0, "delta": delta, **more}]}


def test_a_stream_asks_for_one() -> None:
    head = Response(200, {"content-type": "text/event-stream"})
    call = ChatCompletionStreamArgs(messages=SAID, model="m", stream_options={"include_usage": True})
    body = run(TARGET.open(call, context()), [head]).bodies[0]
    assert body["stream"] is True
    assert body["stream_options"] == {"include_usage": True}


def test_chunks_bring_text_thinking_reasons_and_at_the_end_the_usage() -> None:
    pieces = stream(
        chunk({"role": "assistant", "content": ""}),
        chunk({"reasoning_content": "hm"}),
        chunk({"content": "a"}),
        chunk({}, finish_reason="stop"),
        {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}},
    )
    assert [piece.text for piece in pieces] == ["", "", "a", "", ""]
    assert pieces[1].choices[0].delta.reasoning == "hm"
    assert pieces[3].choices[0].finish_reason == "stop"
    assert pieces[4].choices == []
    assert pieces[4].usage.total_tokens == 3


@pytest.mark.parametrize(
    "delta",
    [None, {}, {"content": None}, {"role": None, "content": "", "tool_calls": None, "refusal": None}],
    ids=str,
)
def test_a_delta_may_say_nothing(delta: Any) -> None:
    (piece,) = stream(chunk(delta, finish_reason="stop", logprobs=None))
    assert piece.text == ""


def test_log_probabilities_are_read_in_openais_form_and_left_where_they_are_another() -> None:
    known = {"content": [{"token": "a", "logprob": -0.5, "top_logprobs": [{"token": "b", "logprob": -1}]}]}
    pieces = stream(chunk({"content": "a"}, logprobs=known), chunk({"content": "a"}, logprobs=-0.5))
    assert pieces[0].choices[0].logprobs.content[0].top_logprobs[0].token == "b"
    assert pieces[1].choices[0].logprobs is None


@pytest.mark.parametrize(
    "payload",
    [5, [], {"choices": 5}, {"choices": [5]}, chunk(5), chunk({"content": 5}), chunk({}, finish_reason=5)],
    ids=str,
)
def test_a_chunk_of_another_shape_is_an_output_error(payload: Any) -> None:
    with pytest.raises(InferenceOutputError):
        stream(payload)


def test_an_error_amid_a_stream_keeps_the_text_before_it() -> None:
    with pytest.raises(GenerationError) as raised:
        stream(chunk({"content": "a"}), {"error": {"message": "out of memory"}})
    assert raised.value.partial_text == "a"
    assert "out of memory" in str(raised.value)
