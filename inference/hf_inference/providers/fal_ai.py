"""fal: images, films and sound, most of it through a queue.  https://docs.fal.ai/model-endpoints/queue

Knows its two hosts, its queue, its words for a task's inputs, and where its results lie.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, TypeAlias, TypeVar

from hf_inference.core.binary import Base64, Body, Joined
from hf_inference.core.call import Call
from hf_inference.core.errors import InputError
from hf_inference.core.flow import Context, Flow, send
from hf_inference.core.wire import Request, Response
from hf_inference.providers.base import Form, model_path
from hf_inference.providers.jobs import JobForm, download, fetched, follow_up, path_of
from hf_inference.providers.mapping import lora_path
from hf_inference.providers.openai_media import transcript
from hf_inference.providers.partner import Extended, PartnerTarget
from hf_inference.providers.values import as_data_url, inputs_of, member, to_base64

T = TypeVar("T")

Written: TypeAlias = Callable[[Any, dict[str, Any]], dict[str, Any]]
"""From a task's inputs and parameters to fal's."""

Result: TypeAlias = Callable[[Any, Call[Any], Context], Flow[Any]]
"""From fal's result to the reply in the Hub's form, with a download where one is needed."""


class FalForm(Form):
    """A task that answers at once."""

    def __init__(self, written: Written, result: Result) -> None:
        self._written = written
        self._result = result

    def path(self, task: str, model: str) -> str:
        return f"/{model_path(model)}"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        return self._written(*inputs_of(call))

    def read(self, call: Call[T], request: Request, response: Response, context: Context) -> Flow[T]:
        return call.decode((yield from self._result(response.json(request), call, context)))


class FalQueueForm(JobForm):
    """A task that waits in the queue; the router is told so by a query, which its URLs keep."""

    provider = "fal-ai"
    names_addresses = True

    def __init__(self, written: Written, result: Result) -> None:
        self._written = written
        self._result = result

    def path(self, task: str, model: str) -> str:
        return f"/{model_path(model)}{BY_QUEUE}"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        return self._written(*inputs_of(call))

    def done(self, state: Any) -> bool:
        # where there is no queue, the first reply is the result, and has no status
        return isinstance(state, dict) and state.get("status", "COMPLETED") == "COMPLETED"

    def failed(self, state: Any) -> str | None:
        status = member(state, "status")
        return None if status in _WAITING else f"its status is {status}"

    def poll(self, request: Request, first: Any) -> str:
        return self._url(request, first, "/status")

    def result(self, call: Call[T], first: Any, state: Any, request: Request, context: Context) -> Flow[T]:
        if "response_url" in first:
            asked = follow_up(request, self._url(request, first, ""))
            response = yield from send(asked, context, provider=self.provider)
            state = response.json(asked)
        return call.decode((yield from self._result(state, call, context)))

    def _url(self, request: Request, first: Any, ending: str) -> str:
        """The job's URL on the host that was asked; the router's part of the path goes before fal's."""
        base, mark, query = request.url.partition("?")
        before = base.index("/fal-ai/") + len("/fal-ai") if mark else base.index("/", base.index("//") + 2)
        return base[:before] + path_of(member(first, "response_url"), "$.response_url") + ending + mark + query


