"""Image to text: a caption, or the words in a picture.  https://huggingface.co/tasks/image-to-text

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hf_inference.core.binary import BinaryInput
from hf_inference.core.call import Call
from hf_inference.core.decoding import OneOf


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageToTextParameters:
    """How to describe."""

    generation_parameters: Mapping[str, Any] | None = None
    """Parameters of the model's text generation (`temperature`, `num_beams`, …)."""
    max_new_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class ImageToTextOutput:
    """The text."""

    generated_text: str


@dataclass(frozen=True)
class ImageToTextArgs(Call[ImageToTextOutput]):
    """Describe or read the image `data`. Recommended model: Salesforce/blip-image-captioning-large."""

    task = "image-to-text"
    reply = OneOf(ImageToTextOutput, "{generated_text: string}")
    binary = "data"

    data: BinaryInput
    parameters: ImageToTextParameters | Mapping[str, Any] | None = None
