"""Text classification: a text into labels with scores.  https://huggingface.co/tasks/text-classification

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.call import Call
from hf_inference.core.decoding import ListOf


@dataclass(frozen=True, slots=True, kw_only=True)
class TextClassificationParameters:
    """How many labels, and from which function of the scores (`sigmoid`, `softmax`, `none`)."""

    function_to_apply: str | None = None
    top_k: int | None = None


@dataclass(frozen=True, slots=True)
class TextClassificationOutputValue:
    """A label of the model and its probability, 0 to 1."""

    label: str
    score: float


TextClassificationOutput: TypeAlias = list[TextClassificationOutputValue]
"""The labels, the most probable first."""


@dataclass(frozen=True)
class TextClassificationArgs(Call[TextClassificationOutput]):
    """Sort `inputs` into the model's labels.
    Recommended model: distilbert/distilbert-base-uncased-finetuned-sst-2-english (sentiment)."""

    task = "text-classification"
    reply = ListOf(TextClassificationOutputValue, "Array<{label: string, score: number}>")

    inputs: str
    parameters: TextClassificationParameters | Mapping[str, Any] | None = None
