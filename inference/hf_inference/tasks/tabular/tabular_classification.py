"""Tabular classification: a class for each row of a table.  https://huggingface.co/tasks/tabular-classification

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypedDict

from hf_inference.core.call import Call
from hf_inference.core.decoding import Exactly


class TabularClassificationInputs(TypedDict):
    """A table: each column's name and its values, all columns of the same length."""

    data: Mapping[str, list[str]]


TabularClassificationOutput: TypeAlias = list[float]
"""The class, as the model counts them, of each row, in the table's order."""


@dataclass(frozen=True)
class TabularClassificationArgs(Call[TabularClassificationOutput]):
    """Predict a class for each row of a table. Recommended model: vvmnnnkv/wine-quality."""

    task = "tabular-classification"
    reply = Exactly[TabularClassificationOutput](list[float], "number[]")

    inputs: TabularClassificationInputs
    parameters: Mapping[str, Any] | None = None
