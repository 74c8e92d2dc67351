"""What nobody asked for pauses by model or backend, tells the status and nobody else, and comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from hf_inference import (
    AuthenticationError,
    BackendError,
    BackendUnreachableError,
    BadRequestError,
    InferenceError,
    InferenceTimeoutError,
    ModelLoadingError,
    ModelNotFoundError,
    PaymentRequiredError,
    RateLimitedError,
    UnexpectedContentError,
)
from inference_lsp.automatic import AutomaticGuard, PausedError
from inference_lsp.notices import QUIET, Notices
from inference_lsp.pauses import FIRST_PAUSE, LONGEST_PAUSE, UNTIL_CHANGED, Pauses
from inference_lsp.protocol import StatusUpdate
from inference_lsp.status import Status

HOST = "h:1"
TASK, MODEL, OTHER = "text-classification", "a/b", "c/d"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A guard with its clock and everything its status said."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.said: list[StatusUpdate] = []
        self.pauses = Pauses(self.clock)
        self.status = Status(self.said.append)
        self.guard = AutomaticGuard(self.pauses, self.status, HOST)

    def goes(self, model: str = MODEL) -> bool:
        try:
            self.guard.check(TASK, model)
        except PausedError:
            return False
        return True


def answered(kind: type[BackendError], status: int, **more: Any) -> BackendError:
    return kind("no", status=status, host=HOST, detail="no", **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    error: InferenceError
    seconds: float
    model_only: bool = False
    remedy: str = ""


CASES = {
    "401": Case(error=answered(AuthenticationError, 401), seconds=UNTIL_CHANGED, remedy="token"),
    "403": Case(error=answered(AuthenticationError, 403), seconds=UNTIL_CHANGED, remedy="token"),
    "402": Case(error=answered(PaymentRequiredError, 402), seconds=UNTIL_CHANGED),
    "404": Case(error=answered(ModelNotFoundError, 404), seconds=UNTIL_CHANGED, model_only=True, remedy="model"),
    "429": Case(error=answered(RateLimitedError, 429, retry_after=17.0), seconds=17, model_only=True),
    "429 without a time": Case(error=answered(RateLimitedError, 429), seconds=FIRST_PAUSE, model_only=True),
    "503": Case(error=answered(ModelLoadingError, 503, retry_after=21.0), seconds=21, model_only=True),
    "500": Case(error=answered(BackendError, 500), seconds=FIRST_PAUSE),
    "a web page": Case(error=answered(UnexpectedContentError, 502), seconds=FIRST_PAUSE, remedy="log"),
    "a time-out": Case(error=InferenceTimeoutError("x", host=HOST, phase="total"), seconds=FIRST_PAUSE, remedy="log"),
    "a reset": Case(error=BackendUnreachableError("x", host=HOST), seconds=FIRST_PAUSE, remedy="log"),
    "offline": Case(
        error=BackendUnreachableError("x", host=HOST, before_sending=True), seconds=FIRST_PAUSE, remedy="log"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_failure_pauses_its_model_or_backend_for_its_time_and_the_status_says_so(case: str) -> None:
    desk, expected = Desk(), CASES[case]
    assert desk.goes()
    desk.guard.failed(TASK, MODEL, expected.error)
    (said,) = desk.said
    assert (said.state, said.remedy) == ("attention", expected.remedy)
    assert f"for {expected.seconds:.0f} s" in said.message
    assert said.message.startswith("Offline. ") is (case == "offline")
    assert not desk.goes()
    assert desk.goes(OTHER) is expected.model_only
    desk.clock.now += expected.seconds - 0.01
    assert not desk.goes()
    desk.clock.now += 0.02
    assert desk.goes()


def test_a_text_that_is_refused_pauses_nothing() -> None:
    desk = Desk()
    for status in (400, 413, 422):
        desk.guard.failed(TASK, MODEL, answered(BadRequestError, status))
    assert desk.goes()
    assert desk.said == []


def test_pauses_grow_up_to_a_limit_and_an_answer_ends_them() -> None:
    desk, waits = Desk(), []
    for _ in range(10):
        desk.guard.failed(TASK, MODEL, answered(BackendError, 500))
        waits.append(desk.pauses.left(HOST))
        desk.clock.now += waits[-1]
    assert waits[:4] == [FIRST_PAUSE * 2**n for n in range(4)]
    assert waits[-1] == LONGEST_PAUSE
    desk.guard.answered(TASK, MODEL)
    assert desk.said[-1] == StatusUpdate(state="idle")
    desk.guard.failed(TASK, MODEL, answered(BackendError, 500))
    assert desk.pauses.left(HOST) == FIRST_PAUSE


def test_other_settings_end_every_pause() -> None:
    desk = Desk()
    desk.guard.failed(TASK, MODEL, answered(AuthenticationError, 401))
    desk.pauses.forgive()
    desk.status.forgive()
    assert desk.goes()
    assert desk.said[-1] == StatusUpdate(state="idle")


def test_a_pressed_key_goes_through_a_pause() -> None:
    desk = Desk()
    desk.guard.failed(TASK, MODEL, answered(BackendError, 500))
    AutomaticGuard(desk.pauses, desk.status, HOST, insists=True).check(TASK, MODEL)
    assert not desk.goes()


def test_debounce_follows_the_latency_within_limits() -> None:
    pauses = Pauses(Clock())
    for seconds, expected in ((0.0, 0.075), (100.0, 0.3)):
        for _ in range(30):
            pauses.took(HOST, seconds)
        assert pauses.debounce(HOST) == expected


def test_a_message_is_new_once_in_ten_minutes() -> None:
    clock = Clock()
    notices = Notices(clock)
    assert [notices.is_new(message) for message in ("a", "b", "a")] == [True, True, False]
    clock.now += QUIET - 0.1
    assert not notices.is_new("a"), "hearing it again does not start the time anew"
    clock.now += 0.2
    assert notices.is_new("a")
