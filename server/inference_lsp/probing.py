"""What the server at an address says of itself: its model, and the tasks that model can do.

Knows the shapes in which TGI, TEI and OpenAI-compatible servers tell it. Knows no title, setting or retry: a server
that tells nothing is no error, it is just not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hf_inference import EndpointInfoArgs, HealthCheckArgs, InferenceError, ListModelsArgs, Options, Timeouts

if TYPE_CHECKING:
    from hf_inference import AsyncHfInference

PROBING = Options(retry_on_error=False, timeouts=Timeouts(connect=3.0, first_token=5.0, between_tokens=5.0, total=10.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a server; empty where it did not say."""

    models: tuple[str, ...] = ()
    tasks: frozenset[str] = frozenset()
    """All it can do; empty: not known, so anything may be asked of it."""
    kind: str = ""
    """What its model is for, in a word or two."""

    def denies(self, task: str) -> bool:
        """Whether the server is known not to do a task."""
        return bool(self.tasks) and task not in self.tasks


async def probe(client: AsyncHfInference) -> Known:
    """Ask a server what it is: `/info`, else its list of models."""
    serves = client.target.serves
    if serves("endpoint-info"):
        try:
            known = read_info((await client.answer(EndpointInfoArgs(options=PROBING))).output)
        except InferenceError:
            known = Known()
        if known.tasks:
            return known
    if serves("list-models"):
        try:
            listed = (await client.answer(ListModelsArgs(options=PROBING))).output
        except InferenceError:
            return Known()
        return Known(models=tuple(model.id for model in listed))
    return Known()


async def is_well(client: AsyncHfInference) -> bool:
    """Whether the server answers that it is well. Raises `InferenceError` if it does not answer."""
    return (await client.answer(HealthCheckArgs(options=PROBING))).output


def read_info(info: Mapping[str, Any]) -> Known:
    """What `/info` tells: TEI has a `model_type` of one member, TGI its limits and perhaps a pipeline tag."""
    name = info.get("model_id")
    models = (name,) if isinstance(name, str) and name else ()
    model_type = info.get("model_type")
    if isinstance(model_type, Mapping):
        for kind, tasks, word in _TEI:
            if kind in {str(member).lower() for member in model_type}:
                return Known(models=models, tasks=tasks, kind=word)
    tag = info.get("model_pipeline_tag")
    if tag in _WRITING or (models and _TGI_LIMITS & info.keys()):
        return Known(models=models, tasks=_WRITING, kind="text generation")
    return Known(models=models)


_WRITING = frozenset({"text-generation", "chat-completion"})
_TGI_LIMITS = frozenset({"max_total_tokens", "max_best_of", "max_stop_sequences"})
_TEI = (
    ("embedding", frozenset({"feature-extraction", "sentence-similarity"}), "embeddings"),
    ("classifier", frozenset({"text-classification"}), "text classification"),
    ("reranker", frozenset({"text-ranking"}), "reranking"),
)
