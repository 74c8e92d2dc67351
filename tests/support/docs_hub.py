"""What the far side answers to the examples of the documentation: small, true to each host's shape.

Knows the hosts, paths and words that the examples use. Knows no example: one that asks for something else gets 404."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from support.fake_hub import Bytes, Exchange, Json, Reply, Sse, chat_events, tgi_events

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
FLAC = b"fLaC" + bytes(16)
STORY = " a time there was a tower."


def answer(exchange: Exchange) -> Reply:
    """The reply to one request, by host and path."""
    host, path = exchange.headers["host"], exchange.path
    if path.endswith("/chat/completions"):
        return _chat(exchange.json())
    if host == "huggingface.co" and path.startswith("/api/models/"):
        model = path.removeprefix("/api/models/")
        entry = {"provider": "together", "providerId": model, "status": "live", "task": "text-to-image"}
        return Json({"inferenceProviderMapping": [entry]})
    if path.endswith("/images/generations"):
        return Json({"data": [{"b64_json": "iVBORw0KGgo="}]})
    if host.startswith(("127.0.0.1", "my-model.")) and path == "/":
        call = exchange.json()
        if call["inputs"] == "Never ending":
            return Sse([*tgi_events("on and on")[:2]], "stall")
        return Sse(tgi_events(STORY)) if call.get("stream") else Json([{"generated_text": STORY.strip()}])
    model = path.partition("/models/")[2]
    if model in MODELS:
        return Json(MODELS[model])
    if model == "hexgrad/Kokoro-82M":
        return Bytes(FLAC, "audio/flac")
    return Json({"error": "no such model"}, 404)


def _chat(call: Mapping[str, Any]) -> Reply:
    said = call["messages"][-1]["content"]
    text = {"Say hello.": "Hello there!", "Once upon": STORY, "Where is the tower?": json.dumps({"city": "Paris"})}
    if call.get("tools"):
        function = {"name": "weather", "arguments": '{"city": "Paris"}'}
        delta = {"role": "assistant", "tool_calls": [{"index": 0, "id": "1", "type": "function", "function": function}]}
        choice = {"index": 0, "delta": delta, "finish_reason": "tool_calls"}
        return Sse([{"id": "1", "object": "chat.completion.chunk", "choices": [choice]}, "[DONE]"])
    if said not in text:
        return Json({"error": {"message": f"nothing to say to {said!r}"}}, 400)
    if call.get("stream"):
        return Sse(chat_events(text[said]))
    message = {"role": "assistant", "content": text[said]}
    return Json({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


_CAT = [{"label": "cat", "score": 0.9}, {"label": "dog", "score": 0.1}]

MODELS: Mapping[str, Any] = {
    # the defaults of the tasks, and what the examples name
    "facebook/bart-large-cnn": [{"summary_text": "The tower is 324 metres tall."}],
    "Helsinki-NLP/opus-mt-en-es": [{"translation_text": "Buenos días"}],
    "distilbert/distilbert-base-uncased-finetuned-sst-2-english": [[{"label": "POSITIVE", "score": 0.99}]],
    "bert-base-uncased": [{"score": 0.5, "sequence": "the tower is tall.", "token": 3578, "token_str": "tower"}],
    "google/vit-base-patch16-224": _CAT,
    "openai/whisper-large-v3": {"text": "Good morning."},
    "deepset/roberta-base-squad2": {"answer": "Paris", "score": 0.9, "start": 3, "end": 8},
}
