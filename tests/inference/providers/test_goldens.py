"""What today's JavaScript and Python clients send to each provider is what this client sends, but for one table.

The golden files are their published packages' requests: JavaScript 4.13.30 and Python 2.4.0, with a Hub token and with
a provider's own key. Requests are compared by value: URL, method, headers (without the user agent) and body. Each row
of `DECISIONS` is a request on which this client differs, what it sends instead, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hf_inference import (
    AudioToAudioArgs,
    AutomaticSpeechRecognitionArgs,
    BadRequestError,
    Binary,
    Call,
    ChatCompletionArgs,
    DocumentQuestionAnsweringArgs,
    FeatureExtractionArgs,
    FillMaskArgs,
    ImageClassificationArgs,
    ImageSegmentationArgs,
    ImageToImageArgs,
    ImageToTextArgs,
    ImageToVideoArgs,
    InputError,
    QuestionAnsweringArgs,
    SentenceSimilarityArgs,
    SummarizationArgs,
    TabularClassificationArgs,
    TabularRegressionArgs,
    TextClassificationArgs,
    TextGenerationArgs,
    TextToAudioArgs,
    TextToImageArgs,
    TextToSpeechArgs,
    TextToVideoArgs,
    TokenClassificationArgs,
    TranslationArgs,
    VisualQuestionAnsweringArgs,
    ZeroShotImageClassificationArgs,
    targets,
)
from support.both_shells import outcome_in_both

GOLDEN = Path(__file__).parents[2] / "conformance" / "golden"
MODEL = "owner/model-on-the-hub"
TOKENS = {"hf-token": "hf_x", "provider-key": "key_x"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Where the golden row is not met: `changed` makes of its URL and body what is sent here; None: nothing is."""

    who: str
    """js or hub."""
    provider: str
    task: str
    """"*" for every task that has no line of its own."""
    auth: str = "*"
    changed: Callable[[str, Any], tuple[str, Any]] | None
    why: str


def rows(who: str, name: str) -> list[dict[str, Any]]:
    lines = map(json.loads, (GOLDEN / name).read_text(encoding="utf-8").splitlines())
    return [{**row, "who": who} for row in lines if "case" not in row]  # those are in test_golden_cases


ROWS = [*rows("js", "golden_js_4.13.30.jsonl"), *rows("hub", "golden_hub_2.4.0.jsonl")]


def label(row: dict[str, Any]) -> str:
    return f"{row['who']}-{row['provider']}-{row['task']}-{row['auth']}"


@pytest.mark.parametrize("row", ROWS, ids=label)
async def test_the_request_is_the_golden_one_or_the_decided_one(row: dict[str, Any]) -> None:
    hub = FarSide(row["provider"], row["task"])
    outcome = await outcome_in_both(
        call_of(row), targets.provider(row["provider"]), lambda: hub, token=TOKENS[row["auth"]]
    )
    decision = decision_for(row)
    if decision is not None and decision.changed is None:
        assert isinstance(outcome.error, InputError)
        assert hub.asked == []
        return
    assert isinstance(outcome.error, BadRequestError), outcome
    url, body = row["url"], wanted_body(row)
    if decision is not None:
        assert decision.changed is not None
        url, body = decision.changed(url, body)
        changes = (url, body) != (row["url"], wanted_body(row))
        assert changes or decision.task == "*", "the decision changes nothing: take it out of the table"
    assert len(hub.asked) == 2  # one a client
    for request in hub.asked:
        assert request.method == "POST"
        assert str(request.url) == url
        assert body_of(request) == body
        for name, value in row["headers"].items():
            if name.lower() not in ("user-agent", "content-type"):
                assert request.headers[name] == value
        if "json" in row.get("kind", "json") and isinstance(body, dict):
            assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("row", ROWS, ids=label)
async def test_a_credential_goes_to_its_own_side_only(row: dict[str, Any]) -> None:
    hub = FarSide(row["provider"], row["task"])
    token = TOKENS[row["auth"]]
    await outcome_in_both(call_of(row), targets.provider(row["provider"]), lambda: hub, token=token)
    for request in [*hub.asked, *hub.lookups]:
        to_hugging_face = request.url.host.endswith("huggingface.co")
        assert token not in str(request.url)
        if token in request.headers.get("authorization", ""):
            assert to_hugging_face == token.startswith("hf_")


def test_every_decision_is_about_a_golden_row() -> None:
    unused = [decision for decision in DECISIONS if not any(decision_for(row) is decision for row in ROWS)]
    assert not unused


