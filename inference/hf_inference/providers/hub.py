"""The Hugging Face router: the hosted service as it is today.

Knows its routes, its billing header, and which of its models answers a task when none is named. Text generation goes
to a chat model, the only kind the router serves to everyone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hf_inference.core.call import Call
from hf_inference.core.flow import Context, Flow
from hf_inference.core.wire import Request
from hf_inference.providers.base import Form, Target, model_path
from hf_inference.providers.chat import text_forms
from hf_inference.providers.pipeline import PIPELINE_TASKS, PipelineForm


class RoutedPipelineForm(PipelineForm):
    """A model of the hf-inference provider behind the router."""

    def path(self, task: str, model: str) -> str:
        return f"/hf-inference/models/{model_path(model)}"


@dataclass(frozen=True)
class HubTarget(Target):
    """`https://router.huggingface.co`, or a stand-in of the same shape."""

    name: ClassVar[str] = "Hugging Face"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        **dict.fromkeys(PIPELINE_TASKS, (RoutedPipelineForm(),)),
        **text_forms("/v1"),
    }

    def model(self, call: Call[Any], context: Context) -> Flow[str]:
        if not call.model and call.task in DEFAULT_MODELS:
            return DEFAULT_MODELS[call.task]
        return (yield from super().model(call, context))

    def request(self, form: Form, call: Call[Any], model: str, context: Context) -> Request:
        request = super().request(form, call, model, context)
        if context.options.bill_to is None:
            return request
        return Request(
            method=request.method,
            url=request.url,
            headers={**request.headers, "X-HF-Bill-To": context.options.bill_to},
            secret_headers=request.secret_headers,
            body=request.body,
        )


DEFAULT_MODELS: Mapping[str, str] = {
    # what the hosted service's documentation listed as served, 2026-08
    "summarization": "facebook/bart-large-cnn",
    "text-classification": "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
    "chat-completion": "openai/gpt-oss-20b",
    "text-generation": "openai/gpt-oss-20b",
    "token-classification": "dslim/bert-base-NER",
    "translation": "google-t5/t5-small",
}
