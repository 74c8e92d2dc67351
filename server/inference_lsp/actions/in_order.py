"""Several answers asked for at the same time, read in order.

Knows asynchronous generators and a limit. Knows nothing of what they give.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")

MOST = 4
"""Requests of one job under way at a time: enough to hide a round trip, too few to trip a rate limit."""


async def in_order(
    sources: Sequence[Callable[[], AsyncGenerator[T]]], *, limit: int = MOST
) -> AsyncGenerator[tuple[int, T]]:
    """What each source gives, with its number: all of the first, then of the second, …; `limit` of them run ahead.

    Raises what a source raises when its turn comes. Closing the generator stops all of them.
    """
    queues: list[asyncio.Queue[T | None]] = [asyncio.Queue() for _ in sources]
    slots = asyncio.Semaphore(limit)

    async def run(number: int) -> None:
        try:
            async with slots, aclosing(sources[number]()) as items:
                async for item in items:
                    queues[number].put_nowait(item)
        finally:
            queues[number].put_nowait(None)

    tasks = [asyncio.create_task(run(number)) for number in range(len(sources))]
    try:
        for number, queue in enumerate(queues):
            while (item := await queue.get()) is not None:
                yield number, item
            await tasks[number]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
