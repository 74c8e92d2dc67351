"""Image and text to image: an image changed, or made, as a text says.  https://huggingface.co/tasks/image-text-to-image

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.binary import Binary, BinaryInput
from hf_inference.core.call import Call
from hf_inference.core.decoding import Blob

ImageTextToImageOutput: TypeAlias = Binary
"""The image, with its media type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTextToImageParameters:
    """What to make; a provider's own parameters are given as a mapping."""

    prompt: str | None = None
    guidance_scale: float | None = None
    """How closely to follow the prompt."""
    negative_prompt: str | None = None
    num_inference_steps: int | None = None
    seed: int | None = None


@dataclass(frozen=True)
class ImageTextToImageArgs(Call[ImageTextToImageOutput]):
    """Make an image of `inputs`, an image that may be left out, and `parameters`' prompt.
    Recommended model: black-forest-labs/FLUX.2-dev, at a provider."""

    task = "image-text-to-image"
    reply = Blob()
    binary = "inputs"

    inputs: BinaryInput | None = None
    parameters: ImageTextToImageParameters | Mapping[str, Any] | None = None
