"""Novita: chat, text and films.  https://novita.ai/docs/api-reference/

Knows its routes, its task queue, and the one model of image and text to film that it serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

from hf_inference.core.call import Call
from hf_inference.core.errors import InputError
from hf_inference.core.flow import Context, Flow
from hf_inference.core.wire import Request
from hf_inference.providers.base import Form, model_path
from hf_inference.providers.chat import text_forms
from hf_inference.providers.jobs import JobForm, beside, download
from hf_inference.providers.partner import PartnerTarget
from hf_inference.providers.values import as_data_url, inputs_of, member

T = TypeVar("T")


class VideoForm(JobForm):
    """Text to video."""

    provider = "novita"

    def path(self, task: str, model: str) -> str:
        return f"/v3/async/{model_path(model)}"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        inputs, parameters = inputs_of(call)
        steps = parameters.pop("num_inference_steps", None)
        return {"steps": steps, **parameters, "prompt": inputs}

    def done(self, state: Any) -> bool:
        return _status(state) == "TASK_STATUS_SUCCEED" or (isinstance(state, dict) and "video" in state)

    def failed(self, state: Any) -> str | None:
        if _status(state) != "TASK_STATUS_FAILED":
            return None
        return str(state["task"].get("reason") or "it told no reason")

    def poll(self, request: Request, first: Any) -> str:
        return beside(request, "/v3/", f"/v3/async/task-result?task_id={quote(str(member(first, 'task_id')), safe='')}")

    def result(self, call: Call[T], first: Any, state: Any, request: Request, context: Context) -> Flow[T]:
        # without the queue (`/v3/hf`) the film is in `video`
        url = member(state, "video", "video_url") if "video" in state else member(state, "videos", 0, "video_url")
        return call.decode((yield from download(url, context, provider=self.provider, at="$.videos")))


class MiniMaxForm(JobForm):
    """Image and text to video by MiniMax-H3, whose API is its own."""

    provider = "novita"
    pause = 5.0
    patience = 1_800.0

    def path(self, task: str, model: str) -> str:
        if model != "MiniMax-H3":
            raise InputError(f"novita serves MiniMax-H3 for {task}, not {model}")
        return "/v3/minimax/v2/video_generation"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        inputs, parameters = inputs_of(call)
        prompt = parameters.pop("prompt", None)
        if not isinstance(prompt, str) or not prompt.strip():
            raise InputError("novita's MiniMax-H3 needs parameters with a prompt")
        image = as_data_url(inputs)
        size, frames = parameters.pop("target_size", None) or {}, parameters.pop("num_frames", None)
        kept = {name: value for name, value in parameters.items() if name not in _NOT_ITS_OWN}
        return {
            "resolution": _resolution(size),
            "duration": 4 if frames is None else min(15, max(4, round(frames / FRAMES_A_SECOND))),
            "ratio": _ratio(size),
            **kept,
            **({"ratio": "adaptive"} if image is not None else {}),
            "model": model,
            "content": [
                {"type": "text", "text": prompt},
                *([{"type": "image_url", "image_url": {"url": image}, "role": "first_frame"}] if image else []),
            ],
        }

    def done(self, state: Any) -> bool:
        return bool(_status(state) == "succeeded")

    def failed(self, state: Any) -> str | None:
        if _status(state) not in ("failed", "cancelled"):
            return None
        error = state["task"].get("error")
        return str((error.get("message") if isinstance(error, Mapping) else error) or f"it is {_status(state)}")

    def poll(self, request: Request, first: Any) -> str:
        job = quote(str(member(first, "task_id")), safe="")
        return beside(request, "/v3/", f"/v3/minimax/v2/query/video_generation/{job}")

    def result(self, call: Call[T], first: Any, state: Any, request: Request, context: Context) -> Flow[T]:
        url = member(state, "task", "content", "url")
        return call.decode((yield from download(url, context, provider=self.provider, at="$.task.content.url")))


@dataclass(frozen=True)
class Novita(PartnerTarget):
    """Chat, text generation, and films."""

    base_url: str = "https://api.novita.ai"

    name: ClassVar[str] = "novita"
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {
        **text_forms("/v3/openai", completions=True),
        "image-text-to-video": (MiniMaxForm(),),
        "text-to-video": (VideoForm(),),
    }


def _status(state: Any) -> Any:
    task = state.get("task") if isinstance(state, Mapping) else None
    return task.get("status") if isinstance(task, Mapping) else None


def _resolution(size: Mapping[str, Any]) -> str:
    """The nearer of the two that it draws, by the shorter edge."""
    edge = min(size.values(), default=768)
    return "768P" if abs(edge - 768) <= abs(edge - 1440) else "2K"


def _ratio(size: Mapping[str, Any]) -> str:
    if not size:
        return "16:9"
    wanted = size["width"] / size["height"]
    return min(_RATIOS, key=lambda name: abs(_RATIOS[name] - wanted))


FRAMES_A_SECOND = 24

_RATIOS: Mapping[str, float] = {"21:9": 21 / 9, "16:9": 16 / 9, "4:3": 4 / 3, "1:1": 1.0, "3:4": 3 / 4, "9:16": 9 / 16}

_NOT_ITS_OWN = frozenset({"guidance_scale", "negative_prompt", "num_inference_steps", "seed"})
