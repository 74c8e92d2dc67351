"""What a target is: where calls go, in which forms, with which credential.

Knows how a call, a form and a target make a request and an answer. Knows no single provider and does no I/O: what has
to be asked on the way (a model list, a job's state) is an effect that the flow yields.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

from hf_inference.core.binary import Body, held
from hf_inference.core.call import Call, StreamCall
from hf_inference.core.errors import BackendError, InputError, NoDefaultModelError, UnsupportedTaskError
from hf_inference.core.events import EventDecoder, EventReader
from hf_inference.core.flow import Answer, Context, Flow, Load, Opened, send
from hf_inference.core.wire import Request, Response, json_body
from hf_inference.engines.engine import Engine
from hf_inference.tasks.custom import CUSTOM

T = TypeVar("T")


class Form(ABC):
    """One way to put one task on the wire. Forms hold no state and are shared by the targets that speak them."""

    name: ClassVar[str] = ""
    """Shown in `Opened.form` where the way changes what the output means (`chat`)."""
    names_addresses: ClassVar[bool] = False
    """Whether a file it makes can be had as an address, and not as bytes alone."""

    @abstractmethod
    def path(self, task: str, model: str) -> str:
        """The route below the target's base URL."""

    @abstractmethod
    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        """What to send: a value to be written as JSON (a `Body` within it becomes base64), or a `Body` as it is."""

    def headers(self, call: Call[Any], context: Context) -> Mapping[str, str]:
        """Headers of this form beside the content type."""
        return {}

    def read(self, call: Call[T], request: Request, response: Response, context: Context) -> Flow[T]:
        """The output of a successful reply; a form whose answer is a job polls for it here."""
        yield from ()
        return self.decode(call, response.value(request) if call.reply.binary else response.json(request))

    def decode(self, call: Call[T], value: Any) -> T:
        """The output of the reply's JSON, or of the `Binary` it is where the task's reply takes one."""
        return call.decode(value)

    def events(self, call: StreamCall[T]) -> EventDecoder[T]:
        """The reader of this form's event stream."""
        raise UnsupportedTaskError(f"{call.task} does not stream here")


