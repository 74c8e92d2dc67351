"""Conversation: the next turn of a dialogue, as the Hub's service had it until 2024.  https://huggingface.co/tasks/conversational

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict

from hf_inference.core.call import Call
from hf_inference.core.decoding import OneOf


class ConversationalInputs(TypedDict):
    """What the user says now, and the turns before it: the user's, and the model's answers to them."""

    text: str
    generated_responses: NotRequired[list[str]]
    past_user_inputs: NotRequired[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationalParameters:
    """How to answer. Lengths are in tokens."""

    max_length: float | None = None
    max_time: float | None = None
    """Seconds the model may take; it may overshoot by a token."""
    min_length: float | None = None
    repetition_penalty: float | None = None
    """1.0 is none; higher punishes words said before."""
    temperature: float | None = None
    top_k: float | None = None
    top_p: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationalTurns:
    """The dialogue so far, this turn included: pass both lists on with the next one."""

    generated_responses: list[str]
    past_user_inputs: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationalOutput:
    """The answer, and the dialogue with it."""

    conversation: ConversationalTurns
    generated_text: str
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ConversationalArgs(Call[ConversationalOutput]):
    """Answer the user. Recommended model: microsoft/DialoGPT-large. (Today's models chat: see `chat_completion`.)"""

    task = "conversational"
    reply = OneOf(
        ConversationalOutput,
        "{conversation: {generated_responses: string[], past_user_inputs: string[]}, generated_text: string, "
        "warnings: string[]}",
    )

    inputs: ConversationalInputs
    parameters: ConversationalParameters | Mapping[str, Any] | None = None
