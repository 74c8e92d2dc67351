"""Table question answering: a question about a table.  https://huggingface.co/tasks/table-question-answering

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from hf_inference.core.call import Call
from hf_inference.core.decoding import OneOf


class TableQuestionAnsweringInputs(TypedDict):
    """The question, and the table: each column's name and its values, all columns of the same length."""

    query: str
    table: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableQuestionAnsweringParameters:
    """How to read the table."""

    padding: str | None = None
    sequential: bool | None = None
    """True: read row after row, which is slower, for models that need it."""
    truncation: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableQuestionAnsweringOutput:
    """The answer, and the cells it comes from: their texts, their rows and columns, and what is done with them
    (`SUM`, `AVERAGE`, `COUNT`, `NONE`), where the model tells."""

    aggregator: str | None = None
    answer: str
    cells: list[str]
    coordinates: list[list[float]]


@dataclass(frozen=True)
class TableQuestionAnsweringArgs(Call[TableQuestionAnsweringOutput]):
    """Answer a question about a table. Recommended model: google/tapas-base-finetuned-wtq."""

    task = "table-question-answering"
    reply = OneOf(
        TableQuestionAnsweringOutput,
        "{aggregator: string, answer: string, cells: string[], coordinates: number[][]}",
    )

    inputs: TableQuestionAnsweringInputs
    parameters: TableQuestionAnsweringParameters | Mapping[str, Any] | None = None
