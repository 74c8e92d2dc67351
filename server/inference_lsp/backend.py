"""What an action or insight is given to work with: a client, and how to ask it.

Knows which model the person chose for a task, whether a task is served, and who is told when it fails. Knows no editor
and no HTTP.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from hf_inference import BadRequestError, InferenceError, Options, TextGenerationStreamArgs
from inference_lsp.document.pieces import cut
from inference_lsp.probing import Known

if TYPE_CHECKING:
    from hf_inference import Answer, AsyncHfInference, Call, Opened, Target, TextGenerationStreamOutput

T = TypeVar("T")


class Guard(Protocol):
    """Who decides whether an automatic request may go, and hears how it went."""

    def check(self, task: str, model: str) -> None:
        """Raises `InferenceError` if the request is not to be made now."""

    def answered(self, task: str, model: str) -> None:
        """The backend answered."""

    def failed(self, task: str, model: str, error: InferenceError) -> None:
        """The backend did not."""

    def takes(self, most: int) -> None:
        """The backend takes so many characters of text at once and no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A client together with what the settings say about using it."""

    client: AsyncHfInference
    label: str
    """For menus and messages: `embedded engine`, `router.huggingface.co`."""
    is_embedded: bool
    origin: str = ""
    """Where its credential belongs."""
    is_local: bool = True
    """Whether the text stays on this machine."""
    models: Mapping[str, str] = field(default_factory=dict)
    """The models the person chose, by task."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """The models to name where the person chose none and the target has no default of its own."""
    options: Options = field(default_factory=Options)
    known: Known = field(default_factory=Known)
    otherwise: tuple[Backend, ...] = ()
    """Who is asked next, in order, where this one fails and it is not the request's fault."""
    guard: Guard | None = None
    """Set for what nobody asked for."""
    on_answer: Callable[[Call[Any], Opened], None] | None = None
    """Told of each call that was answered, and by whom."""
    on_failure: Callable[[str, InferenceError], None] | None = None
    """Told the task and the error of each call that failed."""
    on_shortened: Callable[[], None] | None = None
    """Told when a text was too long for the backend and only its beginning was answered for."""
    most: int = 0
    """Characters of text that are sent at once, since the backend said that more are too many; 0: not known."""
    continuing: str = ""
    """What a model wrote before it was cut off; its next generation goes on from there."""

    def serves(self, task: str) -> bool:
        return self.client.target.serves(task) and not self.known.denies(task)

    def refuses_to_write(self) -> str:
        """Why no action can run here: the server's model writes no text. "" if it may."""
        if not self.known.denies("text-generation") or self.serves("summarization"):
            return ""
        model = f" ({self.known.models[0]})" if self.known.models else ""
        return f"{self.label} does {self.known.kind} only{model}. Choose another target for what writes text."

    def prefers(self, task: str) -> bool:
        """Whether the person or the target means this task to be answered by a model made for it."""
        return self.serves(task) and (self.is_embedded or task in self.models)

    def model(self, task: str) -> str | None:
        return self.models.get(task) or self.defaults.get(task)

    def waiting(self, on_wait: Callable[[float, InferenceError], None]) -> Backend:
        """The same backend, telling of each wait for it."""
        return replace(self, options=replace(self.options, on_wait=on_wait))

    def watched(self, on_answer: Callable[[Call[Any], Opened], None]) -> Backend:
        """The same backend, telling of each answer and who gave it."""
        return replace(self, on_answer=on_answer)

    def failing(self, on_failure: Callable[[str, InferenceError], None]) -> Backend:
        """The same backend, telling of each call that failed."""
        return replace(self, on_failure=on_failure)

    def impatient(self) -> Backend:
        """The same backend for what nobody asked for: one try, no waiting."""
        return replace(self, options=replace(self.options, max_retries=0))

    async def answer(self, call: Call[T]) -> Answer[T]:
        """The answer of a call, made with this backend's model and options."""
        named = replace(call, model=self.model(call.task), options=self.options)
        try:
            return await self._ask(named)
        except BadRequestError as error:
            text = getattr(named, "inputs", None)
            if not isinstance(text, str) or not self.may_shorten(error, text):
                raise
            if self.on_shortened is not None:
                self.on_shortened()
            beginning = cut(text, len(text) // 2)[0].text
            return await self._ask(replace(named, inputs=beginning))  # type: ignore[call-arg]

    async def generate(
        self, prompt: str, parameters: Mapping[str, Any], *, chat_prompt: str | None = None
    ) -> AsyncGenerator[TextGenerationStreamOutput]:
        """The tokens that continue a prompt. Closing the iterator stops the backend's work. `chat_prompt` is what a
        model that only chats is told instead."""
        prompt += self.continuing
        chat_prompt = chat_prompt and chat_prompt + self.continuing
        model = self.model("text-generation")
        self._check("text-generation", model or "")
        call = TextGenerationStreamArgs(prompt, parameters, chat_inputs=chat_prompt, model=model, options=self.options)
        opened = False
        try:
            async with self.client.stream(call) as stream:
                async for piece in stream:
                    if not opened:  # it is opened by asking for its first piece
                        opened = True
                        self._answered(call, stream.opened)
                    if not piece.token.special:
                        yield piece
        except InferenceError as error:
            self._failed("text-generation", model or "", error)
            raise

    async def _ask(self, call: Call[T]) -> Answer[T]:
        model = call.model or ""
        self._check(call.task, model)
        try:
            answer = await self.client.answer(call)
        except InferenceError as error:
            self._failed(call.task, model, error)
            raise
        self._answered(call, answer.opened)
        return answer

    def _check(self, task: str, model: str) -> None:
        if self.guard is not None:
            self.guard.check(task, model)

    def _answered(self, call: Call[Any], opened: Opened) -> None:
        if self.guard is not None:
            self.guard.answered(call.task, call.model or "")
        if self.on_answer is not None:
            self.on_answer(call, opened)

    def _failed(self, task: str, model: str, error: InferenceError) -> None:
        if self.guard is not None:
            self.guard.failed(task, model, error)
        if self.on_failure is not None:
            self.on_failure(task, error)

    def may_shorten(self, error: BadRequestError, text: str) -> bool:
        """Whether a request that was too long is made once more with less: only what nobody asked for is."""
        return self.guard is not None and is_too_long(error) and len(text) > 1

    def shortened(self, length: int) -> Backend:
        """The same backend, which was sent so many characters and takes fewer: half of them from now on."""
        most = max(1, length // 2)
        if self.guard is not None:
            self.guard.takes(most)
        return replace(self, most=most)


def is_too_long(error: InferenceError) -> bool:
    """Whether a server says that it was sent more text than it takes; 422 is what TGI says then."""
    return isinstance(error, BadRequestError) and error.status in (413, 422)


def host_of(target: Target) -> str:
    """The target's host and port, with no credential that its URL may hold."""
    return urlsplit(target.base_url).netloc.rpartition("@")[2]


def note_of(answer: Answer[Any]) -> str:
    """What the engine says about how it answered ("memory match 91 %, catalog …"), "" if nothing."""
    return unquote(answer.opened.response.headers.get("x-note", ""))


def method_of(answer: Answer[Any]) -> str:
    """What computed an answer: the engine's method or the model."""
    return maker_of(answer.opened)


def maker_of(opened: Opened) -> str:
    """What computes the answer to a call that was opened: the engine's method, the model, or at least the target."""
    return opened.response.headers.get("x-method", "") or opened.model or opened.target
