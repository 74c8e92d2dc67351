"""DeepInfra: OpenAI's routes for text, sound and images.  https://deepinfra.com/docs/openai_api

Knows its address and its routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from hf_inference.providers.base import Form
from hf_inference.providers.chat import text_forms
from hf_inference.providers.openai_media import EmbeddingsForm, ImagesForm, SpeechForm, TranscriptionForm, with_size
from hf_inference.providers.partner import PartnerTarget


@dataclass(frozen=True)
class DeepInfra(PartnerTarget):
    """Chat, text generation, embeddings, speech both ways, and images."""

    base_url: str = "https://api.deepinfra.com"

    name: ClassVar[str] = "deepinfra"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        **text_forms("/v1/openai", completions=True),
        "automatic-speech-recognition": (TranscriptionForm("/v1/openai/audio/transcriptions"),),
        "feature-extraction": (EmbeddingsForm("/v1/openai/embeddings"),),
        "text-to-image": (ImagesForm("/v1/openai/images/generations", "deepinfra", renamed=with_size),),
        "text-to-speech": (SpeechForm("/v1/openai/audio/speech"),),
    }
