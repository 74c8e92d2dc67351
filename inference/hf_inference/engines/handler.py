"""An engine behind HTTP's words: the routes of the Hub and of TGI, as a function from a request to a reply.

Knows paths and the Hub's and TGI's JSON. Knows no socket: `transport.py` plugs it into httpx, `asgi.py` into a server.
OpenAI's routes are in `completions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args
from urllib.parse import unquote

from hf_inference.engines import completions
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
from hf_inference.tasks.inference_task import InferenceTask

__all__ = ["EngineReply", "handle"]


def handle(
    engine: Engine, method: str, path: str, body: bytes, abandoned: Callable[[], bool] = lambda: False
) -> EngineReply:
    """The engine's reply to one request. Blocking; every failure of the request or the engine is a reply, in the
    shape of the dialect that was spoken.

    `abandoned` is asked between tokens: once it says true, `reply.Abandoned` is raised.
    """
    path = unquote(path).removeprefix(ROUTER_PREFIX)
    try:
        model, rest = _model_in(engine, path)
        if rest.startswith("/v1/"):
            return completions.handle(engine, method, rest, body, model, abandoned)
        if method in ("GET", "HEAD"):
            return _describe(engine, path)
        if method != "POST":
            error = {"error": f"{method} is not answered here; POST and GET are", "error_type": "not_allowed"}
            return json_reply(engine, error, status=405, allow="GET, HEAD, POST")
        task = _task(engine, model, rest)
        if task not in engine.models().values():
            engine.run(task, None, {}, model)  # its refusal, before the body is read: that may be a picture
        return _answer(engine, task, model, rest, read_object(body), abandoned)
    except Refusal as refusal:
        return json_reply(engine, {"error": refusal.error, "error_type": refusal.error_type}, status=refusal.status)


def _answer(
    engine: Engine,
    task: str,
    model: str | None,
    route: str,
    call: Mapping[str, Any],
    abandoned: Callable[[], bool],
) -> EngineReply:
    parameters = call.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise invalid("`parameters` must be an object")
    if task == "text-generation":
        return _generate(engine, call, parameters, model, route, abandoned)
    answer = engine.run(task, call.get("inputs"), parameters, model)
    return json_reply(engine, answer.value, method=answer.method, note=answer.note)


def _model_in(engine: Engine, path: str) -> tuple[str | None, str]:
    """The model that a path names and the route below it: `/models/{model}[…]`, `/pipeline/{task}/{model}`."""
    models = engine.models()
    if path.startswith("/models/"):
        named = path.removeprefix("/models/")
        model = next((model for model in models if named == model or named.startswith(model + "/")), None)
        if model is None:
            raise Refusal(
                f"The {engine.name} engine has no model {named!r}; it has {', '.join(models)}",
                status=404,
                error_type="model_not_found",
            )
        return model, named.removeprefix(model)
    pipeline, _, model = path.removeprefix("/pipeline/").partition("/")
    if path.startswith("/pipeline/") and model:
        return model, f"/pipeline/{pipeline}"
    return None, path


def _task(engine: Engine, model: str | None, route: str) -> str:
    """The task of a route: the pipeline it names, else the model's own, else TGI's."""
    route = route.rstrip("/")
    if model is not None and not route:
        return engine.models()[model]
    if route in GENERATING:
        return "text-generation"
    task = route.removeprefix("/pipeline").removeprefix("/")
    if task in get_args(InferenceTask) or task in engine.models().values():
        return task
    raise Refusal(
        f"There is nothing at POST {route}: a task is at /pipeline/TASK or /models/MODEL",
        status=404,
        error_type="not_found",
    )


def _generate(
    engine: Engine,
    call: Mapping[str, Any],
    parameters: Mapping[str, Any],
    model: str | None,
    route: str,
    abandoned: Callable[[], bool],
) -> EngineReply:
    prompt = call.get("inputs")
    if not isinstance(prompt, str):
        raise invalid("`inputs` must be the prompt, a string")
    first, rest = started(iter(engine.generate(prompt, parameters, model)))
    method = model or f"{engine.name}/text-generation"
    if route == "/generate_stream" or (call.get("stream") and route != "/generate"):
        return stream_reply(engine, _events(first, rest), method=method)
    last = last_of(first, rest, abandoned)
    value = {"generated_text": last["generated_text"], "details": last["details"]}
    return json_reply(engine, value if route == "/generate" else [value], method=method)


def _events(first: Mapping[str, Any], rest: Items) -> Iterator[bytes]:
    try:
        yield event(first)
        for token in rest:
            yield event(token)
    finally:
        close(rest)


def _describe(engine: Engine, path: str) -> EngineReply:
    match path.rstrip("/"):
        case "/health":
            return json_reply(engine, {"status": "ok"})
        case "" | "/info":
            return json_reply(
                engine,
                {
                    "model_id": engine.name,
                    "models": dict(engine.models()),
                    "capabilities": dict(engine.capabilities()),
                    "version": engine.name,
                },
            )
        case _:
            raise Refusal(
                f"There is nothing at GET {path}: /info, /health and /v1/models are", status=404, error_type="not_found"
            )


ROUTER_PREFIX = "/hf-inference"
"""What the Hub's router has before the same routes."""

GENERATING = frozenset({"", "/generate", "/generate_stream"})
"""TGI's routes of text generation."""
