"""How options lie over one another, what they show, and the abort signal."""

from __future__ import annotations

import threading
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from hf_inference import Signal
from hf_inference.core.options import Network, Options, Timeouts

SAID: dict[str, Any] = {
    "retry_on_error": False,
    "use_cache": False,
    "dont_load_model": True,
    "use_gpu": True,
    "wait_for_model": True,
    "fetch": object(),
    "signal": Signal(),
    "include_credentials": "omit",
    "task": "summarization",
    "task_hint": "translation",
    "timeouts": Timeouts(connect=1),
    "max_retries": 0,
    "max_wait": 0.0,
    "headers": {"x-a": "1"},
    "bill_to": "org",
    "on_wait": print,
}


def test_this_table_says_every_option() -> None:
    assert sorted(SAID) == sorted(option.name for option in fields(Options))


def test_no_option_is_said_by_itself() -> None:
    assert all(getattr(Options(), name) is None for name in SAID)


@pytest.mark.parametrize("name", SAID)
def test_a_calls_option_lies_over_the_clients_and_leaves_the_rest(name: str) -> None:
    clients = Options(**SAID)
    calls: dict[str, Any] = {name: "other"}
    assert Options(**calls).over(clients) == Options(**{**SAID, **calls})


@pytest.mark.parametrize("name", ["retry_on_error", "use_cache", "max_retries", "max_wait"])
def test_false_and_zero_are_said(name: str) -> None:
    calls, clients = {name: SAID[name]}, {name: SAID["fetch"]}
    assert getattr(Options(**calls).over(Options(**clients)), name) == SAID[name]


def test_over_nothing_options_are_themselves() -> None:
    options = Options(**SAID)
    assert options.over(None) is options


def test_options_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Options().max_retries = 1  # type: ignore[misc]


def test_neither_headers_nor_a_proxys_password_are_shown() -> None:
    shown = repr(Options(headers={"x-key": "hf_SECRET"})) + repr(Network(proxy="http://me:hf_SECRET@proxy:1"))
    assert "hf_SECRET" not in shown


# --- signal ----------------------------------------------------------------------------------------------


def test_an_abort_tells_each_listener_once() -> None:
    signal, told = Signal(), list[str]()
    signal.listen(lambda: told.append("a"))
    signal.listen(lambda: told.append("b"))
    assert not signal.aborted
    signal.abort()
    signal.abort()
    assert (signal.aborted, told) == (True, ["a", "b"])


def test_who_listens_late_is_told_at_once() -> None:
    signal, told = Signal(), list[str]()
    signal.abort()
    leave = signal.listen(lambda: told.append("late"))
    leave()
    assert told == ["late"]


def test_who_has_left_is_not_told_and_is_not_kept() -> None:
    signal, told = Signal(), list[int]()
    leaves = [signal.listen(lambda index=index: told.append(index)) for index in range(3)]  # type: ignore[misc]
    leaves[1]()
    leaves[1]()
    signal.abort()
    assert told == [0, 2]


def test_threads_that_abort_at_once_tell_each_listener_once() -> None:
    signal, told = Signal(), list[int]()
    for index in range(500):
        signal.listen(lambda index=index: told.append(index))  # type: ignore[misc]
    start = threading.Barrier(4)

    def abort() -> None:
        start.wait()
        signal.abort()

    threads = [threading.Thread(target=abort) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == list(range(500))
