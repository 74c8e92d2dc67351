"""How a target is asked about itself: GET requests that are no task of a model.

Knows which lookups there are and how their replies are read. Knows no host.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar, cast

from hf_inference.core.call import Call
from hf_inference.core.errors import BackendError
from hf_inference.core.flow import Answer, Context, Flow, Opened, send
from hf_inference.core.wire import Request, Response
from hf_inference.providers.base import USER_AGENT, Target

T = TypeVar("T")


@dataclass(frozen=True)
class LookupTarget(Target):
    """A target that can be asked about itself."""

    answers: ClassVar[frozenset[str]] = frozenset({"endpoint-info", "health-check", "list-models"})
    """The lookups it has."""

    def lookups(self, call: Call[Any]) -> Sequence[str]:
        """The URLs to ask, the next one where the one before does not exist; none if the call is no lookup."""
        return ()

    def serves(self, task: str) -> bool:
        return super().serves(task) or task in self.answers

    def answer(self, call: Call[T], context: Context) -> Flow[Answer[T]]:
        urls = self.lookups(call)
        if not urls:
            return (yield from super().answer(call, context))
        if call.task == "health-check":
            well, reply = yield from self._health(urls, context)
            return Answer(cast(T, well), self._seen(reply))
        request, response = yield from self._first(urls, context)
        return Answer(call.decode(response.json(request)), self._seen(response))

    def _first(self, urls: Sequence[str], context: Context) -> Flow[tuple[Request, Response]]:
        """The first of several URLs that exists."""
        *others, last = urls
        for url in others:
            request = self._get(url, context)
            try:
                return request, (yield from send(request, context, provider=self.name))
            except BackendError as error:
                if error.status not in (404, 405):
                    raise
        request = self._get(last, context)
        return request, (yield from send(request, context, provider=self.name))

    def _health(self, urls: Sequence[str], context: Context) -> Flow[tuple[bool, Response]]:
        at_once = replace(context, options=replace(context.options, retry_on_error=False))
        try:
            _, response = yield from self._first(urls, at_once)
        except BackendError as error:
            return False, Response(error.status, {})
        return True, response

    def _get(self, url: str, context: Context) -> Request:
        secret = {**(context.options.headers or {}), **self.authorization(context)}
        return Request(method="GET", url=url, headers={"User-Agent": USER_AGENT}, secret_headers=secret)

    def _seen(self, response: Response) -> Opened:
        return Opened(target=self.label, model="", response=response)
