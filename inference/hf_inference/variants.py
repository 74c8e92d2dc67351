"""Methods whose output depends on an argument: `text_to_image(output_type=…)` and `chat.completions.create(stream=…)`.

Knows which call each value of the argument means; their types are overloads, which one line in `surface.py` cannot
say. Knows no wire and no I/O.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, TypedDict, Unpack, overload

from hf_inference.core.method import AsyncShell, AsyncStream, Method, Shell, Stream

if TYPE_CHECKING:
    from hf_inference.core.binary import Binary
    from hf_inference.core.call import OutputType
    from hf_inference.core.options import Options
    from hf_inference.tasks.cv.text_to_image import TextToImageParameters
    from hf_inference.tasks.nlp.chat_completion import ChatCompletionArgs, ChatCompletionOutput, Message, ToolChoice
    from hf_inference.tasks.nlp.chat_completion_stream import ChatCompletionStreamArgs, ChatCompletionStreamOutput

    Parameters = TextToImageParameters | Mapping[str, Any] | None


class Envelope(TypedDict, total=False):
    """What every call takes."""

    model: str | None
    access_token: str | None
    options: Options | None


# --- text_to_image ---------------------------------------------------------------------------------------


class Painting(Protocol):
    """`text_to_image` of the sync client."""

    @overload
    def __call__(
        self,
        inputs: str,
        parameters: Parameters = None,
        *,
        output_type: Literal["blob"] | None = None,
        **call: Unpack[Envelope],
    ) -> Binary: ...
    @overload
    def __call__(
        self,
        inputs: str,
        parameters: Parameters = None,
        *,
        output_type: Literal["url", "dataUrl"],
        **call: Unpack[Envelope],
    ) -> str: ...
    @overload
    def __call__(
        self, inputs: str, parameters: Parameters = None, *, output_type: Literal["json"], **call: Unpack[Envelope]
    ) -> dict[str, Any]: ...


class AsyncPainting(Protocol):
    """`text_to_image` of the async client."""

    @overload
    def __call__(
        self,
        inputs: str,
        parameters: Parameters = None,
        *,
        output_type: Literal["blob"] | None = None,
        **call: Unpack[Envelope],
    ) -> Coroutine[Any, Any, Binary]: ...
    @overload
    def __call__(
        self,
        inputs: str,
        parameters: Parameters = None,
        *,
        output_type: Literal["url", "dataUrl"],
        **call: Unpack[Envelope],
    ) -> Coroutine[Any, Any, str]: ...
    @overload
    def __call__(
        self, inputs: str, parameters: Parameters = None, *, output_type: Literal["json"], **call: Unpack[Envelope]
    ) -> Coroutine[Any, Any, dict[str, Any]]: ...


class PictureMethod(Method[..., "Binary"]):
    """`text_to_image`: `output_type` says whether the picture comes as a `Binary` ("blob", the default), as a `data:`
    URL ("dataUrl"), as the provider's address of it ("url"), or in the provider's reply as it is ("json")."""

    @overload
    def __get__(self, shell: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, shell: Shell, owner: type[Any]) -> Painting: ...
    @overload
    def __get__(self, shell: AsyncShell, owner: type[Any]) -> AsyncPainting: ...
    def __get__(self, shell: Shell | AsyncShell | None, owner: type[Any]) -> Any:
        if shell is None:
            return self

        def bound(*args: Any, output_type: OutputType | None = None, **call: Any) -> Any:
            from hf_inference.tasks.cv.text_to_image import args_for

            return shell.call(args_for(output_type)(*args, **call))

        return bound


# --- chat.completions.create -----------------------------------------------------------------------------


class ChatOptions(Envelope, total=False):
    """What a chat call takes beside its messages: the fields of `ChatParameters`."""

    frequency_penalty: float | None
    logit_bias: Mapping[str, float] | Sequence[float] | None
    logprobs: bool | None
    max_tokens: int | None
    n: int | None
    parallel_tool_calls: bool | None
    presence_penalty: float | None
    reasoning_effort: str | None
    response_format: Mapping[str, Any] | type[Any] | None
    seed: int | None
    stop: Sequence[str] | str | None
    stream_options: Mapping[str, Any] | None
    temperature: float | None
    tool_choice: ToolChoice | None
    tool_prompt: str | None
    tools: Sequence[Mapping[str, Any]] | None
    top_logprobs: int | None
    top_p: float | None
    extra_body: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Completions:
    """`client.chat.completions` of the sync client."""

    shell: Shell

    @overload
    def create(
        self, *, messages: Sequence[Message], stream: Literal[False] | None = None, **call: Unpack[ChatOptions]
    ) -> ChatCompletionOutput: ...
    @overload
    def create(
        self, *, messages: Sequence[Message], stream: Literal[True], **call: Unpack[ChatOptions]
    ) -> Stream[ChatCompletionStreamOutput]: ...
    def create(
        self, *, messages: Sequence[Message], stream: bool | None = None, **call: Unpack[ChatOptions]
    ) -> ChatCompletionOutput | Stream[ChatCompletionStreamOutput]:
        """`chat_completion`, or with `stream` `chat_completion_stream`, in the words of OpenAI's client."""
        if stream:
            return self.shell.stream(_streaming(messages, call))
        return self.shell.call(_whole(messages, call))


@dataclass(frozen=True, slots=True)
class AsyncCompletions:
    """`client.chat.completions` of the async client."""

    shell: AsyncShell

    @overload
    async def create(
        self, *, messages: Sequence[Message], stream: Literal[False] | None = None, **call: Unpack[ChatOptions]
    ) -> ChatCompletionOutput: ...
    @overload
    async def create(
        self, *, messages: Sequence[Message], stream: Literal[True], **call: Unpack[ChatOptions]
    ) -> AsyncStream[ChatCompletionStreamOutput]: ...
    async def create(
        self, *, messages: Sequence[Message], stream: bool | None = None, **call: Unpack[ChatOptions]
    ) -> ChatCompletionOutput | AsyncStream[ChatCompletionStreamOutput]:
        """As `Completions.create`, awaited both times: `async for chunk in await client.chat.completions.create(…)`."""
        if stream:
            return self.shell.stream(_streaming(messages, call))
        return await self.shell.call(_whole(messages, call))


@dataclass(frozen=True, slots=True)
class Chat:
    """`client.chat`, whose one member is `completions`."""

    completions: Completions


@dataclass(frozen=True, slots=True)
class AsyncChat:
    """`client.chat`, whose one member is `completions`."""

    completions: AsyncCompletions


class ChatNamespace:
    """`chat` as an attribute of both clients."""

    @overload
    def __get__(self, shell: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, shell: Shell, owner: type[Any]) -> Chat: ...
    @overload
    def __get__(self, shell: AsyncShell, owner: type[Any]) -> AsyncChat: ...
    def __get__(self, shell: Shell | AsyncShell | None, owner: type[Any]) -> Any:
        if shell is None:
            return self
        return Chat(Completions(shell)) if isinstance(shell, Shell) else AsyncChat(AsyncCompletions(shell))


def _whole(messages: Sequence[Message], call: ChatOptions) -> ChatCompletionArgs:
    from hf_inference.tasks.nlp.chat_completion import ChatCompletionArgs

    return ChatCompletionArgs(messages=messages, **call)


def _streaming(messages: Sequence[Message], call: ChatOptions) -> ChatCompletionStreamArgs:
    from hf_inference.tasks.nlp.chat_completion_stream import ChatCompletionStreamArgs

    return ChatCompletionStreamArgs(messages=messages, **call)
