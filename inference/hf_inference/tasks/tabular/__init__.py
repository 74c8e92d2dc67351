"""Tasks on tables, a module each, imported when it is first asked for.

Knows their names. Knows nothing of what they do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hf_inference.tasks.lazily import submodules

if TYPE_CHECKING:
    from hf_inference.tasks.tabular import (
        tabular_classification,
        tabular_regression,
    )
else:
    __getattr__ = submodules(__name__)

__all__ = [
    "tabular_classification",
    "tabular_regression",
]
