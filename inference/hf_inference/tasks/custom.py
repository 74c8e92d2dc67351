"""Custom calls: anything a model takes, with no checking of what it answers.

Knows that a body, JSON or an event comes back. Knows no task: `Options.task` and `Options.task_hint` name one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hf_inference.core.binary import BinaryInput
from hf_inference.core.call import Call, StreamCall
from hf_inference.core.decoding import Reply

CUSTOM = "custom"
"""Stands for the task of a call that has none."""


class Anything(Reply[Any]):
    """The reply as it is: JSON as Python values, any other body as a `Binary`."""

    binary = True

    def decode(self, value: Any) -> Any:
        return value


class AnyEvents:
    """The payloads of a stream as they are. Which is the last one nobody knows, so any end is a good one."""

    complete = True
    text = ""

    def decode(self, payload: Any) -> Iterable[Any]:
        return (payload,)

    def framed(self, payload: Any) -> None:
        return None

    def end(self) -> Iterable[Any]:
        return ()


@dataclass(frozen=True)
class RequestArgs(Call[Any]):
    """Send `inputs` as JSON, or `data`, an image, a sound or a film, as it is; give back whatever comes.

    `extra`: further members of the JSON body, at its top level."""

    task = CUSTOM
    reply = Anything()
    binary = "data"

    inputs: Any = None
    data: BinaryInput | None = None
    parameters: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] | None = None

    def payload(self) -> dict[str, Any]:
        """As every call's, with the members of `extra` beside `inputs` and `parameters`."""
        payload = super().payload()
        extra = payload.pop("extra", {})
        return {**payload, **extra}


@dataclass(frozen=True)
class StreamingRequestArgs(StreamCall[Any]):
    """Send `inputs` as JSON with `"stream": true`; give back each event's JSON as it comes.

    `extra`: further members of the JSON body, at its top level."""

    task = CUSTOM
    reply = Anything()

    inputs: Any = None
    parameters: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] | None = None

    def payload(self) -> dict[str, Any]:
        """As every call's, with `stream` set."""
        payload = super().payload()
        extra = payload.pop("extra", {})
        return {**payload, **extra, "stream": True}
