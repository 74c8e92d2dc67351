"""Chat completion on OpenAI's route, which nearly every provider and server has.

Knows the body and the structured output dialect it is told. Knows no host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar, cast

from hf_inference.core.call import Call, StreamCall
from hf_inference.core.events import EventDecoder
from hf_inference.core.flow import Context
from hf_inference.providers.base import Form, routed
from hf_inference.providers.completions import ChatTextForm, CompletionForm
from hf_inference.tasks.nlp.structured_output import standard

T = TypeVar("T")

Structured: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From OpenAI's `response_format` to a provider's."""


class ChatForm(Form):
    """`POST …/chat/completions`. The model comes first, so that a router can read it off the body's beginning."""

    def __init__(
        self,
        route: str = "/chat/completions",
        structured: Structured = standard,
        *,
        without: frozenset[str] = frozenset(),
        default_model: str = "",
    ) -> None:
        self._route = route
        self._structured = structured
        self._without = without
        self._default_model = default_model

    def path(self, task: str, model: str) -> str:
        return routed(self._route, model)

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        payload = {name: value for name, value in call.payload().items() if name not in self._without}
        wanted = payload.get("response_format")
        if isinstance(wanted, Mapping):
            payload["response_format"] = self._structured(wanted)
        return {"model": model or self._default_model or None, **payload}

    def events(self, call: StreamCall[T]) -> EventDecoder[T]:
        from hf_inference.tasks.nlp.chat_completion_stream import ChatEvents  # only who streams chat pays for it

        return cast(EventDecoder[T], ChatEvents())


def text_forms(
    prefix: str,
    structured: Structured = standard,
    *,
    completions: bool = False,
    without: frozenset[str] = frozenset(),
) -> dict[str, tuple[Form, ...]]:
    """Chat and text generation below a prefix: text by `/completions` if it is served, by chat as the last resort."""
    chat = f"{prefix}/chat/completions"
    continuing: tuple[Form, ...] = (CompletionForm(f"{prefix}/completions"),) if completions else ()
    return {
        "chat-completion": (ChatForm(chat, structured, without=without),),
        "text-generation": (*continuing, ChatTextForm(chat)),
    }
