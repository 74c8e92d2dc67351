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
from hf_inference.providers.hub import pipeline_forms
from hf_inference.providers.mapping import is_hub_token
from hf_inference.providers.partner import PartnerTarget
from hf_inference.tasks.lookups import ProviderMapping
from hf_inference.tasks.nlp.structured_output import as_object_with_value


@dataclass(frozen=True)
class HuggingFace(PartnerTarget):
    """Every task of the Hub's own form, and chat. A model's name is the Hub's, so nothing is looked up."""

    name: ClassVar[str] = "hf-inference"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        **pipeline_forms(""),
        "chat-completion": (ChatForm("/models/{model}/v1/chat/completions", as_object_with_value),),
    }

    def mapping(self, call: Call[Any], context: Context) -> Flow[ProviderMapping | None]:
        yield from ()
        if context.credential and not is_hub_token(context.credential):
            raise InputError("hf-inference is reached through the router: give a Hugging Face token, no other key")
        assert call.model
        return ProviderMapping(provider=self.name, provider_id=call.model, task=call.task)
