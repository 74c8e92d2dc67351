"""Tasks that take or give sound, a module each, imported when it is first asked for.

Knows their names. Knows nothing of what they do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hf_inference.tasks.lazily import submodules

if TYPE_CHECKING:
    from hf_inference.tasks.audio import (
        audio_classification,
        audio_to_audio,
        automatic_speech_recognition,
        text_to_audio,
        text_to_speech,
    )
else:
    __getattr__ = submodules(__name__)

__all__ = [
    "audio_classification",
    "audio_to_audio",
    "automatic_speech_recognition",
    "text_to_audio",
    "text_to_speech",
]
