"""Text generation: the continuation of a prompt.  https://huggingface.co/tasks/text-generation

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hf_inference.core.call import Call
from hf_inference.core.decoding import OneOf


@dataclass(frozen=True, slots=True, kw_only=True)
class TextGenerationParameters:
    """How to generate: the seed API's parameters, then those of today's TGI."""

    do_sample: bool | None = None
    """False: always the most probable token."""
    max_new_tokens: float | None = None
    max_time: float | None = None
    """Seconds the model may take; it may overshoot by a token."""
    num_return_sequences: float | None = None
    repetition_penalty: float | None = None
    return_full_text: bool | None = None
    """True: `generated_text` begins with the prompt."""
    stop_sequences: list[str] | None = None
    temperature: float | None = None
    top_k: float | None = None
    top_p: float | None = None
    truncate: float | None = None
    """Tokens of the prompt to keep, counted from its end."""

    adapter_id: str | None = None
    best_of: int | None = None
    decoder_input_details: bool | None = None
    details: bool | None = None
    frequency_penalty: float | None = None
    grammar: Mapping[str, Any] | None = None
    seed: int | None = None
    stop: list[str] | None = None
    top_n_tokens: int | None = None
    typical_p: float | None = None
    watermark: bool | None = None


@dataclass(frozen=True, slots=True)
class TextGenerationOutput:
    """The continuation."""

    generated_text: str
    details: Mapping[str, Any] | None = None
    """What TGI tells of the generation, if `details` was asked for."""


@dataclass(frozen=True)
class TextGenerationArgs(Call[TextGenerationOutput]):
    """Continue `inputs`, the prompt. Recommended: any text-generation model the target serves."""

    task = "text-generation"
    reply = OneOf(TextGenerationOutput, "Array<{generated_text: string}>")

    inputs: str
    parameters: TextGenerationParameters | Mapping[str, Any] | None = None
