"""Summarize: the selection, shorter.

Knows when a summarization model answers and when a general one is asked. Knows no protocol.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from textwrap import dedent

from hf_inference import SummarizationArgs
from inference_lsp.actions import prompts
from inference_lsp.actions.action import Note, Offer, Piece, Progress, Question
from inference_lsp.actions.reduction import Reduced, reduced
from inference_lsp.backend import Backend, note_of
from inference_lsp.document.edits import Edit, insert_below
from inference_lsp.document.pieces import at_once
from inference_lsp.document.snapshot import Snapshot

GENERAL = 6_000
"""The longest text of one request to a general model, in estimated tokens: less than any of today's reads."""


class Summarize:
    name = "summarize"
    kind = "refactor.rewrite.inference.summarize"
    label = "Summarize"

    def offer(self, snapshot: Snapshot, backend: Backend) -> Offer:
        how = "picks sentences, no model" if backend.is_embedded else backend.label
        return Offer(f"Summarize ({how})", "" if snapshot.has_text else "Select the text to summarize first.")

    async def question(self, snapshot: Snapshot) -> Question | None:
        return None

    async def run(self, snapshot: Snapshot, backend: Backend) -> AsyncGenerator[Piece]:
        text = snapshot.selected.strip() if snapshot.is_prose else _at_the_margin(snapshot)
        if backend.is_embedded:  # it reads a text of any length at once
            answer = await backend.answer(SummarizationArgs(text, {"language": snapshot.language}))
            yield answer.output.summary_text
            if note := note_of(answer):
                yield Note(note)
            return
        # what a model wrote before it was cut off belongs to the last request alone
        of_part = partial(_summary, replace(backend, continuing=""), prompts.summarize)
        result = Reduced(text=text)
        async with aclosing(reduced(text, at_once(_tokens(backend), backend.most), of_part)) as steps:
            async for step in steps:
                if isinstance(step, Progress):
                    yield step
                else:
                    result = step
        if result.is_summary:
            yield result.text
        else:
            prompt = prompts.combine if result.parts else prompts.summarize
            async with aclosing(_summary(backend, prompt, result.text)) as pieces:
                async for piece in pieces:
                    yield piece
        if result.parts:
            yield Note(f"{result.covered}/{result.parts} parts")

    def edit(self, snapshot: Snapshot, text: str) -> Edit:
        return insert_below(snapshot, text)


def _at_the_margin(snapshot: Snapshot) -> str:
    """Selected code without the indentation its lines share. That of the first line counts, though a selection may
    begin behind it: else the first of two methods would look like the owner of the second."""
    before = snapshot.text[snapshot.text.rfind("\n", 0, snapshot.start) + 1 : snapshot.start]
    return dedent((before if before.isspace() else "") + snapshot.selected).strip("\r\n")


async def _summary(backend: Backend, prompt: Callable[[str], str], text: str) -> AsyncGenerator[str]:
    """The summary of a text that fits one request, by a model made for that where one is served."""
    if backend.serves("summarization"):
        answer = await backend.answer(SummarizationArgs(text))
        yield answer.output.summary_text
        return
    async with aclosing(backend.generate(prompt(text), {"max_new_tokens": 256})) as pieces:
        async for piece in pieces:
            if piece.token.text:
                yield piece.token.text


def _tokens(backend: Backend) -> int:
    """The longest text of one request, estimated."""
    if not backend.serves("summarization"):
        return GENERAL
    name = (backend.model("summarization") or "").rpartition("/")[2].lower()
    return next(tokens for pattern, tokens in _READ_AT_ONCE if pattern.search(name))


_READ_AT_ONCE = (
    (re.compile(r"\bled\b|longformer"), 14_000),
    (re.compile("long-?t5|bigbird|pegasus-x-|primera"), 3_600),
    (re.compile("pegasus|t5"), 450),
    (re.compile(""), 900),
)
"""What summarization models read, by their names on the Hub, a little less than all of it; the last is BART's. They cut
off what is longer, silently."""
