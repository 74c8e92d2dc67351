"""Image and text to video: a film of an image and a text.  https://huggingface.co/tasks/image-text-to-video

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.binary import Binary, BinaryInput
from hf_inference.core.call import Call
from hf_inference.core.decoding import Blob
from hf_inference.tasks.cv.image_to_video import ImageToVideoParameters

ImageTextToVideoOutput: TypeAlias = Binary
"""The film, with its media type (usually `video/mp4`)."""


@dataclass(frozen=True)
class ImageTextToVideoArgs(Call[ImageTextToVideoOutput]):
    """Film `parameters`' prompt, beginning with `inputs`, an image that may be left out.
    Recommended model: Lightricks/LTX-Video, at a provider."""

    task = "image-text-to-video"
    reply = Blob()
    binary = "inputs"

    inputs: BinaryInput | None = None
    parameters: ImageToVideoParameters | Mapping[str, Any] | None = None
