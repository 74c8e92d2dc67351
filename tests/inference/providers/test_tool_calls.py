"""Whole tool calls from the pieces of a stream, however servers cut them."""

from __future__ import annotations

from typing import Any

import pytest

from hf_inference import InferenceOutputError, ToolCallAssembler, read_arguments
from hf_inference.tasks.nlp.chat_completion_stream import ChatEvents


def assembled(
    *deltas: Any, reason: str | None = "tool_calls", choice: int = 0
) -> list[tuple[Any, str, dict[str, Any]]]:
    """The calls (id, name, arguments) of a stream with these `tool_calls`, the last chunk giving the reason."""
    events = ChatEvents()
    assembler = ToolCallAssembler(choice)
    payloads = [{"choices": [{"index": choice, "delta": {"tool_calls": delta}}]} for delta in deltas]
    payloads.append({"choices": [{"index": choice, "delta": {}, "finish_reason": reason}]})
    calls = [call for payload in payloads for piece in events.decode(payload) for call in assembler.feed(piece)]
    calls += assembler.finish()
    return [(call.id, call.function.name or "", read_arguments(call)) for call in calls]


def piece(index: int | None = 0, id: str | None = None, name: str | None = None, arguments: Any = None) -> Any:
    said = {"index": index, "id": id, "function": {"name": name, "arguments": arguments}}
    return [{member: value for member, value in said.items() if value is not None}]


WEATHER = ("1", "weather", {"place": "Bern"})
TIME: tuple[str, str, dict[str, Any]] = ("2", "time", {})

CASES: dict[str, tuple[list[Any], list[Any]]] = {
    "in pieces": (
        [
            piece(0, "1", "weather", ""),
            piece(0, arguments='{"pla'),
            piece(0, arguments=None),
            piece(0, arguments='ce": "Bern"}'),
        ],
        [WEATHER],
    ),
    "at once": ([piece(0, "1", "weather", '{"place": "Bern"}')], [WEATHER]),
    "as an object": ([piece(0, "1", "weather", {"place": "Bern"})], [WEATHER]),
    "outside a list": ([piece(0, "1", "weather", '{"place": "Bern"}')[0]], [WEATHER]),
    "without arguments": ([piece(0, "2", "time")], [TIME]),
    "with empty arguments": ([piece(0, "2", "time", "")], [TIME]),
    "two in turn": (
        [piece(0, "1", "weather", '{"place"'), piece(0, arguments=': "Bern"}'), piece(1, "2", "time", "{}")],
        [WEATHER, TIME],
    ),
    "two in one chunk": (
        [piece(0, "1", "weather", '{"place": "Bern"}') + piece(1, "2", "time", "{}")],
        [WEATHER, TIME],
    ),
    "two interleaved": (
        [
            piece(0, "1", "weather", '{"place"'),
            piece(1, "2", "time", "{"),
            piece(0, arguments=': "Bern"}'),
            piece(1, arguments="}"),
        ],
        [WEATHER, TIME],
    ),
    "two numbered alike": (
        [piece(0, "1", "weather", '{"place": "Bern"}'), piece(0, "2", "time", "{}")],
        [WEATHER, TIME],
    ),
    "not numbered": (
        [
            piece(None, "1", "weather", '{"place"'),
            piece(None, arguments=': "Bern"}'),
            piece(None, "2", "time", "{}"),
        ],
        [WEATHER, TIME],
    ),
    "with its id and name said each time": (
        [piece(0, "1", "weather", '{"place"'), piece(0, "1", "weather", ': "Bern"}')],
        [WEATHER],
    ),
    "with an empty id": ([piece(0, "", "time", "{}")], [("", "time", {})]),
    "none": ([None, []], []),
    "pieces without a name": ([piece(0, "1", None, "{}")], []),
}


@pytest.mark.parametrize("reason", ["tool_calls", "stop", None])
@pytest.mark.parametrize("case", CASES)
def test_calls_come_whole_though_they_were_cut(case: str, reason: str | None) -> None:
    deltas, calls = CASES[case]
    assert assembled(*deltas, reason=reason) == calls


def test_calls_are_handed_over_with_the_chunk_that_ends_the_answer() -> None:
    events, assembler = ChatEvents(), ToolCallAssembler()
    (first,) = events.decode({"choices": [{"delta": {"tool_calls": piece(0, "2", "time", "{}")}}]})
    (last,) = events.decode({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]})
    assert assembler.feed(first) == []
    assert [call.id for call in assembler.feed(last)] == ["2"]
    assert assembler.finish() == []


def test_another_answers_calls_are_not_mixed_in() -> None:
    events, assembler = ChatEvents(), ToolCallAssembler(0)
    chunk = {"choices": [{"index": 1, "delta": {"tool_calls": piece(0, "2", "time", "{}")}, "finish_reason": "stop"}]}
    assert [call for out in events.decode(chunk) for call in assembler.feed(out)] == []
    assert assembled(piece(0, "2", "time", "{}"), choice=1) == [TIME]


@pytest.mark.parametrize("arguments", ["{", "[1]", "5", '"text"'])
def test_arguments_that_are_no_object_are_an_output_error(arguments: str) -> None:
    with pytest.raises(InferenceOutputError):
        assembled(piece(0, "1", "f", arguments))
