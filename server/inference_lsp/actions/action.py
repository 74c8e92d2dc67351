"""What an action is: a verb a person can apply to a selection.

Knows snapshots, backends and edits. Knows no protocol and no HTTP.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from inference_lsp.backend import Backend
from inference_lsp.document.edits import Edit
from inference_lsp.document.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Offer:
    """How the action is shown; `disabled` says why it cannot run now, "" if it can."""

    title: str
    disabled: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about the result that is no part of it: how it was found, what it leaves out."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many parts of a long text are done."""

    done: int
    total: int


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

    def run(self, snapshot: Snapshot, backend: Backend) -> AsyncGenerator[Piece]:
        """The result's text, piece by piece, and notes about it. Raises `hf_inference.InferenceError`."""

    def edit(self, snapshot: Snapshot, text: str) -> Edit:
        """The one change that puts the whole result into the document."""
