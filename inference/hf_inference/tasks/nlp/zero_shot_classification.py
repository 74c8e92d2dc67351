"""Zero-shot classification: a text into labels of your own.  https://huggingface.co/tasks/zero-shot-classification

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.call import Call
from hf_inference.core.decoding import ListOf, decode


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroShotClassificationParameters:
    """Your labels, two at least, and whether several of them may hold at once."""

    candidate_labels: list[str]
    multi_label: bool | None = None
    hypothesis_template: str | None = None
    """The sentence a label is put into, with `{}` for its place: `This text is about {}.`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroShotClassificationOutputValue:
    """Your labels, the most probable first, the probability of each, 0 to 1, and the text they are about."""

    labels: list[str]
    scores: list[float]
    sequence: str


ZeroShotClassificationOutput: TypeAlias = list[ZeroShotClassificationOutputValue]
"""One value a text."""


@dataclass(frozen=True)
class ZeroShotClassificationArgs(Call[ZeroShotClassificationOutput]):
    """Sort `inputs`, a text or a list of texts, into labels of your own.
    Recommended model: facebook/bart-large-mnli."""

    task = "zero-shot-classification"
    reply = ListOf(ZeroShotClassificationOutputValue, "Array<{labels: string[], scores: number[], sequence: string}>")

    inputs: str | list[str]
    parameters: ZeroShotClassificationParameters | Mapping[str, Any]

    def decode(self, value: Any) -> ZeroShotClassificationOutput:
        """Of `{labels, scores, sequence}`, one or a list of them; or of `[{label, score}]`, one such list a text."""
        texts = [self.inputs] if isinstance(self.inputs, str) else self.inputs
        lists = value if isinstance(value, list) and value and isinstance(value[0], list) else [value]
        if len(lists) != len(texts) or not all(map(_is_ranking, lists)):
            return self.reply.decode(value)
        rankings = [decode(list[_Ranked], ranking, expected=self.reply.expected) for ranking in lists]
        return [
            ZeroShotClassificationOutputValue(
                labels=[one.label for one in ranking], scores=[one.score for one in ranking], sequence=text
            )
            for text, ranking in zip(texts, rankings, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Ranked:
    label: str
    score: float


def _is_ranking(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "label" in value[0]
