"""Runs one handler, of any kind pygls knows, as one value or one awaitable.

Knows pygls' four kinds: plain, `async`, `@thread` and its own generators, which yield a handler to run before
they go on. Refuses to know messages. One awaitable a message is what lets cancelling reach a nested command.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Executor
from functools import partial
from typing import Any

from pygls.feature_manager import is_thread_function

Handler = Callable[..., Any]
Step = tuple[Handler, tuple[Any, ...] | None, dict[str, Any] | None]


def run(handler: Handler, *args: Any, threads: Callable[[], Executor], **kwargs: Any) -> object:
    """The handler's value if it needs no waiting, else an awaitable of it, of which nothing has run yet."""
    if is_thread_function(handler):  # type: ignore[no-untyped-call]
        return _in_thread(partial(handler, *args, **kwargs), threads)
    if inspect.isgeneratorfunction(handler):
        return _advance(handler(*args, **kwargs), None, threads)
    return handler(*args, **kwargs)


def _advance(steps: Generator[Step, Any, Any], value: object, threads: Callable[[], Executor]) -> object:
    """Goes on with pygls' generator to its end, or to the first step that has to be waited for."""
    while True:
        try:
            handler, args, kwargs = steps.send(value)
        except StopIteration as stop:
            return stop.value
        step = partial(run, handler, *(args or ()), threads=threads, **(kwargs or {}))
        if inspect.iscoroutinefunction(handler) or is_thread_function(handler):  # type: ignore[no-untyped-call]
            return _advance_later(steps, step, threads)
        value = step()


async def _advance_later(
    steps: Generator[Step, Any, Any], step: Callable[[], Any], threads: Callable[[], Executor]
) -> object:
    # The step is called in here, not before: a message cancelled while it waits for its turn starts nothing.
    rest = _advance(steps, await step(), threads)
    return await rest if inspect.isawaitable(rest) else rest


def _in_thread(call: Callable[[], Any], threads: Callable[[], Executor]) -> Coroutine[Any, Any, Any]:
    async def wait() -> Any:
        context = contextvars.copy_context()
        # Cancelling takes a queued call out of the queue; one that runs goes on, and nobody waits for it.
        return await asyncio.wrap_future(threads().submit(context.run, call))

    return wait()
