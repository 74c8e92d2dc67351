"""Text generation, token by token.  https://huggingface.co/docs/text-generation-inference

Knows the events of TGI's stream, which every other dialect's events are translated into. Knows no socket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from hf_inference.core.call import StreamCall
from hf_inference.core.decoding import decode, wrong_shape
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
        try:
            token = payload["token"]
            text = token["text"]
            if type(text) is not str:
                raise TypeError
            read = TextGenerationStreamToken(token["id"], text, token.get("logprob"), token.get("special", False))
        except (TypeError, KeyError, AttributeError):
            # the slow way finds the place and says it
            decode(TextGenerationStreamOutput, payload)
            raise wrong_shape("{token: {id, text, logprob, special}}", payload) from None
        generated = payload.get("generated_text")
        details = payload.get("details")
        if not read.special:
            self._texts.append(text)
        if generated is not None or details is not None:
            self._final = True
            decode(str | None, generated, path="$.generated_text")  # type: ignore[arg-type]
            if details is not None:
                details = decode(TextGenerationStreamDetails, details, path="$.details")
        return (TextGenerationStreamOutput(read, generated, details, payload.get("index")),)

    def end(self) -> Iterable[TextGenerationStreamOutput]:
        return ()
