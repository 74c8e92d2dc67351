"""The strict decoder: what it takes, what it refuses, and how it says where."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from hf_inference.core.decoding import ListOf, OneOf, OneOrMany, decode, describe
from hf_inference.core.errors import InferenceOutputError


@dataclass(frozen=True, slots=True)
class Box:
    xmin: int
    xmax: float


@dataclass(frozen=True, slots=True)
class Found:
    label: str
    box: Box
    score: float | None = None
    tags: list[str] = field(default_factory=list)
    media_type: str = field(default="", metadata={"wire": "content-type"})


GOOD: list[tuple[Any, Any, Any]] = [
    (str, "a", "a"),
    (bool, True, True),
    (int, 3, 3),
    (float, 3, 3),
    (float, 2.5, 2.5),
    (Any, {"a": [1]}, {"a": [1]}),
    (str | None, None, None),
    (int | str, "a", "a"),
    (Literal["a", "b"], "b", "b"),
    (Literal[1, 2], 2, 2),
    (list[int], [1, 2], [1, 2]),
    (list[list[float]], [[1], []], [[1], []]),
    (list[Any], [1, "a", None], [1, "a", None]),
    (dict[str, int], {"a": 1}, {"a": 1}),
    (dict[str, list[str]], {}, {}),
    (Box, {"xmin": 1, "xmax": 2}, Box(1, 2)),
    (Box, {"xmin": 1, "xmax": 2.5, "more": {"ignored": 1}}, Box(1, 2.5)),
    (Found, {"label": "a", "box": {"xmin": 1, "xmax": 2}}, Found("a", Box(1, 2))),
    (
        Found,
        {"label": "a", "box": {"xmin": 1, "xmax": 2}, "score": None, "tags": ["x"], "content-type": "image/png"},
        Found("a", Box(1, 2), None, ["x"], "image/png"),
    ),
    (Box | list[Box], [{"xmin": 1, "xmax": 2}], [Box(1, 2)]),
]


@pytest.mark.parametrize(("hint", "value", "expected"), GOOD, ids=repr)
def test_a_value_of_the_right_shape_is_read(hint: Any, value: Any, expected: Any) -> None:
    assert decode(hint, value) == expected


BAD: list[tuple[Any, Any, str, str, str]] = [
    # hint, value, path, expected, received
    (str, 1, "$", "string", "number 1"),
    (str, None, "$", "string", "null"),
    (int, True, "$", "whole number", "true"),
    (int, 1.5, "$", "whole number", "number 1.5"),
    (int, "1", "$", "whole number", 'string "1"'),
    (float, False, "$", "number", "false"),
    (float, "nan", "$", "number", 'string "nan"'),
    (bool, 1, "$", "true or false", "number 1"),
    (str | None, 7, "$", "str or null", "number 7"),
    (Literal["a", "b"], "c", "$", "'a' or 'b'", 'string "c"'),
    (Literal[1], True, "$", "1", "true"),
    (list[int], {}, "$", "list of int", "object with keys (none)"),
    (list[int], [1, "2"], "$[1]", "whole number", 'string "2"'),
    (list[list[int]], [[1], [2, None]], "$[1][1]", "whole number", "null"),
    (dict[str, int], {"a": 1, "b": []}, "$.b", "whole number", "list of 0"),
    (dict[str, int], [], "$", "object of int", "list of 0"),
    (Box, {"xmin": 1}, "$", "member 'xmax' (Box)", "object with keys xmin"),
    (Box, [], "$", "object (Box)", "list of 0"),
    (Box, {"xmin": 1.0, "xmax": 2}, "$.xmin", "whole number", "number 1.0"),
    (Found, {"label": "a", "box": {"xmin": 1, "xmax": None}}, "$.box.xmax", "number", "null"),
    (Found, {"label": "a", "box": None}, "$.box", "object (Box)", "null"),
    (Found, {"label": "a", "box": {"xmin": 1, "xmax": 2}, "tags": None}, "$.tags", "list of str", "null"),
    (Found, {"label": "a", "box": {"xmin": 1, "xmax": 2}, "content-type": 1}, "$.content-type", "string", "number 1"),
    (Box | list[Box], [{"xmin": 1, "xmax": ""}], "$[0].xmax", "number", 'string ""'),
]


@pytest.mark.parametrize(("hint", "value", "path", "expected", "received"), BAD, ids=repr)
def test_a_wrong_shape_says_where_what_was_expected_and_what_came(
    hint: Any, value: Any, path: str, expected: str, received: str
) -> None:
    with pytest.raises(InferenceOutputError) as raised:
        decode(hint, value)
    error = raised.value
    assert (error.path, error.expected, error.received) == (path, expected, received)


def test_numbers_that_json_does_not_have_survive() -> None:
    values = decode(list[float], json.loads("[NaN, Infinity, -Infinity, 1e999]"))
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, -math.inf, math.inf]


EXPECTED = "Array<{xmin: number, xmax: number}>"
WIRE = {"xmin": 1, "xmax": 2}
ONE = Box(1, 2)


@pytest.mark.parametrize(
    ("reply", "value", "output"),
    [
        (OneOf(Box, EXPECTED), WIRE, ONE),
        (OneOf(Box, EXPECTED), [WIRE], ONE),
        (OneOf(Box, EXPECTED), [WIRE, {"xmin": 3, "xmax": 4}], ONE),
        (ListOf(Box, EXPECTED), [], []),
        (ListOf(Box, EXPECTED), [WIRE, WIRE], [ONE, ONE]),
        (ListOf(Box, EXPECTED), WIRE, [ONE]),
        (ListOf(Box, EXPECTED), [[WIRE, WIRE]], [ONE, ONE]),
        (OneOrMany(Box, EXPECTED), [WIRE], ONE),
        (OneOrMany(Box, EXPECTED), [WIRE, WIRE], [ONE, ONE]),
    ],
)
def test_both_documented_forms_of_a_reply_are_read(reply: Any, value: Any, output: Any) -> None:
    assert reply.decode(value) == output


@pytest.mark.parametrize(
    ("reply", "value", "path"),
    [
        (OneOf(Box, EXPECTED), [], "$"),
        (OneOf(Box, EXPECTED), "text", "$"),
        (OneOf(Box, EXPECTED), [None], "$[0]"),
        (OneOf(Box, EXPECTED), [WIRE, "what follows"], "$[1]"),
        (OneOf(Box, EXPECTED), [{"xmin": 1, "xmax": True}], "$[0].xmax"),
        (ListOf(Box, EXPECTED), None, "$"),
        (ListOf(Box, EXPECTED), [WIRE, None], "$[1]"),
        (ListOf(Box, EXPECTED), [[WIRE, None]], "$[0][1]"),
        (OneOrMany(Box, EXPECTED), 5, "$"),
    ],
)
def test_a_reply_of_another_shape_is_refused_with_the_tasks_own_words(reply: Any, value: Any, path: str) -> None:
    with pytest.raises(InferenceOutputError, match="Invalid inference output: Expected Array<") as raised:
        reply.decode(value)
    assert raised.value.path == path


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("x" * 41, 'string "' + "x" * 40 + '…"'),
        ({str(key): 0 for key in range(9)}, "object with keys 0, 1, 2, 3, 4, 5, 6, 7"),
        ([1, 2, 3], "list of 3"),
        (object(), "object"),
    ],
)
def test_a_value_is_described_in_few_words(value: Any, words: str) -> None:
    assert describe(value) == words


def test_a_hint_that_json_cannot_fill_is_the_programmers_mistake() -> None:
    with pytest.raises(TypeError, match="no JSON decoder for"):
        decode(set[int], [1])
