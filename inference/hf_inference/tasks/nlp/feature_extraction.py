"""Feature extraction: a text as numbers.  https://huggingface.co/tasks/feature-extraction

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from hf_inference.core.call import Call
from hf_inference.core.decoding import Reply, wrong_shape

FeatureExtractionOutput: TypeAlias = (
    list[float] | list[list[float]] | list[list[list[float]]] | list[list[list[list[float]]]]
)
"""One vector for a text, from a sentence model; a list of vectors for a list of texts, or for the tokens of one;
and so on, up to four levels."""

DEEPEST = 4


class Nested(Reply[FeatureExtractionOutput]):
    """Lists of lists of numbers: each level holds lists only, or numbers only."""

    def decode(self, value: Any) -> FeatureExtractionOutput:
        self._check(value, "$", 1)
        return cast(FeatureExtractionOutput, value)

    def _check(self, value: Any, path: str, depth: int) -> None:
        if type(value) is not list or depth > DEEPEST:
            raise wrong_shape(EXPECTED, value, path)
        kinds = set(map(type, value))
        if not kinds - {float, int}:  # a bool is neither: its type is bool
            return
        if kinds != {list}:
            wanted = {list} if type(value[0]) is list else {float, int}
            index = next(index for index, item in enumerate(value) if type(item) not in wanted)
            raise wrong_shape(EXPECTED, value[index], f"{path}[{index}]")
        for index, item in enumerate(value):
            self._check(item, f"{path}[{index}]", depth + 1)


@dataclass(frozen=True)
class FeatureExtractionArgs(Call[FeatureExtractionOutput]):
    """Turn `inputs`, a text or a list of texts, into vectors. Recommended model: thenlper/gte-large."""

    task = "feature-extraction"
    reply = Nested()

    inputs: str | list[str]
    normalize: bool | None = None
    """True: vectors of length one."""
    prompt_name: str | None = None
    """A prompt of the model's own to put before each text: `query`, `passage`, …"""
    truncate: bool | None = None
    """True: too long a text is cut, not refused."""
    truncation_direction: str | None = None
    """Which side is cut: `Left` or `Right`."""
    dimensions: int | None = None
    """Length of the vectors, where the model can give several."""
    encoding_format: str | None = None


EXPECTED = "Array<number[][][] | number[][] | number[] | number>"
