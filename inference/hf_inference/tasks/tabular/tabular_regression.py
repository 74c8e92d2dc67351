"""Tabular regression: a number for each row of a table.  https://huggingface.co/tasks/tabular-regression

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypedDict

from hf_inference.core.call import Call
from hf_inference.core.decoding import Exactly


class TabularRegressionInputs(TypedDict):
    """A table: each column's name and its values, all columns of the same length."""

    data: Mapping[str, list[str]]


TabularRegressionOutput: TypeAlias = list[float]
"""The target value of each row, in the table's order."""


@dataclass(frozen=True)
class TabularRegressionArgs(Call[TabularRegressionOutput]):
    """Predict a number for each row of a table. Recommended model: scikit-learn/Fish-Weight."""

    task = "tabular-regression"
    reply = Exactly[TabularRegressionOutput](list[float], "number[]")

    inputs: TabularRegressionInputs
    parameters: Mapping[str, Any] | None = None
