"""Tasks that take images and text, a module each, imported when it is first asked for.

Knows their names. Knows nothing of what they do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hf_inference.tasks.lazily import submodules

if TYPE_CHECKING:
    from hf_inference.tasks.multimodal import (
        document_question_answering,
        image_text_to_image,
        image_text_to_video,
        visual_question_answering,
    )
else:
    __getattr__ = submodules(__name__)

__all__ = [
    "document_question_answering",
    "image_text_to_image",
    "image_text_to_video",
    "visual_question_answering",
]
