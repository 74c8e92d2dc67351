"""The cache of look-ups: bounded in entries and in time."""

from __future__ import annotations

from hf_inference.core.flow import Context
from hf_inference.core.memory import Memory
from hf_inference.core.options import Options


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_was_never_said_is_none() -> None:
    assert Memory(Clock()).get("a") is None


def test_a_value_is_remembered_for_its_lifetime_and_no_longer() -> None:
    clock = Clock()
    memory = Memory(clock, lifetime=600)
    memory.set("a", 1)
    clock.now = 599.9
    assert memory.get("a") == 1
    clock.now = 600.0
    assert memory.get("a") is None


def test_saying_a_value_again_renews_it() -> None:
    clock = Clock()
    memory = Memory(clock, lifetime=600)
    memory.set("a", 1)
    clock.now = 400
    memory.set("a", 2)
    clock.now = 900
    assert memory.get("a") == 2


def test_reading_does_not_renew_so_that_a_stale_route_ends() -> None:
    clock = Clock()
    memory = Memory(clock, lifetime=600)
    memory.set("a", 1)
    for clock.now in range(0, 600, 50):
        assert memory.get("a") == 1
    clock.now = 600
    assert memory.get("a") is None


def test_the_oldest_entry_goes_when_there_are_too_many() -> None:
    memory = Memory(Clock(), limit=3)
    for key in "abc":
        memory.set(key, key)
    memory.set("a", "again")
    memory.set("d", "d")
    assert [memory.get(key) for key in "abcd"] == ["again", None, "c", "d"]


def test_two_credentials_share_no_entry() -> None:
    memory = Memory(Clock())

    def context(credential: str) -> Context:
        return Context(options=Options(), credential=credential, memory=memory, jitter=lambda: 0.0)

    mine, yours = context("hf_MINE"), context("hf_YOURS")
    memory.set(mine.memory_key("mapping", "private/model"), "live")
    assert memory.get(mine.memory_key("mapping", "private/model")) == "live"
    assert memory.get(yours.memory_key("mapping", "private/model")) is None


def test_a_memory_shows_neither_keys_nor_values() -> None:
    memory = Memory(Clock())
    memory.set(("a", "hf_SECRET"), "hf_SECRET")
    assert "hf_SECRET" not in repr(memory)
