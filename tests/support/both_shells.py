"""One call through the synchronous and the asynchronous client, so that a test of a wire is a test of both.

Knows the clients' faces. Knows no task and no server: a transport of httpx stands for the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from hf_inference import AsyncHfInference, Call, HfInference, InferenceError, StreamCall, Target


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: the outputs, and the error if it ended in one."""

    outputs: list[Any]
    error: InferenceError | None = field(default=None, compare=False)
    said: tuple[type[InferenceError], str] | None = None
    """The error's type and text: what two equal outcomes have in common."""

    @property
    def output(self) -> Any:
        """The one output of a call that succeeded."""
        if self.error is not None:
            raise self.error
        (output,) = self.outputs
        return output


async def outcome_in_both(
    call: Call[Any],
    target: Target,
    transport: Callable[[], Any],
    *,
    token: str = "hf_TOKEN",
    through: Callable[[Any], Any] = lambda client: client,
) -> Outcome:
    """The outcome, the same in both clients or an AssertionError. `transport` makes a fresh one for each; `through`
    turns a client into the one that makes the call (an endpoint's, for example)."""
    with httpx.Client(transport=transport()) as http, HfInference(token, target=target, http_client=http) as client:
        blocking = _blocking(through(client), call)
    async with (
        httpx.AsyncClient(transport=transport()) as ahttp,
        AsyncHfInference(token, target=target, http_client=ahttp) as aclient,
    ):
        awaited = await _awaited(through(aclient), call)
    assert repr(blocking) == repr(awaited)  # by their text, so that NaN is equal to itself
    return blocking


def _blocking(client: HfInference, call: Call[Any]) -> Outcome:
    outputs: list[Any] = []
    try:
        if isinstance(call, StreamCall):
            with client.stream(call) as stream:
                outputs.extend(iter(stream))
        else:
            outputs.append(client.call(call))
    except InferenceError as error:
        return Outcome(outputs, error, (type(error), str(error)))
    return Outcome(outputs)


async def _awaited(client: AsyncHfInference, call: Call[Any]) -> Outcome:
    outputs: list[Any] = []
    try:
        if isinstance(call, StreamCall):
            async with client.stream(call) as stream:
                async for piece in stream:
                    outputs.append(piece)
        else:
            outputs.append(await client.call(call))
    except InferenceError as error:
        return Outcome(outputs, error, (type(error), str(error)))
    return Outcome(outputs)
