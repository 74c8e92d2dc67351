"""Question answering: the words of a text that answer a question.  https://huggingface.co/tasks/question-answering

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from hf_inference.core.call import Call
from hf_inference.core.decoding import OneOf


class QuestionAnsweringInputs(TypedDict):
    """The question, and the text that answers it."""

    question: str
    context: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnsweringParameters:
    """How to answer. Lengths are in tokens."""

    align_to_words: bool | None = None
    """True: an answer ends at a word's end."""
    doc_stride: int | None = None
    """How far two pieces of a long text overlap."""
    handle_impossible_answer: bool | None = None
    """True: "no answer" may be the answer."""
    max_answer_len: int | None = None
    max_question_len: int | None = None
    max_seq_len: int | None = None
    top_k: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnsweringOutput:
    """The answer, its place in the context (code points; `end` is one past it), and its probability, 0 to 1."""

    answer: str
    end: float
    score: float
    start: float


@dataclass(frozen=True)
class QuestionAnsweringArgs(Call[QuestionAnsweringOutput]):
    """Answer a question from a text. Recommended model: deepset/roberta-base-squad2."""

    task = "question-answering"
    reply = OneOf(QuestionAnsweringOutput, "{answer: string, end: number, score: number, start: number}")

    inputs: QuestionAnsweringInputs
    parameters: QuestionAnsweringParameters | Mapping[str, Any] | None = None
