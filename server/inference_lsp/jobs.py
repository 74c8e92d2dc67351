"""The book of what runs: every job has an id, can be cancelled from anywhere, and ends exactly once.

Knows tasks and outcomes. Knows no action, editor or backend.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal

_log = logging.getLogger(__name__)

State = Literal["done", "stale", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: `done`, `stale` (its text had changed or gone), `cancelled`, or `failed`; a sentence; the name
    of what would help, "" for nothing; and the sentence without what differs each time, "" if nothing does."""

    state: State
    message: str = ""
    remedy: str = ""
    topic: str = ""


class Job:
    """One run of an action on one document."""

    def __init__(self, id: str, action: str, uri: str, uses: object) -> None:
        self.id = id
        self.action = action
        self.uri = uri
        self.uses = uses
        """What must stay open while it runs: the client."""
        self.outcome: Outcome | None = None
        self._task: asyncio.Task[Outcome] | None = None
        self._if_cancelled = Outcome("cancelled", "cancelled")

    def run(self, work: Coroutine[Any, Any, Outcome], ended: Callable[[Job], None]) -> None:
        """Start the work. `ended` is called once, when `outcome` is known."""
        self._task = asyncio.create_task(work, name=self.id)
        self._task.add_done_callback(lambda task: self._end(task, ended))

    def cancel(self, why: str = "cancelled", state: State = "cancelled") -> bool:
        """Ask the work to stop; False if it had been asked or had ended before. It is cancelled only once:
        a second cancel would hit it while it cleans up. `state`: what it ends in then."""
        if self._task is None or self._task.done() or self._task.cancelling():
            return False
        self._if_cancelled = Outcome(state, why)
        return self._task.cancel()

    async def wait(self) -> None:
        """Until the work has ended, however."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def _end(self, task: asyncio.Task[Outcome], ended: Callable[[Job], None]) -> None:
        if task.cancelled():
            self.outcome = self._if_cancelled
        elif (error := task.exception()) is not None:
            _log.error("job %s (%s) failed", self.id, self.action, exc_info=error)
            self.outcome = Outcome("failed", "Something went wrong inside the server; its log has the details.")
        else:
            self.outcome = task.result()
        ended(self)


class JobBook:
    """All jobs under way, and the server's own background work."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._ids = itertools.count(1)

    def start(
        self,
        action: str,
        uri: str,
        uses: object,
        work: Callable[[Job], Coroutine[Any, Any, Outcome]],
        ended: Callable[[Job], None],
    ) -> Job:
        """Begin a job; this returns before any of its work is done."""
        job = Job(f"job-{next(self._ids)}", action, uri, uses)
        self._jobs[job.id] = job

        def close(job: Job) -> None:
            self._jobs.pop(job.id, None)
            ended(job)

        job.run(work(job), close)
        return job

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work that no request waits for. What it raises is logged."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background_ended)

    def cancel(self, id: str, why: str = "cancelled", state: State = "cancelled") -> bool:
        job = self._jobs.get(id)
        return job is not None and job.cancel(why, state)

    def cancel_all(self, why: str = "cancelled") -> int:
        return sum(job.cancel(why) for job in tuple(self._jobs.values()))

    def cancel_document(self, uri: str) -> None:
        for job in tuple(self._jobs.values()):
            if job.uri == uri:
                job.cancel("the document was closed")

    def uses(self, resource: object) -> bool:
        """Whether a job under way needs this resource."""
        return any(job.uses is resource for job in self._jobs.values())

    async def drain(self) -> None:
        """Cancel everything and wait until it has ended."""
        jobs = tuple(self._jobs.values())
        self.cancel_all("the server shuts down")
        for task in tuple(self._background):
            task.cancel()
        for job in jobs:
            await job.wait()
        if self._background:
            await asyncio.wait(self._background)

    def _background_ended(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("background work failed", exc_info=error)
