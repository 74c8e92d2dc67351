"""Chat completion, piece by piece.  https://huggingface.co/docs/inference-providers/tasks/chat-completion

Knows the chunks of OpenAI's stream and what servers leave out of them. Knows no socket.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import NoneType
from typing import Any

from hf_inference.core.call import StreamCall
from hf_inference.core.decoding import decode, wrong_shape
from hf_inference.tasks.nlp.chat_completion import (
    ChatCompletionOutputLogprobs,
    ChatCompletionOutputUsage,
    ChatParameters,
    chat_payload,
    openai_message,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionStreamOutputFunction:
    """A piece of a tool call: the name comes once, the arguments' JSON text in pieces."""

    name: str | None = None
    arguments: str | dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionStreamOutputDeltaToolCall:
    """A piece of the tool call number `index`. `ToolCallAssembler` makes whole calls of such pieces."""

    index: int | None = None
    id: str | int | None = None
    type: str | None = None
    function: ChatCompletionStreamOutputFunction | None = None


@dataclass(frozen=True, slots=True)
class ChatCompletionStreamOutputDelta:
    """What this chunk adds to the message."""

    role: str | None = None
    content: str | None = None
    reasoning: str | None = None
    """A piece of the model's thinking, where the server tells (`reasoning` or `reasoning_content` on the wire)."""
    tool_calls: list[ChatCompletionStreamOutputDeltaToolCall] | None = None
    tool_call_id: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class ChatCompletionStreamOutputChoice:
    """A piece of one of the `n` answers."""

    index: int
    delta: ChatCompletionStreamOutputDelta
    finish_reason: str | None = None
    """On the answer's last piece: stop, length, tool_calls, content_filter, or a word of the server's own."""
    logprobs: ChatCompletionOutputLogprobs | None = None


@dataclass(frozen=True, slots=True)
class ChatCompletionStreamOutput:
    """One chunk. `choices` is empty in the one that brings the usage alone."""

    choices: list[ChatCompletionStreamOutputChoice]
    id: str | None = None
    created: float | None = None
    model: str | None = None
    system_fingerprint: str | None = None
    usage: ChatCompletionOutputUsage | None = None

    @property
    def text(self) -> str:
        """The text that this chunk adds to the first answer, "" if none."""
        return (self.choices[0].delta.content or "") if self.choices else ""


@dataclass(frozen=True, kw_only=True)
class ChatCompletionStreamArgs(ChatParameters, StreamCall[ChatCompletionStreamOutput]):
    """Answer `messages`, giving each piece when it is there."""

    task = "chat-completion"

    def payload(self) -> dict[str, Any]:
        """As `ChatCompletionArgs`, with `stream` set."""
        return {**chat_payload(self, super().payload()), "stream": True}


class ChatEvents:
    """Reads a stream's chunks."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._finished = False

    @property
    def complete(self) -> bool:
        return self._finished

    @property
    def text(self) -> str:
        return "".join(self._texts)

    def decode(self, payload: Any) -> Iterable[ChatCompletionStreamOutput]:
        choices = payload.get("choices", []) if type(payload) is dict else None
        if type(choices) is not list:
            raise wrong_shape(EXPECTED, payload)
        usage, created = payload.get("usage"), payload.get("created")
        chunk = ChatCompletionStreamOutput(
            [self._choice(choice, place) for place, choice in enumerate(choices)],
            _text(payload.get("id"), "$.id"),
            created if type(created) in (int, NoneType) else decode(float, created, path="$.created"),
            _text(payload.get("model"), "$.model"),
            _text(payload.get("system_fingerprint"), "$.system_fingerprint"),
            None if usage is None else decode(ChatCompletionOutputUsage, usage, path="$.usage"),
        )
        if chunk.choices:
            self._texts.append(chunk.choices[0].delta.content or "")
        return (chunk,)

    def end(self) -> Iterable[ChatCompletionStreamOutput]:
        return ()

    def _choice(self, choice: Any, place: int) -> ChatCompletionStreamOutputChoice:
        if type(choice) is not dict:
            raise wrong_shape(EXPECTED, choice, f"$.choices[{place}]")
        delta = choice.get("delta")
        reason = choice.get("finish_reason")
        logprobs = choice.get("logprobs")
        if reason:
            self._finished = True
        index = choice.get("index", place)
        return ChatCompletionStreamOutputChoice(
            index if type(index) is int else decode(int, index, path=f"$.choices[{place}].index"),
            _delta(delta, f"$.choices[{place}].delta"),
            _text(reason, f"$.choices[{place}].finish_reason"),
            None if logprobs is None else _logprobs(logprobs, f"$.choices[{place}].logprobs"),
        )


def _text(value: Any, path: str) -> str | None:
    if value is None or type(value) is str:
        return value
    raise wrong_shape("string or null", value, path)


def _delta(delta: Any, path: str) -> ChatCompletionStreamOutputDelta:
    if type(delta) is dict and _PLAIN.issuperset(delta):
        # nearly every chunk of a stream: text and nothing else, not worth the general decoder
        role, content = delta.get("role"), delta.get("content")
        if (content is None or type(content) is str) and (role is None or type(role) is str):
            return ChatCompletionStreamOutputDelta(role, content)
    if delta is None:  # the last chunk of some servers
        return ChatCompletionStreamOutputDelta()
    message = openai_message(delta) if type(delta) is dict else delta
    return decode(ChatCompletionStreamOutputDelta, message, expected=EXPECTED, path=path)


def _logprobs(value: Any, path: str) -> ChatCompletionOutputLogprobs | None:
    """OpenAI's form; other servers put a number or lists of their own there, which is no reason to end a stream."""
    if type(value) is not dict or not isinstance(value.get("content"), list):
        return None
    return decode(ChatCompletionOutputLogprobs, value, path=path)


EXPECTED = "{choices: [{delta: {content: string}}]}"

_PLAIN = frozenset({"role", "content"})
