"""The provider chosen for the caller: by the router for chat, by the Hub's mapping for every other task.

Knows the suffixes of a model's name (`:fastest`, `:cheapest`, `:preferred`, `:provider`) and how a provider is chosen
among those that serve the model. Knows no single provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from hf_inference.core.call import Call, StreamCall
from hf_inference.core.errors import InputError, NoDefaultModelError, UnsupportedTaskError
from hf_inference.core.events import EventReader
from hf_inference.core.flow import Answer, Context, Flow, Opened
from hf_inference.core.wire import Request
from hf_inference.providers.addresses import HUB_URL, ROUTER_URL
from hf_inference.providers.base import Form, Target
from hf_inference.providers.chat import text_forms
from hf_inference.providers.mapping import is_hub_token, providers_of
from hf_inference.providers.partner import EQUIVALENT, PartnerTarget, billed
from hf_inference.providers.registry import PROVIDERS, partner

if TYPE_CHECKING:
    from hf_inference.tasks.lookups import ProviderMapping

T = TypeVar("T")

POLICIES = frozenset({"fastest", "cheapest", "preferred"})
"""Words that let the router choose by; everything else after a model's colon is a provider."""


@dataclass(frozen=True)
class AutoTarget(Target):
    """Any provider that serves the model. It takes a Hub token, since the router lies between."""

    base_url: str = ROUTER_URL
    """The router."""
    api_key: str | None = field(default=None, repr=False, kw_only=True)
    """A Hub token that goes before the client's."""
    hub_url: str = field(default=HUB_URL, kw_only=True)

    name: ClassVar[str] = "auto"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = text_forms("/v1")

    def serves(self, task: str) -> bool:
        return task in self.forms or any(task in partner(name).forms for name in PROVIDERS)

    def answer(self, call: Call[T], context: Context) -> Flow[Answer[T]]:
        context = self._own(context)
        if call.task in self.forms:
            return (yield from super().answer(call, context))
        target, named = yield from chosen(call, context, router_url=self.base_url, hub_url=self.hub_url)
        return (yield from target.answer(named, context))

    def open(self, call: StreamCall[T], context: Context) -> Flow[tuple[Opened, EventReader[T]]]:
        return (yield from super().open(call, self._own(context)))

    def request(self, form: Form, call: Call[Any], model: str, context: Context) -> Request:
        return billed(super().request(form, call, model, context), context)

    def _own(self, context: Context) -> Context:
        own = replace(context, credential=self.api_key or context.credential)
        check_routable(own)
        return own


def chosen(call: Call[T], context: Context, *, router_url: str, hub_url: str) -> Flow[tuple[PartnerTarget, Call[T]]]:
    """The provider for a call, and the call without its model's suffix. A provider the suffix names is taken; else
    the first in the Hub's order that this version knows, that serves the task and whose health check passed."""
    if not call.model:
        raise NoDefaultModelError(f"No provider can be chosen for {call.task} without a model: name one with model=…")
    model, suffix = split_suffix(call.model)
    named = replace(call, model=model)
    if suffix and suffix not in POLICIES:
        return partner(suffix)(router_url=router_url, hub_url=hub_url), named
    entries = yield from providers_of(model, context, hub_url=hub_url)
    fitting = [entry for entry in entries if _fits(entry, call.task)]
    if not fitting:
        listed = ", ".join(f"{entry.provider} for {entry.task} ({entry.status})" for entry in entries) or "no provider"
        raise UnsupportedTaskError(f"No provider serves {model} for {call.task}. The Hub lists: {listed}.")
    first = min(fitting, key=lambda entry: entry.status != "live")
    return partner(first.provider)(router_url=router_url, hub_url=hub_url), named


def split_suffix(model: str) -> tuple[str, str]:
    """A model's name and what follows its colon: `("owner/name", "fastest")`."""
    name, colon, suffix = model.rpartition(":")
    return (name, suffix) if colon and "/" not in suffix else (model, "")


def check_routable(context: Context) -> None:
    """Refuses a key that is another service's: the router is not to see it."""
    if context.credential and not is_hub_token(context.credential):
        raise InputError("The router takes a Hugging Face token (hf_…). For another key name its provider")


def _fits(entry: ProviderMapping, task: str) -> bool:
    if entry.provider not in PROVIDERS or entry.status == "error":
        return False
    return entry.task in EQUIVALENT.get(task, (task,)) and task in partner(entry.provider).forms
