"""Recorded HTTP exchanges as the far side of the wire: a transport that answers what was answered then.

Knows recordings, and when a request is the recorded one as far as it matters. Knows no task."""

from __future__ import annotations

import json
import random
import re
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import httpx

RECORDINGS = Path(__file__).parent.parent / "conformance" / "recordings"

Chunking: TypeAlias = Callable[[bytes], Iterable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One exchange. `request_body` is None where it was not stored."""

    label: str
    task: str
    provider: str
    method: str
    url: str
    request_headers: dict[str, str]
    request_body: bytes | None = field(repr=False)
    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)
    """Empty for the binary replies that were not stored."""

    @property
    def request_json(self) -> Any:
        """The request's body as JSON, None if it was not stored or is something else."""
        try:
            return json.loads(self.request_body or b"")
        except ValueError:
            return None

    @property
    def json(self) -> Any:
        """The reply's body as JSON, None if it is something else."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def streams(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/event-stream")


def recordings(name: str) -> list[Recording]:
    """The recordings of `tests/conformance/recordings/{name}.jsonl`, in order."""
    lines = (RECORDINGS / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")
    return [_recording(json.loads(line), f"{name}:{number}") for number, line in enumerate(lines, 1) if line]


def whole(body: bytes) -> Iterable[bytes]:
    """In one chunk."""
    return (body,) if body else ()


def byte_by_byte(body: bytes) -> Iterable[bytes]:
    """In chunks of one byte."""
    return (body[index : index + 1] for index in range(len(body)))


def at_random(seed: int) -> Chunking:
    """In chunks of one to forty bytes, the same ones for the same seed."""

    def cut(body: bytes) -> Iterator[bytes]:
        lengths = random.Random(seed)
        start = 0
        while start < len(body):
            end = start + lengths.randint(1, 40)
            yield body[start:end]
            start = end

    return cut


class Replay(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers each request with the recording of it; of several equal ones, with the next one each time, the last one
    for ever. A request that was never recorded is an AssertionError."""

    def __init__(self, recorded: Sequence[Recording], *, chunking: Chunking = whole) -> None:
        self.requests: list[httpx.Request] = []
        """What was asked, in order."""
        self._recorded = list(recorded)
        self._chunking = chunking
        self._given: list[Recording] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        matching = [recording for recording in self._recorded if matches(recording, request)]
        asked = f"{request.method} {request.url} {request.content[:300]!r}"
        assert matching, f"never recorded: {asked}; recorded are {[str(one) for one in self._recorded[:3]]}"
        fresh = [recording for recording in matching if recording not in self._given]
        recording = fresh[0] if fresh else matching[-1]
        self._given.append(recording)
        headers = {name: value for name, value in recording.headers.items() if name.lower() not in _FRAMING}
        return httpx.Response(recording.status, headers=headers, stream=_Chunks(self._chunking(recording.body)))


def matches(recording: Recording, request: httpx.Request) -> bool:
    """Whether a request is the recorded one: method, URL, and the JSON body in what it says."""
    if recording.method != request.method or _place(recording.url) != _place(str(request.url)):
        return False
    said = recording.request_json
    if said is None:  # not stored, or binary
        return True
    try:
        return bool(meaning(said) == meaning(json.loads(request.content)))
    except ValueError:
        return False


def meaning(body: Any) -> Any:
    """What a JSON body says, without the ways in which clients of different years say nothing: nulls, empty
    parameters, empty options, `stream: false`, the model that the URL names too, inputs beside `inputs`."""
    if not isinstance(body, dict):
        return body
    said = {name: value for name, value in body.items() if value is not None}
    loose = {name: said.pop(name) for name in _INPUT_NAMES if name in said and "messages" not in said}
    if loose:
        said.setdefault("inputs", loose)
    parameters = {name: value for name, value in (said.pop("parameters", None) or {}).items() if value is not None}
    if parameters:
        said["parameters"] = parameters
    for name in ("model", "options"):
        said.pop(name, None)
    if said.get("stream") is False:
        del said["stream"]
    return said


class _Chunks(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk


def _recording(row: dict[str, Any], label: str) -> Recording:
    return Recording(
        label=label,
        task=row["task"],
        provider=row["provider"],
        method=row["method"],
        url=row["url"],
        request_headers={name.lower(): value for name, value in (row.get("request_headers") or {}).items()},
        request_body=_bytes(row, "request_body") if row.get("request_body_recorded") else None,
        status=row["status"],
        headers={
            name.lower(): ", ".join(value) if isinstance(value, list) else value  # a header that came twice
            for name, value in (row.get("response_headers") or {}).items()
        },
        body=_bytes(row, "response_body") or b"",
    )


def _bytes(row: dict[str, Any], name: str) -> bytes | None:
    if row.get(f"{name}_b64") is not None:
        return b64decode(row[f"{name}_b64"])
    text = row.get(name)
    return text.encode() if isinstance(text, str) else None


def _place(url: str) -> tuple[str, str, str]:
    """Host, path and query, a pipeline's route being the model's: which tasks it is written for changed over time."""
    parts = urlsplit(url)
    path = re.sub(r"/pipeline/[a-z0-9-]+$", "", re.sub(r"/pipeline/[a-z0-9-]+/", "/models/", unquote(parts.path)))
    return parts.netloc, path, unquote(parts.query)


_FRAMING = frozenset({"content-length", "transfer-encoding", "content-encoding", "connection"})

_INPUT_NAMES = ("question", "context", "query", "table")
