"""Image segmentation: the regions of an image, each with a mask.  https://huggingface.co/tasks/image-segmentation

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hf_inference.core.binary import Binary, BinaryInput
from hf_inference.core.call import Call
from hf_inference.core.decoding import ListOf
from hf_inference.core.media_types import sniff


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSegmentationParameters:
    """Which regions. Thresholds are 0 to 1."""

    mask_threshold: float | None = None
    overlap_mask_area_threshold: float | None = None
    subtask: str | None = None
    """`instance`, `panoptic` or `semantic`, where the model can do several."""
    threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSegmentationOutputValue:
    """A region: its label, its mask (a black and white image in base64), and its probability, 0 to 1, which
    semantic segmentation does not tell."""

    label: str
    mask: str = field(repr=False)
    score: float | None = None

    def image(self) -> Binary:
        """The mask itself. `ValueError` if it is not base64."""
        data = b64decode(self.mask, validate=True)
        return Binary(data, sniff(data))


ImageSegmentationOutput: TypeAlias = list[ImageSegmentationOutputValue]
"""One value a region."""


@dataclass(frozen=True)
class ImageSegmentationArgs(Call[ImageSegmentationOutput]):
    """Divide the image `data` into regions. Recommended model: facebook/detr-resnet-50-panoptic."""

    task = "image-segmentation"
    reply = ListOf(ImageSegmentationOutputValue, "Array<{label: string, mask: string, score: number}>")
    binary = "data"

    data: BinaryInput
    parameters: ImageSegmentationParameters | Mapping[str, Any] | None = None
