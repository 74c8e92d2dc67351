"""Image to video: a film that begins with an image.  https://huggingface.co/tasks/image-to-video

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.binary import Binary, BinaryInput
from hf_inference.core.call import Call
from hf_inference.core.decoding import Blob

ImageToVideoOutput: TypeAlias = Binary
"""The film, with its media type (usually `video/mp4`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageToVideoTargetSize:
    """Width and height of the film, in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageToVideoParameters:
    """How to go on; a provider's own parameters are given as a mapping."""

    prompt: str | None = None
    """What is to happen."""
    guidance_scale: float | None = None
    """How closely to follow the prompt."""
    negative_prompt: str | None = None
    num_frames: float | None = None
    num_inference_steps: int | None = None
    seed: int | None = None
    target_size: ImageToVideoTargetSize | None = None


@dataclass(frozen=True)
class ImageToVideoArgs(Call[ImageToVideoOutput]):
    """Film on from `inputs`, an image. Recommended model: Lightricks/LTX-Video-0.9.7-dev, at a provider."""

    task = "image-to-video"
    reply = Blob()
    binary = "inputs"

    inputs: BinaryInput
    parameters: ImageToVideoParameters | Mapping[str, Any] | None = None
