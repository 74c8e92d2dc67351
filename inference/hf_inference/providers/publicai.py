"""Public AI.  https://platform.publicai.co/docs

Knows its address and its routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from hf_inference.providers.base import Form
from hf_inference.providers.chat import text_forms
from hf_inference.providers.partner import PartnerTarget


@dataclass(frozen=True)
class PublicAi(PartnerTarget):
    """Chat, and text generation by chat."""

    base_url: str = "https://api.publicai.co"

    name: ClassVar[str] = "publicai"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = text_forms("/v1")
