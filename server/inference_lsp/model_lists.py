"""Which models can answer a task with the chosen target: asked of the Hub, the router, the server or the engine.

Knows whom to ask for each target. Knows no editor and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from hf_inference import EndpointInfoArgs, InferenceError, ListModelsArgs
from inference_lsp.backend import Backend
from inference_lsp.backends import Backends
from inference_lsp.probing import PROBING, read_info
from inference_lsp.settings import Settings

MOST = 50
"""Models asked for where there are thousands."""


async def list_models(backends: Backends, settings: Settings, task: str) -> Sequence[str]:
    """Model ids, the best known first; empty if the target has no list. Raises `hf_inference.InferenceError`."""
    name = backends.chosen(settings)
    if name == "hub":
        hub = backends.named("hub", settings)
        if task in ("text-generation", "chat-completion"):  # the router's own list is of models that chat
            return await _ids(hub, ListModelsArgs(options=PROBING))
        return await _ids(hub, _on_the_hub("hf-inference", task))
    if name == "provider":
        provider = "all" if settings.provider == "auto" else settings.provider
        return await _ids(backends.named("hub", settings), _on_the_hub(provider, task))
    backend = backends.named(name, settings)
    engine = backend.client.target.engine
    if engine is not None:
        return [model for model, answers in engine.models().items() if answers == task]
    if backend.known.denies(task):
        return []
    return await _served(backend)


async def _served(backend: Backend) -> Sequence[str]:
    """What a server lists, else the one model it names."""
    try:
        return await _ids(backend, ListModelsArgs(options=PROBING))
    except InferenceError:
        if not backend.client.target.serves("endpoint-info"):
            raise
    info = await backend.client.answer(EndpointInfoArgs(options=PROBING))
    return list(read_info(info.output).models)


async def _ids(backend: Backend, call: ListModelsArgs) -> Sequence[str]:
    return [model.id for model in (await backend.client.answer(call)).output]


def _on_the_hub(provider: str, task: str) -> ListModelsArgs:
    tag = {"chat-completion": "text-generation"}.get(task, task)
    return ListModelsArgs(provider=provider, pipeline_tag=tag, limit=MOST, options=PROBING)
