"""The old wire, request by request: what `@huggingface/inference` 2.6.4 sent for a call, `targets.classic` sends too,
and makes the same of the answer. Where it should not, `DIFFERENCES` says what it does instead and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest

from hf_inference import BackendError, Binary, Call, HfInference, InferenceOutputError, Options, Signal, targets
from hf_inference.core.call import plain
from support.both_shells import Outcome, outcome_in_both

Reply: TypeAlias = Callable[[], httpx.Response]

GOLDEN = Path(__file__).parents[2] / "conformance" / "golden" / "golden_js_2.6.4.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled call: what a caller of the old client wrote, in Python, and what the server answered it."""

    method: str
    arguments: dict[str, Any]
    replies: tuple[Reply, ...] = ()
    options: Options | None = None
    token: str = "hf_TOKEN"
    through: Callable[[Any], Any] = field(default=lambda client: client)

    @property
    def call(self) -> Call[Any]:
        args = getattr(HfInference, self.method).args
        call: Call[Any] = args(**{"model": "m", **self.arguments}, options=self.options)
        return call


@dataclass(frozen=True, slots=True)
class Difference:
    """Where this client does other than the old one, and why."""

    why: str
    requests: list[dict[str, Any]] | None = None
    outcome: dict[str, Any] | None = None


