"""Together: chat, text, embeddings, speech both ways, images and films.  https://docs.together.ai/reference/

Knows its routes, its words for steps and sizes, and its queue of films.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

from hf_inference.core.binary import Body
from hf_inference.core.call import Call
from hf_inference.core.flow import Context, Flow
from hf_inference.core.wire import Request
from hf_inference.providers.base import Form
from hf_inference.providers.chat import text_forms
from hf_inference.providers.jobs import JobForm, beside, download
from hf_inference.providers.openai_media import EmbeddingsForm, ImagesForm, SpeechForm, TranscriptionForm
from hf_inference.providers.partner import PartnerTarget
from hf_inference.providers.values import as_data_url, inputs_of, member
from hf_inference.tasks.nlp.structured_output import as_flat_schema

T = TypeVar("T")


class VideoForm(JobForm):
    """A film of a text, or of an image that is its first frame."""

    provider = "together"
    pause = 2.0

    def path(self, task: str, model: str) -> str:
        return "/v2/videos"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        inputs, parameters = inputs_of(call)
        said = {**steps(parameters), "model": model}
        said.update(said.pop("target_size", None) or {})  # width and height
        if call.binary:
            return {"frame_images": [{"input_image": as_data_url(inputs), "frame": "first"}], **said}
        return {**said, "prompt": inputs}

    def done(self, state: Any) -> bool:
        return isinstance(state, dict) and state.get("status") == "completed"

    def failed(self, state: Any) -> str | None:
        status = member(state, "status")
        if status in ("queued", "in_progress"):
            return None
        error = state.get("error")
        return str((error.get("message") if isinstance(error, Mapping) else error) or f"its status is {status}")

    def poll(self, request: Request, first: Any) -> str:
        return beside(request, "/v2/", f"/v2/videos/{quote(str(member(first, 'id')), safe='')}")

    def result(self, call: Call[T], first: Any, state: Any, request: Request, context: Context) -> Flow[T]:
        url = member(state, "outputs", "video_url")
        return call.decode((yield from download(url, context, provider=self.provider, at="$.outputs.video_url")))


def steps(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters with Together's name for the steps."""
    return {"steps" if name == "num_inference_steps" else name: value for name, value in parameters.items()}


def _shown(image: Body, model: str) -> Mapping[str, Any]:
    """FLUX.1 Kontext takes one image by its URL, every other model a list of references."""
    url = as_data_url(image, "image/jpeg")
    name = model.lower()
    return {"image_url": url} if "kontext" in name and "flux.1" in name else {"reference_images": [url]}


@dataclass(frozen=True)
class Together(PartnerTarget):
    """Chat (a JSON schema stands beside its type, not within), text generation, and much else."""

    base_url: str = "https://api.together.xyz"

    name: ClassVar[str] = "together"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        **text_forms("/v1", as_flat_schema, completions=True),
        "automatic-speech-recognition": (TranscriptionForm("/v1/audio/transcriptions"),),
        "feature-extraction": (EmbeddingsForm("/v1/embeddings"),),
        "image-to-image": (ImagesForm("/v1/images/generations", "together", "base64", renamed=steps, image=_shown),),
        "image-to-video": (VideoForm(),),
        "text-to-image": (ImagesForm("/v1/images/generations", "together", "base64", renamed=steps),),
        "text-to-speech": (SpeechForm("/v1/audio/speech", {"kokoro": "af_alloy"}),),
        "text-to-video": (VideoForm(),),
    }
