"""Automatic speech recognition: the words of a recording.  https://huggingface.co/tasks/automatic-speech-recognition

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hf_inference.core.binary import BinaryInput
from hf_inference.core.call import Call
from hf_inference.core.decoding import OneOf


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticSpeechRecognitionParameters:
    """How to listen."""

    generation_parameters: Mapping[str, Any] | None = None
    """Parameters of the model's text generation (`temperature`, `num_beams`, `language`, …)."""
    return_timestamps: bool | str | None = None
    """True: the output has `chunks`; `word` makes each of them a word."""


@dataclass(frozen=True, slots=True)
class AutomaticSpeechRecognitionChunk:
    """A piece of the text and the seconds from which and to which it was said; None where the model cannot tell."""

    text: str
    timestamp: list[float | None]


@dataclass(frozen=True, slots=True)
class AutomaticSpeechRecognitionOutput:
    """The words."""

    text: str
    chunks: list[AutomaticSpeechRecognitionChunk] | None = None
    """The text in pieces with their times, if they were asked for."""


@dataclass(frozen=True)
class AutomaticSpeechRecognitionArgs(Call[AutomaticSpeechRecognitionOutput]):
    """Write down what is said in the recording `data`. Recommended model: openai/whisper-large-v3."""

    task = "automatic-speech-recognition"
    reply = OneOf(AutomaticSpeechRecognitionOutput, "{text: string}")
    binary = "data"

    data: BinaryInput
    parameters: AutomaticSpeechRecognitionParameters | Mapping[str, Any] | None = None