class FarSide(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The Hub and the old API: keeps what it is asked, and gives a case's replies, then `{}`."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        self.asked: list[httpx.Request] = []
        self._replies = list(replies)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.host == "huggingface.co":
            return reply(_HUB[request.url.path])()
        return (self._replies.pop(0) if self._replies else reply({}))()


def reply(value: Any, status: int = 200, media_type: str = "application/json") -> Reply:
    """What makes a response: a value as JSON, or bytes."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return lambda: httpx.Response(status, headers={"content-type": media_type}, stream=httpx.ByteStream(content))


def golden() -> dict[str, list[dict[str, Any]]]:
    """The rows by label: the requests, then the outcome."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows.setdefault(row["label"], []).append(row)
    return rows


@pytest.mark.parametrize("label", golden())
async def test_the_old_clients_call_is_sent_and_answered_as_it_was(label: str) -> None:
    case, difference = CASES[label], DIFFERENCES.get(label)
    far_sides: list[FarSide] = []

    def transport() -> FarSide:
        far_sides.append(FarSide(case.replies))
        return far_sides[-1]

    outcome = await outcome_in_both(case.call, targets.classic(), transport, token=case.token, through=case.through)
    *requests, ending = golden()[label] if "url" not in golden()[label][-1] else [*golden()[label], {}]
    if difference is not None:
        requests = requests if difference.requests is None else difference.requests
        ending = ending if difference.outcome is None else difference.outcome
    for far_side in far_sides:
        assert [seen(request) for request in without_cached(far_side.asked, requests)] == [
            expected(request) for request in requests
        ]
    assert came_to(outcome) == {name: value for name, value in ending.items() if name != "label"}


def test_every_label_has_a_case_and_every_difference_a_label() -> None:
    assert set(golden()) == set(CASES)
    assert set(DIFFERENCES) <= set(CASES)
    assert sum(len(rows) for rows in golden().values()) == 95


def without_cached(asked: list[httpx.Request], requests: list[dict[str, Any]]) -> list[httpx.Request]:
    """What was asked, less the look-ups that the old client had in a cache of its whole process by then."""
    if any(request["method"] == "GET" for request in requests):
        return asked
    return [request for request in asked if request.method != "GET" or str(request.url) not in _LOOKED_UP]


def seen(request: httpx.Request) -> dict[str, Any]:
    """A request by value: the headers that carry meaning, JSON as a value, other bodies by their length."""
    headers = {name: value for name, value in request.headers.items() if _carries_meaning(name)}
    is_json = headers.get("content-type") == "application/json"
    return {
        "method": request.method,
        "url": str(request.url),
        "headers": headers,
        "body": json.loads(request.content) if is_json else len(request.content),
    }


def expected(row: dict[str, Any]) -> dict[str, Any]:
    """A golden row in the form of `seen`. The runtime filled in a Blob's own type as the content type."""
    headers = {name.lower(): value for name, value in row["headers"].items()}
    body = row["body"]
    kind, _, media_type = row["bodyKind"].partition(":")
    if kind == "blob":
        headers["content-type"] = media_type
        return {**_common(row), "headers": headers, "body": int(body.removeprefix("<bytes ").removesuffix(">"))}
    return {**_common(row), "headers": headers, "body": json.loads(body) if kind == "json" else 0}


def came_to(outcome: Outcome) -> dict[str, Any]:
    """An outcome in the golden rows' form."""
    match outcome.error:
        case None:
            outputs = [_wire(output) for output in outcome.outputs]
            return {"result": outputs[0] if len(outputs) == 1 and not _is_token(outputs[0]) else outputs}
        case InferenceOutputError() as error:
            return {"error": f"InferenceOutputError: {error}"}
        case BackendError() as error:
            return {"error": f"Error: {error.detail}"}
        case error:
            return {"error": f"Error: {error}"}


def _common(row: dict[str, Any]) -> dict[str, Any]:
    return {"method": row["method"], "url": row["url"]}


def _carries_meaning(name: str) -> bool:
    return name in ("authorization", "content-type") or name.startswith("x-")


def _wire(output: Any) -> Any:
    return f"Blob({output.media_type},{len(output)})" if isinstance(output, Binary) else plain(output)


def _is_token(output: Any) -> bool:
    return isinstance(output, dict) and "token" in output and "sequence" not in output


def _row(url: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    return {
        "method": "POST",
        "url": url,
        "headers": {"Authorization": "Bearer hf_TOKEN", "Content-Type": "application/json", **headers},
        "bodyKind": "json",
        "body": json.dumps(body),
    }


_SOUND = Binary(b"\x01\x02\x03\x04", "audio/flac")
_PICTURE = Binary(b"\x05\x06\x07", "image/png")
_COLUMNS = {"data": {"a": ["1"]}}
_SENTENCES = {"source_sentence": "s", "sentences": ["t"]}
_MASK = {"inputs": "x"}
_WORD = {"score": 1, "sequence": "s", "token": 1, "token_str": "t"}
_TOKEN = {"token": {"id": 1, "text": "a", "logprob": -1, "special": False}, "generated_text": "a"}
_TOKEN_STREAM = reply(b"data:" + json.dumps(_TOKEN).encode() + b"\n\n", media_type="text/event-stream")
_LOADING = reply({"error": "loading"}, 503)
_EVERY_OPTION = Options(
    wait_for_model=True,
    use_cache=False,
    dont_load_model=True,
    use_gpu=True,
    retry_on_error=False,
    signal=Signal(),
    include_credentials="omit",
)

_HUB: dict[str, Any] = {
    "/api/tasks": {"fill-mask": {"models": [{"id": "default/fill-mask"}]}},
    "/api/models/m": {"pipeline_tag": "feature-extraction"},
    "/api/models/st-model": {"pipeline_tag": "sentence-similarity"},
    "/api/models/fe-model": {"pipeline_tag": "feature-extraction"},
}

_LOOKED_UP = frozenset(row["url"] for rows in golden().values() for row in rows if row.get("method") == "GET")

_API = "https://api-inference.huggingface.co"

CASES: dict[str, Case] = {
    "audioClassification": Case("audio_classification", {"data": _SOUND}),
    "audioToAudio": Case("audio_to_audio", {"data": _SOUND}),
    "imageClassification": Case("image_classification", {"data": _PICTURE}),
    "imageToText": Case("image_to_text", {"data": _PICTURE}),
    "imageToImage": Case("image_to_image", {"inputs": _PICTURE}),
    "featureExtraction": Case("feature_extraction", {"inputs": "t"}),
    "fillMask": Case("fill_mask", {"inputs": "[MASK]"}),
    "questionAnswering": Case("question_answering", {"inputs": {"question": "q", "context": "c"}}),
    "sentenceSimilarity": Case("sentence_similarity", {"inputs": _SENTENCES}),
    "summarization": Case("summarization", {"inputs": "t", "parameters": {"max_length": 1}}),
    "tokenClassification": Case(
        "token_classification", {"inputs": "t", "parameters": {"aggregation_strategy": "none"}}
    ),
    "translation": Case("translation", {"inputs": ["t"]}),
    "zeroShotClassification": Case(
        "zero_shot_classification", {"inputs": "t", "parameters": {"candidate_labels": ["a"], "multi_label": True}}
    ),
    "tabularRegression": Case("tabular_regression", {"inputs": _COLUMNS}),
    "tabularClassification": Case("tabular_classification", {"inputs": _COLUMNS}),
    "request": Case("request", {"inputs": "t", "parameters": {"p": 1}}),
    "textGenerationStream": Case("text_generation_stream", {"inputs": "t"}),
    "imageToImage+parameters": Case("image_to_image", {"inputs": _PICTURE, "parameters": {"prompt": "p"}}),
    "binary+all options": Case("audio_classification", {"data": _SOUND}, options=_EVERY_OPTION),
    "json+all options": Case("fill_mask", _MASK, options=_EVERY_OPTION),
    "request task option": Case("request", _MASK, options=Options(task="feature-extraction")),
    "featureExtraction on sentence-similarity model": Case("feature_extraction", {**_MASK, "model": "st-model"}),
    "sentenceSimilarity on feature-extraction model": Case(
        "sentence_similarity", {"inputs": _SENTENCES, "model": "fe-model"}
    ),
    "no model, default": Case("fill_mask", {**_MASK, "model": None}),
    "no model, no default": Case("summarization", {**_MASK, "model": None}),
    "model is a URL": Case("fill_mask", {**_MASK, "model": "https://e.example/x"}),
    "model is a path": Case("fill_mask", {**_MASK, "model": "/local/x"}),
    "endpoint()": Case("fill_mask", _MASK, through=lambda client: client.endpoint("https://e.example/y")),
    "no token": Case("fill_mask", _MASK, token=""),
    "accessToken in args is overridden": Case("fill_mask", {**_MASK, "access_token": "hf_ARGS"}),
    "503 then ok": Case("fill_mask", _MASK, (_LOADING, reply([_WORD]))),
    "503 twice": Case("fill_mask", _MASK, (_LOADING, reply({"error": "still loading"}, 503))),
    "503 retry_on_error false": Case("fill_mask", _MASK, (_LOADING,), options=Options(retry_on_error=False)),
    "503 on stream": Case("text_generation_stream", {"inputs": "t"}, (_LOADING, _TOKEN_STREAM)),
    "empty list summarization": Case("summarization", _MASK, (reply([]),)),
    "flat list textClassification": Case("text_classification", _MASK, (reply([{"label": "a", "score": 1}]),)),
    "zero-shot object": Case(
        "zero_shot_classification",
        {**_MASK, "parameters": {"candidate_labels": ["a"]}},
        (reply({"labels": ["a"], "scores": [1], "sequence": "s"}),),
    ),
    "translation 1": Case("translation", _MASK, (reply([{"translation_text": "x"}]),)),
    "translation 2": Case("translation", {"inputs": ["x", "y"]}, (reply([{"translation_text": "x"}]),)),
    "feature 4d": Case("feature_extraction", _MASK, (reply([[[[1]]]]),)),
    "feature 5d": Case("feature_extraction", _MASK, (reply([[[[[1]]]]]),)),
    "feature empty": Case("feature_extraction", _MASK, (reply([]),)),
    "tts blob": Case("text_to_speech", _MASK, (reply(b"ab", media_type="audio/flac"),)),
    "json content-type with charset": Case(
        "text_generation", _MASK, (reply([{"generated_text": "x"}], media_type="application/json; charset=utf-8"),)
    ),
    "application/problem+json ok body": Case(
        "text_generation", _MASK, (reply([{"generated_text": "x"}], media_type="application/problem+json"),)
    ),
}

DIFFERENCES: dict[str, Difference] = {
    "json+all options": Difference(
        "A signal is the caller's own affair: the old client sent it as an empty object, which means nothing there.",
        requests=[
            _row(
                f"{_API}/models/m",
                {
                    "inputs": "x",
                    "options": {
                        "wait_for_model": True,
                        "use_cache": False,
                        "dont_load_model": True,
                        "use_gpu": True,
                        "retry_on_error": False,
                    },
                },
            )
        ],
    ),
    "request task option": Difference(
        "The option's documented intent is the pipeline's URL; the old client put it in the body, to no effect.",
        requests=[_row(f"{_API}/pipeline/feature-extraction/m", {"inputs": "x", "options": {}})],
    ),
    "model is a path": Difference(
        "A path has a host only in a browser's page; here it is the target's own.",
        requests=[_row(f"{_API}/local/x", {"inputs": "x", "options": {}})],
    ),
    "accessToken in args is overridden": Difference(
        "What is said at the call goes before what the client has, for tokens as for options; so do today's clients.",
        requests=[_row(f"{_API}/models/m", {"inputs": "x", "options": {}}, Authorization="Bearer hf_ARGS")],
    ),
    "503 on stream": Difference(
        "The old client lost the second try's stream and gave an empty one.",
        requests=[
            _row(f"{_API}/models/m", {"inputs": "t", "stream": True, "options": {}}),
            _row(f"{_API}/models/m", {"inputs": "t", "stream": True, "options": {"wait_for_model": True}}),
        ],
        outcome={"result": [_TOKEN]},
    ),
    "empty list summarization": Difference(
        "The old client gave `undefined` for a summary.",
        outcome={
            "error": "InferenceOutputError: Invalid inference output: Expected Array<{summary_text: string}>. Use the "
            "'request' method with the same parameters to do a custom call with no type checking."
        },
    ),
    "flat list textClassification": Difference(
        "Both wire forms are documented, and today's servers send this one.",
        outcome={"result": [{"label": "a", "score": 1}]},
    ),
    "application/problem+json ok body": Difference(
        "A media type that ends in +json is JSON (RFC 6839), and its shape is right.",
        outcome={"result": {"generated_text": "x"}},
    ),
}
