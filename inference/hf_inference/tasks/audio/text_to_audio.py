"""Text to audio: music or a sound that a text describes.  https://huggingface.co/docs/hub/models-tasks

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.binary import Binary
from hf_inference.core.call import Call
from hf_inference.core.decoding import Blob

TextToAudioOutput: TypeAlias = Binary
"""The sound, with its media type."""


@dataclass(frozen=True)
class TextToAudioArgs(Call[TextToAudioOutput]):
    """Make the sound that `inputs` describes. `parameters` are the model's own."""

    task = "text-to-audio"
    reply = Blob()

    inputs: str
    parameters: Mapping[str, Any] | None = None
