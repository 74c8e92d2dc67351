"""Complete: the text goes on from the end of the selection, or from the cursor.

Knows how the action is offered and where the continuation goes. Knows no protocol.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from inference_lsp.actions.action import Offer, Piece, Question
from inference_lsp.actions.continuing import continued
from inference_lsp.backend import Backend
from inference_lsp.document.edits import Edit, insert_after
from inference_lsp.document.snapshot import Snapshot


class Complete:
    name = "complete"
    kind = "refactor.rewrite.inference.complete"
    label = "Complete"

    def offer(self, snapshot: Snapshot, backend: Backend) -> Offer:
        how = "as your workspace goes on, no model" if backend.is_embedded else backend.label
        return Offer(f"Complete here ({how})", "" if snapshot.before.strip() else "There is no text to continue yet.")

    async def question(self, snapshot: Snapshot) -> Question | None:
        return None

    async def run(self, snapshot: Snapshot, backend: Backend) -> AsyncGenerator[Piece]:
        async with aclosing(continued(snapshot, backend, snapshot.settings.complete.maxTokens)) as pieces:
            async for piece in pieces:
                yield piece

    def edit(self, snapshot: Snapshot, text: str) -> Edit:
        return insert_after(snapshot, text)
