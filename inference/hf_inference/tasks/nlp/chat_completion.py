"""Chat completion: the next message of a conversation.  https://huggingface.co/docs/inference-providers/tasks/chat-completion

Knows OpenAI's words for messages, tools and structured output, and what servers leave out of their replies. Knows no
URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from hf_inference.core.call import Call, plain
from hf_inference.core.decoding import Reply, decode, wrong_shape
from hf_inference.core.errors import InputError
from hf_inference.tasks.nlp.structured_output import response_format_of


@dataclass(frozen=True, slots=True)
class ChatCompletionInputMessage:
    """One message of the conversation; mappings of the same form do as well."""

    role: str
    """`system`, `user`, `assistant` or `tool`."""
    content: str | Sequence[Mapping[str, Any]] | None = None
    """Text, or parts: `{type: "text", text}`, `{type: "image_url", image_url: {url}}` (an address or a data URL)."""
    name: str | None = None
    tool_calls: Sequence[Any] | None = None
    """What the assistant asked for, when its message is sent back."""
    tool_call_id: str | None = None
    """Which of those calls a `tool` message answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionOutputFunctionDefinition:
    """What the model wants called."""

    name: str | None = None
    arguments: str | dict[str, Any] | None = None
    """JSON text, as the model wrote it; older TGI sends the object itself. `tool_calls.read_arguments` reads both."""
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionOutputToolCall:
    """One call of one tool."""

    function: ChatCompletionOutputFunctionDefinition
    id: str | int | None = None
    type: str | None = "function"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionOutputMessage:
    """What the model answered."""

    role: str | None = "assistant"
    content: str | None = None
    """None when it only calls tools."""
    reasoning: str | None = None
    """What it thought before, where the server tells (`reasoning` or `reasoning_content` on the wire)."""
    refusal: str | None = None
    tool_calls: list[ChatCompletionOutputToolCall] | None = None
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionOutputTopLogprob:
    """A token that could have stood there, and its natural-log probability."""

    token: str
    logprob: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionOutputLogprob:
    """A token of the answer and its natural-log probability."""

    token: str
    logprob: float | None = None
    top_logprobs: list[ChatCompletionOutputTopLogprob] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionOutputLogprobs:
    """The tokens of the answer."""

    content: list[ChatCompletionOutputLogprob] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionOutputComplete:
    """One of the `n` answers."""

    message: ChatCompletionOutputMessage
    index: int = 0
    finish_reason: str | None = None
    """stop, length, tool_calls, content_filter, or a word of the server's own (`eos_token`)."""
    logprobs: ChatCompletionOutputLogprobs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionOutputUsage:
    """Tokens read and written, which is what is billed."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    completion_tokens_details: Mapping[str, Any] | None = None
    prompt_tokens_details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionOutput:
    """The answer, or `n` of them. Servers leave out what they do not know: only `choices` is sure."""

    choices: list[ChatCompletionOutputComplete]
    id: str | None = None
    created: float | None = None
    """Seconds since 1970."""
    model: str | None = None
    system_fingerprint: str | None = None
    usage: ChatCompletionOutputUsage | None = None
    service_tier: str | None = None

    @property
    def message(self) -> ChatCompletionOutputMessage:
        """The first answer's message."""
        return self.choices[0].message


class ChatReply(Reply[ChatCompletionOutput]):
    """Reads a whole reply; what servers write differently becomes OpenAI's form before it is checked."""

    def decode(self, value: Any) -> ChatCompletionOutput:
        choices = value.get("choices") if isinstance(value, dict) else None
        if not isinstance(choices, list) or not choices:
            raise wrong_shape(EXPECTED, value)
        ready = [_with_message(choice, "message") for choice in choices]
        return decode(ChatCompletionOutput, {**value, "choices": ready}, expected=EXPECTED)


ToolChoice: TypeAlias = Literal["auto", "none", "required"] | Mapping[str, Any]
"""`{"type": "function", "function": {"name": …}}` names the tool that must be called."""

