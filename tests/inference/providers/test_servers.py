"""Servers at a URL of their own: which route a task takes at an endpoint and at an OpenAI-compatible server, what is
tried where a route is missing, and what they tell of themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hf_inference import (
    AutomaticSpeechRecognitionArgs,
    BackendUnreachableError,
    Binary,
    Call,
    ChatCompletionArgs,
    EndpointInfoArgs,
    FeatureExtractionArgs,
    HealthCheckArgs,
    InferenceOutputError,
    ListModelsArgs,
    ModelLoadingError,
    ModelNotFoundError,
    SentenceSimilarityArgs,
    SummarizationArgs,
    TextClassificationArgs,
    TextGenerationArgs,
    TextGenerationStreamArgs,
    TextRankingArgs,
    TextToImageArgs,
    TextToSpeechArgs,
    TextToVideoArgs,
    UnsupportedTaskError,
    targets,
)
from hf_inference.core.wire import Response
from support.flows import as_file, as_json, context, run, whole_body

CHAT = ChatCompletionArgs(messages=[{"role": "user", "content": "t"}])
CHAT_REPLY = as_json({"choices": [{"message": {"content": "a"}}]})
MISSING = as_json({"error": "no such route"}, 404)
SEEN = as_json({"error": "seen"}, 400)
URL = "http://host:1"
MODELS = as_json({"object": "list", "data": [{"id": "first", "owned_by": "me"}, {"id": "second"}]})

CHAT_URLS = [
    (URL, f"{URL}/v1/chat/completions"),
    (f"{URL}/", f"{URL}/v1/chat/completions"),
    (f"{URL}/v1", f"{URL}/v1/chat/completions"),
    (f"{URL}/v1/", f"{URL}/v1/chat/completions"),
    (f"{URL}/v1/chat/completions", f"{URL}/v1/chat/completions"),
    (f"{URL}?api-version=1", f"{URL}/v1/chat/completions?api-version=1"),
    (f"{URL}/?api-version=1", f"{URL}/v1/chat/completions?api-version=1"),
    (f"{URL}/v1?api-version=1", f"{URL}/v1/chat/completions?api-version=1"),
    (f"{URL}/v1/?api-version=1", f"{URL}/v1/chat/completions?api-version=1"),
    (f"{URL}/v1/chat/completions?api-version=1", f"{URL}/v1/chat/completions?api-version=1"),
    (f"{URL}/v1/chat/completions/", f"{URL}/v1/chat/completions"),
    (f"{URL}/models/x", f"{URL}/models/x/v1/chat/completions"),
    (f"{URL}/openai/deployments/x/chat/completions", f"{URL}/openai/deployments/x/chat/completions"),
]


@pytest.mark.parametrize(("url", "expected"), CHAT_URLS)
def test_chat_at_an_endpoint_goes_to(url: str, expected: str) -> None:
    call = ChatCompletionArgs(messages=[{"role": "user", "content": "t"}], model="m")
    assert run(targets.endpoint(url).answer(call, context()), [CHAT_REPLY]).asked == [f"POST {expected}"]


ROUTES: list[tuple[Call[Any], list[str]]] = [
    (SummarizationArgs("t"), [""]),
    (TextToVideoArgs("t"), [""]),
    (FeatureExtractionArgs("t"), ["", "/embed", "/v1/embeddings"]),
    (SentenceSimilarityArgs({"source_sentence": "a", "sentences": ["b"]}), ["", "/similarity"]),
    (TextClassificationArgs("t"), ["", "/predict"]),
    (TextGenerationArgs("t"), ["", "/v1/completions", "/v1/chat/completions"]),
    (TextRankingArgs("q", ["a"]), ["/rerank", ""]),
    (CHAT, ["/v1/chat/completions"]),
]


@pytest.mark.parametrize(("call", "routes"), ROUTES, ids=lambda value: getattr(value, "task", None))
def test_an_endpoint_is_asked_on_each_route_that_its_server_may_have(call: Call[Any], routes: list[str]) -> None:
    done = run(targets.endpoint(URL).answer(call, context()), [MISSING])
    assert done.asked == [f"POST {URL}{route}" for route in routes]
    assert isinstance(done.error, ModelNotFoundError)


def test_a_route_that_answered_is_asked_first_the_next_time() -> None:
    target = targets.endpoint(URL)
    around = context()
    call = FeatureExtractionArgs("t")
    assert len(run(target.answer(call, around), [MISSING, as_json([[0.5]])]).asked) == 2
    assert run(target.answer(call, around), [as_json([[0.5]])]).asked == [f"POST {URL}/embed"]


REPLIES: list[tuple[Call[Any], list[Response], Any]] = [
    (FeatureExtractionArgs(["a", "b"]), [MISSING, as_json([[0.5], [1]])], [[0.5], [1]]),
    (
        FeatureExtractionArgs(["a", "b"]),
        [MISSING, MISSING, as_json({"data": [{"index": 1, "embedding": [1]}, {"index": 0, "embedding": [0.5]}]})],
        [[0.5], [1]],
    ),
    (SentenceSimilarityArgs({"source_sentence": "a", "sentences": ["b"]}), [MISSING, as_json([0.25])], [0.25]),
]


@pytest.mark.parametrize(("call", "replies", "output"), REPLIES)
def test_tei_and_openai_answer_the_same_task_in_their_own_shapes(
    call: Call[Any], replies: list[Response], output: Any
) -> None:
    assert run(targets.endpoint(URL).answer(call, context()), replies).output == output


RANKED = [(1, 0.9), (0, 0.1)]
RANKINGS = [
    ("TEI", targets.endpoint(URL), [as_json([{"index": 0, "score": 0.1}, {"index": 1, "score": 0.9}])]),
    (
        "others",
        targets.endpoint(URL),
        [as_json({"results": [{"index": 0, "relevance_score": 0.1}, {"index": 1, "relevance_score": 0.9}]})],
    ),
    ("pairs", targets.endpoint(URL), [MISSING, as_json([{"label": "0", "score": 0.1}, {"label": "0", "score": 0.9}])]),
    ("a list a pair", targets.hub(), [as_json([[{"label": "0", "score": 0.1}], [{"label": "0", "score": 0.9}]])]),
    ("one list", targets.hub(), [as_json([[{"label": "0", "score": 0.1}, {"label": "0", "score": 0.9}]])]),
]


@pytest.mark.parametrize(("name", "target", "replies"), RANKINGS, ids=[name for name, _, _ in RANKINGS])
def test_texts_come_in_the_order_of_their_scores_whatever_served_them(
    name: str, target: Any, replies: list[Response]
) -> None:
    done = run(
        target.answer(TextRankingArgs("q", ["a", "b"], {"return_text": True}, model="org/m"), context()), replies
    )
    assert [(value.index, value.score) for value in done.output] == RANKED
    sent = done.bodies[-1]
    if "query" in sent:
        assert sent == {"return_text": True, "query": "q", "texts": ["a", "b"]}
    else:
        assert sent == {"inputs": [{"text": "q", "text_pair": "a"}, {"text": "q", "text_pair": "b"}]}
        assert [value.text for value in done.output] == ["b", "a"]


@pytest.mark.parametrize("reply", [[{"score": 0.5}], {"error": None}, [[{"score": 1}], [{"score": 1}], []]])
def test_a_ranking_of_another_length_or_shape_is_an_output_error(reply: Any) -> None:
    done = run(targets.hub().answer(TextRankingArgs("q", ["a", "b"], model="org/m"), context()), [as_json(reply)])
    assert isinstance(done.error, InferenceOutputError)


def test_an_endpoint_is_told_its_model_only_where_a_name_is_wanted() -> None:
    assert run(targets.endpoint(URL).answer(CHAT, context()), [CHAT_REPLY]).bodies[0]["model"] == "tgi"
    named = ChatCompletionArgs(messages=CHAT.messages, model="llama")
    assert run(targets.endpoint(URL).answer(named, context()), [CHAT_REPLY]).bodies[0]["model"] == "llama"
    url = ChatCompletionArgs(messages=CHAT.messages, model=URL)
    assert run(targets.endpoint(URL).answer(url, context()), [CHAT_REPLY]).bodies[0]["model"] == "tgi"


# --- text generation streams wherever text can stream ----------------------------------------------------

TGI = b'data:{"token":{"id":1,"text":"b","logprob":-1,"special":false},"generated_text":"b","details":null}\n\n'
COMPLETION = b'data: {"choices":[{"text":"b","finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
CHUNK = b'data: {"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'


@pytest.mark.parametrize(
    ("missing", "stream", "form"), [(0, TGI, ""), (1, COMPLETION, ""), (2, CHUNK, "chat")], ids=["TGI", "text", "chat"]
)
def test_text_streams_natively_by_completions_or_by_chat(missing: int, stream: bytes, form: str) -> None:
    head = Response(200, {"content-type": "text/event-stream"})
    done = run(targets.endpoint(URL).open(TextGenerationStreamArgs("a"), context()), [MISSING] * missing + [head])
    opened, reader = done.value
    assert opened.form == form
    pieces = [*reader.feed(stream), *reader.finish()]
    assert "".join(piece.token.text for piece in pieces) == "b"
    assert pieces[-1].generated_text == "b"
    assert done.bodies[-1]["stream"] is True


# --- OpenAI-compatible servers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base",
    ["http://host:1/v1", "http://host:1/v1/", "http://host:1/v1/chat/completions", "http://host:1/v1/completions"],
)
def test_an_openai_server_is_named_by_any_of_its_urls(base: str) -> None:
    named = ChatCompletionArgs(messages=CHAT.messages, model="m")
    assert run(targets.openai(base).answer(named, context()), [CHAT_REPLY]).asked == [
        "POST http://host:1/v1/chat/completions"
    ]


def test_an_openai_server_is_asked_for_its_first_model_once() -> None:
    around = context()
    target = targets.openai("http://host:1/v1")
    done = run(target.answer(CHAT, around), [MODELS, CHAT_REPLY])
    assert done.asked == ["GET http://host:1/v1/models", "POST http://host:1/v1/chat/completions"]
    assert done.bodies[1]["model"] == "first"
    assert len(run(target.answer(CHAT, around), [CHAT_REPLY]).asked) == 1


SOUND = Binary(b"ID3\x04", "audio/mpeg")
PICTURE = Binary(b"\x89PNG\r\n\x1a\n", "image/png")
OPENAI: list[tuple[Call[Any], Response, str, Any, Any]] = [
    (
        FeatureExtractionArgs(["a"], model="m"),
        as_json({"data": [{"index": 0, "embedding": [0.5]}]}),
        "/embeddings",
        {"input": ["a"], "model": "m"},
        [[0.5]],
    ),
    (
        TextToSpeechArgs("t", {"voice": "v"}, model="m"),
        as_file(SOUND.data, "audio/mpeg"),
        "/audio/speech",
        {"voice": "v", "input": "t", "model": "m"},
        SOUND,
    ),
    (
        TextToImageArgs("t", {"width": 64.0, "height": 32}, model="m"),
        as_json({"data": [{"b64_json": "iVBORw0KGgo="}]}),
        "/images/generations",
        {"prompt": "t", "size": "64x32", "response_format": "b64_json", "model": "m"},
        PICTURE,
    ),
]


@pytest.mark.parametrize(("call", "reply", "route", "body", "output"), OPENAI, ids=[call.task for call, *_ in OPENAI])
def test_an_openai_server_does(call: Call[Any], reply: Response, route: str, body: Any, output: Any) -> None:
    done = run(targets.openai("http://host:1/v1").answer(call, context()), [reply])
    assert done.asked == [f"POST http://host:1/v1{route}"]
    assert done.bodies == [body]
    assert done.output == output


def test_a_recording_is_transcribed_as_a_forms_file() -> None:
    call = AutomaticSpeechRecognitionArgs(SOUND, {"language": "en", "temperature": 0.5}, model="m")
    reply = as_json({"text": "words", "segments": [{"text": "words", "start": 0, "end": 1.5}]})
    done = run(targets.openai("http://host:1/v1").answer(call, context()), [reply])
    assert done.asked == ["POST http://host:1/v1/audio/transcriptions"]
    (request,) = done.requests
    boundary = request.headers["Content-Type"].removeprefix("multipart/form-data; boundary=")
    body = whole_body(request)
    assert request.body_size == len(body)
    assert body.count(boundary.encode()) == 5
    assert body.endswith(f"--{boundary}--\r\n".encode())
    for part in (b'name="language"\r\n\r\nen\r\n', b'name="temperature"\r\n\r\n0.5\r\n', b'name="model"\r\n\r\nm\r\n'):
        assert part in body
    assert b'filename="audio.mp3"\r\nContent-Type: audio/mpeg\r\n\r\nID3\x04\r\n' in body
    assert done.output.text == "words"
    assert done.output.chunks[0].timestamp == [0, 1.5]


@pytest.mark.parametrize("reply", [{}, {"data": 5}, {"data": [{"index": 0}]}, {"data": [5]}, []])
def test_embeddings_of_another_shape_are_an_output_error(reply: Any) -> None:
    call = FeatureExtractionArgs("t", model="m")
    assert isinstance(
        run(targets.openai("http://host:1/v1").answer(call, context()), [as_json(reply)]).error, InferenceOutputError
    )


# --- what a server tells of itself -----------------------------------------------------------------------

LOOKUPS = [
    (targets.endpoint(URL), EndpointInfoArgs(), f"{URL}/info", as_json({"model_id": "m"}), {"model_id": "m"}),
    (targets.openai(f"{URL}/v1"), EndpointInfoArgs(), f"{URL}/info", as_json({"model_id": "m"}), {"model_id": "m"}),
    (targets.endpoint(f"{URL}/?a=1"), HealthCheckArgs(), f"{URL}/health?a=1", Response(200, {}), True),
    (targets.endpoint(URL), HealthCheckArgs(), f"{URL}/health", as_json({"error": "loading"}, 503), False),
    (targets.openai(f"{URL}/v1"), HealthCheckArgs(), f"{URL}/health", Response(200, {}), True),
    (targets.endpoint(URL), ListModelsArgs(), f"{URL}/v1/models", MODELS, ["first", "second"]),
    (targets.openai(f"{URL}/v1"), ListModelsArgs(), f"{URL}/v1/models", MODELS, ["first", "second"]),
]


@pytest.mark.parametrize(("target", "call", "url", "reply", "output"), LOOKUPS)
def test_a_server_tells_of_itself(target: Any, call: Call[Any], url: str, reply: Response, output: Any) -> None:
    done = run(target.answer(call, context()), [reply])
    assert done.asked == [f"GET {url}"]
    assert not done.waits
    assert ([model.id for model in done.output] if isinstance(call, ListModelsArgs) else done.output) == output
    assert done.requests[0].secret_headers == {"Authorization": "Bearer hf_x"}


def test_a_server_without_a_health_route_is_well_if_it_lists_its_models() -> None:
    done = run(targets.openai(f"{URL}/v1").answer(HealthCheckArgs(), context()), [MISSING, MODELS])
    assert done.asked == [f"GET {URL}/health", f"GET {URL}/v1/models"]
    assert done.output is True


def test_a_server_that_does_not_answer_is_not_just_unwell() -> None:
    gone = BackendUnreachableError("refused", before_sending=True)
    done = run(targets.endpoint(URL).answer(HealthCheckArgs(), context()), [gone])
    assert done.error is gone
    assert not done.waits


def test_a_lookup_that_a_target_has_not_is_refused() -> None:
    done = run(targets.hub().answer(HealthCheckArgs(), context()), [MODELS])
    assert isinstance(done.error, UnsupportedTaskError)
    assert not done.requests


def test_a_target_says_what_it_serves() -> None:
    assert targets.endpoint(URL).serves("health-check")
    assert targets.endpoint(URL).serves("text-ranking")
    assert not targets.hub().serves("health-check")
    assert targets.hub().serves("list-providers")
    assert targets.provider("auto").serves("text-to-video")
    assert not targets.provider("groq").serves("text-to-video")


# --- errors name who answered ----------------------------------------------------------------------------


def test_an_error_names_the_provider_and_says_what_it_said() -> None:
    mapping = as_json({"inferenceProviderMapping": [{"provider": "groq", "providerId": "p", "task": "conversational"}]})
    loading = as_json({"error": {"message": "capacity", "code": "busy"}}, 503)
    call = ChatCompletionArgs(messages=CHAT.messages, model="org/m")
    done = run(targets.provider("groq").answer(call, context(retry_on_error=False)), [mapping, loading])
    assert isinstance(done.error, ModelLoadingError)
    assert done.error.provider == "groq"
    assert str(done.error).startswith("groq at router.huggingface.co answered 503: capacity")
    assert "hf_x" not in json.dumps(done.error.request)
