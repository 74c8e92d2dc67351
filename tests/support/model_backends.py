"""The three kinds of network backend as data: how the server is told of each, and how the fake Hub plays it.

Knows routes and event shapes. Knows no test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from support.fake_hub import Event, FakeHub, Gate, Json, Reply, Sse, chat_events, completion_events, tgi_events


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelBackend:
    """One kind: `generates` is the route that streams text, `absent` a route it does not have."""

    target: Literal["endpoint", "openai"]
    base: str
    generates: str
    events: Callable[[str], Sequence[Event]]
    absent: str = ""

    def settings(self, hub: FakeHub, **more: Any) -> dict[str, Any]:
        return {"target": self.target, "url": hub.url + self.base, **more}

    def answers(self, hub: FakeHub, reply: Reply) -> None:
        """From now on, text generation is answered so."""
        hub.on(self.generates, reply)
        hub.on(self.base + "/models", Json({"object": "list", "data": [{"id": "fake/model", "object": "model"}]}))
        if self.absent:
            hub.on(self.absent, Json({"error": "Not Found"}, 404))

    def streams(self, hub: FakeHub, text: str, gate: Gate | None = None) -> None:
        """From now on, text generation streams this; a gate is passed before each of its events."""
        self.answers(hub, Sse(self.events(text), gate=gate))


ENDPOINT = ModelBackend(target="endpoint", base="/tgi", generates="/tgi", events=tgi_events)
"""Text Generation Inference at a URL of its own."""
COMPLETIONS = ModelBackend(target="openai", base="/vllm/v1", generates="/vllm/v1/completions", events=completion_events)
"""An OpenAI-compatible server with both routes."""
CHAT_ONLY = ModelBackend(
    target="openai",
    base="/chat/v1",
    generates="/chat/v1/chat/completions",
    events=chat_events,
    absent="/chat/v1/completions",
)
"""An OpenAI-compatible server that only chats."""

MODEL_BACKENDS = {"endpoint": ENDPOINT, "completions": COMPLETIONS, "chat only": CHAT_ONLY}
