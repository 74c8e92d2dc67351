"""A job ends once, whatever ends it, and is cancelled at most once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from inference_lsp.jobs import Job, JobBook, Outcome

DONE = Outcome("done")


class Watched:
    """A job of a book, with what was heard of its end."""

    def __init__(self, book: JobBook, work: Callable[[Job], Coroutine[Any, Any, Outcome]], uri: str = "a") -> None:
        self.ends: list[Outcome | None] = []
        self.resource = object()
        self.job = book.start("dance", uri, self.resource, work, lambda job: self.ends.append(job.outcome))


def waiting(release: asyncio.Event, outcome: Outcome = DONE) -> Callable[[Job], Coroutine[Any, Any, Outcome]]:
    async def work(job: Job) -> Outcome:
        await release.wait()
        return outcome

    return work


async def test_a_job_ends_once_with_what_its_work_returns() -> None:
    book, release = JobBook(), asyncio.Event()
    watched = Watched(book, waiting(release, Outcome("stale", "it moved")))
    assert watched.ends == []
    assert book.uses(watched.resource)
    release.set()
    await watched.job.wait()
    assert watched.ends == [Outcome("stale", "it moved")]
    assert not book.uses(watched.resource)
    assert not book.cancel(watched.job.id)
    assert watched.ends == [Outcome("stale", "it moved")]


async def test_a_job_is_cancelled_once() -> None:
    book = JobBook()
    cleaning, cleaned = asyncio.Event(), asyncio.Event()

    async def work(job: Job) -> Outcome:
        try:
            await asyncio.Event().wait()
        finally:
            cleaning.set()
            await cleaned.wait()
        raise AssertionError("unreachable")

    watched = Watched(book, work)
    await _turn()
    assert book.cancel(watched.job.id)
    await cleaning.wait()
    assert not book.cancel(watched.job.id), "a second cancel would hit it while it cleans up"
    assert book.cancel_all() == 0
    cleaned.set()
    await watched.job.wait()
    assert watched.ends == [Outcome("cancelled", "cancelled")]


async def test_a_job_cancelled_before_its_first_step_ends_too() -> None:
    book, began = JobBook(), []

    async def work(job: Job) -> Outcome:
        began.append(job)
        return Outcome("done")

    watched = Watched(book, work)
    assert book.cancel(watched.job.id)
    await watched.job.wait()
    assert (watched.ends, began) == ([Outcome("cancelled", "cancelled")], [])


async def test_work_that_ends_well_in_spite_of_a_cancel_has_ended_well() -> None:
    book = JobBook()

    async def work(job: Job) -> Outcome:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return Outcome("done", "it was too late")
        raise AssertionError("unreachable")

    watched = Watched(book, work)
    await _turn()
    book.cancel(watched.job.id)
    await watched.job.wait()
    assert watched.ends == [Outcome("done", "it was too late")]


async def test_failing_work_is_logged_and_told_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    book = JobBook()

    async def work(job: Job) -> Outcome:
        raise RuntimeError("what only the log may say")

    with caplog.at_level(logging.ERROR):
        watched = Watched(book, work)
        await watched.job.wait()
    (outcome,) = watched.ends
    assert outcome is not None
    assert outcome.state == "failed"
    assert "only the log" not in outcome.message
    assert "only the log" in caplog.text


async def test_all_jobs_and_the_jobs_of_one_document_can_be_cancelled() -> None:
    book, release = JobBook(), asyncio.Event()
    first, second, third = (Watched(book, waiting(release), uri) for uri in ("a", "b", "a"))
    await _turn()
    book.cancel_document("a")
    await asyncio.gather(first.job.wait(), third.job.wait())
    assert first.ends == third.ends == [Outcome("cancelled", "the document was closed")]
    assert second.ends == []
    assert book.cancel_all("enough") == 1
    await second.job.wait()
    assert second.ends == [Outcome("cancelled", "enough")]
    assert book.cancel_all() == 0


async def test_draining_ends_all_and_waits_until_it_has_cleaned_up() -> None:
    book, order = JobBook(), []

    async def work(job: Job) -> Outcome:
        try:
            await asyncio.Event().wait()
        finally:
            await _turn()
            order.append("cleaned up")
        raise AssertionError("unreachable")

    async def background() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await _turn()
            order.append("background")

    watched = Watched(book, work)
    book.background(background())
    await _turn()
    await book.drain()
    assert sorted(order) == ["background", "cleaned up"]
    assert watched.ends == [Outcome("cancelled", "the server shuts down")]
    await book.drain()


async def test_ids_are_never_given_twice() -> None:
    book, release = JobBook(), asyncio.Event()
    release.set()
    ids = []
    for _ in range(5):
        watched = Watched(book, waiting(release))
        ids.append(watched.job.id)
        await watched.job.wait()
    assert len(set(ids)) == 5


async def test_background_work_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    book = JobBook()

    async def fail() -> None:
        raise RuntimeError("in the background")

    with caplog.at_level(logging.ERROR):
        book.background(fail())
        await _turn()
        await _turn()
    assert "in the background" in caplog.text
    await book.drain()


async def _turn() -> None:
    """One turn of the loop."""
    await asyncio.sleep(0)
