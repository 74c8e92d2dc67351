"""Requests and replies as values: what they show, and JSON as it is written."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hf_inference.core.errors import UnexpectedContentError
from hf_inference.core.wire import Request, Response, to_json

WRITTEN: list[tuple[Any, bytes]] = [
    ({"b": 1, "a": 2}, b'{"b":1,"a":2}'),
    ({"a": None, "b": [None]}, b'{"b":[null]}'),
    ({"a": {"b": None}}, b'{"a":{}}'),
    ({"a": True, "b": False}, b'{"a":true,"b":false}'),
    ([1.0, 0.5, -0.0, 1e21], b"[1,0.5,0,1e+21]"),
    ([math.nan, math.inf, -math.inf], b"[null,null,null]"),
    ((1, (2,)), b"[1,[2]]"),
    ({1: "a"}, b'{"1":"a"}'),
    ("é\u2028😀", '"é\u2028😀"'.encode()),
    ("\ud800", b'"\\ud800"'),
    ('"\\\n', b'"\\"\\\\\\n"'),
]


@pytest.mark.parametrize(("value", "written"), WRITTEN, ids=[repr(row[0]) for row in WRITTEN])
def test_json_is_written_as_javascript_writes_it(value: Any, written: bytes) -> None:
    assert to_json(value) == written


@given(
    st.recursive(
        st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    )
)
def test_any_value_comes_back(value: Any) -> None:
    assert json.loads(to_json(value)) == value


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://host.test/a", "host.test"),
        ("http://host.test:8080/a?b=c", "host.test:8080"),
        ("https://me:secret@host.test/a", "host.test"),
        ("http://[::1]:8080/", "[::1]:8080"),
    ],
)
def test_the_host_is_what_a_message_may_say(url: str, host: str) -> None:
    assert Request(method="GET", url=url).host == host


@pytest.mark.parametrize(
    ("content_type", "media_type", "is_json", "is_html"),
    [
        ("application/json", "application/json", True, False),
        ("Application/JSON; charset=utf-8", "application/json", True, False),
        ("application/problem+json", "application/problem+json", True, False),
        ("text/html;charset=UTF-8", "text/html", False, True),
        ("text/plain", "text/plain", False, False),
        ("", "", False, False),
    ],
)
def test_a_media_type_is_read_without_its_parameters(
    content_type: str, media_type: str, is_json: bool, is_html: bool
) -> None:
    reply = Response(200, {"content-type": content_type})
    assert (reply.media_type, reply.is_json, reply.is_html) == (media_type, is_json, is_html)


@pytest.mark.parametrize("headers", [{"content-type": "application/json"}, {"content-type": "text/plain"}, {}])
def test_json_is_read_whatever_it_calls_itself(headers: dict[str, str]) -> None:
    assert Response(200, headers, b'{"a":[NaN]}').json(Request(method="POST", url="http://h/"))["a"][0] != 0


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ({"content-type": "application/json"}, b"", "an empty body"),
        ({"content-type": "application/json"}, b'{"a":', "application/json '{\"a\":'"),
        ({"content-type": "text/html"}, b"<html>", "a web page"),
        ({"content-type": "text/html"}, b"{}", "a web page"),
        ({}, b"plain", "a body without media type 'plain'"),
        ({"content-type": "image/png"}, b"\x89PNG\xff", "image/png "),
    ],
)
def test_what_is_no_json_says_what_came_instead(headers: dict[str, str], body: bytes, said: str) -> None:
    with pytest.raises(UnexpectedContentError, match="where JSON was expected") as raised:
        Response(200, headers, body).json(Request(method="POST", url="http://host.test/"))
    assert said in str(raised.value)
    assert raised.value.status == 200
