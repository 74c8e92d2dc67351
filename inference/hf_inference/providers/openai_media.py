"""Embeddings, speech, transcription and images on OpenAI-compatible routes.

Knows their bodies and replies. Knows no host.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from hf_inference.core.binary import Body, Joined
from hf_inference.core.call import Call
from hf_inference.core.decoding import decode, wrong_shape
from hf_inference.core.errors import InputError
from hf_inference.core.flow import Context, Flow
from hf_inference.core.media_types import ending_of
from hf_inference.core.wire import Request, Response
from hf_inference.providers.base import Form
from hf_inference.providers.jobs import fetched
from hf_inference.providers.values import from_base64, inputs_of, member

T = TypeVar("T")

Renamed: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""From the task's parameters to a provider's."""


class EmbeddingsForm(Form):
    """Feature extraction on `/embeddings`: a vector for each text."""

    def __init__(self, route: str = "/embeddings") -> None:
        self._route = route

    def path(self, task: str, model: str) -> str:
        return self._route

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        texts, parameters = inputs_of(call)
        return {**parameters, "input": texts, "model": model or None}

    def decode(self, call: Call[T], value: Any) -> T:
        entries = decode(list[dict[str, Any]], member(value, "data"), path="$.data")
        entries = sorted(entries, key=lambda entry: entry.get("index", 0))
        return super().decode(call, [entry.get("embedding") for entry in entries])


class SpeechForm(Form):
    """Text to speech on `/audio/speech`: the reply is the sound."""

    def __init__(self, route: str = "/audio/speech", voices: Mapping[str, str] | None = None) -> None:
        self._route = route
        self._voices = voices or {}
        """The voice of models (by a part of their name) that need one and are given none."""

    def path(self, task: str, model: str) -> str:
        return self._route

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        text, parameters = inputs_of(call)
        voice = next((voice for name, voice in self._voices.items() if name in model.lower()), None)
        return {"voice": voice, **parameters, "input": text, "model": model}


class TranscriptionForm(Form):
    """Speech recognition on `/audio/transcriptions`: the sound is sent as a form's file."""

    def __init__(self, route: str = "/audio/transcriptions") -> None:
        self._route = route

    def path(self, task: str, model: str) -> str:
        return self._route

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        sound, parameters = inputs_of(call)
        if not isinstance(sound, Body):
            raise InputError("a sound is bytes, a path or an open file")
        return multipart(sound, f"audio{ending_of(sound.media_type) or '.wav'}", {**parameters, "model": model})

    def decode(self, call: Call[T], value: Any) -> T:
        return super().decode(call, transcript(value))


class ImagesForm(Form):
    """Images on `/images/generations`: from a text, or from an image where `image` says how one is named."""

    names_addresses = True

    def __init__(
        self,
        route: str,
        provider: str,
        encoding: str = "b64_json",
        *,
        renamed: Renamed = dict,
        image: Callable[[Body, str], Mapping[str, Any]] | None = None,
    ) -> None:
        self._route = route
        self._provider = provider
        self._encoding = encoding
        self._renamed = renamed
        self._image = image

    def path(self, task: str, model: str) -> str:
        return self._route

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        inputs, parameters = inputs_of(call)
        shown = self._image(inputs, model) if self._image is not None else {"prompt": inputs}
        # what the call says itself goes over what makes the reply readable, except the model and its encoding
        encoding = "url" if call.output_type == "url" else self._encoding
        return {"prompt": "", **self._renamed(parameters), **shown, "response_format": encoding, "model": model}

    def read(self, call: Call[T], request: Request, response: Response, context: Context) -> Flow[T]:
        reply = response.json(request)
        made = member(reply, "data", 0)
        if call.output_type in ("blob", "dataUrl") and isinstance(made, dict) and made.get("b64_json") is not None:
            return call.decode(from_base64(made["b64_json"], at="$.data[0].b64_json"))
        url = None if call.output_type == "json" else member(reply, "data", 0, "url")
        at = "$.data[0].url"
        return call.decode((yield from fetched(call, url, reply, context, provider=self._provider, at=at)))


def with_size(parameters: dict[str, Any]) -> dict[str, Any]:
    """Width and height as OpenAI's `size`: "1024x768"."""
    if parameters.get("width") is None or parameters.get("height") is None:
        return parameters
    rest = {name: value for name, value in parameters.items() if name not in ("width", "height")}
    return {**rest, "size": f"{int(parameters['width'])}x{int(parameters['height'])}"}


def transcript(value: Any) -> dict[str, Any]:
    """A transcription in the Hub's form: `segments` with start and end are `chunks` with a timestamp."""
    if not isinstance(value, dict):
        raise wrong_shape("{text: string}", value)
    segments = value.get("segments")
    said = {"text": value.get("text")}
    if not isinstance(segments, list):
        return said
    pieces = [piece for piece in segments if isinstance(piece, dict)]
    return {
        **said,
        "chunks": [
            {"text": piece.get("text"), "timestamp": [piece.get("start"), piece.get("end")]} for piece in pieces
        ],
    }


def multipart(file: Body, name: str, fields: Mapping[str, Any]) -> Joined:
    """A form with a file in it (RFC 7578), read while it is sent."""
    from hashlib import sha256  # loads OpenSSL: only who sends a form pays for it

    written = {key: value if isinstance(value, str) else json.dumps(value) for key, value in fields.items()}
    # no clock and no chance here: the boundary is drawn from the form, and lies in none of its fields
    boundary = sha256(f"{name}{file.size}{written}".encode()).hexdigest()
    media_type = file.media_type or "application/octet-stream"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += f"Content-Type: {media_type}\r\n\r\n"
    rest = "".join(
        f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}'
        for key, value in written.items()
        if fields[key] is not None
    )
    tail = f"{rest}\r\n--{boundary}--\r\n".encode()
    return Joined((head.encode(), file, tail), f"multipart/form-data; boundary={boundary}")