Message: TypeAlias = ChatCompletionInputMessage | ChatCompletionOutputMessage | Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ChatParameters:
    """What both chat calls take. Names and meaning: https://platform.openai.com/docs/api-reference/chat/create"""

    messages: Sequence[Message]
    """The conversation so far. An output's message may be sent back as it is."""
    frequency_penalty: float | None = None
    logit_bias: Mapping[str, float] | Sequence[float] | None = None
    logprobs: bool | None = None
    max_tokens: int | None = None
    n: int | None = None
    parallel_tool_calls: bool | None = None
    presence_penalty: float | None = None
    reasoning_effort: str | None = None
    """minimal, low, medium, high: for models that reason before they answer."""
    response_format: Mapping[str, Any] | type[Any] | None = None
    """`{"type": "json_object"}`, `{"type": "json_schema", "json_schema": {name, schema, strict?}}`, or a dataclass or
    pydantic model whose schema is meant. It is written as the provider wants it."""
    seed: int | None = None
    stop: Sequence[str] | str | None = None
    stream_options: Mapping[str, Any] | None = None
    """`{"include_usage": True}`: the last chunk of a stream has no choice and the usage."""
    temperature: float | None = None
    tool_choice: ToolChoice | None = None
    tool_prompt: str | None = None
    """TGI: text put before the tools."""
    tools: Sequence[Mapping[str, Any]] | None = None
    """`{"type": "function", "function": {name, description?, parameters}}`, parameters being a JSON schema."""
    top_logprobs: int | None = None
    top_p: float | None = None
    extra_body: Mapping[str, Any] | None = None
    """Members of the body that this list does not have; they go over the others."""


@dataclass(frozen=True, kw_only=True)
class ChatCompletionArgs(ChatParameters, Call[ChatCompletionOutput]):
    """Answer `messages`. A model that takes pictures takes `image_url` parts (the task image-text-to-text)."""

    task = "chat-completion"
    reply = ChatReply()

    def payload(self) -> dict[str, Any]:
        """The body, without the model."""
        return chat_payload(self, super().payload())


def chat_payload(call: ChatParameters, payload: dict[str, Any]) -> dict[str, Any]:
    """The body of either chat call from its fields."""
    if isinstance(call.messages, str | bytes | Mapping) or not all(map(_is_message, call.messages)):
        raise InputError('messages is a list of messages, such as [{"role": "user", "content": "…"}]')
    if call.response_format is not None:
        payload["response_format"] = plain(response_format_of(call.response_format))
    extra = payload.pop("extra_body", None) or {}
    return {**payload, **extra}


def _is_message(message: Any) -> bool:
    return isinstance(message, ChatCompletionInputMessage | ChatCompletionOutputMessage | Mapping)


def _with_message(choice: Any, member: str) -> Any:
    message = choice.get(member) if isinstance(choice, dict) else None
    return {**choice, member: openai_message(message)} if isinstance(message, dict) else choice


def openai_message(message: dict[str, Any]) -> dict[str, Any]:
    """A message (or delta) in OpenAI's form: content in parts is joined, thinking apart; `reasoning_content` is
    `reasoning`; one tool call outside a list (older TGI) is a list of one."""
    ready = dict(message)
    content = message.get("content")
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, dict)]
        ready["content"] = "".join(_text_of(part) for part in parts if part.get("type") != "thinking") or None
        thought = "".join(_text_of(part) for part in parts if part.get("type") == "thinking")
        if thought:
            ready.setdefault("reasoning", thought)
    if ready.get("reasoning") is None and isinstance(message.get("reasoning_content"), str):
        ready["reasoning"] = message["reasoning_content"]
    if isinstance(message.get("tool_calls"), dict):
        ready["tool_calls"] = [message["tool_calls"]]
    return ready


def _text_of(part: Mapping[str, Any]) -> str:
    """The text of a content part; thinking nests parts of its own."""
    nested = part.get("thinking")
    if isinstance(nested, list):
        return "".join(_text_of(item) for item in nested if isinstance(item, dict))
    text = nested if isinstance(nested, str) else part.get("text")
    return text if isinstance(text, str) else ""


EXPECTED = "{choices: [{message: {content: string}}]}"
