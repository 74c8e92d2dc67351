"""Text to image: a picture of what a text says.  https://huggingface.co/tasks/text-to-image

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.binary import Binary
from hf_inference.core.call import Call, Out, OutputType
from hf_inference.core.decoding import Blob, DataUrl, Json, Url
from hf_inference.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToImageParameters:
    """How to paint. Sizes are in pixels."""

    guidance_scale: float | None = None
    """How closely to follow the text; higher is closer, and worse in quality."""
    height: float | None = None
    negative_prompt: str | None = None
    """What should not be in the picture."""
    num_inference_steps: float | None = None
    """More steps cost more time and give a better picture."""
    width: float | None = None

    scheduler: str | None = None
    seed: int | None = None


TextToImageOutput: TypeAlias = Binary
"""The image and its media type, for example `image/jpeg`."""


@dataclass(frozen=True)
class Picture(Call[Out]):
    """What the calls below have in common: `output_type` says in which of them the picture comes."""

    task = "text-to-image"

    inputs: str
    parameters: TextToImageParameters | Mapping[str, Any] | None = None


@dataclass(frozen=True)
class TextToImageArgs(Picture[TextToImageOutput]):
    """Paint what `inputs` says. Recommended model: black-forest-labs/FLUX.1-dev."""

    reply = Blob()


@dataclass(frozen=True)
class TextToImageDataUrlArgs(Picture[str]):
    """As `TextToImageArgs`, giving a `data:` URL that holds the picture."""

    output_type = "dataUrl"
    reply = DataUrl()


@dataclass(frozen=True)
class TextToImageUrlArgs(Picture[str]):
    """As `TextToImageArgs`, giving the address where the provider keeps the picture, for as long as it does.
    `InputError` before anything is sent where the provider sends pictures only (hf-inference, nscale, endpoints)."""

    output_type = "url"
    reply = Url()


@dataclass(frozen=True)
class TextToImageJsonArgs(Picture[dict[str, Any]]):
    """As `TextToImageArgs`, giving the provider's last reply as it is: `{"output": data URL}` where that is no JSON."""

    output_type = "json"
    reply = Json()


def args_for(output_type: OutputType | None) -> Callable[..., Picture[Any]]:
    """The call whose picture comes as `output_type`; `InputError` for a word that is none."""
    kinds: tuple[type[Picture[Any]], ...] = (
        TextToImageArgs,
        TextToImageDataUrlArgs,
        TextToImageUrlArgs,
        TextToImageJsonArgs,
    )
    for kind in kinds:
        if kind.output_type == (output_type or "blob"):
            return kind
    known = ", ".join(kind.output_type for kind in kinds)
    raise InputError(f"{output_type!r} is no output_type: expected one of {known}")
