"""Text to video: a film of what a text describes.  https://huggingface.co/tasks/text-to-video

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.binary import Binary
from hf_inference.core.call import Call
from hf_inference.core.decoding import Blob

TextToVideoOutput: TypeAlias = Binary
"""The film, with its media type (usually `video/mp4`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToVideoParameters:
    """How to draw; a provider's own parameters are given as a mapping."""

    guidance_scale: float | None = None
    """How closely to follow the text."""
    negative_prompt: str | list[str] | None = None
    num_frames: float | None = None
    num_inference_steps: int | None = None
    seed: int | None = None


@dataclass(frozen=True)
class TextToVideoArgs(Call[TextToVideoOutput]):
    """Film `inputs`. Recommended model: Wan-AI/Wan2.2-TI2V-5B, at a provider."""

    task = "text-to-video"
    reply = Blob()

    inputs: str
    parameters: TextToVideoParameters | Mapping[str, Any] | None = None
