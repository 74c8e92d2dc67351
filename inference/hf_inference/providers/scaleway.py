"""Scaleway Generative APIs.  https://www.scaleway.com/en/developers/api/generative-apis/

Knows its address and its routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from hf_inference.providers.base import Form
from hf_inference.providers.chat import text_forms
from hf_inference.providers.openai_media import EmbeddingsForm
from hf_inference.providers.partner import PartnerTarget


@dataclass(frozen=True)
class Scaleway(PartnerTarget):
    """Chat, text generation and embeddings."""

    base_url: str = "https://api.scaleway.ai"

    name: ClassVar[str] = "scaleway"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        **text_forms("/v1", completions=True),
        "feature-extraction": (EmbeddingsForm("/v1/embeddings"),),
    }
