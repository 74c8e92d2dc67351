"""Nscale.  https://docs.nscale.com/docs/inference/image

Knows its address and its routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hf_inference.providers.base import Form
from hf_inference.providers.chat import text_forms
from hf_inference.providers.openai_media import ImagesForm, with_size
from hf_inference.providers.partner import PartnerTarget


def _named(parameters: dict[str, Any]) -> dict[str, Any]:
    """What its images route takes: a size, and none of diffusion's own parameters."""
    return {name: value for name, value in with_size(parameters).items() if name not in _REFUSED}


class PicturesForm(ImagesForm):
    """Images, in the reply itself alone."""

    names_addresses = False


@dataclass(frozen=True)
class Nscale(PartnerTarget):
    """Chat, text generation by chat, and images."""

    base_url: str = "https://inference.api.nscale.com"

    name: ClassVar[str] = "nscale"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        **text_forms("/v1"),
        "text-to-image": (PicturesForm("/v1/images/generations", "nscale", renamed=_named),),
    }


_REFUSED = frozenset({"num_inference_steps", "cfg_scale"})
