"""Text generation on OpenAI-compatible routes: `/completions` where it is served, `/chat/completions` where it is not.

Knows how text generation is said in both and how their chunks become its tokens. Knows no host.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from hf_inference.core.call import Call, StreamCall, plain
from hf_inference.core.decoding import decode, wrong_shape
from hf_inference.core.events import EventDecoder
from hf_inference.core.flow import Context
from hf_inference.providers.base import Form, routed
from hf_inference.tasks.nlp.text_generation import TextGenerationOutput
from hf_inference.tasks.nlp.text_generation_stream import (
    TextGenerationStreamArgs,
    TextGenerationStreamDetails,
    TextGenerationStreamOutput,
    TextGenerationStreamToken,
)

T = TypeVar("T")


class CompletionForm(Form):
    """Text generation on `/completions`: the prompt is continued as it is."""

    def __init__(self, route: str = "/completions", *, default_model: str = "") -> None:
        self._route = route
        self._default_model = default_model

    def path(self, task: str, model: str) -> str:
        return routed(self._route, model)

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        payload = call.payload()
        return {
            "model": model or self._default_model or None,
            "prompt": payload["inputs"],
            **openai_parameters(payload.get("parameters") or {}),
            "stream": True if isinstance(call, StreamCall) else None,
        }

    def decode(self, call: Call[T], value: Any) -> T:
        told = {name: _choice(value).get(name) for name in ("finish_reason", "seed")}
        details = {name: item for name, item in told.items() if item is not None}
        return cast(T, TextGenerationOutput(_full_text(call) + self.text(value), details or None))

    def text(self, value: Any) -> str:
        """The text of a whole reply or of one chunk."""
        return decode(str, _choice(value).get("text"), path="$.choices[0].text")

    def chunk_text(self, choice: Mapping[str, Any]) -> str | None:
        """The text of a chunk's choice, None if it brings none."""
        return choice.get("text")

    def events(self, call: StreamCall[T]) -> EventDecoder[T]:
        return cast(EventDecoder[T], ChoiceEvents(self, _full_text(call)))


class ChatTextForm(CompletionForm):
    """Text generation by a chat model: the prompt is a user's message, so the answer may comment on it
    where a completion would continue it. The last resort, and `Opened.form` says `chat`."""

    name = "chat"

    def __init__(self, route: str = "/chat/completions", *, default_model: str = "") -> None:
        super().__init__(route, default_model=default_model)

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        body = super().body(call, model, context)
        prompt = body.pop("prompt")
        if isinstance(call, TextGenerationStreamArgs) and call.chat_inputs is not None:
            prompt = call.chat_inputs
        return {"model": body.pop("model"), "messages": [{"role": "user", "content": prompt}], **body}

    def text(self, value: Any) -> str:
        message = _choice(value).get("message")
        if not isinstance(message, dict):
            raise wrong_shape("{choices: [{message: {content}}]}", value, "$.choices[0]")
        return decode(str | None, _content(message), path="$.choices[0].message.content") or ""  # type: ignore[arg-type]

    def chunk_text(self, choice: Mapping[str, Any]) -> str | None:
        delta = choice.get("delta")
        return _content(delta) if isinstance(delta, dict) else None


class ChoiceEvents:
    """Reads the chunks of either form into the tokens of a text generation stream."""

    def __init__(self, form: CompletionForm, prefix: str) -> None:
        self._form = form
        self._prefix = prefix
        self._texts: list[str] = []
        self._finished = False

    @property
    def complete(self) -> bool:
        return self._finished

    @property
    def text(self) -> str:
        return "".join(self._texts)

    def decode(self, payload: Any) -> Iterable[TextGenerationStreamOutput]:
        if not isinstance(payload, dict) or not isinstance(payload.get("choices", []), list):
            raise wrong_shape("{choices: [{…}]}", payload)
        choice = _first(payload.get("choices"))
        if choice is None:  # the usage chunk, or a piece of another of the `n` answers
            return ()
        if not isinstance(choice, dict):
            raise wrong_shape("{choices: [{…}]}", payload, "$.choices[0]")
        text = self._form.chunk_text(choice)
        if text is not None and not isinstance(text, str):
            raise wrong_shape("text in choices[0]", payload, "$.choices[0]")
        reason = choice.get("finish_reason")
        if not text and (not reason or self._finished):
            return ()
        if text:
            self._texts.append(text)
        return (self._piece(text or "", str(reason) if reason else None),)

    def framed(self, payload: Any) -> None:
        return None

    def end(self) -> Iterable[TextGenerationStreamOutput]:
        return () if self._finished else (self._piece("", "stop"),)

    def _piece(self, text: str, reason: str | None) -> TextGenerationStreamOutput:
        token = TextGenerationStreamToken(id=0, text=text, logprob=None)
        if reason is None:
            return TextGenerationStreamOutput(token)
        self._finished = True
        details = TextGenerationStreamDetails(
            finish_reason=_FINISH_REASONS.get(reason, reason), generated_tokens=len(self._texts)
        )
        return TextGenerationStreamOutput(token, self._prefix + self.text, details)


def openai_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Text generation parameters in OpenAI's words. Those that have no counterpart there are left out, those
    the seed API never had (`suffix`, `logit_bias`, …) pass as they are."""
    said = {name: value for name, value in plain(parameters).items() if value is not None}
    greedy = said.pop("do_sample", None) is False
    stop = [*said.pop("stop_sequences", []), *_as_list(said.pop("stop", []))]
    translated = {_RENAMED.get(name, name): value for name, value in said.items() if name not in _WITHOUT_COUNTERPART}
    if stop:
        translated["stop"] = stop
    if greedy:
        translated.setdefault("temperature", 0)
    return translated


def _first(choices: list[Any] | None) -> Any | None:
    """The piece of the first answer, where a chunk has one: servers number the answers, or send only one."""
    return next(
        (choice for choice in choices or () if not isinstance(choice, dict) or not choice.get("index", 0)), None
    )


def _content(message: dict[str, Any]) -> Any:
    """A message's text; a list of parts is joined."""
    content = message.get("content")
    if not isinstance(content, list):
        return content
    from hf_inference.tasks.nlp.chat_completion import openai_message  # few servers send parts

    return openai_message(message)["content"]


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _choice(value: Any) -> Mapping[str, Any]:
    choices = value.get("choices") if isinstance(value, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise wrong_shape("{choices: [{…}]}", value)
    choice: Mapping[str, Any] = choices[0]
    return choice


def _full_text(call: Call[Any]) -> str:
    """The prompt if the call wants it repeated before the continuation."""
    payload = call.payload()
    return payload["inputs"] if (payload.get("parameters") or {}).get("return_full_text") else ""


_RENAMED: Mapping[str, str] = {"max_new_tokens": "max_tokens", "num_return_sequences": "n"}

_WITHOUT_COUNTERPART = frozenset(
    {
        "adapter_id",
        "decoder_input_details",
        "details",
        "grammar",
        "max_time",
        "return_full_text",
        "top_n_tokens",
        "truncate",
        "typical_p",
        "watermark",
    }
)

_FINISH_REASONS: Mapping[str, str] = {"stop": "eos_token", "eos": "eos_token"}
