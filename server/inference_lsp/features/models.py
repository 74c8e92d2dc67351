"""`inference.models`: which models the target serves for a task; and the question for another where one is gone.

Knows the command and the message. Knows no target by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lsprotocol import types as t

import hf_inference
from hf_inference import InferenceError
from inference_lsp import problems
from inference_lsp.lsp import InvalidParams, LanguageServer, RequestFailed
from inference_lsp.model_lists import list_models
from inference_lsp.protocol import MODELS
from inference_lsp.results import Run
from inference_lsp.session import Session

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


async def choose_model(server: LanguageServer, session: Session, run: Run) -> bool:
    """Let the person choose another model for the task that failed; whether they did."""
    task, backend = run.failed_task, run.backend
    gone = backend.model(task) or hf_inference.targets.default_models().get(task, "")
    settings = run.snapshot.settings
    try:
        served = [model for model in await list_models(session.backends, settings, task) if model != gone]
    except InferenceError as error:
        raise RequestFailed(f"There is no list of models to choose from. {problems.sentence(error)}") from None
    if not served:
        raise RequestFailed(f"{backend.label} lists no other model for {task}. Name one in inference.models.")
    params = t.ShowMessageRequestParams(
        t.MessageType.Info,
        f"Which model shall answer {task} for now? To keep one, name it in inference.models.",
        [t.MessageActionItem(model) for model in served[:OFFERED]],
    )
    chosen = await server.window_show_message_request_async(params)
    if chosen is None or chosen.title not in served:
        return False
    session.backends.substitute(backend.label, task, chosen.title)
    return True
