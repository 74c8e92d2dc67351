"""The Hugging Face router: the hosted service as it is today.

Knows its routes, its billing header, and which of its models answers a task when none is named. Chat and text
generation go to the router's own `/v1`, every other task to the hf-inference provider, or to the one a model's suffix
names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from hf_inference.core.call import Call, StreamCall
from hf_inference.core.errors import InputError
from hf_inference.core.events import EventReader
from hf_inference.core.flow import Answer, Context, Flow, Opened
from hf_inference.core.wire import Request, Response
from hf_inference.providers.addresses import HUB_URL, ROUTER_URL
from hf_inference.providers.auto import check_routable, chosen, split_suffix
from hf_inference.providers.base import Form, task_of
from hf_inference.providers.chat import text_forms
from hf_inference.providers.lookups import LookupTarget
from hf_inference.providers.mapping import is_hub_token, providers_of
from hf_inference.providers.partner import billed
from hf_inference.providers.pipeline import PIPELINE_TASKS, RoutedCustomForm, RoutedPipelineForm
from hf_inference.providers.ranking import PairScoresForm
from hf_inference.tasks.custom import CUSTOM

T = TypeVar("T")


def pipeline_forms(prefix: str) -> dict[str, tuple[Form, ...]]:
    """The routes of hf-inference below a prefix."""
    plain = f"{prefix}/models/{{model}}"
    ambiguous = ("feature-extraction", "sentence-similarity")  # one sort of model does both: the route says which
    named = {task: (RoutedPipelineForm(f"{plain}/pipeline/{task}"),) for task in ambiguous}
    return {
        **dict.fromkeys((*PIPELINE_TASKS, "text-to-audio"), (RoutedPipelineForm(plain),)),
        **named,
        CUSTOM: (RoutedCustomForm(plain),),
        "text-ranking": (PairScoresForm(plain),),
    }


@dataclass(frozen=True)
class HubTarget(LookupTarget):
    """`https://router.huggingface.co`, or a stand-in of the same shape."""

    hub_url: str = field(default=HUB_URL, kw_only=True)

    name: ClassVar[str] = "Hugging Face"
    answers: ClassVar[frozenset[str]] = frozenset({"list-models", "list-providers"})
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {**pipeline_forms("/hf-inference"), **text_forms("/v1")}

    def answer(self, call: Call[T], context: Context) -> Flow[Answer[T]]:
        self._check(context)
        if call.task == "list-providers":
            return (yield from self._providers(call, context))
        if call.task in ELSEWHERE or (call.task not in _BY_ROUTER and split_suffix(call.model or "")[1]):
            target, named = yield from chosen(call, context, router_url=self.base_url, hub_url=self.hub_url)
            return (yield from target.answer(named, context))
        return (yield from super().answer(call, context))

    def serves(self, task: str) -> bool:
        return super().serves(task) or task in ELSEWHERE

    def open(self, call: StreamCall[T], context: Context) -> Flow[tuple[Opened, EventReader[T]]]:
        self._check(context)
        return (yield from super().open(call, context))

    def model(self, call: Call[Any], context: Context) -> Flow[str]:
        task = task_of(call, context)
        if not call.model and task in DEFAULT_MODELS:
            return DEFAULT_MODELS[task]
        return (yield from super().model(call, context))

    def request(self, form: Form, call: Call[Any], model: str, context: Context) -> Request:
        return billed(super().request(form, call, model, context), context)

    def lookups(self, call: Call[Any]) -> Sequence[str]:
        if call.task != "list-models":
            return ()
        said = call.payload()
        query = urlencode({"inference_provider" if name == "provider" else name: said[name] for name in said})
        return (f"{self.hub_url.rstrip('/')}/api/models?{query}" if query else self.url("/v1/models"),)

    def _get(self, url: str, context: Context) -> Request:
        own = url.startswith(self.base_url) or is_hub_token(context.credential)
        return super()._get(url, context if own else replace(context, credential=""))

    def _providers(self, call: Call[T], context: Context) -> Flow[Answer[T]]:
        if not call.model:
            raise InputError("Name the model whose providers are meant with model=…")
        found = yield from providers_of(call.model, context, hub_url=self.hub_url)
        return Answer(cast(T, found), Opened(target=self.label, model=call.model, response=Response(200, {})))

    def _check(self, context: Context) -> None:
        if urlsplit(self.base_url).hostname == urlsplit(ROUTER_URL).hostname:
            check_routable(context)


ELSEWHERE = frozenset({"image-text-to-image", "image-text-to-video", "image-to-video", "text-to-video"})
"""Tasks that hf-inference has not: a provider is chosen for them by the model's mapping."""

DEFAULT_MODELS: Mapping[str, str] = {
    # what the hosted service's documentation listed as served, 2026-08; where it lists none, what the Hub's task
    # pages name for the inference widget
    "audio-classification": "MIT/ast-finetuned-audioset-10-10-0.4593",
    "audio-to-audio": "speechbrain/sepformer-wham",
    "automatic-speech-recognition": "openai/whisper-large-v3",
    "chat-completion": "openai/gpt-oss-20b",
    "document-question-answering": "impira/layoutlm-invoices",
    "feature-extraction": "microsoft/harrier-oss-v1-0.6b",
    "fill-mask": "google-bert/bert-base-uncased",
    "image-classification": "Falconsai/nsfw_image_detection",
    "image-segmentation": "nvidia/segformer-b0-finetuned-ade-512-512",
    "image-to-image": "Qwen/Qwen-Image",
    "image-to-text": "Salesforce/blip-image-captioning-large",
    "object-detection": "facebook/detr-resnet-50",
    "question-answering": "deepset/roberta-base-squad2",
    "sentence-similarity": "sentence-transformers/all-MiniLM-L6-v2",
    "summarization": "facebook/bart-large-cnn",
    "table-question-answering": "google/tapas-base-finetuned-wtq",
    "tabular-classification": "scikit-learn/tabular-playground",
    "tabular-regression": "scikit-learn/Fish-Weight",
    "text-classification": "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
    "text-generation": "openai/gpt-oss-20b",
    "text-ranking": "BAAI/bge-reranker-v2-m3",
    "text-to-image": "stabilityai/stable-diffusion-3-medium-diffusers",
    "text-to-speech": "suno/bark",
    "token-classification": "rizzoaiacademy/rizzo-pii-0.3B",
    "translation": "google-t5/t5-small",
    "visual-question-answering": "dandelin/vilt-b32-finetuned-vqa",
    "zero-shot-classification": "facebook/bart-large-mnli",
    "zero-shot-image-classification": "google/siglip-so400m-patch14-224",
}

_BY_ROUTER = frozenset({"chat-completion", "text-generation"})
