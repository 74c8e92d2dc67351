"""Which providers serve a model, and by which name: the Hub's inference provider mapping.

Knows both shapes of the Hub's reply and how long an answer holds. Knows no provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hf_inference.core.decoding import decode, wrong_shape
from hf_inference.core.errors import InferenceError, ModelNotFoundError
from hf_inference.core.flow import Context, Flow, send
from hf_inference.core.wire import Request
from hf_inference.providers.addresses import HUB_URL
from hf_inference.providers.base import USER_AGENT, model_path

if TYPE_CHECKING:
    from hf_inference.tasks.lookups import ProviderMapping


def providers_of(model: str, context: Context, *, hub_url: str = HUB_URL) -> Flow[list[ProviderMapping]]:
    """The providers of a model in the Hub's order, remembered for some minutes a credential.

    The credential is sent if it is a Hub token. Raises what the Hub answers for a model it does not know.
    """
    key = context.memory_key("mapping", hub_url, model)
    known: list[ProviderMapping] | None = context.memory.get(key)
    if known is not None:
        return known
    token = context.credential if is_hub_token(context.credential) else ""
    request = Request(
        method="GET",
        url=f"{hub_url.rstrip('/')}/api/models/{model_path(model)}?expand[]=inferenceProviderMapping",
        headers={"User-Agent": USER_AGENT},
        secret_headers={"Authorization": f"Bearer {token}"} if token else {},
    )
    response = yield from send(request, context, provider="the Hub")
    found = read_mapping(response.json(request), model)
    context.memory.set(key, found)
    return found


def mapping_or_none(
    model: str, provider: str, context: Context, *, hub_url: str
) -> Flow[tuple[ProviderMapping | None, InferenceError | None]]:
    """A provider's mapping of a model; without one, the Hub's error if the Hub does not know the model."""
    try:
        found = yield from providers_of(model, context, hub_url=hub_url)
    except ModelNotFoundError as error:
        return None, error
    return next((entry for entry in found if entry.provider == provider), None), None


def read_mapping(reply: Any, model: str) -> list[ProviderMapping]:
    """The reply's mapping: a list of entries, or (the older shape) an object of them by provider."""
    from hf_inference.tasks.lookups import ProviderMapping  # only who asks pays for it

    value = reply.get("inferenceProviderMapping") if isinstance(reply, dict) else None
    if value is None and isinstance(reply, dict):
        return []
    if isinstance(value, dict):
        value = [{"provider": name, **entry} for name, entry in value.items() if isinstance(entry, Mapping)]
    if not isinstance(value, list):
        raise wrong_shape("{inferenceProviderMapping: [{provider, providerId, status, task}]}", reply)
    return [
        decode(ProviderMapping, {"hfModelId": model, **entry}, path=f"$.inferenceProviderMapping[{index}]")
        for index, entry in enumerate(value)
        if isinstance(entry, dict)
    ]


def lora_path(entry: ProviderMapping | None) -> str:
    """The address of a LoRA's weights file, "" for a model that is no LoRA."""
    if entry is None or entry.adapter != "lora" or not entry.adapter_weights_path:
        return ""
    return f"{HUB_URL}/{entry.hf_model_id}/resolve/main/{entry.adapter_weights_path}"


def is_hub_token(credential: str) -> bool:
    """Whether a credential is the Hub's, which its prefix tells."""
    return credential.startswith("hf_")
