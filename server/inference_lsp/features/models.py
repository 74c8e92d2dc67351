"""Which models the target serves for a task, and the question for one: `inference.models`, `inference.selectModel`.

Knows the commands and the messages. Knows no target by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lsprotocol import types as t

import hf_inference
from hf_inference import InferenceError
from inference_lsp import problems
from inference_lsp.backend import Backend
from inference_lsp.features.questions import ask_person
from inference_lsp.lsp import InvalidParams, LanguageServer, RequestFailed
from inference_lsp.model_lists import list_models
from inference_lsp.protocol import MODELS, SELECT_MODEL
from inference_lsp.session import Session
from inference_lsp.settings import Settings

OFFERED = 6
"""Models a message has buttons for."""


def register(server: LanguageServer, session: Session) -> None:
    @server.command(MODELS)
    async def models(*arguments: Any) -> Sequence[str]:
        await session.ready()
        asked = arguments[0] if arguments else None
        task = asked.get("task") if isinstance(asked, Mapping) else None
        if not isinstance(task, str) or not task:
            raise InvalidParams(f"{MODELS} takes one object with task, such as summarization")
        try:
            return await list_models(session.backends, session.settings, task)
        except InferenceError as error:
            raise RequestFailed(problems.sentence(error)) from None

    @server.command(SELECT_MODEL)
    async def select_model(*arguments: Any) -> None:
        await session.ready()
        asked = arguments[0] if arguments else None
        task = asked.get("task") if isinstance(asked, Mapping) else asked
        if task is not None and not isinstance(task, str):
            raise InvalidParams(f"{SELECT_MODEL} takes a task such as summarization, or nothing")
        if session.backend().is_embedded:
            raise RequestFailed(
                "The embedded engine has no models to choose from. Choose another target in inference.target."
            )
        session.jobs.background(_select(server, session, task or ""))  # people take longer than a command may


async def _select(server: LanguageServer, session: Session, task: str) -> None:
    """Ask for the task if none is given, then for its model, and say how to keep the choice."""
    backend = session.backend()
    if not task:
        tasks = [each for each in _TASKS if backend.serves(each)]
        task = await ask_person(server, t.MessageType.Info, "Of which task do you want to choose the model?", *tasks)
    try:
        if not task or not (model := await choose_model(server, session, task, backend, session.settings)):
            return
        kept = json.dumps({task: model})
        message = f"{model} answers {task} until the settings change. To keep it, set inference.models to {kept}."
        server.window_show_message(t.ShowMessageParams(t.MessageType.Info, message))
    except RequestFailed as error:
        server.window_show_message(t.ShowMessageParams(t.MessageType.Warning, error.message))


async def choose_model(
    server: LanguageServer, session: Session, task: str, backend: Backend, settings: Settings
) -> str:
    """Let the person choose another model for a task; the model, "" if they did not."""
    current = backend.model(task) or hf_inference.targets.default_models().get(task, "")
    try:
        served = [model for model in await list_models(session.backends, settings, task) if model != current]
    except InferenceError as error:
        raise RequestFailed(f"There is no list of models to choose from. {problems.sentence(error)}") from None
    if not served:
        raise RequestFailed(f"{backend.label} lists no other model for {task}. Name one in inference.models.")
    question = f"Which model shall answer {task} for now? To keep one, name it in inference.models."
    chosen = await ask_person(server, t.MessageType.Info, question, *served[:OFFERED])
    if chosen:
        session.backends.substitute(backend.label, task, chosen)
    return chosen


_TASKS = ("text-generation", "summarization", "translation", "text-classification", "token-classification")
