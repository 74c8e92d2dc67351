"""What the old clients get wrong, each fault by its name: JS is `@huggingface/inference`, the seed its version
2.6.4, PY is `huggingface_hub` 2.4.0. A case says what they do; what this client does is what the test holds.

Faults that need a server or a clock to be seen are held where those are: connections that stay open and blocking calls
on the loop in `shells/`, timeouts that are none in `shells/test_replies.py`, tokens sent astray in `providers/`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hf_inference import (
    AudioClassificationArgs,
    BackendError,
    Binary,
    Call,
    ChatCompletionArgs,
    ChatCompletionStreamArgs,
    ConversationalArgs,
    FeatureExtractionArgs,
    GenerationError,
    ImageSegmentationArgs,
    ImageToTextArgs,
    InferenceError,
    InferenceOutputError,
    InferenceTimeoutError,
    InputError,
    ModelLoadingError,
    ObjectDetectionArgs,
    QuestionAnsweringArgs,
    RequestArgs,
    StreamingRequestArgs,
    SummarizationArgs,
    TableQuestionAnsweringArgs,
    TabularRegressionArgs,
    Target,
    TextClassificationArgs,
    TextGenerationArgs,
    TextGenerationStreamArgs,
    TextToImageArgs,
    TokenClassificationArgs,
    ZeroShotClassificationArgs,
    targets,
)
from hf_inference.core.wire import Response
from support.flows import as_json, context, run, whole_body

ENDPOINT = targets.endpoint("http://host.test/")
CHAT = targets.openai("http://host.test/v1")
CLASSIC = targets.classic("http://host.test")
SAID = [{"role": "user", "content": "Say hello."}]
EVENTS = Response(200, {"content-type": "text/event-stream", "x-request-id": "r-1"})
TOKEN = '{"token":{"id":1,"text":"%s","logprob":-1.0,"special":false},"generated_text":null,"details":null}'
LAST = TOKEN.replace('"generated_text":null', '"generated_text":"all"')


# --- what is asked ---------------------------------------------------------------------------------------


def test_js_the_documented_task_option_does_nothing() -> None:
    call = RequestArgs(inputs="x", model="owner/m")
    done = run(CLASSIC.answer(call, context(task="feature-extraction")), [as_json([])])
    assert done.asked == ["POST http://host.test/pipeline/feature-extraction/owner/m"]
    assert "task" not in done.bodies[0]["options"]


def test_js_parameters_beside_a_binary_input_are_dropped() -> None:
    call = AudioClassificationArgs(Binary(b"fLaC", "audio/flac"), parameters={"top_k": 1})
    [request] = run(ENDPOINT.answer(call, context()), [as_json([])]).requests
    assert json.loads(whole_body(request)) == {"inputs": "ZkxhQw==", "parameters": {"top_k": 1}}


def test_js_raw_bytes_have_no_content_type() -> None:
    call = AudioClassificationArgs(b"fLaC" + bytes(8))
    [request] = run(ENDPOINT.answer(call, context()), [as_json([])]).requests
    assert request.headers["Content-Type"] == "audio/flac"


def test_js_the_parameters_of_text_generation_go_nested_to_openai_servers_which_ignore_them() -> None:
    call = TextGenerationArgs("p", {"max_new_tokens": 5, "stop_sequences": ["\n"]}, model="m")
    done = run(CHAT.answer(call, context()), [as_json({"choices": [{"text": "x"}]})])
    assert done.bodies == [{"model": "m", "prompt": "p", "max_tokens": 5, "stop": ["\n"]}]


def test_js_text_generation_is_refused_by_providers_that_only_chat() -> None:
    call = TextGenerationArgs("p", model="m")
    answer = {"choices": [{"message": {"role": "assistant", "content": "x"}}]}
    done = run(CHAT.answer(call, context()), [as_json({"error": "no such route"}, 404), as_json(answer)])
    assert (done.output.generated_text, done.value.opened.form) == ("x", "chat")


def test_js_the_models_url_is_sent_as_the_models_name_to_an_endpoint() -> None:
    done = run(ENDPOINT.answer(ChatCompletionArgs(messages=SAID), context()), [as_json({"choices": [{"message": {}}]})])
    assert "http" not in str(done.bodies[0].get("model"))


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_js_a_query_in_a_chat_url_is_lost(ending: str) -> None:
    target = targets.endpoint(f"http://host.test{ending}?api-version=1")
    done = run(target.answer(ChatCompletionArgs(messages=SAID, model="m"), context()), [as_json({"choices": [{}]})])
    assert done.asked[0] == "POST http://host.test/v1/chat/completions?api-version=1"


def test_py_parameters_that_nobody_gave_are_sent() -> None:
    assert run(ENDPOINT.answer(SummarizationArgs("x"), context()), [as_json([])]).bodies == [{"inputs": "x"}]


def test_py_a_plain_string_for_a_conversation_is_answered_from_nothing() -> None:
    done = run(CHAT.answer(ChatCompletionArgs(messages="hello", model="m"), context()), [as_json({})])  # type: ignore[arg-type]
    assert isinstance(done.error, InputError)
    assert done.requests == []


def test_py_tabular_regression_cannot_be_called() -> None:
    done = run(
        targets.hub().answer(TabularRegressionArgs({"data": {"a": ["1"]}}, model="m"), context()), [as_json([2])]
    )
    assert done.output == [2]


# --- asking again ----------------------------------------------------------------------------------------

LOADING = as_json({"error": "loading", "estimated_time": 20.0}, 503)


def test_js_a_stream_is_empty_after_a_503() -> None:
    done = run(ENDPOINT.open(TextGenerationStreamArgs("p"), context()), [LOADING, EVENTS])
    _, reader = done.value
    assert [piece.token.text for piece in reader.feed(f"data: {TOKEN % 'a'}\n\n".encode())] == ["a"]


def test_js_a_503_is_asked_again_for_ever_and_at_once() -> None:
    done = run(ENDPOINT.answer(SummarizationArgs("x"), context(max_wait=60)), [LOADING])
    assert isinstance(done.error, ModelLoadingError)
    assert all(seconds > 0 for seconds in done.waits)
    assert sum(done.waits) <= 60


def test_js_a_503_that_names_no_time_is_asked_again_for_ever_and_at_once() -> None:
    done = run(ENDPOINT.answer(SummarizationArgs("x"), context()), [as_json({"error": "overloaded"}, 503)])
    assert isinstance(done.error, ModelLoadingError)
    assert len(done.requests) == 5


def test_py_a_429_is_never_asked_again_and_the_error_does_not_name_the_provider() -> None:
    limited = Response(429, {"retry-after": "3", "content-type": "application/json"}, b'{"error":"slow down"}')
    done = run(ENDPOINT.answer(SummarizationArgs("x"), context()), [limited, as_json([{"summary_text": "y"}])])
    assert (done.output.summary_text, len(done.waits)) == ("y", 1)
    refused = run(targets.hub().answer(SummarizationArgs("x", model="m"), context(max_retries=0)), [limited])
    assert isinstance(refused.error, BackendError)
    assert (refused.error.provider, refused.error.retry_after) == ("Hugging Face", 3.0)
    assert "Hugging Face" in str(refused.error)


def test_httpx_redirects_are_off_and_a_renamed_model_is_an_error() -> None:
    moved = Response(307, {"location": "/hf-inference/models/owner/m"})
    done = run(
        targets.hub().answer(SummarizationArgs("x", model="m"), context()), [moved, as_json([{"summary_text": "y"}])]
    )
    assert done.asked[1] == "POST https://router.huggingface.co/hf-inference/models/owner/m"


# --- what is answered ------------------------------------------------------------------------------------

PERSON = {"score": 0.9, "start": 0, "end": 3, "word": "Bob"}
ANSWER = {"answer": "a", "score": 1, "start": 0, "end": 1}
BOX = {"xmin": 0, "ymin": 0, "xmax": 1, "ymax": 1}

READ: dict[str, tuple[Call[Any], Any, Any]] = {
    # what they refuse, or read wrongly: the call, the reply, and a member of the output with its value
    "seed: a bare object of text generation": (
        TextGenerationArgs("p"),
        {"generated_text": "x"},
        ("generated_text", "x"),
    ),
    "seed: a flat list of text classification": (
        TextClassificationArgs("p"),
        [{"label": "A", "score": 1}],
        (0, "label", "A"),
    ),
    "seed: image to text as an object": (ImageToTextArgs(b"x"), {"generated_text": "x"}, ("generated_text", "x")),
    "PY: image to text as a list": (ImageToTextArgs(b"x"), [{"generated_text": "x"}], ("generated_text", "x")),
    "seed: question answering as a list": (
        QuestionAnsweringArgs({"question": "q", "context": "c"}),
        [ANSWER],
        ("answer", "a"),
    ),
    "seed: zero shot as labels with scores": (
        ZeroShotClassificationArgs("p", {"candidate_labels": ["A"]}),
        [{"label": "A", "score": 0.5}],
        (0, "labels", ["A"]),
    ),
    "seed: single tokens without a group": (
        TokenClassificationArgs("p"),
        [{**PERSON, "entity": "B"}],
        (0, "entity", "B"),
    ),
    "seed: a table's answer without an aggregator": (
        TableQuestionAnsweringArgs({"query": "q", "table": {}}),
        {"answer": "a", "cells": [], "coordinates": []},
        ("answer", "a"),
    ),
    "seed: a segment without a score": (ImageSegmentationArgs(b"x"), [{"label": "A", "mask": ""}], (0, "label", "A")),
    "JS: a chat reply without id, created, model and usage": (
        ChatCompletionArgs(messages=SAID, model="m"),
        {"choices": [{"message": {"content": "x"}}]},
        ("message", "content", "x"),
    ),
    "JS: tool arguments that are an object (older TGI)": (
        ChatCompletionArgs(messages=SAID, model="m"),
        {"choices": [{"message": {"tool_calls": {"function": {"name": "f", "arguments": {"a": 1}}}}}]},
        ("message", "tool_calls", 0, "function", "arguments", {"a": 1}),
    ),
    "PY: null for a text, which becomes the word None": (
        ChatCompletionArgs(messages=SAID, model="m"),
        {"choices": [{"message": {"content": None}}]},
        ("message", "content", None),
    ),
    "JS: vectors of one level": (FeatureExtractionArgs("p"), [0.5, 1], (0, 0.5)),
    "JS: vectors of three levels": (FeatureExtractionArgs("p"), [[[0.5]]], (0, 0, 0, 0.5)),
}


def target_of(call: Call[Any]) -> Target:
    return CHAT if isinstance(call, ChatCompletionArgs) else ENDPOINT


@pytest.mark.parametrize("name", READ)
def test_a_reply_that_they_refuse_is_read(name: str) -> None:
    call, reply, (*path, value) = READ[name]
    output = run(target_of(call).answer(call, context()), [as_json(reply)]).output
    for step in path:
        output = output[step] if isinstance(step, int) else getattr(output, step)
    assert output == value


REFUSED: dict[str, tuple[Call[Any], Any, str]] = {
    # what they let through, or break at: the call, the reply, and the path that the error names
    "seed: an empty list for a summary is undefined": (SummarizationArgs("x"), [], "$"),
    "seed: an empty list for a text is undefined": (TextGenerationArgs("x"), [], "$"),
    "seed: a missing box is a raw TypeError": (ObjectDetectionArgs(b"x"), [{"label": "A", "score": 1}], "$[0]"),
    "seed: a missing conversation is a raw TypeError": (
        ConversationalArgs({"text": "x"}),
        {"generated_text": "x"},
        "$",
    ),
    "PY: what is missing becomes None": (SummarizationArgs("x"), [{"summary": "y"}], "$[0]"),
    "PY: true passes for a number": (TextClassificationArgs("x"), [{"label": "A", "score": True}], "$[0].score"),
    "attrs: null passes for a text": (SummarizationArgs("x"), [{"summary_text": None}], "$[0].summary_text"),
    "attrs: a number passes for a text": (SummarizationArgs("x"), [{"summary_text": 7}], "$[0].summary_text"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_reply_that_they_let_through_is_refused_with_its_place(name: str) -> None:
    call, reply, path = REFUSED[name]
    error = run(ENDPOINT.answer(call, context()), [as_json(reply)]).error
    assert isinstance(error, InferenceOutputError)
    assert error.path == path
    assert str(error).startswith("Invalid inference output: Expected ")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "application/problem+json", ""])
def test_js_json_under_another_name_is_a_blob(media_type: str) -> None:
    reply = Response(200, {"content-type": media_type} if media_type else {}, b'[{"summary_text":"y"}]')
    assert run(ENDPOINT.answer(SummarizationArgs("x"), context()), [reply]).output.summary_text == "y"


def test_httpx_cannot_send_what_is_not_a_number_and_json_may_bring_it() -> None:
    call = TextGenerationArgs("x", {"temperature": float("nan")})
    done = run(
        ENDPOINT.answer(call, context()), [Response(200, {}, b'{"generated_text":"x","details":{"logprob":NaN}}')]
    )
    assert done.output.generated_text == "x"
    assert done.bodies[0]["parameters"] == {"temperature": None}


ERRORS: dict[str, tuple[Any, str]] = {
    "JS: an error that is an object is [object Object]": ({"error": {"message": "told", "type": "x"}}, "told"),
    "JS: an error of another member is 'An error occurred while fetching the blob'": ({"detail": "told"}, "told"),
    "PY: an error in OpenAI's shape is generic": ({"message": "told", "object": "error", "code": 400}, "told"),
    "PY: errors of one's fields are one text of Python": (
        {"detail": [{"loc": ["body", "inputs"], "msg": "too long", "type": "value"}]},
        "body.inputs: too long",
    ),
    "JS: an error that is a list loses its commas' meaning": ({"error": ["a", "b"]}, "a, b"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_errors_sentence_that_they_lose_is_told(name: str) -> None:
    body, told = ERRORS[name]
    error = run(ENDPOINT.answer(SummarizationArgs("x"), context()), [as_json(body, 400)]).error
    assert isinstance(error, BackendError)
    assert error.detail == told
    assert told in str(error)


def test_py_a_limit_that_passes_is_no_timeout_error() -> None:
    assert issubclass(InferenceTimeoutError, TimeoutError)


def test_py_an_unknown_provider_of_the_mapping_ends_the_call() -> None:
    entries = {
        "unheard-of": {"providerId": "x", "task": "text-to-image", "status": "live"},
        "nscale": {"providerId": "y", "task": "text-to-image", "status": "live"},
    }
    replies = [as_json({"inferenceProviderMapping": entries}), as_json({"data": [{"b64_json": "eA=="}]})]
    done = run(targets.provider("auto").answer(TextToImageArgs("t", model="owner/m"), context()), replies)
    assert done.output.data == b"x"
    assert "/nscale/" in done.asked[-1]


def test_py_an_empty_mapping_is_a_bare_stop_iteration() -> None:
    done = run(
        targets.provider("auto").answer(TextToImageArgs("t", model="owner/m"), context()),
        [as_json({"inferenceProviderMapping": {}})],
    )
    assert isinstance(done.error, InferenceError)
    assert "owner/m" in str(done.error)


# --- streams ---------------------------------------------------------------------------------------------


def generated(data: str | bytes) -> tuple[str, InferenceError | None]:
    """The text of a stream of tokens, and the error that ended it."""
    _, reader = run(ENDPOINT.open(TextGenerationStreamArgs("p"), context()), [EVENTS]).value
    text = ""
    try:
        for piece in reader.feed(data if isinstance(data, bytes) else data.encode()):
            text += piece.token.text
        for piece in reader.finish():
            text += piece.token.text
    except InferenceError as error:
        return text, error
    return text, None


STREAMS: dict[str, str] = {
    # each says "ab": the stream's bytes
    "seed: [DONE] is a JSON error": f"data: {TOKEN % 'a'}\n\ndata: {TOKEN % 'b'}\n\ndata: [DONE]\n\n",
    "PY: [DONE] without a space is a JSON error": f"data:{TOKEN % 'a'}\n\ndata:{TOKEN % 'b'}\n\ndata:[DONE]\n\n",
    "JS: [DONE] with a space after it is a JSON error": f"data: {TOKEN % 'ab'}\n\ndata: [DONE] \n\n",
    "JS: a last event without a blank line is lost": f"data: {TOKEN % 'a'}\n\ndata: {LAST % 'b'}",
    "PY: a byte order mark hides the first event": f"\ufeffdata: {TOKEN % 'a'}\n\ndata: {LAST % 'b'}\n\n",
    "PY: each line of an event is parsed alone": f"data: {TOKEN % 'a'}\n\n" + f"data: {LAST % 'b'}\n\n".replace(
        ',"generated_text"', ',\ndata: "generated_text"'
    ),
    "PY: an event without data is a JSON error": f"data: {TOKEN % 'a'}\n\ndata: \n\ndata: {LAST % 'b'}\n\n",
    "JS: an error that is null is raised": f"data: {TOKEN % 'a'}\n\ndata: {LAST % 'b'}\n\n".replace(
        '"details"', '"error":null,"details"'
    ),
    "httpx: lone carriage returns and pings": f": ping\r\rdata: {TOKEN % 'a'}\r\rdata: {LAST % 'b'}\r\r",
}  # fmt: skip


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_that_they_break_at_is_read(name: str) -> None:
    assert generated(STREAMS[name]) == ("ab", None)


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085", "\x7f"])
def test_py_and_httpx_a_line_separator_within_a_text_cuts_the_event(mark: str) -> None:
    assert generated(f"data: {LAST % f'a{mark}b'}\n\n") == (f"a{mark}b", None)


BROKEN: dict[str, tuple[str, str, str]] = {
    # an error amid a stream: what they make of it, its event, its sentence and its type
    "JS: its type is lost": ('data: {"error":"too long","error_type":"validation"}', "too long", "validation"),
    "JS: an object is [object Object]": ('data: {"error":{"message":"no memory","type":"x"}}', "no memory", "x"),
    "PY: an object is its Python text": ('data: {"error":{"message":"no memory"}}', "no memory", ""),
    "JS: a list loses its sense": ('data: {"error":["a","b"]}', "a, b", ""),
    "JS: an event named error is a piece": ('event: error\ndata: {"message":"overloaded"}', "overloaded", ""),
    "PY: an event named error is a piece": ("event: error\ndata: it broke", "it broke", ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_error_amid_a_stream_is_told_with_the_text_before_it(name: str) -> None:
    event, told, error_type = BROKEN[name]
    text, error = generated(f"data: {TOKEN % 'ab'}\n\n{event}\n\ndata: {TOKEN % 'never'}\n\n")
    assert text == "ab"
    assert isinstance(error, GenerationError)
    assert (error.detail, error.error_type, error.partial_text) == (told, error_type, "ab")
    assert (error.status, error.request_id) == (200, "r-1")


def test_py_an_event_that_is_no_object_is_an_attribute_error() -> None:
    text, error = generated(f"data: {TOKEN % 'ab'}\n\ndata: 5\n\n")
    assert text == "ab"
    assert isinstance(error, InferenceOutputError)
    _, reader = run(ENDPOINT.open(StreamingRequestArgs("p"), context()), [EVENTS]).value
    assert list(reader.feed(b"data: 5\n\n")) == [5]  # which is for the caller to judge there


def test_js_usage_at_the_end_of_a_chat_has_no_choice_and_breaks_who_reads_the_first() -> None:
    call = ChatCompletionStreamArgs(messages=SAID, model="m", stream_options={"include_usage": True})
    _, reader = run(CHAT.open(call, context()), [EVENTS]).value
    [last] = reader.feed(b'data: {"choices":[],"usage":{"total_tokens":3}}\n\n')
    assert (last.text, last.usage.total_tokens) == ("", 3)
