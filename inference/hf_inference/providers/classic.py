"""The wire of `@huggingface/inference` at the turn of 2023/24, for proxies and older deployments that speak it.

Knows `/models/{id}`, options inside the body, one retry of a 503 with `wait_for_model`, and the Hub's list of default
models. The host it was made for, api-inference.huggingface.co, is gone since 2025: give a `base_url`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from hf_inference.core.binary import Body
from hf_inference.core.call import Call
from hf_inference.core.errors import InferenceError, ModelLoadingError, NoDefaultModelError
from hf_inference.core.flow import Context, Flow, send
from hf_inference.core.wire import Request, Response
from hf_inference.providers.base import USER_AGENT, Form, Target, model_path
from hf_inference.providers.pipeline import PIPELINE_TASKS, PipelineForm


class ClassicForm(PipelineForm):
    """The options are a member of the body, last, and there even when empty."""

    def path(self, task: str, model: str) -> str:
        return f"/models/{model_path(model)}"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        body = super().body(call, model, context)
        if isinstance(body, Body):
            return body
        return {**body, "options": {name: getattr(context.options, name) for name in _WIRE_OPTIONS}}

    def headers(self, call: Call[Any], context: Context) -> Mapping[str, str]:
        """The options of a body that has no place for them."""
        binary = isinstance(super().body(call, "", context), Body)
        return super().headers(call, context) if binary else {}


@dataclass(frozen=True)
class ClassicTarget(Target):
    """The seed's host form; `hub_url` is asked, without a credential, for the default models."""

    hub_url: str = "https://huggingface.co"

    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = dict.fromkeys(PIPELINE_TASKS, (ClassicForm(),))

    def deliver(
        self, make: Callable[[Context], Request], context: Context, *, stream: bool
    ) -> Flow[tuple[Request, Response]]:
        once = replace(context, options=replace(context.options, max_retries=0))
        request = make(context)
        try:
            return request, (yield from send(request, once, stream=stream))
        except ModelLoadingError:
            if context.options.retry_on_error is False or context.options.wait_for_model:
                raise
        request = make(replace(context, options=replace(context.options, wait_for_model=True)))
        return request, (yield from send(request, once, stream=stream))

    def model(self, call: Call[Any], context: Context) -> Flow[str]:
        if call.model:
            return call.model
        key = ("tasks", self.hub_url)
        tasks = context.memory.get(key)
        if tasks is None:
            request = Request(method="GET", url=f"{self.hub_url}/api/tasks", headers={"User-Agent": USER_AGENT})
            try:
                response = yield from send(request, context, provider="the Hub")
                tasks = response.json(request)
            except InferenceError as error:
                raise NoDefaultModelError(
                    f"No model provided, and the Hub could not be asked for a default: {error}"
                ) from error
            context.memory.set(key, tasks)
        try:
            return str(tasks[call.task]["models"][0]["id"])
        except (KeyError, IndexError, TypeError):
            raise NoDefaultModelError("No model provided, and no default model found for this task") from None


_WIRE_OPTIONS = ("wait_for_model", "use_cache", "dont_load_model", "use_gpu", "retry_on_error")
