"""Sentence similarity: how near sentences are in meaning.  https://huggingface.co/tasks/sentence-similarity

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.call import Call
from hf_inference.core.decoding import Exactly

SentenceSimilarityOutput: TypeAlias = list[float]
"""The similarity of each sentence to the source sentence, at most 1, in the order given."""


@dataclass(frozen=True)
class SentenceSimilarityArgs(Call[SentenceSimilarityOutput]):
    """Compare sentences: `inputs={"source_sentence": "…", "sentences": ["…", "…"]}`; what else it may hold, the model
    says. Recommended model: sentence-transformers/all-MiniLM-L6-v2."""

    task = "sentence-similarity"
    reply = Exactly[SentenceSimilarityOutput](list[float], "number[]")

    inputs: Mapping[str, Any] | list[Mapping[str, Any]]
    parameters: Mapping[str, Any] | None = None
