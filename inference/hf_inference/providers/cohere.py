"""Cohere's compatibility API.  https://docs.cohere.com/docs/compatibility-api

Knows its address and its routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from hf_inference.providers.base import Form
from hf_inference.providers.chat import text_forms
from hf_inference.providers.partner import PartnerTarget
from hf_inference.tasks.nlp.structured_output import as_object_with_schema


@dataclass(frozen=True)
class Cohere(PartnerTarget):
    """Chat, and text generation by chat. A JSON schema is asked for as `{type: json_object, schema}`."""

    base_url: str = "https://api.cohere.com"

    name: ClassVar[str] = "cohere"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = text_forms("/compatibility/v1", as_object_with_schema)
