"""The wire of `@huggingface/inference` at the turn of 2023/24, for proxies and older deployments that speak it.

Knows `/models/{id}` and `/pipeline/{task}/{id}`, options inside the body, one retry of a 503 with `wait_for_model`, and
what the Hub is asked on the way: the list of default models, the task of a model that could do two. The host it was
made for, api-inference.huggingface.co, is gone since 2025: give a `base_url`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar

from hf_inference.core.binary import Body
from hf_inference.core.call import Call
from hf_inference.core.errors import InferenceError, ModelLoadingError, NoDefaultModelError
from hf_inference.core.flow import Context, Flow, send
from hf_inference.core.wire import Request, Response
from hf_inference.providers.base import USER_AGENT, Form, Target, model_path, task_of, task_path
from hf_inference.providers.mapping import is_hub_token
from hf_inference.providers.pipeline import PIPELINE_TASKS, PipelineForm
from hf_inference.tasks.custom import CUSTOM

T = TypeVar("T")


class ClassicForm(PipelineForm):
    """The options are a member of the JSON body, last, and there even when empty; a binary body has them as headers.
    What a custom call says beside its `data` is dropped."""

    def path(self, task: str, model: str) -> str:
        if model.startswith("/"):
            return model
        return f"/pipeline/{task_path(task)}/{model_path(model)}" if task else f"/models/{model_path(model)}"

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        body = super().body(call, model, context)
        if call.task == CUSTOM and isinstance(data := call.payload().get("data"), Body):
            body = data
        if isinstance(body, Body):
            return body
        options = {name: getattr(context.options, name) for name in _BODY_OPTIONS}
        return {**body, "options": options}

    def headers(self, call: Call[Any], context: Context) -> Mapping[str, str]:
        binary = isinstance(self.body(call, "", context), Body)
        return super().headers(call, context) if binary else {}


@dataclass(frozen=True)
class ClassicTarget(Target):
    """The seed's host form; `hub_url` is asked for default models (without a credential) and for a model's task."""

    hub_url: str = "https://huggingface.co"

    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = dict.fromkeys(PIPELINE_TASKS, (ClassicForm(),))

    def at(self, url: str) -> Target:
        return ClassicEndpoint(url, hub_url=self.hub_url)

    def address(self, form: Form, call: Call[Any], model: str, context: Context) -> str:
        named = call.task == CUSTOM or call.task in _OTHER_TASK
        return self.url(form.path((context.options.task or "") if named else "", model))

    def prepare(self, call: Call[T], context: Context) -> Flow[tuple[Call[T], Context]]:
        """As every target's. A model made for the other one of two tasks is asked for this one by its pipeline."""
        call, context = yield from super().prepare(call, context)
        if call.task not in _OTHER_TASK:
            return call, context
        forced = None
        if call.model and not call.model.startswith("/"):
            made_for = yield from self._task_of_model(call.model, context)
            forced = call.task if made_for == _OTHER_TASK[call.task] else None
        return call, replace(context, options=replace(context.options, task=forced))

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
            return str(tasks[task_of(call, context)]["models"][0]["id"])
        except (KeyError, IndexError, TypeError):
            raise NoDefaultModelError("No model provided, and no default model found for this task") from None

    def _task_of_model(self, model: str, context: Context) -> Flow[str | None]:
        """The task the Hub lists a model under; None, and asked again next time, where the Hub does not say."""
        key = context.memory_key("pipeline-tag", self.hub_url, model)
        known = context.memory.get(key)
        if known is not None:
            return str(known)
        token = context.credential if is_hub_token(context.credential) else ""
        request = Request(
            method="GET",
            url=f"{self.hub_url}/api/models/{model_path(model)}?expand[]=pipeline_tag",
            headers={"User-Agent": USER_AGENT},
            secret_headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        once = replace(context, options=replace(context.options, max_retries=0))
        try:
            response = yield from send(request, once, provider="the Hub")
            found = response.json(request)
        except InferenceError:  # the call itself will tell what is wrong, if anything is
            return None
        tag = found.get("pipeline_tag") if isinstance(found, dict) else None
        if isinstance(tag, str):
            context.memory.set(key, tag)
            return tag
        return None


@dataclass(frozen=True)
class ClassicEndpoint(ClassicTarget):
    """The same wire at one URL, which stands for a model."""

    def address(self, form: Form, call: Call[Any], model: str, context: Context) -> str:
        return self.base_url

    def prepare(self, call: Call[T], context: Context) -> Flow[tuple[Call[T], Context]]:
        return (yield from Target.prepare(self, call, context))

    def model(self, call: Call[Any], context: Context) -> Flow[str]:
        yield from ()
        return ""


_BODY_OPTIONS = ("wait_for_model", "use_cache", "dont_load_model", "use_gpu", "retry_on_error")

_OTHER_TASK: Mapping[str, str] = {
    "feature-extraction": "sentence-similarity",
    "sentence-similarity": "feature-extraction",
}
"""Sentence models do both: one listed under the other task has to be told which."""
