"""Streams as real servers send them: Text Generation Inference tokens, OpenAI completion and chat chunks.

Knows the shapes of events and cuts a text into word-like tokens. Knows no HTTP: a `Sse` reply puts them on
the wire."""

from __future__ import annotations

import re
from typing import Any, Literal
from zlib import crc32

MODEL = "fake/model"


def tgi_events(
    text: str,
    *,
    details: bool = False,
    finish_reason: Literal["length", "eos_token", "stop_sequence"] = "length",
) -> list[dict[str, Any]]:
    """One event a token; the last has the whole text and, if asked, the details.

    `eos_token` adds a special token. Source: the `StreamResponse` schema of text-generation-inference."""
    tokens = [_tgi_token(piece) for piece in pieces(text)]
    if finish_reason == "eos_token" or not tokens:
        tokens.append({"id": 2, "text": "</s>", "logprob": -0.5, "special": True})
    events: list[dict[str, Any]] = [
        {"index": index, "token": token, "generated_text": None, "details": None}
        for index, token in enumerate(tokens, start=1)
    ]
    events[-1]["generated_text"] = text
    if details:
        events[-1]["details"] = {
            "finish_reason": finish_reason,
            "generated_tokens": len(tokens),
            "seed": None,
            "input_length": 1,
        }
    return events


def chat_events(
    text: str, *, model: str = MODEL, finish_reason: str = "stop", usage: bool = False
) -> list[dict[str, Any] | str]:
    """Chat chunks: the role first, then the text, then the finish reason, then usage if asked, `[DONE]`."""
    deltas: list[tuple[dict[str, str], str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": piece}, None) for piece in pieces(text)]
    deltas.append(({}, finish_reason))
    choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason} for delta, reason in deltas]
    return _openai("chat.completion.chunk", model, choices, len(deltas) - 2 if usage else None)


def completion_events(
    text: str, *, model: str = MODEL, finish_reason: str = "stop", usage: bool = False
) -> list[dict[str, Any] | str]:
    """Completion chunks: the text, the finish reason in the last, then usage if asked, then `[DONE]`."""
    texts = pieces(text) or [""]
    last = len(texts) - 1
    choices = [
        {"index": 0, "text": piece, "logprobs": None, "finish_reason": finish_reason if at == last else None}
        for at, piece in enumerate(texts)
    ]
    return _openai("text_completion", model, choices, len(texts) if usage else None)


def pieces(text: str) -> list[str]:
    """The text cut as a tokenizer might: each word with the space before it. Joined, they are the text."""
    return re.findall(r"\s?\w+|\s?[^\w\s]|\s", text)


def _tgi_token(text: str) -> dict[str, Any]:
    number = crc32(text.encode())
    return {"id": number % 50_000, "text": text, "logprob": -(number % 97) / 16, "special": False}


def _openai(
    kind: str, model: str, choices: list[dict[str, Any]], completion_tokens: int | None
) -> list[dict[str, Any] | str]:
    frame = {"id": "fake-1", "object": kind, "created": 1_700_000_000, "model": model}
    events: list[dict[str, Any] | str] = [{**frame, "choices": [choice]} for choice in choices]
    if completion_tokens is not None:
        usage = {"prompt_tokens": 7, "completion_tokens": completion_tokens}
        events.append({**frame, "choices": [], "usage": {**usage, "total_tokens": 7 + completion_tokens}})
    return [*events, "[DONE]"]
