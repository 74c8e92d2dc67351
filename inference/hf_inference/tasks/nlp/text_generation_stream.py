"""Text generation, token by token.  https://huggingface.co/docs/text-generation-inference

Knows the events of TGI's stream, which every other dialect's events are translated into. Knows no socket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from hf_inference.core.call import StreamCall
from hf_inference.core.decoding import decode
from hf_inference.core.frames import Framed, unescaped
from hf_inference.core.values import maker
from hf_inference.tasks.nlp.text_generation import TextGenerationParameters

TextGenerationStreamFinishReason: TypeAlias = Literal["length", "eos_token", "stop_sequence"]


@dataclass(frozen=True, slots=True)
class TextGenerationStreamToken:
    """One token: its id in the model's vocabulary (0 where the backend does not tell), its text, its
    natural-log probability (0.0 where the backend does not tell), and whether it is a special one."""

    id: int
    text: str
    logprob: float | None = 0.0
    special: bool = False


@dataclass(frozen=True, slots=True)
class TextGenerationStreamPrefillToken:
    """A token of the prompt; the first has no `logprob`."""

    id: int
    text: str
    logprob: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextGenerationStreamBestOfSequence:
    """One of the other sequences of `best_of`."""

    generated_text: str
    finish_reason: str
    generated_tokens: float
    seed: float | None = None
    prefill: list[TextGenerationStreamPrefillToken] = field(default_factory=list)
    tokens: list[TextGenerationStreamToken] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextGenerationStreamDetails:
    """Told with the last token."""

    finish_reason: str
    """One of `TextGenerationStreamFinishReason`, or a word of the backend's own (`tool_calls`, …)."""
    generated_tokens: float
    seed: float | None = None
    prefill: list[TextGenerationStreamPrefillToken] = field(default_factory=list)
    tokens: list[TextGenerationStreamToken] = field(default_factory=list)
    best_of_sequences: list[TextGenerationStreamBestOfSequence] | None = None
    input_length: float | None = None
    """Tokens of the prompt, where the backend tells."""
    confidence: float | None = None
    """The embedded engine's probability that the first line is right."""
    source: str | None = None
    """`path:line` the embedded engine continues from."""


@dataclass(frozen=True, slots=True)
class TextGenerationStreamOutput:
    """One token; the last one also brings the whole text and the details."""

    token: TextGenerationStreamToken
    generated_text: str | None = None
    details: TextGenerationStreamDetails | None = None
    index: int | None = None


@dataclass(frozen=True)
class TextGenerationStreamArgs(StreamCall[TextGenerationStreamOutput]):
    """Continue `inputs`, the prompt, giving each token when it is there."""

    task = "text-generation"

    inputs: str
    parameters: TextGenerationParameters | Mapping[str, Any] | None = None
    chat_inputs: str | None = field(default=None, kw_only=True)
    """What a model is told in place of `inputs` where it can only be reached by chat."""

    def payload(self) -> dict[str, Any]:
        """As `TextGenerationArgs`, with `stream` set."""
        payload = {**super().payload(), "stream": True}
        payload.pop("chat_inputs", None)
        return payload


class TokenEvents:
    """Reads TGI's events; also the accumulator that other dialects' readers build on."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._final = False

    @property
    def complete(self) -> bool:
        return self._final

    @property
    def text(self) -> str:
        return "".join(self._texts)

    def decode(self, payload: Any) -> Iterable[TextGenerationStreamOutput]:
        piece = _plain_token(payload) or _any_token(payload)
        if not piece.token.special:
            self._texts.append(piece.token.text)
        if piece.generated_text is not None or piece.details is not None:
            self._final = True
        return (piece,)

    def framed(self, payload: Any) -> Framed[TextGenerationStreamOutput] | None:
        piece = _plain_token(payload)
        if piece is None or piece.token.special or piece.token.logprob is None or piece.index is None:
            return None
        return Framed((("index",), ("token", "id"), ("token", "text"), ("token", "logprob")), self._tokens)

    def _tokens(self, rows: list[tuple[str, str, str, str]]) -> list[TextGenerationStreamOutput]:
        texts = [text if "\\" not in text else unescaped(text) for _, _, text, _ in rows]
        pieces = [
            _output(_token(int(number), text, float(logprob), False), None, None, int(index))
            for text, (index, number, _, logprob) in zip(texts, rows, strict=True)
        ]
        self._texts += texts
        return pieces

    def end(self) -> Iterable[TextGenerationStreamOutput]:
        return ()


def _plain_token(payload: Any) -> TextGenerationStreamOutput | None:
    """A token and nothing else, as nearly every event is: not worth the general decoder. None: it is something else."""
    try:
        token = payload["token"]
        number, text, logprob = token["id"], token["text"], token.get("logprob")
        special, index = token.get("special", False), payload.get("index")
        if payload.get("generated_text") is not None or payload.get("details") is not None:
            return None
    except (TypeError, KeyError, AttributeError):
        return None
    told = type(text) is str and type(number) is int and type(special) is bool
    if told and (logprob is None or type(logprob) is float) and (index is None or type(index) is int):
        return _output(_token(number, text, logprob, special), None, None, index)
    return None


def _any_token(payload: Any) -> TextGenerationStreamOutput:
    """The general decoder's reading. A member of the token that is null is one that the backend does not tell."""
    token = payload.get("token") if type(payload) is dict else None
    if type(token) is dict:
        told = {name: value for name, value in token.items() if value is not None}
        payload = {**payload, "token": {"logprob": None, **({"id": 0} if "id" in token else {}), **told}}
    return decode(TextGenerationStreamOutput, payload)


_token = maker(TextGenerationStreamToken)
_output = maker(TextGenerationStreamOutput)