class FarSide(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The Hub, which maps the model, and a provider, which refuses: what it was asked is what counts."""

    def __init__(self, provider: str, task: str) -> None:
        self.asked: list[httpx.Request] = []
        self.lookups: list[httpx.Request] = []
        entry = {"provider": provider, "providerId": "prov/model-id", "status": "live", "task": task}
        self._mapping = {"inferenceProviderMapping": [entry]}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "huggingface.co":
            assert request.url.path == f"/api/models/{MODEL}"
            self.lookups.append(request)
            return httpx.Response(200, json=self._mapping)
        self.asked.append(request)
        return httpx.Response(400, json={"error": "enough was seen"})


def decision_for(row: dict[str, Any]) -> Decision | None:
    fitting = [
        decision
        for decision in DECISIONS
        if decision.who == row["who"]
        and decision.provider == row["provider"]
        and decision.task in (row["task"], "*")
        and decision.auth in (row["auth"], "*")
    ]
    # a refusal of the credential comes before what would have been sent, a task's own line before the others'
    return min(fitting, key=lambda one: (one.changed is not None, one.task == "*"), default=None)


def call_of(row: dict[str, Any]) -> Call[Any]:
    """The call that both packages were asked to make."""
    js = row["who"] == "js"
    image = Binary(b"\x05\x06\x07", "image/png" if js else "")
    sound = Binary(b"\x01\x02", "audio/mpeg" if js else "")
    # a model of hf-inference and the provider have the same name
    model = "prov/model-id" if row["provider"] == "hf-inference" else MODEL
    args, fields = calls(image, sound)[row["task"]]
    call: Call[Any] = args(**fields, model=model)
    return call


def calls(image: Binary, sound: Binary) -> dict[str, tuple[type[Any], dict[str, Any]]]:
    text = {"inputs": "t"}
    table = {"inputs": {"data": {"a": ["1"]}}}
    asked = {"inputs": {"question": "q", "image": image}}
    return {
        "audio-to-audio": (AudioToAudioArgs, {"data": sound}),
        "automatic-speech-recognition": (AutomaticSpeechRecognitionArgs, {"data": sound}),
        "conversational": (ChatCompletionArgs, {"messages": [{"role": "user", "content": "t"}], "max_tokens": 1}),
        "document-question-answering": (DocumentQuestionAnsweringArgs, asked),
        "feature-extraction": (FeatureExtractionArgs, {**text, "normalize": True}),
        "fill-mask": (FillMaskArgs, text),
        "image-classification": (ImageClassificationArgs, {"data": image}),
        "image-segmentation": (ImageSegmentationArgs, {"data": image}),
        "image-to-image": (
            ImageToImageArgs,
            {"inputs": image, "parameters": {"prompt": "p", "num_inference_steps": 3}},
        ),
        "image-to-text": (ImageToTextArgs, {"data": image}),
        "image-to-video": (ImageToVideoArgs, {"inputs": image, "parameters": {"prompt": "p"}}),
        "question-answering": (QuestionAnsweringArgs, {"inputs": {"question": "q", "context": "c"}}),
        "sentence-similarity": (
            SentenceSimilarityArgs,
            {"inputs": {"source_sentence": "s", "sentences": ["t"]}},
        ),
        "summarization": (SummarizationArgs, text),
        "tabular-classification": (TabularClassificationArgs, table),
        "tabular-regression": (TabularRegressionArgs, table),
        "text-classification": (TextClassificationArgs, text),
        "text-generation": (TextGenerationArgs, {**text, "parameters": {"max_new_tokens": 1, "temperature": 0.5}}),
        "text-to-audio": (TextToAudioArgs, text),
        "text-to-image": (
            TextToImageArgs,
            {**text, "parameters": {"width": 8, "height": 9, "num_inference_steps": 3}},
        ),
        "text-to-speech": (TextToSpeechArgs, {**text, "parameters": {"voice": "v"}}),
        "text-to-video": (TextToVideoArgs, {**text, "parameters": {"num_inference_steps": 3}}),
        "token-classification": (TokenClassificationArgs, text),
        "translation": (TranslationArgs, text),
        "visual-question-answering": (VisualQuestionAnsweringArgs, asked),
        "zero-shot-image-classification": (
            ZeroShotImageClassificationArgs,
            {"inputs": {"image": image}, "parameters": {"candidate_labels": ["a"]}},
        ),
    }


def wanted_body(row: dict[str, Any]) -> Any:
    """The golden body: JSON, the number of its bytes, or the parts of a form."""
    body = row["body"]
    if row["who"] == "js" and row["kind"] == "json":
        return json.loads(body)
    if row.get("kind") == "multipart":
        return sorted((name, value) for name, value in body)
    if isinstance(body, str):  # "<3 bytes>": a form's length is its boundary's business
        length = int(re.sub(r"\D", "", body))
        return A_FORM if length > 100 else length
    return body


def body_of(request: httpx.Request) -> Any:
    """The sent body in the form of `wanted_body`."""
    kind = request.headers.get("content-type", "")
    if kind == "application/json":
        return json.loads(request.content)
    if not kind.startswith("multipart/form-data"):
        return len(request.content)
    boundary = kind.partition("boundary=")[2].encode()
    parts = []
    for part in request.content.split(b"--" + boundary)[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        value = value.removesuffix(b"\r\n")
        name = re.search(rb'name="([^"]*)"', head)
        file = re.search(rb'filename="([^"]*)"\r\nContent-Type: ([^\r]*)', head)
        assert name is not None
        said = f"<{file[1].decode()} {file[2].decode()} {len(value)}>" if file else value.decode()
        parts.append((name[1].decode(), said))
    return sorted(parts)


def without_empty_parameters(url: str, body: Any) -> tuple[str, Any]:
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name != "parameters" or value}
    return url, body


def body_is(body: Any, old: str = "", new: str = "") -> Callable[[str, Any], tuple[str, Any]]:
    """This body, and the URL with one part replaced."""
    return lambda url, _: (url.replace(old, new, 1) if old else url, body)


A_FORM = [("file", "<audio.wav application/octet-stream 2>"), ("model", "prov/model-id")]
"""What the Python client's form of 286 bytes holds, for sound of a kind that nobody knows."""

_PICTURE = {"prompt": "t", "num_inference_steps": 3, "image_size": {"width": 8, "height": 9}}
_ASKED = {"inputs": {"question": "q", "image": "BQYH"}}
_OPENAI = {"model": "prov/model-id", "prompt": "t", "max_tokens": 1, "temperature": 0.5}
_FOREIGN = "the router is Hugging Face's: another service's key is not shown to it, and it could not use it"
_FLAT = "OpenAI's completions route knows max_tokens, flat in the body: nested or under TGI's name it is ignored"

DECISIONS = [
    # a foreign key and the router
    Decision(who="js", provider="hf-inference", task="*", auth="provider-key", changed=None, why=_FOREIGN),
    Decision(who="hub", provider="hf-inference", task="*", auth="provider-key", changed=None, why=_FOREIGN),
    # the Hub's own form
    Decision(
        who="hub",
        provider="hf-inference",
        task="*",
        changed=without_empty_parameters,
        why="the task pages document `parameters` as optional: what says nothing is not sent",
    ),
    Decision(
        who="js",
        provider="hf-inference",
        task="text-generation",
        changed=body_is(
            {"inputs": "t", "parameters": {"max_new_tokens": 1, "temperature": 0.5}}, "/v1/completions", ""
        ),
        why="the task page documents `inputs` and `parameters` at the model's own route",
    ),
    Decision(
        who="js",
        provider="hf-inference",
        task="image-segmentation",
        changed=body_is(3),
        why="the task page takes raw bytes where there are no parameters, and they are a third smaller",
    ),
    Decision(
        who="hub",
        provider="hf-inference",
        task="zero-shot-image-classification",
        changed=body_is({"inputs": {"image": "BQYH"}, "parameters": {"candidate_labels": ["a"]}}),
        why="the seed's documented form; servers of it read `inputs.image`",
    ),
    Decision(
        who="hub",
        provider="hf-inference",
        task="visual-question-answering",
        changed=body_is(_ASKED),
        why="the task page documents one `inputs` of image and question; the copies at the root have no reader",
    ),
    Decision(
        who="hub",
        provider="hf-inference",
        task="tabular-classification",
        changed=body_is({"inputs": {"data": {"a": ["1"]}}}),
        why="the seed's documented form, and the one that the recordings of the service accept",
    ),
    # text generation on OpenAI's route
    Decision(who="js", provider="together", task="text-generation", changed=body_is(_OPENAI), why=_FLAT),
    Decision(who="hub", provider="together", task="text-generation", changed=body_is(_OPENAI), why=_FLAT),
    Decision(who="hub", provider="novita", task="text-generation", changed=body_is(_OPENAI), why=_FLAT),
    Decision(
        who="js",
        provider="novita",
        task="text-generation",
        changed=body_is(_OPENAI, "/chat/completions", "/completions"),
        why="novita documents /completions for prompts; its chat route refuses a body without messages",
    ),
    # images and films
    Decision(
        who="js",
        provider="fal-ai",
        task="text-to-image",
        changed=body_is(_PICTURE),
        why="fal documents `image_size`; its models have no width and height of their own",
    ),
    Decision(
        who="hub",
        provider="fal-ai",
        task="text-to-image",
        auth="hf-token",
        changed=lambda url, _: (url + "?_subdomain=queue", _PICTURE),
        why="fal documents the queue as the way for anything slow: a held connection loses the picture",
    ),
    Decision(
        who="hub",
        provider="fal-ai",
        task="text-to-image",
        auth="provider-key",
        changed=body_is(_PICTURE, "fal.run", "queue.fal.run"),
        why="as above, on the queue's own host",
    ),
    Decision(
        who="hub",
        provider="novita",
        task="text-to-video",
        changed=body_is({"prompt": "t", "steps": 3}, "/v3/hf/", "/v3/async/"),
        why="novita documents /v3/async and `steps`; a film takes longer than a proxy keeps a connection",
    ),
    Decision(
        who="js",
        provider="zai-org",
        task="text-to-image",
        changed=body_is({"model": "prov/model-id", "prompt": "t", "size": "8x9", "num_inference_steps": 3}),
        why='z.ai documents `size: "WxH"`; width and height are ignored there',
    ),
]
