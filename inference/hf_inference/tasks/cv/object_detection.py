"""Object detection: the things in an image and where they are.  https://huggingface.co/tasks/object-detection

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
class ObjectDetectionParameters:
    """Which things: those of at least this probability, 0 to 1."""

    threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDetectionBox:
    """A rectangle in pixels from the image's upper left corner."""

    xmax: float
    xmin: float
    ymax: float
    ymin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDetectionOutputValue:
    """A thing: where it is, what it is, and the probability of that, 0 to 1."""

    box: ObjectDetectionBox
    label: str
    score: float


ObjectDetectionOutput: TypeAlias = list[ObjectDetectionOutputValue]
"""One value a thing."""


@dataclass(frozen=True)
class ObjectDetectionArgs(Call[ObjectDetectionOutput]):
    """Find the things in the image `data`. Recommended model: facebook/detr-resnet-50."""

    task = "object-detection"
    reply = ListOf(
        ObjectDetectionOutputValue,
        "Array<{label:string; score:number; box:{xmin:number; ymin:number; xmax:number; ymax:number}}>",
    )
    binary = "data"

    data: BinaryInput
    parameters: ObjectDetectionParameters | Mapping[str, Any] | None = None
