"""Summarization: a long text into a short one.  https://huggingface.co/tasks/summarization

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hf_inference.core.call import Call
from hf_inference.core.decoding import OneOf


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarizationParameters:
    """How to summarize. Lengths are in tokens."""

    max_length: float | None = None
    max_time: float | None = None
    """Seconds the model may take; it may overshoot by a token."""
    min_length: float | None = None
    repetition_penalty: float | None = None
    """1.0 is none; higher punishes words said before."""
    temperature: float | None = None
    top_k: float | None = None
    top_p: float | None = None
    clean_up_tokenization_spaces: bool | None = None
    generate_parameters: Mapping[str, Any] | None = None
    truncation: str | None = None


@dataclass(frozen=True, slots=True)
class SummarizationOutput:
    """The short text."""

    summary_text: str


@dataclass(frozen=True)
class SummarizationArgs(Call[SummarizationOutput]):
    """Shorten `inputs`, keeping what matters. Recommended model: facebook/bart-large-cnn."""

    task = "summarization"
    reply = OneOf(SummarizationOutput, "Array<{summary_text: string}>")

    inputs: str
    parameters: SummarizationParameters | Mapping[str, Any] | None = None
