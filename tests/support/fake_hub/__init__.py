"""The one fake of the project's tests: the far side of the wire, on a loopback port, with faults.

This is its face; hub.py serves, replies.py is what it can answer, model_events.py makes realistic streams."""

from support.fake_hub.exchange import Exchange, Gate
from support.fake_hub.hub import CERTIFICATE, Answer, FakeHub
from support.fake_hub.model_events import chat_events, completion_events, pieces, tgi_events
from support.fake_hub.replies import (
    BrokenJson,
    Bytes,
    Close,
    Event,
    Gated,
    Html,
    Huge,
    Json,
    Loading,
    RateLimited,
    Raw,
    Redirect,
    Reply,
    Reset,
    Sse,
    Stall,
    Trickle,
    Unauthorized,
    WrongType,
    event_bytes,
)

__all__ = [
    "CERTIFICATE",
    "Answer",
    "BrokenJson",
    "Bytes",
    "Close",
    "Event",
    "Exchange",
    "FakeHub",
    "Gate",
    "Gated",
    "Html",
    "Huge",
    "Json",
    "Loading",
    "RateLimited",
    "Raw",
    "Redirect",
    "Reply",
    "Reset",
    "Sse",
    "Stall",
    "Trickle",
    "Unauthorized",
    "WrongType",
    "chat_events",
    "completion_events",
    "event_bytes",
    "pieces",
    "tgi_events",
]
