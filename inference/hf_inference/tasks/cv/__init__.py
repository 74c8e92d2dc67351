"""Tasks that take or give images, a module each, imported when it is first asked for.

Knows their names. Knows nothing of what they do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hf_inference.tasks.lazily import submodules

if TYPE_CHECKING:
    from hf_inference.tasks.cv import (
        image_classification,
        image_segmentation,
        image_to_image,
        image_to_text,
        image_to_video,
        object_detection,
        text_to_image,
        text_to_video,
        zero_shot_image_classification,
    )
else:
    __getattr__ = submodules(__name__)

__all__ = [
    "image_classification",
    "image_segmentation",
    "image_to_image",
    "image_to_text",
    "image_to_video",
    "object_detection",
    "text_to_image",
    "text_to_video",
    "zero_shot_image_classification",
]
