"""OpenAI-compatible servers: vLLM, llama.cpp, Ollama, TGI's and the router's `/v1`.

Knows which routes lie below such a base URL, and how a server is asked for its models. Knows no host.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from hf_inference.core.call import Call
from hf_inference.core.errors import NoDefaultModelError
from hf_inference.core.flow import Context, Flow, send
from hf_inference.core.wire import Request
from hf_inference.providers.base import USER_AGENT, Form
from hf_inference.providers.chat import text_forms
from hf_inference.providers.lookups import LookupTarget
from hf_inference.providers.openai_media import EmbeddingsForm, ImagesForm, SpeechForm, TranscriptionForm, with_size
from hf_inference.providers.pipeline import PipelineForm
from hf_inference.providers.ranking import RerankForm
from hf_inference.tasks.custom import CUSTOM


@dataclass(frozen=True)
class OpenAITarget(LookupTarget):
    """Any server with OpenAI's routes below its base URL. A model that no call names is the first it lists."""

    given: str = field(default="", kw_only=True)
    """The URL a person named, where custom calls go."""

    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        **text_forms("", completions=True),
        CUSTOM: (PipelineForm(),),
        "automatic-speech-recognition": (TranscriptionForm(),),
        "feature-extraction": (EmbeddingsForm(),),
        "text-ranking": (RerankForm(),),
        "text-to-image": (ImagesForm("/images/generations", "", renamed=with_size),),
        "text-to-speech": (SpeechForm(),),
    }

    def lookups(self, call: Call[Any]) -> Sequence[str]:
        base, mark, query = self.base_url.partition("?")
        root = replace(self, base_url=base.rstrip("/").removesuffix("/v1") + mark + query)
        match call.task:
            case "endpoint-info":
                return (root.url("/info"),)
            case "health-check":  # where there is no such route, a list of models is a sign of life
                return root.url("/health"), self.url("/models")
            case "list-models":
                return (self.url("/models"),)
            case _:
                return ()

    def address(self, form: Form, call: Call[Any], model: str, context: Context) -> str:
        return (self.given or self.base_url) if call.task == CUSTOM else super().address(form, call, model, context)

    def model(self, call: Call[Any], context: Context) -> Flow[str]:
        if call.model or call.task == CUSTOM:
            return call.model or ""
        key = context.memory_key("first-model", self.base_url)
        first = context.memory.get(key)
        if first is None:
            request = Request(
                method="GET",
                url=self.url("/models"),
                headers={"User-Agent": USER_AGENT},
                secret_headers={**(context.options.headers or {}), **self.authorization(context)},
            )
            response = yield from send(request, context, provider=self.name)
            listed = response.json(request)
            models = listed.get("data") if isinstance(listed, dict) else None
            if not isinstance(models, list) or not models or not isinstance(models[0], dict):
                raise NoDefaultModelError(f"{request.host} lists no model: name one with model=…")
            first = str(models[0].get("id", ""))
            context.memory.set(key, first)
        return str(first)
