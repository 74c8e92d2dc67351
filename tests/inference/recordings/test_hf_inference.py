"""Every recording of the Hub's own service goes through both clients, and comes out as what it says.

The call is made from what was asked (or, where that was not stored, from a plain input); the reply must decode to the
task's type with each value that the JSON has, or to the error that the status means with the server's sentence."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from hf_inference import (
    AuthenticationError,
    BackendError,
    BadRequestError,
    Binary,
    Call,
    ChatCompletionArgs,
    ChatCompletionStreamArgs,
    ConversationalArgs,
    GenerationError,
    HfInference,
    ModelLoadingError,
    ModelNotFoundError,
    Options,
    RateLimitedError,
    RequestArgs,
    StreamingRequestArgs,
    Target,
    TextGenerationArgs,
    TextGenerationStreamArgs,
    targets,
)
from support.both_shells import outcome_in_both
from support.replay import Recording, Replay, at_random, byte_by_byte, recordings, whole

ROWS = recordings("hf-inference")
STREAMS = [row for row in ROWS if row.streams]
WHOLE = [row for row in ROWS if not row.streams and row.status < 300]
REFUSALS = [row for row in ROWS if row.status >= 400]


@pytest.mark.parametrize("row", WHOLE, ids=lambda row: f"{row.label}-{row.task}")
async def test_a_recorded_reply_decodes_to_the_tasks_type_with_every_value(row: Recording) -> None:
    call = call_of(row)
    outcome = await outcome_in_both(call, target_of(row, call), lambda: Replay([row, *lookups(row)]))
    assert_agrees(outcome.output, row)


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: f"{row.label}-{row.status}")
async def test_a_recorded_refusal_is_the_error_its_status_means_with_the_servers_sentence(row: Recording) -> None:
    call = call_of(row)
    outcome = await outcome_in_both(call, target_of(row, call), lambda: Replay([row, *lookups(row)]))
    error = outcome.error
    assert type(error) is _ERRORS[row.status]
    assert isinstance(error, BackendError)
    assert error.status == row.status
    assert error.detail
    assert error.detail in _sentences(row)
    if row.status == 503:
        assert error.retry_after == row.json["estimated_time"]


@pytest.mark.parametrize("row", STREAMS, ids=lambda row: row.label)
async def test_a_recorded_stream_is_the_same_however_its_bytes_arrive(row: Recording) -> None:
    call = call_of(row)
    target = target_of(row, call)
    outcomes = [
        await outcome_in_both(call, target, lambda chunking=chunking: Replay([row], chunking=chunking))  # type: ignore[misc]
        for chunking in (whole, byte_by_byte, at_random(1), at_random(2))
    ]
    assert all(repr(outcome) == repr(outcomes[0]) for outcome in outcomes)
    payloads = _payloads(row.body)
    failed = [payload["error"] for payload in payloads if payload.get("error") is not None]
    if failed:
        assert isinstance(outcomes[0].error, GenerationError)
        assert outcomes[0].error.detail == failed[0]
    else:
        assert outcomes[0].error is None, outcomes[0].error
        assert [_seen(piece) for piece in outcomes[0].outputs] == [_seen(payload) for payload in payloads]


def test_a_replay_refuses_what_was_never_recorded() -> None:
    import httpx

    row = next(row for row in WHOLE if row.task == "summarization" and row.request_json)
    with (
        httpx.Client(transport=Replay([row])) as http,
        HfInference(target=target_of(row, call_of(row)), http_client=http) as client,
        pytest.raises(AssertionError, match="never recorded"),
    ):
        client.summarization(inputs="another text", model=_model(row))


def test_every_row_is_a_success_a_stream_or_a_refusal() -> None:
    assert len(WHOLE) + len(STREAMS) + len(REFUSALS) == len(ROWS) == 324


def call_of(row: Recording) -> Call[Any]:
    """The call that was made, as today's client says it."""
    body = row.request_json if isinstance(row.request_json, dict) else {}
    said = {name: value for name, value in body.items() if value is not None}
    envelope: dict[str, Any] = {"model": _model(row), "options": Options(retry_on_error=False)}
    streams = bool(said.pop("stream", False)) or row.streams
    kind = _kind(row, said)
    if kind == "chat":
        args: type[Call[Any]] = ChatCompletionStreamArgs if streams else ChatCompletionArgs
        names = {member.name for member in fields(args)} - set(envelope)
        asked = {name: value for name, value in said.items() if name in names}
        extra = {name: value for name, value in said.items() if name not in names and name not in envelope}
        envelope["model"] = said.get("model", "tgi")
        return args(**{"messages": [], "extra_body": extra or None, **asked}, **envelope)
    if kind == "custom":
        extra = {name: value for name, value in said.items() if name not in ("model", "options")}
        return (StreamingRequestArgs if streams else RequestArgs)(extra=extra, **envelope)
    if kind == "text-generation":
        asked = {"inputs": said.get("inputs", ""), "parameters": _said(said.get("parameters"))}
        return (TextGenerationStreamArgs if streams else TextGenerationArgs)(**asked, **envelope)
    args = ConversationalArgs if kind == "conversational" else _args(kind)
    asked = {"inputs": said["inputs"]} if "inputs" in said else {}
    loose = {name: said[name] for name in ("question", "context", "query", "table") if name in said}
    if loose:
        asked = {"inputs": loose}
    if parameters := _said(said.get("parameters")):
        asked["parameters"] = parameters
    return args(**{**_plain_inputs(args), **asked}, **envelope)


