"""The status follows jobs and troubles on every path, and says each change once."""

from __future__ import annotations

import pytest

from inference_lsp.jobs import Outcome
from inference_lsp.protocol import StatusUpdate
from inference_lsp.status import Status

DONE, CANCELLED, STALE = Outcome("done"), Outcome("cancelled"), Outcome("stale", "moved")
FAILED = Outcome("failed", "no token", "token")
IDLE, BUSY = StatusUpdate(state="idle"), StatusUpdate(state="busy")
TROUBLE = StatusUpdate(state="attention", message="no token", remedy="token")


def told() -> tuple[Status, list[StatusUpdate]]:
    said: list[StatusUpdate] = []
    return Status(said.append), said


@pytest.mark.parametrize(
    ("outcome", "last"), [(DONE, IDLE), (CANCELLED, IDLE), (STALE, IDLE), (FAILED, TROUBLE)], ids=lambda one: str(one)
)
def test_a_job_is_busy_and_ends_idle_or_in_trouble(outcome: Outcome, last: StatusUpdate) -> None:
    status, said = told()
    status.began()
    status.ended(outcome, "h")
    assert said == [BUSY, last]


def test_several_jobs_are_counted_and_idle_comes_after_the_last() -> None:
    status, said = told()
    for _ in range(3):
        status.began()
    for _ in range(3):
        status.ended(DONE, "h")
    assert [update.message for update in said] == ["", "2 running", "3 running", "2 running", "", ""]
    assert said[-1] == IDLE


def test_a_trouble_stays_until_its_own_backend_answers() -> None:
    status, said = told()
    status.began()
    status.ended(FAILED, "h")
    status.works("another")
    status.began()
    status.ended(DONE, "another")
    assert said[-1] == TROUBLE
    status.began()
    status.ended(CANCELLED, "h")
    assert said[-1] == TROUBLE
    status.works("h")
    assert said[-1] == IDLE


def test_the_newest_trouble_is_shown_and_the_older_one_after_it() -> None:
    status, said = told()
    status.pausing("a", "a fails", "")
    status.pausing("b", "b fails", "log")
    status.pausing("a", "a fails", "")
    assert [update.message for update in said] == ["a fails", "b fails", "a fails"]
    status.works("a")
    assert said[-1] == StatusUpdate(state="attention", message="b fails", remedy="log")


def test_other_settings_forget_every_trouble_and_nothing_is_said_twice() -> None:
    status, said = told()
    status.pausing("a", "a fails", "")
    status.pausing("a", "a fails", "")
    status.forgive()
    status.forgive()
    status.works("a")
    assert [update.state for update in said] == ["attention", "idle"]
