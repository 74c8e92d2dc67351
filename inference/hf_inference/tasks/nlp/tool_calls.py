"""Whole tool calls from the pieces of a chat stream.

Knows how servers cut a call: by `index`, the name once, the arguments in pieces, as an object, or not at all. Knows no
wire and no tool.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from hf_inference.core.decoding import wrong_shape
from hf_inference.tasks.nlp.chat_completion import (
    ChatCompletionOutputFunctionDefinition,
    ChatCompletionOutputToolCall,
)
from hf_inference.tasks.nlp.chat_completion_stream import (
    ChatCompletionStreamOutput,
    ChatCompletionStreamOutputDeltaToolCall,
)


class ToolCallAssembler:
    """Feed it every chunk; the calls are handed over when they are whole, which is when their answer ends.

    assembler = ToolCallAssembler()
    for chunk in client.chat_completion_stream(…):
        for call in assembler.feed(chunk): …
    for call in assembler.finish(): …
    """

    def __init__(self, choice: int = 0) -> None:
        self._choice = choice
        self._calls: list[_Pieces] = []

    def feed(self, chunk: ChatCompletionStreamOutput) -> list[ChatCompletionOutputToolCall]:
        """The calls that this chunk completes, in order."""
        whole: list[ChatCompletionOutputToolCall] = []
        for choice in chunk.choices:
            if choice.index != self._choice:
                continue
            for piece in choice.delta.tool_calls or ():
                self._call_of(piece).add(piece)
            if choice.finish_reason:
                whole += self.finish()
        return whole

    def finish(self) -> list[ChatCompletionOutputToolCall]:
        """The calls that only the stream's end completes, where the server told no finish reason."""
        calls, self._calls = self._calls, []
        return [call.whole() for call in calls if call.name]

    def _call_of(self, piece: ChatCompletionStreamOutputDeltaToolCall) -> _Pieces:
        """The call a piece belongs to: the newest of its index (of all, where no index is told), unless it begins
        another one."""
        for call in reversed(self._calls):
            if piece.index is None or call.index in (None, piece.index):
                if call.ended_by(piece):
                    break
                return call
        self._calls.append(_Pieces(piece.index))
        return self._calls[-1]


def read_arguments(call: ChatCompletionOutputToolCall) -> dict[str, Any]:
    """The arguments of a whole call, `{}` for none; `InferenceOutputError` if the model wrote no JSON object."""
    arguments = call.function.arguments
    if isinstance(arguments, str) and arguments.strip():
        try:
            arguments = json.loads(arguments)
        except ValueError:
            raise wrong_shape("a JSON object as a tool's arguments", arguments) from None
    if not arguments:
        return {}
    if not isinstance(arguments, dict):
        raise wrong_shape("a JSON object as a tool's arguments", arguments)
    return arguments


@dataclass(slots=True)
class _Pieces:
    index: int | None
    id: str | int | None = None
    type: str | None = None
    name: str = ""
    texts: list[str] = field(default_factory=list)
    whole_object: dict[str, Any] | None = None

    def ended_by(self, piece: ChatCompletionStreamOutputDeltaToolCall) -> bool:
        """Whether a piece of the same index begins another call: some servers number all calls 0 and tell them apart
        by id."""
        named = piece.function is not None and bool(piece.function.name)
        return named and bool(self.name) and piece.id not in (None, "", self.id)

    def add(self, piece: ChatCompletionStreamOutputDeltaToolCall) -> None:
        self.id = self.id or piece.id
        self.type = self.type or piece.type
        if piece.function is None:
            return
        # a name that comes again is the same name again: no server sends it in pieces
        self.name = self.name or piece.function.name or ""
        match piece.function.arguments:
            case str(text):
                self.texts.append(text)
            case dict(arguments):
                self.whole_object = {**(self.whole_object or {}), **arguments}

    def whole(self) -> ChatCompletionOutputToolCall:
        text = "".join(self.texts)
        if not text and self.whole_object is not None:
            text = json.dumps(self.whole_object, ensure_ascii=False)
        function = ChatCompletionOutputFunctionDefinition(name=self.name, arguments=text or "{}")
        return ChatCompletionOutputToolCall(function=function, id=self.id, type=self.type or "function")
