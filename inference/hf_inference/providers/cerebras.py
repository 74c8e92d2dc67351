"""Cerebras.  https://inference-docs.cerebras.ai/

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
class Cerebras(PartnerTarget):
    """Chat, and text generation by chat. It refuses a body with OpenAI's `store`."""

    base_url: str = "https://api.cerebras.ai"

    name: ClassVar[str] = "cerebras"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = text_forms("/v1", without=frozenset({"store"}))
