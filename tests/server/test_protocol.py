"""Our own messages: what is written is read, and what is malformed is named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as t

from inference_lsp.lsp import InvalidParams
from inference_lsp.protocol import JobUpdate, RunAction, wants

PLACES = st.builds(t.Position, st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
RUNS = st.builds(
    RunAction,
    action=st.text(max_size=10),
    uri=st.text(max_size=20),
    range=st.builds(t.Range, PLACES, PLACES),
    version=st.none() | st.integers(-5, 2**31),
)


@given(RUNS)
def test_a_run_is_read_as_it_was_written(run: RunAction) -> None:
    assert RunAction.from_json(json.loads(json.dumps(run.to_json()))) == run


GOOD: dict[str, Any] = {
    "action": "a",
    "uri": "u",
    "range": {"start": {"line": 0, "character": 1}, "end": {"line": 2, "character": 3}},
    "version": 4,
}
MALFORMED: dict[str, tuple[Any, str]] = {
    "nothing": (None, "takes one object with action, uri and range"),
    "a list": ([GOOD], "takes one object"),
    "a number": (3, "takes one object"),
    "no action": ({**GOOD, "action": None}, "action and uri must be strings"),
    "no uri": ({**GOOD, "uri": 3}, "action and uri must be strings"),
    "a version in words": ({**GOOD, "version": "4"}, "version must be a whole number or null"),
    "a fraction of a version": ({**GOOD, "version": 1.5}, "version must be a whole number or null"),
    "a true version": ({**GOOD, "version": True}, "version must be a whole number or null"),
    "no range": ({**GOOD, "range": None}, "range must be an object with start and end"),
    "a range with no end": ({**GOOD, "range": {"start": {"line": 0, "character": 0}}}, "a position is an object"),
    "a position that is a list": ({**GOOD, "range": {"start": [0, 0], "end": [0, 0]}}, "a position is an object"),
    "a negative place": (
        {**GOOD, "range": {"start": {"line": -1, "character": 0}, "end": {"line": 0, "character": 0}}},
        "whole numbers from 0",
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_run_is_refused_with_what_is_wrong(case: str) -> None:
    value, says = MALFORMED[case]
    with pytest.raises(InvalidParams) as refused:
        RunAction.from_json(value)
    assert says in refused.value.message
    assert refused.value.message.startswith("inference.run")


def test_a_version_may_be_left_out() -> None:
    assert RunAction.from_json({key: value for key, value in GOOD.items() if key != "version"}).version is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=4), lambda x: st.lists(x, max_size=3)))
def test_any_json_is_a_run_or_refused(value: Any) -> None:
    for malformed in (value, {**GOOD, "range": value}, {**GOOD, "range": {"start": value, "end": value}}):
        with pytest.raises(InvalidParams):
            RunAction.from_json(malformed)


def test_an_update_is_plain_json() -> None:
    update = JobUpdate(job="job-1", action="a", uri="u", sequence=2, state="running", text="🤗", message="m")
    written = json.loads(json.dumps(update.to_json()))
    expected = {"job": "job-1", "action": "a", "uri": "u", "sequence": 2, "state": "running", "text": "🤗"}
    assert {**written, **expected, "message": "m"} == written


WANTED: dict[str, tuple[Any, bool]] = {
    "said so": ({"inference": {"job": True}}, True),
    "said no": ({"inference": {"job": False}}, False),
    "said something else": ({"inference": {"job": "yes"}}, False),
    "another message": ({"inference": {"inlineUpdate": True}}, False),
    "said nothing": (None, False),
    "a list": ([1], False),
    "no object": ({"inference": True}, False),
}


@pytest.mark.parametrize("case", WANTED)
def test_a_notification_goes_only_to_clients_that_declared_it(case: str) -> None:
    experimental, wanted = WANTED[case]
    assert wants(t.ClientCapabilities(experimental=experimental), "inference/job") is wanted
