"""OpenAI-compatible servers: vLLM, llama.cpp, Ollama, TGI's and the router's `/v1`.

Knows `/completions`, `/chat/completions` and `/models`, and how text generation is said in them. Knows no host.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar, cast

from hf_inference.core.call import Call, StreamCall, plain
from hf_inference.core.decoding import decode, wrong_shape
from hf_inference.core.errors import NoDefaultModelError
from hf_inference.core.events import EventDecoder
from hf_inference.core.flow import Context, Flow, send
from hf_inference.core.wire import Request
from hf_inference.providers.base import USER_AGENT, Form, Target
from hf_inference.tasks.nlp.text_generation import TextGenerationOutput
from hf_inference.tasks.nlp.text_generation_stream import (
    TextGenerationStreamDetails,
    TextGenerationStreamOutput,
    TextGenerationStreamToken,
)

T = TypeVar("T")


class CompletionForm(Form):
    """Text generation on `/completions`: the prompt is continued as it is."""

    def path(self, task: str, model: str) -> str:
        return "/completions"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        payload = call.payload()
        return {
            "model": model,
            "prompt": payload["inputs"],
            **openai_parameters(payload.get("parameters") or {}),
            "stream": True if isinstance(call, StreamCall) else None,
        }

    def decode(self, call: Call[T], value: Any) -> T:
        return cast(T, TextGenerationOutput(_full_text(call) + self.text(value)))

    def text(self, value: Any) -> str:
        """The text of a whole reply or of one chunk."""
        return decode(str, _choice(value).get("text"), path="$.choices[0].text")

    def chunk_text(self, choice: Mapping[str, Any]) -> str | None:
        """The text of a chunk's choice, None if it brings none."""
        return choice.get("text")

    def events(self, call: StreamCall[T]) -> EventDecoder[T]:
        return cast(EventDecoder[T], ChoiceEvents(self, _full_text(call)))


class ChatForm(CompletionForm):
    """Text generation by a chat model: the prompt is a user's message, so the answer may comment on it
    where a completion would continue it. The last resort, and `Opened.form` says `chat`."""

    name = "chat"

    def path(self, task: str, model: str) -> str:
        return "/chat/completions"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        body = super().body(call, model, context)
        prompt = body.pop("prompt")
        return {"model": model, "messages": [{"role": "user", "content": prompt}], **body}

    def text(self, value: Any) -> str:
        message = _choice(value).get("message")
        if not isinstance(message, dict):
            raise wrong_shape("{choices: [{message: {content}}]}", value, "$.choices[0]")
        return decode(str | None, message.get("content"), path="$.choices[0].message.content") or ""  # type: ignore[arg-type]

    def chunk_text(self, choice: Mapping[str, Any]) -> str | None:
        delta = choice.get("delta")
        return delta.get("content") if isinstance(delta, dict) else None


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
        if not payload.get("choices"):  # the usage chunk
            return ()
        choice = payload["choices"][0]
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


class OpenAITarget(Target):
    """Any server with OpenAI's routes below its base URL. A model that no call names is the first it lists."""

    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {"text-generation": (CompletionForm(), ChatForm())}

    def model(self, call: Call[Any], context: Context) -> Flow[str]:
        if call.model:
            return call.model
        key = context.memory_key("first-model", self.base_url)
        first = context.memory.get(key)
        if first is None:
            request = Request(
                method="GET",
                url=self.url("/models"),
                headers={"User-Agent": USER_AGENT},
                secret_headers={**(context.options.headers or {}), **self.authorization(context)},
            )
            response = yield from send(request, context, provider=self.name)
            listed = response.json(request)
            models = listed.get("data") if isinstance(listed, dict) else None
            if not isinstance(models, list) or not models or not isinstance(models[0], dict):
                raise NoDefaultModelError(f"{request.host} lists no model: name one with model=…")
            first = str(models[0].get("id", ""))
            context.memory.set(key, first)
        return str(first)


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
