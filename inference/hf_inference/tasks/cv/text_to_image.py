"""Text to image: a picture of what a text says.  https://huggingface.co/tasks/text-to-image

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.binary import Binary
from hf_inference.core.call import Call
from hf_inference.core.decoding import Blob


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToImageParameters:
    """How to paint. Sizes are in pixels."""

    guidance_scale: float | None = None
    """How closely to follow the text; higher is closer, and worse in quality."""
    height: float | None = None
    negative_prompt: str | None = None
    """What should not be in the picture."""
    num_inference_steps: float | None = None
    """More steps cost more time and give a better picture."""
    width: float | None = None

    scheduler: str | None = None
    seed: int | None = None


TextToImageOutput: TypeAlias = Binary
"""The image and its media type, for example `image/jpeg`."""


@dataclass(frozen=True)
class TextToImageArgs(Call[TextToImageOutput]):
    """Paint what `inputs` says. Recommended model: black-forest-labs/FLUX.1-dev."""

    task = "text-to-image"
    reply = Blob()

    inputs: str
    parameters: TextToImageParameters | Mapping[str, Any] | None = None
