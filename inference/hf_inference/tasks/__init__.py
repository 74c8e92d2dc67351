"""The tasks, a module each, in a folder a domain.

Knows which module a public name belongs to: the one whose name it begins with. Knows nothing of what tasks do.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from hf_inference.tasks.lazily import submodules

if TYPE_CHECKING:
    from hf_inference.tasks import lookups as lookups
else:
    __getattr__ = submodules(__name__)


def home_of(name: str) -> str:
    """The module of a public name: `SummarizationArgs` is in `hf_inference.tasks.nlp.summarization`. `KeyError` if no
    task's name begins it."""
    modules = {
        "".join(word.capitalize() for word in module.split("_")): f"{__name__}.{domain}.{module}"
        for domain in DOMAINS
        for module in import_module(f"{__name__}.{domain}").__all__
    }
    return modules[max((task for task in modules if name.startswith(task)), key=len, default=name)]


DOMAINS = ("audio", "cv", "multimodal", "nlp", "tabular")
