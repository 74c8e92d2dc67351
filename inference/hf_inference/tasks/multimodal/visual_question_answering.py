"""Visual question answering: a question about a picture.  https://huggingface.co/tasks/visual-question-answering

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from hf_inference.core.binary import BinaryInput
from hf_inference.core.call import Call
from hf_inference.core.decoding import OneOf


class VisualQuestionAnsweringInputs(TypedDict):
    """The picture and the question."""

    question: str
    image: BinaryInput


@dataclass(frozen=True, slots=True, kw_only=True)
class VisualQuestionAnsweringParameters:
    """How many answers the model shall weigh; the best of them is the output."""

    top_k: int | None = None


@dataclass(frozen=True, slots=True)
class VisualQuestionAnsweringOutput:
    """The most probable answer and its probability, 0 to 1."""

    answer: str
    score: float


@dataclass(frozen=True)
class VisualQuestionAnsweringArgs(Call[VisualQuestionAnsweringOutput]):
    """Answer a question about a picture. Recommended model: dandelin/vilt-b32-finetuned-vqa."""

    task = "visual-question-answering"
    reply = OneOf(VisualQuestionAnsweringOutput, "Array<{answer: string, score: number}>")
    binary = "inputs.image"

    inputs: VisualQuestionAnsweringInputs
    parameters: VisualQuestionAnsweringParameters | Mapping[str, Any] | None = None
