"""A model at a URL of its own: a dedicated endpoint, TGI, TEI, or the inference toolkit.

Knows that the URL is called as it is. Knows no model: the URL stands for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hf_inference.core.call import Call
from hf_inference.core.flow import Context, Flow
from hf_inference.providers.base import Form, Target
from hf_inference.providers.pipeline import PIPELINE_TASKS, PipelineForm


@dataclass(frozen=True)
class EndpointTarget(Target):
    """Every task the Hub's form carries, posted to one URL; which of them the model behind it does, it says itself."""

    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = dict.fromkeys(PIPELINE_TASKS, (PipelineForm(),))

    def model(self, call: Call[Any], context: Context) -> Flow[str]:
        yield from ()
        return ""

    def url(self, path: str) -> str:
        return self.base_url
