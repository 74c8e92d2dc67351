"""An engine behind OpenAI's words: `/v1/completions`, `/v1/models`, and a plain refusal where they would chat.

Knows OpenAI's JSON, chunks and errors (https://platform.openai.com/docs/api-reference/completions). Knows no socket.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hf_inference.engines.engine import Engine, Refusal
from hf_inference.engines.reply import (
    EngineReply,
    Items,
    close,
    event,
    invalid,
    json_reply,
    last_of,
    read_object,
    started,
    stream_reply,
)


def handle(
    engine: Engine, method: str, path: str, body: bytes, model: str | None, abandoned: Callable[[], bool]
) -> EngineReply:
    """The reply to a request below `/v1/`. `model` is the one that the path names, before the body's own."""
    try:
        match ("GET" if method == "HEAD" else method), path.rstrip("/"):
            case "GET", "/v1/models":
                return json_reply(engine, _models(engine))
            case "POST", "/v1/completions":
                return _complete(engine, read_object(body), model, abandoned)
            case "POST", "/v1/chat/completions":
                call = read_object(body)
                answer = engine.run("chat-completion", call.get("messages"), call, model)
                return json_reply(engine, answer.value, method=answer.method, note=answer.note)
            case _, "/v1/models" | "/v1/completions" | "/v1/chat/completions":
                raise Refusal(f"{method} is not answered at {path}", status=405, error_type="not_allowed")
            case _:
                raise Refusal(f"There is nothing at {method} {path}", status=404, error_type="not_found")
    except Refusal as refusal:
        return json_reply(engine, _error(refusal), status=refusal.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Completion:
    """What stays the same in every chunk of one completion."""

    id: str
    created: int
    model: str

    def chunk(self, text: str, finish_reason: str | None, usage: Mapping[str, int] | None = None) -> dict[str, Any]:
        choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": finish_reason}
        return {**self._head(), "choices": [choice], **({"usage": usage} if usage else {})}

    def usage(self, usage: Mapping[str, int]) -> dict[str, Any]:
        return {**self._head(), "choices": [], "usage": usage}

    def _head(self) -> dict[str, Any]:
        return {"id": self.id, "object": "text_completion", "created": self.created, "model": self.model}


def _complete(engine: Engine, call: Mapping[str, Any], model: str | None, abandoned: Callable[[], bool]) -> EngineReply:
    prompt = _prompt(call)
    model = model or _model(engine, call.get("model"))
    first, rest = started(iter(engine.generate(prompt, _parameters(call), model)))
    completion = _Completion(id=f"cmpl-{uuid.uuid4().hex}", created=int(time.time()), model=model)
    echo = prompt if call.get("echo") else ""
    if call.get("stream"):
        options = call.get("stream_options")
        with_usage = isinstance(options, dict) and bool(options.get("include_usage"))
        return stream_reply(engine, _chunks(completion, echo, first, rest, with_usage=with_usage), method=model)
    last = last_of(first, rest, abandoned)
    text = echo + last["generated_text"]
    return json_reply(engine, completion.chunk(text, _finish_reason(last), _usage(last)), method=model)


def _chunks(
    completion: _Completion, echo: str, first: Mapping[str, Any], rest: Items, *, with_usage: bool
) -> Iterator[bytes]:
    try:
        if echo:
            yield event(completion.chunk(echo, None))
        last = first
        yield event(_token(completion, first))
        for last in rest:
            yield event(_token(completion, last))
        if with_usage:
            yield event(completion.usage(_usage(last)))
        yield b"data: [DONE]\n\n"
    finally:
        close(rest)


def _token(completion: _Completion, item: Mapping[str, Any]) -> dict[str, Any]:
    token = item["token"]
    text = "" if token["special"] else token["text"]
    return completion.chunk(text, None if item["details"] is None else _finish_reason(item))


def _prompt(call: Mapping[str, Any]) -> str:
    prompt = call.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str):
        raise invalid("`prompt` must be one text")
    for name, only in _ONLY.items():
        if call.get(name) not in (None, *only):
            raise invalid(f"`{name}` can only be {only[0]!r} here, not {call[name]!r}")
    return prompt


def _parameters(call: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAI's words in TGI's; what is neither's goes through, for the engine's own parameters."""
    return {_RENAMED.get(name, name): value for name, value in call.items() if name not in _NO_PARAMETER}


def _model(engine: Engine, named: Any) -> str:
    """The model a body names. Clients that were told of a URL alone name that, or a placeholder."""
    models = [model for model, task in engine.models().items() if task == "text-generation"]
    if named is not None and not isinstance(named, str):
        raise invalid("`model` must be a text")
    if not models:
        raise Refusal(f"The {engine.name} engine generates no text")
    if not named or named in PLACEHOLDERS or "://" in named:
        return models[0]
    if named not in models:
        raise Refusal(
            f"The model {named!r} does not exist here; there is {', '.join(models)}",
            status=404,
            error_type="model_not_found",
        )
    return named


def _models(engine: Engine) -> dict[str, Any]:
    listed = [
        {"id": model, "object": "model", "created": 0, "owned_by": engine.name}
        for model, task in engine.models().items()
        if task in ("text-generation", "chat-completion")
    ]
    return {"object": "list", "data": listed}


def _usage(last: Mapping[str, Any]) -> dict[str, int]:
    """Tokens written, and those read where the engine counts them."""
    details = last["details"]
    read, written = int(details.get("input_length") or 0), int(details["generated_tokens"])
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _finish_reason(last: Mapping[str, Any]) -> str:
    return "length" if last["details"]["finish_reason"] == "length" else "stop"


def _error(refusal: Refusal) -> dict[str, Any]:
    kind = "invalid_request_error" if refusal.status < 500 else refusal.error_type
    return {"error": {"message": refusal.error, "type": kind, "param": None, "code": refusal.error_type}}


PLACEHOLDERS = frozenset({"tgi", "dummy", "default"})
"""Names that clients send where one server has one model."""

_RENAMED = {"max_tokens": "max_new_tokens"}

_NO_PARAMETER = frozenset({"model", "prompt", "stream", "stream_options", "echo", "user", "n", "best_of", "logprobs"})

_ONLY: Mapping[str, tuple[Any, ...]] = {"n": (1,), "best_of": (1,), "logprobs": (0, False)}
"""Parameters of OpenAI's that only make sense here with the value they have when left out."""
