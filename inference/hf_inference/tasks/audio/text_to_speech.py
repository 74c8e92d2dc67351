"""Text to speech: a text read aloud.  https://huggingface.co/tasks/text-to-speech

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.binary import Binary
from hf_inference.core.call import Call
from hf_inference.core.decoding import Blob


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToSpeechParameters:
    """How the model generates the sound; which of these it heeds, its page says."""

    do_sample: bool | None = None
    early_stopping: bool | str | None = None
    epsilon_cutoff: float | None = None
    eta_cutoff: float | None = None
    max_length: int | None = None
    max_new_tokens: int | None = None
    min_length: int | None = None
    min_new_tokens: int | None = None
    num_beam_groups: int | None = None
    num_beams: int | None = None
    penalty_alpha: float | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    typical_p: float | None = None
    use_cache: bool | None = None


TextToSpeechOutput: TypeAlias = Binary
"""The sound and its media type, for example `audio/flac`."""


@dataclass(frozen=True)
class TextToSpeechArgs(Call[TextToSpeechOutput]):
    """Read `inputs` aloud. Recommended model: espnet/kan-bayashi_ljspeech_vits."""

    task = "text-to-speech"
    reply = Blob()

    inputs: str
    parameters: TextToSpeechParameters | Mapping[str, Any] | None = None
