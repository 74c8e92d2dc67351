"""What an action or insight is given to work with: a client, and how to ask it.

Knows which model the person chose for a task and whether a task is served. Knows no editor and no HTTP.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

from hf_inference import Options, TextGenerationStreamArgs

if TYPE_CHECKING:
    from hf_inference import Answer, AsyncHfInference, Call, InferenceError, Target, TextGenerationStreamOutput

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A client together with what the settings say about using it."""

    client: AsyncHfInference
    label: str
    """For menus and messages: `embedded engine`, `router.huggingface.co`."""
    is_embedded: bool
    models: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)

    def serves(self, task: str) -> bool:
        return self.client.target.serves(task)

    def prefers(self, task: str) -> bool:
        """Whether the person or the target means this task to be answered by a model made for it."""
        return self.serves(task) and (self.is_embedded or task in self.models)

    def model(self, task: str) -> str | None:
        return self.models.get(task)

    def waiting(self, on_wait: Callable[[float, InferenceError], None]) -> Backend:
        """The same backend, telling of each wait for it."""
        return replace(self, options=replace(self.options, on_wait=on_wait))

    def impatient(self) -> Backend:
        """The same backend for what nobody asked for: one try, no waiting."""
        return replace(self, options=replace(self.options, max_retries=0))

    async def answer(self, call: Call[T]) -> Answer[T]:
        """The answer of a call, made with this backend's model and options."""
        return await self.client.answer(replace(call, model=self.model(call.task), options=self.options))

    async def generate(self, prompt: str, parameters: Mapping[str, Any]) -> AsyncGenerator[TextGenerationStreamOutput]:
        """The tokens that continue a prompt. Closing the iterator stops the backend's work."""
        call = TextGenerationStreamArgs(prompt, parameters, model=self.model("text-generation"), options=self.options)
        async with self.client.stream(call) as stream:
            async for piece in stream:
                if not piece.token.special:
                    yield piece


def host_of(target: Target) -> str:
    """The target's host and port, with no credential that its URL may hold."""
    return urlsplit(target.base_url).netloc.rpartition("@")[2]


def note_of(answer: Answer[Any]) -> str:
    """What the engine says about how it answered ("memory match 91 %, catalog …"), "" if nothing."""
    return unquote(answer.opened.response.headers.get("x-note", ""))


def method_of(answer: Answer[Any]) -> str:
    """What computed an answer: the engine's method or the model."""
    return answer.opened.response.headers.get("x-method", "") or answer.opened.model or answer.opened.target
