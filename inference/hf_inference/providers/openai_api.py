"""OpenAI's own service.  https://platform.openai.com/docs/api-reference/chat

Knows its address, that the Hub's router and mapping do not know it, and that its models may be named `openai/…`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hf_inference.core.call import Call
from hf_inference.core.flow import Context, Flow
from hf_inference.providers.base import Form
from hf_inference.providers.chat import text_forms
from hf_inference.providers.openai_media import EmbeddingsForm, SpeechForm, TranscriptionForm
from hf_inference.providers.partner import PartnerTarget
from hf_inference.tasks.lookups import ProviderMapping


@dataclass(frozen=True)
class OpenAi(PartnerTarget):
    """Chat, text generation by chat, embeddings, speech both ways: with OpenAI's key only."""

    base_url: str = "https://api.openai.com"

    name: ClassVar[str] = "openai"
    through_router: ClassVar[bool] = False
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        **text_forms("/v1"),
        "automatic-speech-recognition": (TranscriptionForm("/v1/audio/transcriptions"),),
        "feature-extraction": (EmbeddingsForm("/v1/embeddings"),),
        "text-to-speech": (SpeechForm("/v1/audio/speech"),),
    }

    def mapping(self, call: Call[Any], context: Context) -> Flow[ProviderMapping | None]:
        yield from ()
        assert call.model
        return ProviderMapping(provider=self.name, provider_id=call.model.removeprefix("openai/"), task=call.task)
