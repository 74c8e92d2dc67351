"""Baseten: open models on dedicated hardware.  https://docs.baseten.co/

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
class Baseten(PartnerTarget):
    """Chat, and text generation by chat."""

    base_url: str = "https://inference.baseten.co"

    name: ClassVar[str] = "baseten"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = text_forms("/v1")
