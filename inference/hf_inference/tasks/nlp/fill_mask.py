"""Fill mask: the word that belongs in a gap.  https://huggingface.co/tasks/fill-mask

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.call import Call
from hf_inference.core.decoding import ListOf


@dataclass(frozen=True, slots=True, kw_only=True)
class FillMaskParameters:
    """Which words."""

    targets: list[str] | None = None
    """Only these words are weighed."""
    top_k: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FillMaskOutputValue:
    """A word for the gap: its probability, 0 to 1, the whole text with it, its id in the model's vocabulary, itself."""

    score: float
    sequence: str
    token: float
    token_str: str


FillMaskOutput: TypeAlias = list[FillMaskOutputValue]
"""The words, the most probable first."""


@dataclass(frozen=True)
class FillMaskArgs(Call[FillMaskOutput]):
    """Fill the gap in `inputs`, a text with the model's own mask token once in it (`[MASK]`, `<mask>`).
    Recommended model: google-bert/bert-base-uncased."""

    task = "fill-mask"
    reply = ListOf(FillMaskOutputValue, "Array<{score: number, sequence: string, token: number, token_str: string}>")

    inputs: str
    parameters: FillMaskParameters | Mapping[str, Any] | None = None
