"""Document question answering: a question about a page's picture.  https://huggingface.co/tasks/document-question-answering

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from hf_inference.core.binary import BinaryInput
from hf_inference.core.call import Call
from hf_inference.core.decoding import OneOf


class DocumentQuestionAnsweringInputs(TypedDict):
    """The page and the question."""

    question: str
    image: BinaryInput


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentQuestionAnsweringParameters:
    """How to read and answer. Lengths are in tokens."""

    doc_stride: int | None = None
    """How far two pieces of a long page overlap."""
    handle_impossible_answer: bool | None = None
    """True: "no answer" may be the answer."""
    lang: str | None = None
    """Language of the text recognition, for example `eng`."""
    max_answer_len: int | None = None
    max_question_len: int | None = None
    max_seq_len: int | None = None
    top_k: int | None = None
    word_boxes: list[Any] | None = None
    """Words with their boxes, in place of the text recognition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentQuestionAnsweringOutput:
    """The answer, its probability, 0 to 1, and the first and last of the page's words it is made of."""

    answer: str
    end: float | None = None
    score: float | None = None
    start: float | None = None


@dataclass(frozen=True)
class DocumentQuestionAnsweringArgs(Call[DocumentQuestionAnsweringOutput]):
    """Answer a question about the picture of a page. Recommended model: impira/layoutlm-document-qa."""

    task = "document-question-answering"
    reply = OneOf(
        DocumentQuestionAnsweringOutput, "Array<{answer: string, end?: number, score?: number, start?: number}>"
    )
    binary = "inputs.image"

    inputs: DocumentQuestionAnsweringInputs
    parameters: DocumentQuestionAnsweringParameters | Mapping[str, Any] | None = None
