"""Summarize: the selection, shorter.

Knows when a summarization model answers and when a general one is asked. Knows no protocol.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from textwrap import dedent

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
        text = snapshot.selected.strip() if snapshot.is_prose else _at_the_margin(snapshot)
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


def _at_the_margin(snapshot: Snapshot) -> str:
    """Selected code without the indentation its lines share. That of the first line counts, though a selection may
    begin behind it: else the first of two methods would look like the owner of the second."""
    before = snapshot.text[snapshot.text.rfind("\n", 0, snapshot.start) + 1 : snapshot.start]
    return dedent((before if before.isspace() else "") + snapshot.selected).strip("\r\n")
