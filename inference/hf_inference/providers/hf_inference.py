"""The Hugging Face provider by name: models that the Hub itself runs, behind the router.

Knows its routes below the router. `targets.hub()` is the same for every task but chat, which it leaves to the router.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hf_inference.core.call import Call
from hf_inference.core.errors import InputError
from hf_inference.core.flow import Context, Flow
from hf_inference.providers.base import Form
from hf_inference.providers.chat import ChatForm
from hf_inference.providers.completions import ChatTextForm, CompletionForm
from hf_inference.providers.hub import pipeline_forms
from hf_inference.providers.mapping import is_hub_token
from hf_inference.providers.partner import PartnerTarget
from hf_inference.tasks.lookups import ProviderMapping
from hf_inference.tasks.nlp.structured_output import as_object_with_value

_PIPELINES = pipeline_forms("")
_V1 = "/models/{model}/v1"


@dataclass(frozen=True)
class HuggingFace(PartnerTarget):
    """Every task of the Hub's own form, and chat. A model's name is the Hub's, so nothing is looked up."""

    name: ClassVar[str] = "hf-inference"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        **_PIPELINES,
        "chat-completion": (ChatForm(f"{_V1}/chat/completions", as_object_with_value),),
        "text-generation": (
            *_PIPELINES["text-generation"],
            CompletionForm(f"{_V1}/completions"),
            ChatTextForm(f"{_V1}/chat/completions"),
        ),
    }

    def mapping(self, call: Call[Any], context: Context) -> Flow[ProviderMapping | None]:
        yield from ()
        if context.credential and not is_hub_token(context.credential):
            raise InputError("hf-inference is reached through the router: give a Hugging Face token, no other key")
        assert call.model
        return ProviderMapping(provider=self.name, provider_id=call.model, task=call.task)
