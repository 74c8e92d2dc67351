"""A long text made short part by part: each part summarized, then the summaries, until what is left fits one request.

Knows parts, their order and how many were covered. Knows no model: how one text is summarized is handed in.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from inference_lsp.actions.action import Progress
from inference_lsp.actions.in_order import in_order
from inference_lsp.document.pieces import cut, estimated_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """`text` fits one request; it is the whole text where `parts` is 0, else summaries of `covered` of its parts."""

    text: str
    parts: int = 0
    covered: int = 0
    is_summary: bool = False
    """Whether it says no more than a summary does already: another one would not make it shorter."""


async def reduced(
    text: str, tokens: int, summary_of: Callable[[str], AsyncGenerator[str]]
) -> AsyncGenerator[Progress | Reduced]:
    """Progress, and what is left at the end. `tokens`: the longest text of one request, estimated."""
    pieces = await _parts(text, tokens)
    if len(pieces) < 2:
        yield Reduced(text=text)
        return
    total = covered = 0
    while len(pieces) > 1:
        summaries = [""] * len(pieces)
        yield Progress(0, len(pieces), 1)
        async with aclosing(in_order([partial(_whole, summary_of, piece) for piece in pieces])) as found:
            async for number, summary in found:
                summaries[number] = summary
                yield Progress(number + 1, len(pieces), 1)
        if not total:
            total, covered = len(pieces), sum(bool(summary) for summary in summaries)
        shorter = "\n\n".join(summary for summary in summaries if summary)
        if len(shorter) * 10 > len(text) * 9:  # it would go on for ever
            yield Reduced(text=shorter, parts=total, covered=covered, is_summary=True)
            return
        text = shorter
        pieces = await _parts(text, tokens)
    yield Reduced(text=text, parts=total, covered=covered)


async def _parts(text: str, tokens: int) -> list[str]:
    # megabytes take seconds, and the editor waits for other answers meanwhile
    pieces = await asyncio.to_thread(cut, text, tokens, estimated_tokens)
    return [piece.text for piece in pieces if piece.text]


async def _whole(summary_of: Callable[[str], AsyncGenerator[str]], piece: str) -> AsyncGenerator[str]:
    async with aclosing(summary_of(piece)) as pieces:
        yield "".join([part async for part in pieces]).strip()
