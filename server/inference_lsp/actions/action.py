"""What an action is: a verb a person can apply to a selection.

Knows snapshots, backends and edits. Knows no protocol and no HTTP.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from inference_lsp.backend import Backend
from inference_lsp.document.edits import Edit
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.settings import Settings


@dataclass(frozen=True, slots=True)
class Offer:
    """How the action is shown; `disabled` says why it cannot run now, "" if it can."""

    title: str
    disabled: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What must be known first, and the answers there are with the settings each of them means."""

    sentence: str
    answers: Mapping[str, Settings]


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about the result that is no part of it: how it was found, what it leaves out."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many parts of a long text are done; said once before the first of them, so that a bar knows its length."""

    done: int
    total: int
    then: int = 0
    """Further requests that come after the parts, such as the one that makes one summary of theirs."""


Piece: TypeAlias = str | Note | Progress


class Action(Protocol):
    """One verb. Objects hold no state, so that any number of runs may overlap."""

    name: str
    """As in commands and settings: `summarize`."""
    kind: str
    """The code action's kind."""
    label: str
    """For progress and menus: `Summarize`."""

    def offer(self, snapshot: Snapshot, backend: Backend) -> Offer:
        """How the action is shown for this selection. Touches no network."""

    async def question(self, snapshot: Snapshot) -> Question | None:
        """What to ask the person before it runs, None if all is said. Touches no network."""

    def run(self, snapshot: Snapshot, backend: Backend) -> AsyncGenerator[Piece]:
        """The result's text, piece by piece, and notes about it. Raises `hf_inference.InferenceError`."""

    def edit(self, snapshot: Snapshot, text: str) -> Edit:
        """The one change that puts the whole result into the document."""
