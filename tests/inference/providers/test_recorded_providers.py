"""Every recording of a provider other than the Hub's goes through both clients, and comes out as what it says.

A provider that this client knows is asked by name; one that is gone since the recording was made is asked by what it
spoke, OpenAI's form or, where it had one of its own, a custom request. Streams are cut at random and byte by byte."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Generator
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit

import pytest

from hf_inference import (
    AuthenticationError,
    AutomaticSpeechRecognitionArgs,
    BackendError,
    BadRequestError,
    Binary,
    Call,
    ChatCompletionArgs,
    ChatCompletionOutput,
    ChatCompletionStreamArgs,
    InferenceError,
    ModelNotFoundError,
    Options,
    RequestArgs,
    StreamingRequestArgs,
    Target,
    TextToImageArgs,
    TextToVideoArgs,
    targets,
)
from hf_inference.core.events import EventReader
from hf_inference.core.flow import Context, Send
from hf_inference.core.memory import Memory
from hf_inference.core.wire import Request, Response
from hf_inference.providers.jobs import download
from hf_inference.providers.registry import PROVIDERS, partner
from hf_inference.tasks.nlp.chat_completion_stream import ChatEvents
from support.both_shells import Outcome, outcome_in_both
from support.replay import Recording, Replay, at_random, byte_by_byte, recordings, whole

ROWS = recordings("providers")
FILES = [row for row in ROWS if row.task == "asset-download"]
POLLS = [row for row in ROWS if row.method == "GET" and row.task != "asset-download"]
"""Jobs of a provider that is gone, whose API no client speaks any more."""

UNSTORED = [row for row in ROWS if row.method == "POST" and row.status == 200 and not row.body]
ASKED = [row for row in ROWS if row.method == "POST" and row not in UNSTORED]
STREAMS = [row for row in ASKED if row.streams]
WHOLE = [row for row in ASKED if not row.streams and row.status == 200]
REFUSALS = [row for row in ASKED if row.status >= 400]

MODEL = "owner/model-on-the-hub"
REQUEST = Request(method="POST", url="https://host.test/v1/chat/completions")
CREDENTIALS = {"router.huggingface.co": "hf_x"}


@pytest.mark.parametrize("row", WHOLE, ids=lambda row: f"{row.label}-{row.provider}-{row.task}")
async def test_a_recorded_reply_decodes_to_the_tasks_type(row: Recording) -> None:
    output = (await replayed(row)).output
    if row.task == "conversational":
        assert isinstance(output, ChatCompletionOutput)
        for choice, said in zip(output.choices, row.json["choices"], strict=True):
            assert choice.message.content == said["message"]["content"]
            assert choice.finish_reason == said["finish_reason"]
        assert output.model == row.json["model"]
        assert output.usage is not None
        assert output.usage.total_tokens == row.json["usage"]["total_tokens"]
    elif isinstance(output, Binary):
        encoded = next((item["b64_json"] for item in row.json.get("data", []) if "b64_json" in item), None)
        if encoded is not None:
            assert output.data == b64decode(encoded)
            assert output.media_type.startswith("image/")
        else:  # it lay at an address, and its bytes were not stored
            assert output == Binary(PIXEL, "image/png")
    elif "text" in row.json:
        assert output.text == row.json["text"]
        assert [chunk.timestamp for chunk in output.chunks] == [chunk["timestamp"] for chunk in row.json["chunks"]]
    else:
        assert output == row.json


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: f"{row.label}-{row.provider}-{row.status}")
async def test_a_recorded_refusal_is_the_error_its_status_means_and_names_who_refused(row: Recording) -> None:
    error = (await replayed(row)).error
    assert type(error) is _ERRORS[row.status]
    assert isinstance(error, BackendError)
    assert error.status == row.status
    assert error.detail
    assert error.detail.rpartition(": ")[2] in row.body.decode()
    assert (error.provider or error.host) in str(error)
    if error.provider:
        assert error.provider == row.provider


@pytest.mark.parametrize("row", STREAMS, ids=lambda row: f"{row.label}-{row.provider}")
async def test_a_recorded_stream_is_the_same_however_its_bytes_arrive(row: Recording) -> None:
    outcomes = [await replayed(row, chunking) for chunking in (whole, byte_by_byte, at_random(1), at_random(2))]
    assert all(repr(outcome) == repr(outcomes[0]) for outcome in outcomes)
    payloads = [_parsed(line) for line in row.body.split(b"\n") if line.startswith(b"data:")]
    chunks = [payload for payload in payloads if payload is not None]
    outcome = outcomes[0]
    assert [piece.text for piece in outcome.outputs] == [_text(chunk) for chunk in chunks]
    assert [piece.id for piece in outcome.outputs] == [chunk.get("id") for chunk in chunks]
    usage = [piece.usage.total_tokens for piece in outcome.outputs if piece.usage is not None]
    assert usage == [chunk["usage"]["total_tokens"] for chunk in chunks if chunk.get("usage")]
    assert outcome.error is None
    if b"[DONE]" not in row.body:
        reasons = [choice.finish_reason for piece in outcome.outputs for choice in piece.choices]
        assert any(reasons)


def test_the_end_that_cerebras_spoils_with_a_quote_keeps_its_reason_and_its_usage() -> None:
    """Both old clients lose them: one drops the event, the other raises a JSON error."""
    [row] = [row for row in STREAMS if row.body.endswith(b'}"')]
    for chunks in ([row.body], [row.body[at : at + 1] for at in range(len(row.body))]):
        reader: EventReader[Any] = EventReader(ChatEvents(), REQUEST, Response(200, row.headers))
        pieces = [piece for chunk in chunks for piece in reader.feed(chunk)]
        [last] = reader.finish()
        assert "".join(piece.text for piece in pieces) == "This is a test."
        assert (last.choices[0].finish_reason, last.usage.total_tokens) == ("stop", 48)


@pytest.mark.parametrize("row", FILES, ids=lambda row: row.label)
def test_a_result_is_fetched_from_its_address_with_its_type_and_without_a_credential(row: Recording) -> None:
    context = Context(options=Options(), credential="hf_x", memory=Memory(lambda: 0.0), jitter=lambda: 0.0)
    flow: Generator[Any, Any, Binary] = download(row.url, context, provider=row.provider)
    asked = next(flow)
    assert isinstance(asked, Send)
    assert asked.request.url == row.url
    assert not asked.request.secret_headers
    with pytest.raises(StopIteration) as done:
        flow.send(Response(200, row.headers, PIXEL))
    said = row.headers["content-type"]
    assert done.value.value == Binary(PIXEL, "image/png" if said == "application/octet-stream" else said)


def test_every_row_is_one_of_these() -> None:
    assert len(WHOLE) + len(REFUSALS) + len(STREAMS) + len(FILES) + len(POLLS) + len(UNSTORED) == len(ROWS) == 118
    assert {row.provider for row in POLLS} == {"black-forest-labs"}
    assert len(UNSTORED) == 2


async def replayed(row: Recording, chunking: Any = whole) -> Outcome:
    token = CREDENTIALS.get(urlsplit(row.url).netloc, "key_x")
    served = [row, mapping(row), *files(row)]
    target, call = asked(row)
    return await outcome_in_both(call, target, lambda: Replay(served, chunking=chunking), token=token)


def asked(row: Recording) -> tuple[Target, Call[Any]]:
    """Where the recorded request went and the call that it was, as today's client says both."""
    body = dict(row.request_json or {})
    options = Options(retry_on_error=False)
    streams = bool(body.pop("stream", False)) or row.streams
    known = row.provider in PROVIDERS and row.url in own_routes(row)
    if row.task == "conversational" and row.url.endswith("/chat/completions"):
        base = row.url.removesuffix("/chat/completions")
        # a body without a model is answered with a refusal: that is what was recorded
        model = MODEL if known and row.provider != "openai" else body.get("model", "none")
        args = ChatCompletionStreamArgs if streams else ChatCompletionArgs
        body.pop("model", None)
        names = {member.name for member in fields(args)}
        said = {name: value for name, value in body.items() if name in names}
        extra = {name: value for name, value in body.items() if name not in names}
        if "model" not in (row.request_json or {}):
            extra["model"] = None
        target = targets.provider(row.provider) if known else targets.openai(base)
        return target, args(**{"messages": [], **said}, extra_body=extra or None, model=model, options=options)
    if row.provider == "fal-ai":
        return fal(row, body)
    if row.task == "text-to-image" and "response_format" in body:
        prompt = body.pop("prompt")
        body.pop("response_format")
        model = body.pop("model", "none")
        target = targets.provider("together") if known else targets.openai(row.url.removesuffix("/images/generations"))
        call = TextToImageArgs(inputs=prompt, parameters=body, model=MODEL if known else model, options=options)
        return target, call
    kind = StreamingRequestArgs if streams else RequestArgs
    return targets.endpoint(row.url), kind(extra=row.request_json, options=options)


