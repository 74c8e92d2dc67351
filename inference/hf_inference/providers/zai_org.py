"""Z.ai: chat, images, and the text of documents.  https://docs.z.ai/api-reference/

Knows its routes, the headers it wants, and its queue of images.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

from hf_inference.core.call import Call
from hf_inference.core.flow import Context, Flow
from hf_inference.core.wire import Request
from hf_inference.providers.base import Form
from hf_inference.providers.chat import ChatForm
from hf_inference.providers.completions import ChatTextForm
from hf_inference.providers.jobs import JobForm, beside, fetched
from hf_inference.providers.openai_media import with_size
from hf_inference.providers.partner import PartnerTarget
from hf_inference.providers.values import as_data_url, inputs_of, member

T = TypeVar("T")


class ImageForm(JobForm):
    """Text to image."""

    provider = "zai-org"
    names_addresses = True
    pause = 5.0

    def path(self, task: str, model: str) -> str:
        return "/api/paas/v4/async/images/generations"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        inputs, parameters = inputs_of(call)
        return {**with_size(parameters), "model": model, "prompt": inputs}

    def done(self, state: Any) -> bool:
        return isinstance(state, dict) and state.get("task_status") == "SUCCESS"

    def failed(self, state: Any) -> str | None:
        return "its status is FAIL" if member(state, "task_status") == "FAIL" else None

    def poll(self, request: Request, first: Any) -> str:
        job = quote(str(member(first, "id")), safe="")
        return beside(request, "/api/paas/v4/", f"/api/paas/v4/async-result/{job}")

    def result(self, call: Call[T], first: Any, state: Any, request: Request, context: Context) -> Flow[T]:
        url = member(state, "image_result", 0, "url")
        return call.decode(
            (yield from fetched(call, url, state, context, provider=self.provider, at="$.image_result[0].url"))
        )


class LayoutForm(Form):
    """Image to text: the page as Markdown."""

    def path(self, task: str, model: str) -> str:
        return "/api/paas/v4/layout_parsing"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        inputs, _ = inputs_of(call)
        return {"model": model, "file": as_data_url(inputs)}

    def decode(self, call: Call[T], value: Any) -> T:
        return super().decode(call, {"generated_text": member(value, "md_results")})


@dataclass(frozen=True)
class Zai(PartnerTarget):
    """Chat, text generation by chat, images, and the text of pages."""

    base_url: str = "https://api.z.ai"

    name: ClassVar[str] = "zai-org"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        "chat-completion": (ChatForm("/api/paas/v4/chat/completions"),),
        "image-to-text": (LayoutForm(),),
        "text-generation": (ChatTextForm("/api/paas/v4/chat/completions"),),
        "text-to-image": (ImageForm(),),
    }

    def request(self, form: Form, call: Call[Any], model: str, context: Context) -> Request:
        request = super().request(form, call, model, context)
        return replace(
            request, headers={**request.headers, "x-source-channel": "hugging_face", "accept-language": "en-US,en"}
        )
