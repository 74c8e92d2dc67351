"""Requests and replies as values, between the code that decides and the code that sends.

Knows HTTP's words: methods, URLs, headers, statuses. Knows no socket and no library that has one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from hf_inference.core.binary import Binary, Body, Joined, as_text
from hf_inference.core.errors import UnexpectedContentError
from hf_inference.core.media_types import HEAD, sniff


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request. `secret_headers` travel like `headers` and appear in no repr, error or log."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | Body | None = field(default=None, repr=False)
    """A `Body` is read piece by piece while it is sent, and anew for each try."""

    @property
    def host(self) -> str:
        """Host and port as the URL has them, for messages."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def body_size(self) -> int:
        """Bytes of the body."""
        return self.body.size if isinstance(self.body, Body) else len(self.body or b"")

    def redacted(self) -> dict[str, Any]:
        """What an error may keep: method, URL without query or user, headers with the secret ones masked."""
        url = urlsplit(self.url)
        shown = dict.fromkeys(self.secret_headers, "<redacted>")
        return {
            "method": self.method,
            "url": f"{url.scheme}://{self.host}{url.path}",
            "headers": {**self.headers, **shown},
            "body_bytes": self.body_size,
        }


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP reply. Header names are lower case. `body` is empty while a stream is still open."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """`application/json` of `application/json; charset=utf-8`; empty if the header is missing."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_html(self) -> bool:
        return self.media_type in ("text/html", "application/xhtml+xml")

    @property
    def is_json(self) -> bool:
        return self.media_type == "application/json" or self.media_type.endswith("+json")

    @property
    def request_id(self) -> str:
        return next((self.headers[name] for name in _REQUEST_ID_HEADERS if name in self.headers), "")

    @property
    def retry_after(self) -> float | None:
        """Seconds of a `Retry-After` header. A date is measured from the reply's own `Date`, so no clock is asked."""
        value = self.headers.get("retry-after", "").strip()
        if not value:
            return None
        from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

        try:
            return max(0.0, float(value))
        except ValueError:
            replied_at = self.headers.get("date", "")
        try:
            return max(0.0, (parsedate_to_datetime(value) - parsedate_to_datetime(replied_at)).total_seconds())
        except (ValueError, TypeError):
            return None

    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    def json_or_text(self) -> Any:
        """The body's JSON if it is any, else its text: error bodies often lack the right media type."""
        try:
            return json.loads(self.body)
        except ValueError:
            return self.text()

    def value(self, request: Request) -> Any:
        """The body's JSON if it says or looks like JSON, else the body as a `Binary`. A web page is an error."""
        if self.is_json or self.is_html:
            return self.json(request)
        if not self.media_type and self.body[:1] in (b"{", b"["):  # old servers name no type
            with suppress(ValueError):
                return json.loads(self.body)
        return Binary(self.body, self.headers.get("content-type", "") or sniff(self.body[:HEAD]))

    def json(self, request: Request) -> Any:
        """The body's JSON, or `UnexpectedContentError` that says what came instead."""
        what = "a web page"
        if not self.is_html:
            try:
                return json.loads(self.body)
            except ValueError:
                told = f"{self.media_type or 'a body without media type'} {self.text()[:80]!r}"
                what = told if self.body else "an empty body"
        raise UnexpectedContentError(
            f"{request.host} answered {self.status} with {what} where JSON was expected",
            status=self.status,
            detail=what,
            host=request.host,
            request_id=self.request_id,
            request=request.redacted(),
        )


def json_body(value: Any) -> bytes | Body:
    """`to_json`, where a `Body` within `value` becomes a string of base64, encoded while it is sent. A body that
    is text already (`Base64`, `Joined`) becomes a string as it is."""
    plain = _plain(value)
    found: list[Body] = []

    def mark(item: Any) -> str:
        found.append(as_text(item))
        return f"{salt}{len(found)}"

    salt = "binary"
    text = _dumps(plain, mark)
    while any(text.count(f'"{salt}{index}"'.encode()) != 1 for index in range(1, len(found) + 1)):
        salt += "+"  # the call's own text has such a string: take one it does not have
        found.clear()
        text = _dumps(plain, mark)
    if not found:
        return text
    parts: list[bytes | Body] = []
    for index, body in enumerate(found, 1):
        before, _, text = text.partition(f'"{salt}{index}"'.encode())
        parts += [before, b'"', body, b'"']
    return Joined((*parts, text), "application/json")


def to_json(value: Any) -> bytes:
    """Compact JSON as JavaScript's `JSON.stringify` writes it: UTF-8, no spaces, NaN and infinities as null,
    1.0 as 1. Object members whose value is None are left out (None means "not said"); None in lists is null."""
    return _dumps(_plain(value))


def _dumps(plain: Any, default: Callable[[Any], str] | None = None) -> bytes:
    try:
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=default).encode()
    except UnicodeEncodeError:  # half a surrogate pair: only an escape can carry it
        return json.dumps(plain, separators=(",", ":"), default=default).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value


_REQUEST_ID_HEADERS = ("x-request-id", "x-amzn-trace-id", "x-amz-cf-id", "cf-ray")
