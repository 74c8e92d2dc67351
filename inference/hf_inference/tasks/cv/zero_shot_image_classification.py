"""Zero-shot image classification: an image into labels of your own.  https://huggingface.co/tasks/zero-shot-image-classification

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypedDict

from hf_inference.core.binary import BinaryInput
from hf_inference.core.call import Call
from hf_inference.core.decoding import ListOf


class ZeroShotImageClassificationInputs(TypedDict):
    """The image."""

    image: BinaryInput


@dataclass(frozen=True, slots=True)
class ZeroShotImageClassificationParameters:
    """Your labels, two at least."""

    candidate_labels: list[str]
    hypothesis_template: str | None = None
    """The sentence a label is put into, with `{}` for its place: `a photo of a {}`."""


@dataclass(frozen=True, slots=True)
class ZeroShotImageClassificationOutputValue:
    """One of your labels and its probability, 0 to 1."""

    label: str
    score: float


ZeroShotImageClassificationOutput: TypeAlias = list[ZeroShotImageClassificationOutputValue]
"""Your labels, the most probable first."""


@dataclass(frozen=True)
class ZeroShotImageClassificationArgs(Call[ZeroShotImageClassificationOutput]):
    """Sort an image into labels of your own. Recommended model: openai/clip-vit-large-patch14-336."""

    task = "zero-shot-image-classification"
    reply = ListOf(ZeroShotImageClassificationOutputValue, "Array<{label: string, score: number}>")
    binary = "inputs.image"

    inputs: ZeroShotImageClassificationInputs
    parameters: ZeroShotImageClassificationParameters | Mapping[str, Any]