def _prompt(inputs: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    return {**parameters, "prompt": inputs}


def _picture(inputs: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    size = {name: parameters[name] for name in ("width", "height") if parameters.get(name) is not None}
    rest = {name: value for name, value in parameters.items() if name not in size}
    return {**rest, **({"image_size": size} if size else {}), "prompt": inputs}


def _text(inputs: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    return {**parameters, "text": inputs}


def _image(inputs: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    url = as_data_url(inputs, "image/jpeg")
    # some of its models read one, some the other
    return {**parameters, **({"image_url": url, "image_urls": [url]} if url is not None else {})}


def _first_frame(inputs: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    return {**parameters, "image_url": as_data_url(inputs)}


def _to_segment(inputs: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    return {**parameters, "image_url": as_data_url(inputs), "sync_mode": True}


def _sound(inputs: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    """fal takes three labels of sound only, and refuses the same bytes under another one."""
    if not isinstance(inputs, Body):
        raise InputError("a sound is bytes, a path or an open file")
    said = inputs.media_type.partition(";")[0].strip().lower() or "audio/mpeg"
    if said not in _SOUNDS:
        raise InputError(f"fal-ai takes mp3, wav and webm, not {said}")
    return {**parameters, "audio_url": Joined((f"data:{_SOUNDS[said]};base64,".encode(), Base64(inputs)), "text/plain")}


def _file(*places: tuple[str | int, ...]) -> Result:
    """The file at the first of the places in the result that holds one."""

    def fetch(result: Any, call: Call[Any], context: Context) -> Flow[Any]:
        place = next((place for place in places if isinstance(result, dict) and place[0] in result), places[0])
        url = member(result, *place)
        return (yield from fetched(call, url, result, context, provider="fal-ai", at=f"$.{place[0]}"))

    return fetch


def _words(result: Any, call: Call[Any], context: Context) -> Flow[Any]:
    yield from ()
    if isinstance(result, dict) and "text" not in result and "output" in result:
        result = {**result, "text": result["output"]}
    if isinstance(result, dict) and isinstance(result.get("chunks"), list):
        return result
    return transcript(result)


def _mask(result: Any, call: Call[Any], context: Context) -> Flow[Any]:
    mask = yield from download(member(result, "image", "url"), context, provider="fal-ai", at="$.image.url")
    return [{"label": "mask", "score": 1.0, "mask": to_base64(mask)}]  # fal tells neither label nor score


def _voice(result: Any, call: Call[Any], context: Context) -> Flow[Any]:
    sound = yield from download(member(result, "audio", "url"), context, provider="fal-ai", at="$.audio.url")
    kind = result["audio"].get("content_type") or sound.media_type or "audio/wav"
    return [{"label": result.get("text") or "speech", "content-type": kind, "blob": to_base64(sound)}]


BY_QUEUE = "?_subdomain=queue"

_WAITING = frozenset({"IN_QUEUE", "IN_PROGRESS"})

_SOUNDS: Mapping[str, str] = {
    "audio/mpeg": "audio/mpeg",
    "audio/mp3": "audio/mpeg",
    "audio/wav": "audio/x-wav",
    "audio/wave": "audio/x-wav",
    "audio/x-wav": "audio/x-wav",
    "audio/webm": "video/webm",
    "video/webm": "video/webm",
}

_FIRST_IMAGE = _file(("images", 0, "url"), ("image", "url"))
_VIDEO = _file(("video", "url"))

_FORMS: Mapping[str, tuple[Form, ...]] = {
    "audio-to-audio": (FalQueueForm(_sound, _voice),),
    "automatic-speech-recognition": (FalForm(_sound, _words),),
    "image-segmentation": (FalQueueForm(_to_segment, _mask),),
    "image-text-to-image": (FalQueueForm(_image, _FIRST_IMAGE),),
    "image-text-to-video": (FalQueueForm(_first_frame, _VIDEO),),
    "image-to-image": (FalQueueForm(_image, _FIRST_IMAGE),),
    "image-to-video": (FalQueueForm(_first_frame, _VIDEO),),
    "text-to-audio": (FalQueueForm(_prompt, _file(("audio_file", "url"), ("audio", "url"))),),
    "text-to-image": (FalQueueForm(_picture, _FIRST_IMAGE),),
    "text-to-speech": (FalForm(_text, _file(("audio", "url"))),),
    "text-to-video": (FalQueueForm(_prompt, _VIDEO),),
}


@dataclass(frozen=True)
class FalAi(PartnerTarget):
    """Everything but chat. Its own key travels as `Key`, and its queue has a host of its own."""

    base_url: str = "https://fal.run"
    queue_url: str = "https://queue.fal.run"

    name: ClassVar[str] = "fal-ai"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = _FORMS

    def moved(self, base_url: str) -> Self:
        return replace(self, base_url=base_url, queue_url=base_url)

    def url(self, path: str) -> str:
        path, mark, query = path.partition("?")
        if not mark or self.way is None or self.way.routed:
            return super().url(path) + mark + query
        return self.queue_url.rstrip("/") + path

    def authorization(self, context: Context) -> Mapping[str, str]:
        if self.way is None or self.way.routed or not context.credential:
            return super().authorization(context)
        return {"Authorization": f"Key {context.credential}"}

    def request(self, form: Form, call: Call[Any], model: str, context: Context) -> Request:
        weights = lora_path(self.way.mapping) if self.way is not None else ""
        if weights:
            members: dict[str, Any] = {"loras": [{"path": weights, "scale": 1}]}
            if model == "fal-ai/lora":  # that endpoint has no base model of its own
                members["model_name"] = "stabilityai/stable-diffusion-xl-base-1.0"
            form = Extended(form, members)
        return super().request(form, call, model, context)
