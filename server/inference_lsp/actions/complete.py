"""Complete: the text goes on from the end of the selection, or from the cursor.

Knows what surrounds the place and how a continuation is cut to fit. Knows no protocol.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from inference_lsp.actions.action import Note, Offer, Piece
from inference_lsp.backend import Backend
from inference_lsp.document.edits import Edit, insert_after
from inference_lsp.document.snapshot import Snapshot

LONGEST_CONTEXT = 8_000
"""Characters before the place that are sent to a model on the network; the nearest ones."""


class Complete:
    name = "complete"
    kind = "refactor.rewrite.inference.complete"
    label = "Complete"

    def offer(self, snapshot: Snapshot, backend: Backend) -> Offer:
        how = "as your workspace goes on, no model" if backend.is_embedded else backend.label
        return Offer(f"Complete here ({how})", "" if snapshot.before.strip() else "There is no text to continue yet.")

    async def run(self, snapshot: Snapshot, backend: Backend) -> AsyncGenerator[Piece]:
        prompt, parameters = continuation(snapshot, backend, snapshot.settings.complete.maxTokens)
        source = None
        async for piece in backend.generate(prompt, parameters):
            yield piece.token.text
            source = piece.details.source if piece.details is not None else source
        if source:
            yield Note(f"continues as {source} does")

    def edit(self, snapshot: Snapshot, text: str) -> Edit:
        return insert_after(snapshot, text)


def continuation(snapshot: Snapshot, backend: Backend, most_tokens: int) -> tuple[str, Mapping[str, Any]]:
    """The prompt and parameters that ask for what comes at the end of the selection."""
    if backend.is_embedded:  # it reads the whole document, and learns from what stands below, too
        hints = {"suffix": snapshot.after, "path": snapshot.path or None}
        return snapshot.before, {"max_new_tokens": most_tokens, **hints}
    return snapshot.before[-LONGEST_CONTEXT:], {"max_new_tokens": most_tokens, "return_full_text": False}
