"""The model inside this process, reached like any other.

Knows the reserved base URL and which tasks an engine lists. Knows nothing of how it computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from hf_inference.core.call import Call
from hf_inference.core.flow import Context, Flow
from hf_inference.engines.engine import Engine
from hf_inference.providers.base import Form, Target, model_path
from hf_inference.providers.pipeline import PIPELINE_TASKS, PipelineForm

BASE_URL = "http://embedded.invalid"
"""Never resolved: requests to it go to the engine's transport (RFC 6761 reserves `.invalid`)."""


class EmbeddedForm(PipelineForm):
    """`/pipeline/{task}` with the engine's default model, `/models/{model}/pipeline/{task}` with a named one."""

    def path(self, task: str, model: str) -> str:
        return f"/models/{model_path(model)}/pipeline/{task}" if model else f"/pipeline/{task}"


@dataclass(frozen=True)
class EngineTarget(Target):
    """An engine as a target. It sends nothing anywhere."""

    base_url: str = field(default=BASE_URL, init=False)
    answering: Engine

    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = dict.fromkeys(PIPELINE_TASKS, (EmbeddedForm(),))

    @property
    def engine(self) -> Engine:
        return self.answering

    def serves(self, task: str) -> bool:
        return task in self.answering.models().values()

    def model(self, call: Call[Any], context: Context) -> Flow[str]:
        yield from ()
        return call.model or ""

    def authorization(self, context: Context) -> Mapping[str, str]:
        return {}
