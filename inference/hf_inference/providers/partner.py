"""An inference provider: reached through the Hugging Face router with a Hub token, or directly with its own key.

Knows how a credential chooses the way, and how a model's name on the Hub becomes the provider's. Knows no single
provider: each is a subclass in a file of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from hf_inference.core.call import Call, StreamCall
from hf_inference.core.errors import InputError, NoDefaultModelError, UnsupportedTaskError
from hf_inference.core.events import EventReader
from hf_inference.core.flow import Answer, Context, Flow, Opened
from hf_inference.core.wire import Request
from hf_inference.providers.addresses import HUB_URL, ROUTER_URL
from hf_inference.providers.base import Form, Target
from hf_inference.providers.mapping import is_hub_token, mapping_or_none

if TYPE_CHECKING:
    from hf_inference.tasks.lookups import ProviderMapping

T = TypeVar("T")


@dataclass(frozen=True)
class PartnerTarget(Target):
    """A provider by name. A Hub token goes to the router and nowhere else, any other key to the provider and nowhere
    else; without a credential the router is asked."""

    base_url: str = ""
    """The provider's own API."""
    api_key: str | None = field(default=None, repr=False, kw_only=True)
    """Goes before the client's token."""
    router_url: str = field(default=ROUTER_URL, kw_only=True)
    hub_url: str = field(default=HUB_URL, kw_only=True)
    way: Way | None = field(default=None, repr=False, kw_only=True)
    """Set in the copy that makes one call."""

    through_router: ClassVar[bool] = True
    """False for a provider that the router does not know."""

    @property
    def label(self) -> str:
        return self.name

    def moved(self, base_url: str) -> Self:
        """The provider at another address of its own, such as a proxy."""
        return replace(self, base_url=base_url)

    def answer(self, call: Call[T], context: Context) -> Flow[Answer[T]]:
        if self.way is not None:
            return (yield from super().answer(call, context))
        found, own = yield from self._found(call, context)
        return (yield from found.answer(call, own))

    def open(self, call: StreamCall[T], context: Context) -> Flow[tuple[Opened, EventReader[T]]]:
        if self.way is not None:
            return (yield from super().open(call, context))
        found, own = yield from self._found(call, context)
        return (yield from found.open(call, own))

    def model(self, call: Call[Any], context: Context) -> Flow[str]:
        yield from ()
        assert self.way is not None
        return self.way.model

    def forms_of(self, call: Call[Any]) -> tuple[Form, ...]:
        forms = super().forms_of(call)
        if self.way is not None and self.way.mapping is not None and self.way.mapping.task == "conversational":
            return tuple(form for form in forms if form.name == "chat") or forms
        return forms

    def request(self, form: Form, call: Call[Any], model: str, context: Context) -> Request:
        request = super().request(form, call, model, context)
        return billed(request, context) if self.way is not None and self.way.routed else request

    def mapping(self, call: Call[Any], context: Context) -> Flow[ProviderMapping | None]:
        """The provider's entry for the call's model; None lets the model's name through as it is."""
        assert call.model
        entry, unknown = yield from mapping_or_none(call.model, self.name, context, hub_url=self.hub_url)
        if entry is None and unknown is not None and not self._is_routed(context.credential):
            return None  # a name of the provider's own, for its own key
        if entry is None:
            raise unknown or UnsupportedTaskError(
                f"{self.name} does not serve {call.model}. Choose another provider, or auto."
            )
        check_task(entry, call)
        return entry

    def _found(self, call: Call[Any], context: Context) -> Flow[tuple[Self, Context]]:
        """This provider as it is reached for one call, and the context with the credential that it gets."""
        own = replace(context, credential=self.api_key or context.credential)
        if call.task not in self.forms:
            served = ", ".join(sorted(self.forms))
            raise UnsupportedTaskError(f"{self.name} does not serve {call.task}; it serves {served}.")
        if not call.model:
            raise NoDefaultModelError(f"{self.name} has no default model for {call.task}: name one with model=…")
        routed = self._is_routed(own.credential)
        if routed and not self.through_router:
            raise InputError(f"{self.name} takes its own key only: give api_key=…, not a Hugging Face token")
        entry = yield from self.mapping(call, own)
        way = Way(model=entry.provider_id if entry else call.model, routed=routed, mapping=entry)
        base = f"{self.router_url.rstrip('/')}/{self.name}" if routed else self.base_url
        return replace(self, base_url=base, way=way), own

    def _is_routed(self, credential: str) -> bool:
        return not credential or is_hub_token(credential)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How one call reaches a provider: the model's name there, and whether the router lies between."""

    model: str
    routed: bool
    mapping: ProviderMapping | None


class Extended(Form):
    """Another form with further members in its body, such as a LoRA's weights."""

    def __init__(self, form: Form, members: Mapping[str, Any], within: str = "") -> None:
        self.form = form
        self.members = members
        self.within = within

    def path(self, task: str, model: str) -> str:
        return self.form.path(task, model)

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        body = self.form.body(call, model, context)
        if self.within:
            return {**body, self.within: {**body[self.within], **self.members}}
        return {**body, **self.members}

    def headers(self, call: Call[Any], context: Context) -> Mapping[str, str]:
        return self.form.headers(call, context)


def check_task(entry: ProviderMapping, call: Call[Any]) -> None:
    """Refuses a call whose task is not the one the provider serves the model for."""
    if entry.task not in EQUIVALENT.get(call.task, (call.task,)):
        raise UnsupportedTaskError(f"{entry.provider} serves {call.model} for {entry.task}, not for {call.task}")


def billed(request: Request, context: Context) -> Request:
    """The request with the organization that pays for it, if one is named."""
    if context.options.bill_to is None:
        return request
    return replace(request, headers={**request.headers, "X-HF-Bill-To": context.options.bill_to})


EQUIVALENT: Mapping[str, tuple[str, ...]] = {
    # our task: the mapping's, where they differ
    "chat-completion": ("conversational", "image-text-to-text"),
    "text-generation": ("text-generation", "conversational"),
    "feature-extraction": ("feature-extraction", "sentence-similarity"),
    "sentence-similarity": ("sentence-similarity", "feature-extraction"),
}