@dataclass(frozen=True)
class Target(ABC):
    """Where calls go: a value, made by `hf_inference.targets`."""

    base_url: str

    name: ClassVar[str] = ""
    """The provider's name in errors, "" where the host says it all."""
    forms: ClassVar[Mapping[str, tuple[Form, ...]]] = {}
    """Each task this target serves, with the forms to try: the next one is for servers without the route before."""

    @property
    def engine(self) -> Engine | None:
        """The model inside this process that answers, None for a target on the network."""
        return None

    @property
    def label(self) -> str:
        """What errors and menus call this target."""
        return self.name or self.base_url

    def serves(self, task: str) -> bool:
        """Whether calls of this task can be made here. (Whether a certain model can is the backend's to say.)"""
        return task in self.forms

    def forms_of(self, call: Call[Any]) -> tuple[Form, ...]:
        """The forms to try for a call, none if the target does not serve its task."""
        return self.forms.get(call.task, ())

    def answer(self, call: Call[T], context: Context) -> Flow[Answer[T]]:
        """The flow of a call that answers once."""
        sent = yield from self._send(call, context, stream=False)
        output = yield from sent.form.read(call, sent.request, sent.response, context)
        return Answer(output, self._opened(sent))

    def open(self, call: StreamCall[T], context: Context) -> Flow[tuple[Opened, EventReader[T]]]:
        """The flow of a streaming call, up to the moment its body can be read."""
        sent = yield from self._send(call, context, stream=True)
        return self._opened(sent), EventReader(sent.form.events(call), sent.request, sent.response, provider=self.name)

    def model(self, call: Call[Any], context: Context) -> Flow[str]:
        """The model to ask: the call's own, or this target's default for the task."""
        yield from ()
        if not call.model:
            raise NoDefaultModelError(f"No model was given and none is known for {call.task}: name one with model=…")
        return call.model

    def request(self, form: Form, call: Call[Any], model: str, context: Context) -> Request:
        """The request of a call in a form."""
        secret = {**(context.options.headers or {}), **self.authorization(context)}
        content = form.body(call, model, context)
        raw = isinstance(content, Body)
        media_type = content.media_type if raw else "application/json"
        return Request(
            method="POST",
            url=self.address(form, call, model, context),
            headers={
                **({"Content-Type": media_type} if media_type else {}),
                "User-Agent": USER_AGENT,
                **form.headers(call, context),
            },
            secret_headers=secret,
            body=content if raw else json_body(content),
        )

    def address(self, form: Form, call: Call[Any], model: str, context: Context) -> str:
        """The URL of a call. A custom call names the pipeline it wants, if any, in its options."""
        return self.url(form.path((context.options.task or "") if call.task == CUSTOM else call.task, model))

    def at(self, url: str) -> Target | None:
        """This target's own way of speaking to one model at a URL, None if it has none."""
        return None

    def prepare(self, call: Call[T], context: Context) -> Flow[tuple[Call[T], Context]]:
        """What has to be known before the request can be made: the call with its binary input read."""
        return (yield from loaded(call)), context

    def url(self, path: str) -> str:
        """`path` below the base URL; the base URL's query stays at the end."""
        base, mark, query = self.base_url.partition("?")
        return base.rstrip("/") + path + mark + query

    def authorization(self, context: Context) -> Mapping[str, str]:
        """The header that carries the credential, if there is one."""
        return {"Authorization": f"Bearer {context.credential}"} if context.credential else {}

    def deliver(
        self, make: Callable[[Context], Request], context: Context, *, stream: bool
    ) -> Flow[tuple[Request, Response]]:
        """Send what `make` makes, by this target's rules for trying again: the request that succeeded, its reply."""
        request = make(context)
        response = yield from send(request, context, provider=self.name, stream=stream)
        return request, response

    def _send(self, call: Call[Any], context: Context, *, stream: bool) -> Flow[_Sent]:
        """Send the call in the first of its forms that the server has a route for, and remember which it was."""
        forms = self.forms_of(call)
        if not forms:
            served = ", ".join(sorted(self.forms)) or "nothing"
            raise UnsupportedTaskError(
                f"{self.label} does not serve {call.task}; it serves {served}. Choose another target."
            )
        if call.output_type == "url" and not forms[0].names_addresses:
            raise InputError(f"{self.label} sends what it makes, not its address: ask for blob, dataUrl or json")
        call, context = yield from self.prepare(call, context)
        model = yield from self.model(call, context)
        key = context.memory_key("form", self.base_url, call.task, model)
        first = context.memory.get(key) or 0
        missing: BackendError | None = None
        for index in range(first, len(forms)):
            make = partial(self.request, forms[index], call, model)
            try:
                request, response = yield from self.deliver(make, context, stream=stream)
            except BackendError as error:
                missing = missing or error
                if error.status not in _NO_SUCH_ROUTE or index == len(forms) - 1:
                    raise missing from None
            else:
                if index > first:
                    context.memory.set(key, index)
                return _Sent(forms[index], model, request, response)
        raise AssertionError("the last form returns or raises")

    def _opened(self, sent: _Sent) -> Opened:
        return Opened(target=self.label, model=sent.model, response=sent.response, form=sent.form.name)


@dataclass(frozen=True, slots=True)
class _Sent:
    form: Form
    model: str
    request: Request
    response: Response


def task_of(call: Call[Any], context: Context) -> str:
    """The Hub task whose default model answers a call that names none."""
    return (context.options.task_hint or context.options.task or "") if call.task == CUSTOM else call.task


def loaded(call: Call[T]) -> Flow[Call[T]]:
    """The call with its binary input as a `Body`, whatever it was given as."""
    source = call.binary_input() if call.binary else None
    if source is None or isinstance(source, Body):
        return call
    body = held(source)
    return call.with_binary((yield Load(source)) if body is None else body)


def model_path(model: str) -> str:
    """A model id as a URL path: `owner/name` stays as it is, anything that could climb out is refused."""
    if not _MODEL_ID.fullmatch(model) or ".." in model.split("/"):
        raise InputError(f"{model!r} is no model id: expected a name such as facebook/bart-large-cnn")
    return quote(model, safe="/:@")


def task_path(task: str) -> str:
    """A task's name as a part of a URL path."""
    if not _TASK.fullmatch(task):
        raise InputError(f"{task!r} is no task: expected a name such as feature-extraction")
    return task


def routed(route: str, model: str) -> str:
    """A route with the model's id where it says `{model}`."""
    return route.replace("{model}", model_path(model)) if "{model}" in route else route


USER_AGENT = "hf-inference-python/0.1.0"

_TASK = re.compile(r"[a-z0-9-]+")

_NO_SUCH_ROUTE = frozenset({404, 405, 501})

_MODEL_ID = re.compile(r"[\w.@:-]+(/[\w.@:-]+)*")
