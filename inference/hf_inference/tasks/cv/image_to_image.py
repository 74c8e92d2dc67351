"""Image to image: a picture changed.  https://huggingface.co/tasks/image-to-image

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.binary import Binary, BinaryInput
from hf_inference.core.call import Call
from hf_inference.core.decoding import Blob


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageToImageParameters:
    """What to make of the image. Sizes are in pixels."""

    guess_mode: bool | None = None
    """ControlNet only: take the image for a hint even without a prompt."""
    guidance_scale: float | None = None
    """How closely to follow the prompt; higher is closer, and worse in quality."""
    height: float | None = None
    negative_prompt: str | None = None
    """What should not be in the picture."""
    num_inference_steps: float | None = None
    prompt: str | None = None
    strength: float | None = None
    """How much to change, 0 to 1."""
    width: float | None = None

    target_size: Mapping[str, int] | None = None
    """`{"width": …, "height": …}` of the output."""


ImageToImageOutput: TypeAlias = Binary
"""The new image and its media type, for example `image/jpeg`."""


@dataclass(frozen=True)
class ImageToImageArgs(Call[ImageToImageOutput]):
    """Change the image `inputs`. Recommended model: lllyasviel/sd-controlnet-depth."""

    task = "image-to-image"
    reply = Blob()
    binary = "inputs"

    inputs: BinaryInput
    parameters: ImageToImageParameters | Mapping[str, Any] | None = None
