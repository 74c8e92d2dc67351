"""Token classification: the entities in a text.  https://huggingface.co/tasks/token-classification

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from hf_inference.core.call import Call
from hf_inference.core.decoding import ListOf, wrong_shape

AggregationStrategy: TypeAlias = Literal["none", "simple", "first", "average", "max"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenClassificationParameters:
    """How the model's tokens become entities."""

    aggregation_strategy: AggregationStrategy | None = None
    """`none` gives single tokens, each with `entity` where the others give `entity_group`."""
    ignore_labels: list[str] | None = None
    stride: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenClassificationOutputValue:
    """An entity: its group (PER, ORG, LOC, …), score 0 to 1, text, and place in the input."""

    end: float
    """One past its last character, in code points of the input."""
    score: float
    start: float
    """Its first character, in code points of the input."""
    word: str
    entity_group: str | None = None
    entity: str | None = None
    """The label of a single token, under `aggregation_strategy="none"`."""


TokenClassificationOutput: TypeAlias = list[TokenClassificationOutputValue]
"""The entities in the order of the text."""


class Entities(ListOf[TokenClassificationOutputValue]):
    """Entities, each with its group, or its single token's label."""

    def decode(self, value: Any) -> TokenClassificationOutput:
        entities = super().decode(value)
        for index, entity in enumerate(entities):
            if entity.entity_group is None and entity.entity is None:
                raise wrong_shape(self.expected, value, f"$[{index}]")
        return entities


@dataclass(frozen=True)
class TokenClassificationArgs(Call[TokenClassificationOutput]):
    """Find the entities in `inputs`. Recommended model: dslim/bert-base-NER."""

    task = "token-classification"
    reply = Entities(
        TokenClassificationOutputValue,
        "Array<{end: number, entity_group: string, score: number, start: number, word: string}>",
    )

    inputs: str
    parameters: TokenClassificationParameters | Mapping[str, Any] | None = None
