"""Groq.  https://console.groq.com/docs/openai

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
class Groq(PartnerTarget):
    """Chat, and text generation by chat."""

    base_url: str = "https://api.groq.com"

    name: ClassVar[str] = "groq"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = text_forms("/openai/v1")
