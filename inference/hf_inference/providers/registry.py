"""The inference providers by name, one line each: the only list of them.

Knows where each lives, and loads it when it is asked for. Knows nothing else of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, cast

from hf_inference.core.errors import InputError

if TYPE_CHECKING:
    from hf_inference.providers.partner import PartnerTarget


def partner(name: str) -> type[PartnerTarget]:
    """The target class of a provider; `InputError` for a name that is not in the list."""
    if name not in PROVIDERS:
        raise InputError(f"{name!r} is no provider this version knows. It knows: auto, {', '.join(PROVIDERS)}")
    module, _, target = PROVIDERS[name].partition(":")
    return cast("type[PartnerTarget]", getattr(import_module(f"hf_inference.providers.{module}"), target))


PROVIDERS: Mapping[str, str] = {
    "baseten": "baseten:Baseten",
    "cerebras": "cerebras:Cerebras",
    "cohere": "cohere:Cohere",
    "deepinfra": "deepinfra:DeepInfra",
    "fal-ai": "fal_ai:FalAi",
    "featherless-ai": "featherless_ai:FeatherlessAi",
    "fireworks-ai": "fireworks_ai:FireworksAi",
    "groq": "groq:Groq",
    "hf-inference": "hf_inference:HuggingFace",
    "novita": "novita:Novita",
    "nscale": "nscale:Nscale",
    "openai": "openai_api:OpenAi",
    "ovhcloud": "ovhcloud:OvhCloud",
    "publicai": "publicai:PublicAi",
    "replicate": "replicate:Replicate",
    "scaleway": "scaleway:Scaleway",
    "together": "together:Together",
    "wavespeed": "wavespeed:WaveSpeed",
    "zai-org": "zai_org:Zai",
}
