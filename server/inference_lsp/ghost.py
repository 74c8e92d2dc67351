"""Ghost text as a session: one continuation of one place, that goes on growing while the person reads or types along.

Knows the text before and after the place and what the model has written so far. Knows no protocol and no HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from hf_inference import InferenceError
from inference_lsp.document.overlap import without_overlap
from inference_lsp.document.units import first_unit
from inference_lsp.provenance import Origin

PATIENCE = 0.35
"""Seconds after the first token that an answer waits for a complete unit."""


class Ghost:
    """`before` and `after` are the text around the place when the session began; `pieces` is the model's text."""

    def __init__(
        self,
        id: str,
        *,
        before: str,
        after: str,
        is_prose: bool,
        pieces: AsyncGenerator[str],
        grown: Callable[[Ghost], None],
    ) -> None:
        self.id = id
        self.before = before
        self.after = after
        self.failure: InferenceError | None = None
        self.origin: Origin | None = None
        """Who writes it, once that is known."""
        self._is_prose = is_prose
        self._pieces = pieces
        self._grown = grown
        self._written = ""
        self._standing = ""
        """What of it stands in the document."""
        self._began_at: float | None = None
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._write())
        self._task.add_done_callback(self._end)

    @property
    def done(self) -> bool:
        """Whether nothing more will come."""
        return self._task.done()

    @property
    def stopped(self) -> bool:
        """Whether nobody wants more of it."""
        return self._task.cancelled() or self._task.cancelling() > 0

    @property
    def text(self) -> str:
        """All there is, without what already stands behind the place."""
        return without_overlap(self._written, self.after)

    def typed_along(self, before: str, after: str) -> str | None:
        """What the person has typed since that this session wrote itself, None if they went another way or there is
        nothing left to show."""
        if after != self.after or not before.startswith(self.before):
            return None
        typed = before[len(self.before) :]
        if not self._written.startswith(typed) or (self.done and typed == self._written):
            return None
        return typed

    def accepted(self, text: str) -> tuple[int, int] | None:
        """(start, end) of what has just been taken of this session, where the document is `text` now: at least two
        characters at once, for one is what people type along. None if it changed in another way."""
        length = len(text) - len(self.before) - len(self.after)
        before, self._standing = self._standing, ""
        if length < 0 or not (text.startswith(self.before) and text.endswith(self.after)):
            return None
        self._standing = text[len(self.before) : len(self.before) + length]
        is_own = self._standing.startswith(before) and self._written.startswith(self._standing)
        if not is_own or length - len(before) < 2:
            return None
        return len(self.before) + len(before), len(self.before) + length

    async def first_unit(self, typed: str) -> str:
        """What follows `typed`: the first complete unit, or what there is at the end or when patience is over."""
        loop = asyncio.get_running_loop()
        while True:
            rest = self.text.removeprefix(typed) if self.text.startswith(typed) else ""
            unit = first_unit(rest, is_prose=self._is_prose)
            if unit is not None or self.done:
                return rest if unit is None else unit
            wait = None if self._began_at is None or not rest else self._began_at + PATIENCE - loop.time()
            if wait is not None and wait <= 0:
                return rest
            self._changed.clear()
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def close(self) -> None:
        """Wait until the model has let go."""
        await asyncio.wait({self._task})

    def stop(self) -> None:
        """Stop the model. It is cancelled only once."""
        if not self.stopped:
            self._task.cancel()

    async def _write(self) -> None:
        try:
            async with aclosing(self._pieces) as pieces:
                async for piece in pieces:
                    self._written += piece
                    if self._began_at is None and self._written.strip():
                        self._began_at = asyncio.get_running_loop().time()
                    self._changed.set()
                    self._grown(self)
        except InferenceError as error:
            self.failure = error

    def _end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            task.result()  # anything but a failure of the backend is a defect, and its traceback belongs in the log
        self._changed.set()
        self._grown(self)
