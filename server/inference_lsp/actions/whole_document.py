"""A verb applied to the whole document, whatever is selected.

Knows how a snapshot of everything is made. Knows no verb by name.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from inference_lsp.actions.action import Action, Offer, Piece, Question
from inference_lsp.backend import Backend
from inference_lsp.document.edits import Edit
from inference_lsp.document.snapshot import Snapshot


class WholeDocument:
    """Subclasses say their name, kind, label and verb."""

    name: str
    kind: str
    label: str
    verb: Action

    def offer(self, snapshot: Snapshot, backend: Backend) -> Offer:
        title = self.verb.offer(whole(snapshot), backend).title.replace(self.verb.label, self.label, 1)
        return Offer(title, "" if snapshot.text.strip() else "The document is empty.")

    async def question(self, snapshot: Snapshot) -> Question | None:
        return await self.verb.question(whole(snapshot))

    async def run(self, snapshot: Snapshot, backend: Backend) -> AsyncGenerator[Piece]:
        async with aclosing(self.verb.run(whole(snapshot), backend)) as pieces:
            async for piece in pieces:
                yield piece

    def edit(self, snapshot: Snapshot, text: str) -> Edit:
        return self.verb.edit(whole(snapshot), text)


def whole(snapshot: Snapshot) -> Snapshot:
    """The same document, all of it selected."""
    return replace(snapshot, start=0, end=len(snapshot.text))