def fal(row: Recording, body: dict[str, Any]) -> tuple[Target, Call[Any]]:
    """fal as it was: without the queue, so that its reply is the result."""
    target = targets.provider("fal-ai", base_url="https://fal.run")
    envelope: dict[str, Any] = {"model": MODEL, "options": Options(retry_on_error=False)}
    if row.url.endswith("/wizper"):
        return target, AutomaticSpeechRecognitionArgs(data=b"\xff\xf3", **envelope)
    prompt = body.pop("prompt")
    args = TextToVideoArgs if row.task == "text-to-video" else TextToImageArgs
    return target, args(inputs=prompt, parameters=body, **envelope)


def own_routes(row: Recording) -> set[str]:
    """The URLs at which this client finds the provider's chat and pictures."""
    target = partner(row.provider)
    paths = {
        form.path(task, "any") for task in ("chat-completion", "text-to-image") for form in target.forms.get(task, ())
    }
    return {
        base + path for base in (target().base_url, f"https://router.huggingface.co/{row.provider}") for path in paths
    }


def mapping(row: Recording) -> Recording:
    """What the Hub says of the model: that the recorded provider has it under the recorded name."""
    body = row.request_json or {}
    name = body.get("model") or urlsplit(row.url).path.strip("/")
    task = "automatic-speech-recognition" if row.url.endswith("/wizper") else row.task
    entry = {"provider": row.provider, "providerId": name, "status": "live", "task": task}
    return found(
        f"https://huggingface.co/api/models/{MODEL}?expand[]=inferenceProviderMapping",
        json.dumps({"inferenceProviderMapping": {row.provider: entry}}).encode(),
        "application/json",
    )


def files(row: Recording) -> list[Recording]:
    """The files at the addresses that a reply names: a picture of one pixel, since theirs were not stored."""
    reply = row.json if isinstance(row.json, dict) else {}
    named = [*reply.get("images", []), reply.get("video", {})]
    return [found(item["url"], PIXEL, "image/png") for item in named if isinstance(item, dict) and "url" in item]


def found(url: str, body: bytes, media_type: str) -> Recording:
    return Recording(
        label="made",
        task="look-up",
        provider="",
        method="GET",
        url=url,
        request_headers={},
        request_body=None,
        status=200,
        headers={"content-type": media_type},
        body=body,
    )


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.removeprefix(b"data:").removesuffix(b'"'))  # one provider's last line has a stray quote
    except ValueError:  # [DONE]
        return None


def _text(chunk: dict[str, Any]) -> str:
    return next((choice["delta"].get("content") or "" for choice in chunk["choices"]), "")


PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

_ERRORS: dict[int, type[InferenceError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    404: ModelNotFoundError,
    421: BadRequestError,
    422: BadRequestError,
}
