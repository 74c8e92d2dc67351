"""A model at a URL of its own: a dedicated endpoint, TGI, TEI, or the inference toolkit.

Knows that the URL is called as it is, and which routes the servers behind it have below it. Knows no model: the URL
stands for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from hf_inference.core.call import Call
from hf_inference.core.flow import Context, Flow
from hf_inference.providers.base import Form
from hf_inference.providers.chat import ChatForm
from hf_inference.providers.completions import ChatTextForm, CompletionForm
from hf_inference.providers.lookups import LookupTarget
from hf_inference.providers.openai_media import EmbeddingsForm
from hf_inference.providers.pipeline import PIPELINE_TASKS, PipelineForm, RoutedPipelineForm
from hf_inference.providers.ranking import PairScoresForm, RerankForm

ANY_MODEL = "tgi"
"""What a server of one model is told where OpenAI's form wants a name: TGI's documentation has it so."""

OTHER_TASKS = (
    "image-text-to-image",
    "image-text-to-video",
    "image-to-video",
    "text-to-audio",
    "text-to-video",
)
"""Tasks that no seed function has and that a toolkit's handler may serve all the same."""


@dataclass(frozen=True)
class EndpointTarget(LookupTarget):
    """Every task, posted to one URL or to the routes that TGI and TEI have below it; which of them the model behind it
    does, it says itself."""

    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        **dict.fromkeys((*PIPELINE_TASKS, *OTHER_TASKS), (PipelineForm(),)),
        "chat-completion": (ChatForm("/v1/chat/completions", default_model=ANY_MODEL),),
        "feature-extraction": (PipelineForm(), RoutedPipelineForm("/embed"), EmbeddingsForm("/v1/embeddings")),
        "sentence-similarity": (PipelineForm(), RoutedPipelineForm("/similarity")),
        "text-classification": (PipelineForm(), RoutedPipelineForm("/predict")),
        "text-generation": (
            PipelineForm(),
            CompletionForm("/v1/completions", default_model=ANY_MODEL),
            ChatTextForm("/v1/chat/completions", default_model=ANY_MODEL),
        ),
        "text-ranking": (RerankForm("/rerank"), PairScoresForm("")),
    }

    def model(self, call: Call[Any], context: Context) -> Flow[str]:
        yield from ()
        return "" if call.model is None or "://" in call.model else call.model

    def url(self, path: str) -> str:
        return super().url(path) if path else self.base_url

    def lookups(self, call: Call[Any]) -> Sequence[str]:
        routes = {"endpoint-info": "/info", "health-check": "/health", "list-models": "/v1/models"}
        return (self.url(routes[call.task]),) if call.task in routes else ()
