"""Image classification: an image into labels with scores.  https://huggingface.co/tasks/image-classification

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.binary import BinaryInput
from hf_inference.core.call import Call
from hf_inference.core.decoding import ListOf


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageClassificationParameters:
    """How many labels, and from which function of the scores (`sigmoid`, `softmax`, `none`)."""

    function_to_apply: str | None = None
    top_k: int | None = None


@dataclass(frozen=True, slots=True)
class ImageClassificationOutputValue:
    """A label of the model and its probability, 0 to 1."""

    label: str
    score: float


ImageClassificationOutput: TypeAlias = list[ImageClassificationOutputValue]
"""The labels, the most probable first."""


@dataclass(frozen=True)
class ImageClassificationArgs(Call[ImageClassificationOutput]):
    """Sort the image `data` into the model's labels. Recommended model: google/vit-base-patch16-224."""

    task = "image-classification"
    reply = ListOf(ImageClassificationOutputValue, "Array<{label: string, score: number}>")
    binary = "data"

    data: BinaryInput
    parameters: ImageClassificationParameters | Mapping[str, Any] | None = None
