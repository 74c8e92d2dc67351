"""A flow run by hand: its effects are answered from a script, so that no clock and no socket is needed.

Knows effects and replies. Knows no provider."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hf_inference import InferenceError, Options
from hf_inference.core.flow import Context, Send, Wait
from hf_inference.core.memory import Memory
from hf_inference.core.wire import Request, Response


@dataclass(slots=True)
class Run:
    """What a flow did, and what came of it."""

    requests: list[Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    value: Any = None
    error: InferenceError | None = None

    @property
    def output(self) -> Any:
        """The output of an answer that came."""
        if self.error is not None:
            raise self.error
        return self.value.output

    @property
    def asked(self) -> list[str]:
        """`METHOD URL` of each request, in order."""
        return [f"{request.method} {request.url}" for request in self.requests]

    @property
    def bodies(self) -> list[Any]:
        """The JSON of each request, None for one without a body."""
        return [None if request.body is None else json.loads(whole_body(request)) for request in self.requests]


def run(flow: Generator[Any, Any, Any], replies: Sequence[Response | InferenceError]) -> Run:
    """Run a flow to its end. Each request is answered with the next reply; the last one stays."""
    done = Run()
    left = list(replies)
    reply: Response | InferenceError | None = None
    while True:
        try:
            effect = flow.throw(reply) if isinstance(reply, InferenceError) else flow.send(reply)
        except StopIteration as stop:
            done.value = stop.value
            return done
        except InferenceError as error:
            done.error = error
            return done
        reply = None
        match effect:
            case Send(request=request):
                done.requests.append(request)
                reply = left.pop(0) if len(left) > 1 else left[0]
            case Wait(seconds=seconds):
                done.waits.append(seconds)
            case _:
                raise AssertionError(f"no answer for {effect}")


def context(credential: str = "hf_x", *, memory: Memory | None = None, **options: Any) -> Context:
    """A context with a clock that stands still."""
    return Context(
        options=Options(**options),
        credential=credential,
        memory=memory or Memory(lambda: 0.0),
        jitter=lambda: 0.0,
    )


def as_json(value: Any, status: int = 200) -> Response:
    """A reply of JSON."""
    return Response(status, {"content-type": "application/json"}, json.dumps(value).encode())


def as_file(data: bytes, media_type: str) -> Response:
    """A reply of bytes."""
    return Response(200, {"content-type": media_type}, data)


def whole_body(request: Request) -> bytes:
    """The bytes of a request's body."""
    body = request.body
    if body is None or isinstance(body, bytes):
        return body or b""
    return b"".join(body.chunks())
