"""WaveSpeed: images and films.  https://wavespeed.ai/docs/rest-api

Knows its route, its words for inputs, and how its jobs are followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from hf_inference.core.call import Call
from hf_inference.core.flow import Context, Flow
from hf_inference.core.wire import Request
from hf_inference.providers.base import Form, model_path
from hf_inference.providers.jobs import JobForm, beside, fetched, path_of
from hf_inference.providers.partner import Extended, PartnerTarget
from hf_inference.providers.values import as_data_url, inputs_of, member

T = TypeVar("T")


class WaveSpeedForm(JobForm):
    """An image or a film, of a text, an image, or both."""

    provider = "wavespeed"
    names_addresses = True

    def path(self, task: str, model: str) -> str:
        return f"/api/v3/{model_path(model)}"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        inputs, parameters = inputs_of(call)
        if not call.binary:
            return {**parameters, "prompt": inputs}
        image = as_data_url(inputs)
        shown = {} if image is None else {"image": image, "images": [image]}
        return {**shown, **parameters}

    def done(self, state: Any) -> bool:
        return isinstance(state, dict) and _job(state).get("status") == "completed"

    def failed(self, state: Any) -> str | None:
        job = member(state, "data")
        if job.get("status") != "failed":
            return None
        return str(job.get("error") or "it told no reason")

    def poll(self, request: Request, first: Any) -> str:
        return beside(request, "/api/v3/", path_of(member(first, "data", "urls", "get"), "$.data.urls.get"))

    def result(self, call: Call[T], first: Any, state: Any, request: Request, context: Context) -> Flow[T]:
        url = member(state, "data", "outputs", 0)
        at = "$.data.outputs[0]"
        return call.decode((yield from fetched(call, url, state, context, provider=self.provider, at=at)))


@dataclass(frozen=True)
class WaveSpeed(PartnerTarget):
    """Images and films."""

    base_url: str = "https://api.wavespeed.ai"

    name: ClassVar[str] = "wavespeed"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = dict.fromkeys(
        (
            "image-text-to-image",
            "image-text-to-video",
            "image-to-image",
            "image-to-video",
            "text-to-image",
            "text-to-video",
        ),
        (WaveSpeedForm(),),
    )

    def request(self, form: Form, call: Call[Any], model: str, context: Context) -> Request:
        mapping = self.way.mapping if self.way is not None else None
        if mapping is not None and mapping.adapter == "lora":
            form = Extended(form, {"loras": [{"path": mapping.hf_model_id, "scale": 1}]})
        return super().request(form, call, model, context)


def _job(state: Mapping[str, Any]) -> Mapping[str, Any]:
    job = state.get("data")
    return job if isinstance(job, Mapping) else {}
