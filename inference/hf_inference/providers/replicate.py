"""Replicate: images, films and sound.  https://replicate.com/docs/reference/http#predictions.create

Knows its predictions: asked for with `Prefer: wait`, polled where that wait was too short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from hf_inference.core.call import Call
from hf_inference.core.decoding import wrong_shape
from hf_inference.core.flow import Context, Flow
from hf_inference.core.wire import Request
from hf_inference.providers.base import Form, model_path
from hf_inference.providers.jobs import JobForm, beside, download, fetched, path_of
from hf_inference.providers.mapping import lora_path
from hf_inference.providers.partner import Extended, PartnerTarget
from hf_inference.providers.values import as_data_url, inputs_of, member

T = TypeVar("T")


class PredictionForm(JobForm):
    """A prediction; a model id with a colon is a version of a model."""

    provider = "replicate"
    names_addresses = True

    def __init__(self, written: Callable[[Any], dict[str, Any]]) -> None:
        self._written = written

    def path(self, task: str, model: str) -> str:
        return "/v1/predictions" if ":" in model else f"/v1/models/{model_path(model)}/predictions"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        inputs, parameters = inputs_of(call)
        version = model.partition(":")[2] or None
        return {"input": {**parameters, **self._written(inputs)}, "version": version}

    def headers(self, call: Call[Any], context: Context) -> Mapping[str, str]:
        return {"Prefer": "wait"}

    def done(self, state: Any) -> bool:
        return isinstance(state, dict) and state.get("output") is not None and state.get("status") not in _UNFINISHED

    def failed(self, state: Any) -> str | None:
        if not isinstance(state, dict):
            raise wrong_shape("a prediction", state)
        if state.get("status") in _UNFINISHED:
            return None
        return str(state.get("error") or f"its status is {state.get('status')} and it has no output")

    def poll(self, request: Request, first: Any) -> str:
        return beside(request, "/v1/", path_of(member(first, "urls", "get"), "$.urls.get"))

    def result(self, call: Call[T], first: Any, state: Any, request: Request, context: Context) -> Flow[T]:
        output = state["output"]
        url = output[0] if isinstance(output, list) and output else output
        return call.decode((yield from fetched(call, url, state, context, provider=self.provider, at="$.output")))


class TranscriptForm(PredictionForm):
    """Speech recognition, whose models name their text as they like."""

    def result(self, call: Call[T], first: Any, state: Any, request: Request, context: Context) -> Flow[T]:
        output = state["output"]
        output = output[0] if isinstance(output, list) and output else output
        if isinstance(output, Mapping):
            spoken = output.get("transcription") or output.get("translation") or output.get("text")
            if spoken is None and "txt_file" in output:
                file = yield from download(output["txt_file"], context, provider=self.provider, at="$.output.txt_file")
                spoken = file.data.decode(errors="replace")
            output = spoken
        return call.decode({"text": output})


def _prompt(inputs: Any) -> dict[str, Any]:
    return {"prompt": inputs}


def _text(inputs: Any) -> dict[str, Any]:
    return {"text": inputs}


def _sound(inputs: Any) -> dict[str, Any]:
    return {"audio": as_data_url(inputs, "audio/wav")}


def _image(inputs: Any) -> dict[str, Any]:
    url = as_data_url(inputs, "image/jpeg")
    # its models name their image in four ways, and ignore the names they do not know
    return {"image": url, "images": [url], "input_image": url, "input_images": [url]}


@dataclass(frozen=True)
class Replicate(PartnerTarget):
    """Images, films, speech both ways."""

    base_url: str = "https://api.replicate.com"

    name: ClassVar[str] = "replicate"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        "automatic-speech-recognition": (TranscriptForm(_sound),),
        "image-to-image": (PredictionForm(_image),),
        "text-to-image": (PredictionForm(_prompt),),
        "text-to-speech": (PredictionForm(_text),),
        "text-to-video": (PredictionForm(_prompt),),
    }

    def request(self, form: Form, call: Call[Any], model: str, context: Context) -> Request:
        mapping = self.way.mapping if self.way is not None else None
        if mapping is not None and lora_path(mapping):
            weights = f"https://huggingface.co/{mapping.hf_model_id}"
            form = Extended(form, {"lora_weights": weights}, within="input")
        return super().request(form, call, model, context)


_UNFINISHED = frozenset({"starting", "processing"})
