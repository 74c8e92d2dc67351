"""Featherless: any open model, and the one provider that the Hub lists for plain text generation.  https://featherless.ai/docs/

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
class FeatherlessAi(PartnerTarget):
    """Chat and text generation."""

    base_url: str = "https://api.featherless.ai"

    name: ClassVar[str] = "featherless-ai"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = text_forms("/v1", completions=True)
