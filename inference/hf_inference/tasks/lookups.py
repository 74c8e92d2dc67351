"""Questions about a backend that are no tasks: what it is, whether it is well, which models and providers there are.

Knows the answers' shapes. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hf_inference.core.call import Call
from hf_inference.core.decoding import Reply, decode, wrong_shape

EndpointInfo: TypeAlias = dict[str, Any]
"""What a server tells of itself (TGI and TEI: model_id, version, limits, …)."""


class _Info(Reply[EndpointInfo]):
    def decode(self, value: Any) -> EndpointInfo:
        return decode(dict[str, Any], value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProvider:
    """One provider of a model that the router lists."""

    provider: str
    status: str | None = None
    context_length: int | None = None
    """Tokens."""
    pricing: dict[str, Any] | None = None
    """Dollars a million tokens, `input` and `output`."""
    supports_tools: bool | None = None
    supports_structured_output: bool | None = None
    is_model_author: bool | None = None
    first_token_latency_ms: float | None = None
    throughput: float | None = None
    """Tokens a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """A model that a backend serves."""

    id: str
    owned_by: str | None = None
    pipeline_tag: str | None = None
    """Its task, where the Hub was asked."""
    providers: list[ModelProvider] | None = None
    """Who serves it, where the router was asked."""


class _Models(Reply[list[ModelInfo]]):
    def decode(self, value: Any) -> list[ModelInfo]:
        listed = value.get("data") if isinstance(value, dict) else value
        if not isinstance(listed, list):
            raise wrong_shape("{data: [{id: string}]}", value)
        return decode(list[ModelInfo], listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMapping:
    """One provider that serves a model."""

    provider: str
    provider_id: str = field(metadata={"wire": "providerId"})
    """The provider's own name of the model."""
    task: str
    """The task it serves the model for, chat being `conversational`."""
    status: str = "live"
    """live, staging (for tests), or error (its last health check failed)."""
    hf_model_id: str = field(default="", metadata={"wire": "hfModelId"})
    adapter: str | None = None
    """`lora` for a model that is weights over another one."""
    adapter_weights_path: str | None = field(default=None, metadata={"wire": "adapterWeightsPath"})
    """The file of those weights in the model's repository."""
    type: str | None = None
    """single-model or tag-filter."""
    is_model_author: bool | None = field(default=None, metadata={"wire": "isModelAuthor"})


@dataclass(frozen=True)
class EndpointInfoArgs(Call[EndpointInfo]):
    """What the server behind an endpoint tells of itself (TGI and TEI: `/info`)."""

    task = "endpoint-info"
    reply = _Info()


@dataclass(frozen=True)
class HealthCheckArgs(Call[bool]):
    """Whether the server answers that it is well; False if it answers otherwise. A server that does not answer at all
    raises `BackendUnreachableError`."""

    task = "health-check"


@dataclass(frozen=True, kw_only=True)
class ListModelsArgs(Call[list[ModelInfo]]):
    """The models of a server; those that the router serves on the hub."""

    task = "list-models"
    reply = _Models()

    provider: str | None = None
    """On the hub: only those that this provider serves (several: `fal-ai,replicate`; `all` for any)."""
    pipeline_tag: str | None = None
    """On the hub: only those of this task."""
    limit: int | None = None
    """On the hub, with a provider or a task: at most so many."""


@dataclass(frozen=True, kw_only=True)
class ListProvidersArgs(Call[list[ProviderMapping]]):
    """The providers that serve `model`, in the Hub's order."""

    task = "list-providers"
