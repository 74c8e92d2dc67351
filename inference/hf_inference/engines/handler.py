"""An engine behind HTTP's words: the routes of the Hub and of TGI, as a function from a request to a reply.

Knows paths, statuses, JSON and event streams. Knows no socket: `transport.py` plugs it into httpx, a server can put it
on a port.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from hf_inference.engines.engine import Engine, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReply:
    """A reply: `body` is whole, or an iterator of chunks where it streams (close it to stop the work)."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterator[bytes]


def handle(engine: Engine, method: str, path: str, body: bytes) -> EngineReply:
    """The engine's reply to one request. Blocking; every failure of the request or the engine is a reply."""
    try:
        if method == "GET":
            return _describe(engine, path)
        task, model = _route(engine, unquote(path))
        call = _parse(body)
        parameters = call.get("parameters") or {}
        if not isinstance(parameters, dict):
            raise Refusal("`parameters` must be an object", status=400, error_type="validation")
        if task == "text-generation":
            return _generate(engine, call, parameters, model)
        answer = engine.run(task, call.get("inputs"), parameters, model)
        headers = {
            **_headers(engine, answer.method),
            **({"x-note": _ascii(answer.note)} if answer.note else {}),
        }
        return EngineReply(headers=headers, body=json.dumps(answer.value).encode())
    except Refusal as refusal:
        return _refused(engine, refusal)


def _route(engine: Engine, path: str) -> tuple[str, str | None]:
    """(task, model) of `/pipeline/{task}`, `/models/{model}[/pipeline/{task}]`, `/{task}`, and TGI's routes."""
    models = engine.models()
    if path in ("/", "/generate", "/generate_stream"):
        return "text-generation", None
    if path.startswith("/models/"):
        model, _, task = path.removeprefix("/models/").partition("/pipeline/")
        if model not in models:
            raise Refusal(
                f"The {engine.name} engine has no model {model!r}; it has {', '.join(models)}",
                status=404,
                error_type="model_not_found",
            )
        return task or models[model], model
    return path.removeprefix("/pipeline/").strip("/"), None


def _parse(body: bytes) -> Mapping[str, Any]:
    try:
        call = json.loads(body)
    except ValueError as error:
        raise Refusal(f"The request's body is not JSON: {error}", status=400, error_type="validation") from None
    if not isinstance(call, dict):
        raise Refusal("The request's body must be an object with `inputs`", status=400, error_type="validation")
    return call


def _generate(engine: Engine, call: Mapping[str, Any], parameters: Mapping[str, Any], model: str | None) -> EngineReply:
    prompt = call.get("inputs")
    if not isinstance(prompt, str):
        raise Refusal("`inputs` must be the prompt, a string", status=400, error_type="validation")
    tokens = iter(engine.generate(prompt, parameters, model))
    first = next(tokens, None)  # a refusal comes now, while the status can still say it
    headers = _headers(engine, f"{engine.name}/text-generation" if model is None else model)
    if call.get("stream"):
        return EngineReply(headers={**headers, "content-type": "text/event-stream"}, body=_events(first, tokens))
    if first is None:
        raise Refusal("The engine gave no token", status=422, error_type="incomplete_generation")
    *_, last = first, *tokens
    value = {"generated_text": last["generated_text"], "details": last["details"]}
    return EngineReply(headers=headers, body=json.dumps([value]).encode())


def _events(first: Mapping[str, Any] | None, rest: Iterator[Mapping[str, Any]]) -> Iterator[bytes]:
    if first is not None:
        yield _event(first)
    for token in rest:
        yield _event(token)


def _event(token: Mapping[str, Any]) -> bytes:
    return b"data:" + json.dumps(token).encode() + b"\n\n"


def _describe(engine: Engine, path: str) -> EngineReply:
    if path == "/health":
        return EngineReply(headers=_headers(engine, ""), body=b"")
    if path == "/info":
        info = {"model_id": engine.name, "models": dict(engine.models()), "version": engine.name}
        return EngineReply(headers=_headers(engine, ""), body=json.dumps(info).encode())
    raise Refusal(f"There is nothing at GET {path}: /info and /health are", status=404, error_type="not_found")


def _refused(engine: Engine, refusal: Refusal) -> EngineReply:
    body = json.dumps({"error": refusal.error, "error_type": refusal.error_type}).encode()
    return EngineReply(status=refusal.status, headers=_headers(engine, ""), body=body)


def _headers(engine: Engine, method: str) -> dict[str, str]:
    named = {"x-method": method} if method else {}
    return {"content-type": "application/json", "x-engine": engine.name, **named}


def _ascii(text: str) -> str:
    """A header can carry no more than ASCII: what is not is percent-encoded, for `urllib.parse.unquote`."""
    return quote(text, safe=" !#$&'()*+,/:;=?@[]-._~\"<>^`{|}")
