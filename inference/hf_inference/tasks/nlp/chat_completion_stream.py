"""Chat completion, piece by piece.  https://huggingface.co/docs/inference-providers/tasks/chat-completion

Knows the chunks of OpenAI's stream and what servers leave out of them. Knows no socket.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import NoneType
from typing import Any, TypeAlias

from hf_inference.core.call import StreamCall
from hf_inference.core.decoding import decode, wrong_shape
from hf_inference.core.errors import InferenceOutputError
from hf_inference.core.frames import Framed, unescaped
from hf_inference.core.values import maker
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


Head: TypeAlias = tuple[str | None, float | None, str | None, str | None]
"""What a stream's chunks have in common: id, time of creation, model, fingerprint."""


class ChatEvents:
    """Reads a stream's chunks."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._finished = False
        self._head: Head = (None, None, None, None)
        """The chunk's before: checked once, and the same in all of them."""

    @property
    def complete(self) -> bool:
        return self._finished

    @property
    def text(self) -> str:
        return "".join(self._texts)

    def decode(self, payload: Any) -> Iterable[ChatCompletionStreamOutput]:
        if type(payload) is not dict:
            raise wrong_shape(EXPECTED, payload)
        get = payload.get
        choices, usage = get("choices", ()), get("usage")
        head = get("id"), get("created"), get("model"), get("system_fingerprint")
        if head != self._head:
            self._head = _head(*head)
        if type(choices) is list and len(choices) == 1:
            read = [_plain_choice(choices[0]) or self._choice(choices[0], 0)]
        elif isinstance(choices, list | tuple):
            read = [self._choice(choice, place) for place, choice in enumerate(choices)]
        else:
            raise wrong_shape(EXPECTED, payload)
        if read:
            self._texts.append(read[0].delta.content or "")
        if usage is not None:
            usage = decode(ChatCompletionOutputUsage, usage, path="$.usage")
        return (_output(read, *self._head, usage),)

    def framed(self, payload: Any) -> Framed[ChatCompletionStreamOutput] | None:
        choices = payload.get("choices") if type(payload) is dict else None
        if type(choices) is not list or len(choices) != 1 or payload.get("usage") is not None:
            return None
        choice = _plain_choice(choices[0])
        if choice is None:
            return None
        try:
            head = _head(*map(payload.get, ("id", "created", "model", "system_fingerprint")))
        except InferenceOutputError:
            return None
        index, role = choice.index, choice.delta.role

        def make(rows: list[str]) -> list[ChatCompletionStreamOutput]:
            texts = [text if "\\" not in text else unescaped(text) for text in rows]
            self._texts += texts
            return [_output([_choice(index, _delta_of(role, text), None, None)], *head, None) for text in texts]

        return Framed((("choices", 0, "delta", "content"),), make)

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


def _head(id: Any, created: Any, model: Any, fingerprint: Any) -> Head:
    return (
        _text(id, "$.id"),
        created if type(created) in (int, NoneType) else decode(float, created, path="$.created"),
        _text(model, "$.model"),
        _text(fingerprint, "$.system_fingerprint"),
    )


def _plain_choice(choice: Any) -> ChatCompletionStreamOutputChoice | None:
    """A piece of text and nothing else, as nearly every chunk is: not worth the general decoder. None: it is more."""
    try:
        delta, index = choice["delta"], choice["index"]
        role, content = delta.get("role"), delta["content"]
        if choice.get("finish_reason") is not None or choice.get("logprobs") is not None:
            return None
        plain = len(delta) == 1 + ("role" in delta)
    except (TypeError, KeyError, AttributeError):
        return None
    if plain and type(content) is str and type(index) is int and (role is None or type(role) is str):
        return _choice(index, _delta_of(role, content), None, None)
    return None


def _text(value: Any, path: str) -> str | None:
    if value is None or type(value) is str:
        return value
    raise wrong_shape("string or null", value, path)


def _delta(delta: Any, path: str) -> ChatCompletionStreamOutputDelta:
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

_delta_of = maker(ChatCompletionStreamOutputDelta)
_choice = maker(ChatCompletionStreamOutputChoice)
_output = maker(ChatCompletionStreamOutput)
