"""Audio to audio: a recording enhanced, or separated into its voices.  https://huggingface.co/tasks/audio-to-audio

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioToAudioOutputValue:
    """One voice: its name, its sound in base64, and that sound's media type."""

    label: str
    blob: str = field(repr=False)
    content_type: str = field(metadata={"wire": "content-type"})

    def audio(self) -> Binary:
        """The sound itself. `ValueError` if `blob` is not base64."""
        return Binary(b64decode(self.blob, validate=True), self.content_type)


AudioToAudioReturn: TypeAlias = list[AudioToAudioOutputValue]
"""One value a voice; one in all from a model that enhances."""


@dataclass(frozen=True)
class AudioToAudioArgs(Call[AudioToAudioReturn]):
    """Enhance or separate the recording `data`. Recommended model: speechbrain/sepformer-wham."""

    task = "audio-to-audio"
    reply = ListOf(AudioToAudioOutputValue, "Array<{label: string, blob: string, content-type: string}>")
    binary = "data"

    data: BinaryInput
    parameters: Mapping[str, Any] | None = None
