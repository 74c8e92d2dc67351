"""Text ranking: texts in the order in which they answer a query.  https://huggingface.co/tasks/text-ranking

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.call import Call
from hf_inference.core.decoding import ListOf


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRankingParameters:
    """How to rank."""

    raw_scores: bool | None = None
    """True: the model's numbers as they are; by default they lie between 0 and 1."""
    return_text: bool | None = None
    """True: each value repeats its text."""
    truncate: bool | None = None
    """True: cut what is too long for the model instead of refusing it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRankingOutputValue:
    """One text: its place in the call's list (from 0) and how well it answers the query."""

    index: int
    score: float
    text: str | None = None


TextRankingOutput: TypeAlias = list[TextRankingOutputValue]
"""The texts, the best first."""


@dataclass(frozen=True)
class TextRankingArgs(Call[TextRankingOutput]):
    """Rank `texts` by how well they answer `query`. Recommended model: BAAI/bge-reranker-v2-m3."""

    task = "text-ranking"
    reply = ListOf(TextRankingOutputValue, "Array<{index: number, score: number, text?: string}>")

    query: str
    texts: list[str]
    parameters: TextRankingParameters | Mapping[str, Any] | None = None