def target_of(row: Recording, call: Call[Any]) -> Target:
    """Where that call went."""
    url = urlsplit(row.url)
    if call.task in ("chat-completion", "text-generation", "custom"):
        return targets.endpoint(row.url)
    if url.netloc == "api-inference.huggingface.co":
        return targets.classic()
    prefix = url.path.partition("/hf-inference/")[0]
    return targets.hub(f"https://{url.netloc}{prefix}")


def lookups(row: Recording) -> list[Recording]:
    """What the Hub would have said of the model's task, for the calls whose route depends on that."""
    if row.task not in ("feature-extraction", "sentence-similarity"):
        return []
    other = {"feature-extraction": "sentence-similarity", "sentence-similarity": "feature-extraction"}[row.task]
    tag = other if "/pipeline/" in row.url else row.task
    return [
        Recording(
            label="look-up",
            task=row.task,
            provider="hub",
            method="GET",
            url=f"https://huggingface.co/api/models/{_model(row)}?expand[]=pipeline_tag",
            request_headers={},
            request_body=None,
            status=200,
            headers={"content-type": "application/json"},
            body=json.dumps({"pipeline_tag": tag}).encode(),
        )
    ]


def assert_agrees(output: Any, row: Recording) -> None:
    """Each value of the output is the reply's."""
    if isinstance(output, Binary):
        assert output.data == row.body
        assert output.media_type == row.headers["content-type"]
        return
    reply = row.json
    if isinstance(reply, list) and not isinstance(output, list):
        reply = reply[0]
    elif isinstance(output, list) and isinstance(reply, dict):
        reply = [reply]
    elif isinstance(output, list) and len(reply) == 1 and isinstance(reply[0], list) and is_dataclass(output[0]):
        reply = reply[0]
    _same(output, reply, row.label)


def _same(output: Any, reply: Any, path: str) -> None:
    if is_dataclass(output):
        for member in fields(output):
            wire = member.metadata.get("wire", member.name)
            if wire in reply:
                _same(getattr(output, member.name), reply[wire], f"{path}.{wire}")
    elif isinstance(output, list):
        assert len(output) == len(reply), path
        for index, (one, other) in enumerate(zip(output, reply, strict=True)):
            _same(one, other, f"{path}[{index}]")
    else:
        assert output == reply, path


def _kind(row: Recording, said: dict[str, Any]) -> str:
    """Which call it was: the recordings name every dialogue `conversational`, whatever form it had."""
    if row.url.endswith("/chat/completions"):
        return "chat" if isinstance(said.get("messages"), list) or not said else "custom"
    if row.task != "conversational":
        return row.task
    if "messages" in said:
        return "custom"
    inputs = said.get("inputs")
    if isinstance(inputs, dict) or (not said and isinstance(row.json, dict) and "conversation" in row.json):
        return "conversational"
    return "custom" if isinstance(inputs, list) else "text-generation"


def _args(task: str) -> type[Call[Any]]:
    method = getattr(HfInference, task.replace("-", "_"))
    args: type[Call[Any]] = method.args
    return args


def _plain_inputs(args: type[Call[Any]]) -> dict[str, Any]:
    """An input that fits the task, for requests whose body was not stored or is binary."""
    picture = Binary(b"\x89PNG\r\n\x1a\n")
    plain: dict[str, dict[str, Any]] = {
        "data": {"data": picture},
        "inputs": {"inputs": picture},
        "inputs.image": {"inputs": {"image": picture, "question": "?"}},
    }
    asked = plain.get(args.binary, {"inputs": "a text"})
    names = {member.name for member in fields(args)}
    needs_labels = "zero-shot" in args.task and "parameters" in names
    return {**asked, "parameters": {"candidate_labels": ["a", "b"]}} if needs_labels else asked


def _model(row: Recording) -> str:
    path = urlsplit(row.url).path.removesuffix("/v1/chat/completions")
    return re.sub(r"^.*?/(models|pipeline/[a-z-]+)/", "", path)


def _said(parameters: Any) -> dict[str, Any] | None:
    return {name: value for name, value in (parameters or {}).items() if value is not None} or None


def _sentences(row: Recording) -> str:
    """All that the server said, as text."""
    if not isinstance(row.json, dict):
        return row.body.decode()
    error = row.json["error"]
    return ", ".join(error) if isinstance(error, list) else str(error)


def _payloads(body: bytes) -> list[dict[str, Any]]:
    """The JSON of each event, read in the simplest way that holds for these streams (they have no traps)."""
    lines = [line.removeprefix("data:").strip() for line in body.decode().split("\n") if line.startswith("data:")]
    return [json.loads(line) for line in lines if line and line != "[DONE]"]


def _seen(piece: Any) -> Any:
    """What a person sees of a stream's piece, of either form, typed or not."""
    if not isinstance(piece, dict):
        if hasattr(piece, "token"):
            return piece.token.text, piece.generated_text
        return [(choice.delta.content, choice.finish_reason) for choice in piece.choices]
    if "token" in piece:
        return piece["token"]["text"], piece["generated_text"]
    return [(choice["delta"].get("content"), choice.get("finish_reason")) for choice in piece["choices"]]


_ERRORS: dict[int, type[BackendError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    404: ModelNotFoundError,
    422: BadRequestError,
    429: RateLimitedError,
    500: BackendError,
    503: ModelLoadingError,
}
