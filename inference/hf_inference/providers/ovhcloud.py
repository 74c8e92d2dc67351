"""OVHcloud AI Endpoints.  https://help.ovhcloud.com/csm/en-public-cloud-ai-endpoints-getting-started

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
class OvhCloud(PartnerTarget):
    """Chat and text generation."""

    base_url: str = "https://oai.endpoints.kepler.ai.cloud.ovh.net"

    name: ClassVar[str] = "ovhcloud"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = text_forms("/v1", completions=True)
