"""Summarize: the selection, shorter.

Knows when a summarization model answers and when a general one is asked. Knows no protocol.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from hf_inference import SummarizationArgs
from inference_lsp.actions import prompts
from inference_lsp.actions.action import Note, Offer, Piece
from inference_lsp.backend import Backend, note_of
from inference_lsp.document.edits import Edit, insert_below
from inference_lsp.document.snapshot import Snapshot


class Summarize:
    name = "summarize"
    kind = "refactor.rewrite.inference.summarize"
    label = "Summarize"

    def offer(self, snapshot: Snapshot, backend: Backend) -> Offer:
        how = "picks sentences, no model" if backend.is_embedded else backend.label
        return Offer(f"Summarize ({how})", "" if snapshot.has_text else "Select the text to summarize first.")

    async def run(self, snapshot: Snapshot, backend: Backend) -> AsyncGenerator[Piece]:
        text = snapshot.selected.strip()
        if backend.serves("summarization"):
            hints = {"language": snapshot.language} if backend.is_embedded else None
            answer = await backend.answer(SummarizationArgs(text, hints))
            yield answer.output.summary_text
            if note := note_of(answer):
                yield Note(note)
        else:
            async for piece in backend.generate(prompts.summarize(text), {"max_new_tokens": 256}):
                yield piece.token.text

    def edit(self, snapshot: Snapshot, text: str) -> Edit:
        return insert_below(snapshot, text)
