"""The Hub's own form: a task's arguments as they are, posted to a model's URL.

Knows the body, the option headers and TGI's events, shared by the router, the old host, endpoints and the embedded
engine. Knows no host.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from hf_inference.core.call import Call, StreamCall
from hf_inference.core.errors import UnsupportedTaskError
from hf_inference.core.events import EventDecoder
from hf_inference.core.flow import Context
from hf_inference.providers.base import Form, routed, task_path
from hf_inference.tasks.custom import CUSTOM, AnyEvents
from hf_inference.tasks.nlp.text_generation_stream import TokenEvents

T = TypeVar("T")

PIPELINE_TASKS = (
    CUSTOM,
    "audio-classification",
    "audio-to-audio",
    "automatic-speech-recognition",
    "conversational",
    "document-question-answering",
    "feature-extraction",
    "fill-mask",
    "image-classification",
    "image-segmentation",
    "image-to-image",
    "image-to-text",
    "object-detection",
    "question-answering",
    "sentence-similarity",
    "summarization",
    "table-question-answering",
    "tabular-classification",
    "tabular-regression",
    "text-classification",
    "text-generation",
    "text-to-image",
    "text-to-speech",
    "token-classification",
    "translation",
    "visual-question-answering",
    "zero-shot-classification",
    "zero-shot-image-classification",
)
"""The Hub tasks this form carries."""


class PipelineForm(Form):
    """`POST {base}` with the call's arguments as JSON; the options travel as headers. A binary input that nothing
    accompanies is the whole body, else it is base64 under `inputs`."""

    def path(self, task: str, model: str) -> str:
        return ""

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        payload = call.payload()
        if call.binary not in payload:  # none, or inside `inputs`
            return payload
        content = payload.pop(call.binary)
        return {"inputs": content, **payload} if payload else content

    def headers(self, call: Call[Any], context: Context) -> Mapping[str, str]:
        options = context.options
        said = {
            "X-Wait-For-Model": "true" if options.wait_for_model else None,
            "X-Use-Cache": "false" if options.use_cache is False else None,
            "X-Load-Model": "0" if options.dont_load_model else None,
        }
        return {name: value for name, value in said.items() if value is not None}

    def events(self, call: StreamCall[T]) -> EventDecoder[T]:
        if call.task == CUSTOM:
            return cast(EventDecoder[T], AnyEvents())
        if call.task != "text-generation":
            raise UnsupportedTaskError(f"{call.task} does not stream here")
        return cast(EventDecoder[T], TokenEvents())


class RoutedCustomForm(PipelineForm):
    """A custom call on a model's route, below which the pipeline may be named."""

    def __init__(self, route: str) -> None:
        self._route = route

    def path(self, task: str, model: str) -> str:
        pipeline = f"/pipeline/{task_path(task)}" if task else ""
        return routed(self._route, model) + pipeline


class RoutedPipelineForm(PipelineForm):
    """The same body on a route of its own, which may name the model: `/models/{model}`."""

    def __init__(self, route: str) -> None:
        self._route = route

    def path(self, task: str, model: str) -> str:
        return routed(self._route, model)
