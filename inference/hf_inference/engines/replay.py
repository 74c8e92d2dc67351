"""httpx clients that record what they exchange, and a transport that answers from such a recording.

Knows httpx. Knows nothing of tasks, nor of what a recording keeps (`recording.py`). A replay has no socket: what was
not recorded is refused.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Hashable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

from hf_inference.engines.recording import CLOSED, COMPLETE, Mask, Recorded, Tape


class RecordingClient(httpx.Client):
    """Writes each exchange to a tape once its reply has ended. Further arguments are httpx's."""

    def __init__(self, tape: Tape, **settings: Any) -> None:
        super().__init__(**settings)
        self._tape = tape

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        noted = _Note(self._tape, request)
        try:
            response = super().send(request, **options)
        except httpx.TransportError as error:
            noted.end(error)
            raise
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _Taped(response.stream, noted.began(response))
        return response


class AsyncRecordingClient(httpx.AsyncClient):
    """As `RecordingClient`; the file is written in a thread."""

    def __init__(self, tape: Tape, **settings: Any) -> None:
        super().__init__(**settings)
        self._tape = tape

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        noted = _Note(self._tape, request)
        try:
            response = await super().send(request, **options)
        except httpx.TransportError as error:
            await asyncio.to_thread(noted.end, error)
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _AsyncTaped(response.stream, noted.began(response))
        return response


class ReplayTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers a request as it was answered when it was recorded; of several equal ones the next each time, the last
    for ever. `pace`: how much of the recorded waiting is waited again, 0 for none."""

    def __init__(self, recorded: Sequence[Recorded], mask: Mask, *, pace: float = 0.0) -> None:
        self._pace = pace
        self._mask = mask
        self._answers: defaultdict[Hashable, list[Recorded]] = defaultdict(list)
        self._turns: Counter[Hashable] = Counter()
        for one in recorded:
            meaning = _meaning(one.body)
            self._answers[one.method, one.url, meaning].append(one)
            self._answers[one.method, _path(one.url), meaning].append(one)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request, await request.aread())

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        found = self._find(request, body)
        if found is None:
            error = f"The recording has no answer to this: {request.method} {request.url.path}"
            return httpx.Response(501, json={"error": error, "error_type": "not_recorded"})
        if not found.status:
            raise _failure(found)
        return httpx.Response(found.status, headers=dict(found.reply_headers), stream=_Replayed(found, self._pace))

    def _find(self, request: httpx.Request, body: bytes) -> Recorded | None:
        """By URL, else by path: a recording of one server is an answer in the name of another."""
        secret = self._mask.secrets(request.headers.multi_items())
        url, masked = self._mask.url(str(request.url), secret), self._mask.body(body, secret)
        for place in (url, _path(url)):
            for meaning in (_meaning(masked), None):
                key = (request.method, place, meaning)
                if key in self._answers:
                    answers = self._answers[key]
                    turn, self._turns[key] = self._turns[key], self._turns[key] + 1
                    return answers[min(turn, len(answers) - 1)]
        return None


class _Note:
    """What is known so far of one exchange."""

    def __init__(self, tape: Tape, request: httpx.Request) -> None:
        # compressed bytes could not be searched for secrets
        request.headers["accept-encoding"] = "identity"
        self._tape = tape
        self._request = request
        self._response: httpx.Response | None = None
        self._since = time.monotonic()
        self._chunks: list[tuple[float, bytes]] = []

    def began(self, response: httpx.Response) -> _Note:
        self._response = response
        return self

    def chunk(self, chunk: bytes) -> bytes:
        self._chunks.append((time.monotonic() - self._since, chunk))
        return chunk

    def end(self, error: Exception | None = None, *, complete: bool = False) -> None:
        mask, request, response = self._tape.mask, self._request, self._response
        secret = mask.secrets(request.headers.multi_items())
        headers = () if response is None else response.headers.multi_items()
        self._tape.append(
            Recorded(
                method=request.method,
                url=mask.url(str(request.url), secret),
                body=_body_of(request, mask, secret),
                headers=mask.headers(request.headers.multi_items(), secret),
                status=0 if response is None else response.status_code,
                reply_headers=mask.headers(headers, secret),
                reply=mask.body(self._readable(), secret),
                chunks=tuple((seconds, len(chunk)) for seconds, chunk in self._chunks),
                ended=type(error).__name__ if error is not None else COMPLETE if complete else CLOSED,
                reason="" if error is None else mask.url(str(error), secret),
            )
        )

    def _readable(self) -> bytes:
        """The reply's body; decoded, in one piece, where a server compresses unasked."""
        body = b"".join(chunk for _, chunk in self._chunks)
        encoding = self._response.headers.get("content-encoding", "") if self._response is not None else ""
        if encoding in ("", "identity"):
            return body
        try:
            body = httpx.Response(200, headers={"content-encoding": encoding}, content=body).content
        except httpx.DecodingError:  # cut amid the compression: what cannot be searched is not kept
            body = b""
        self._chunks = [(self._chunks[-1][0], body)] if self._chunks and body else []
        return body


class _Taped(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, note: _Note) -> None:
        self._stream = stream
        self._note = note
        self._complete = False
        self._error: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._stream:
                yield self._note.chunk(chunk)
            self._complete = True
        except httpx.TransportError as error:
            self._error = error
            raise

    def close(self) -> None:
        self._stream.close()
        self._note.end(self._error, complete=self._complete)


class _AsyncTaped(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, note: _Note) -> None:
        self._stream = stream
        self._note = note
        self._complete = False
        self._error: Exception | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield self._note.chunk(chunk)
            self._complete = True
        except httpx.TransportError as error:
            self._error = error
            raise

    async def aclose(self) -> None:
        await self._stream.aclose()
        await asyncio.to_thread(self._note.end, self._error, complete=self._complete)


class _Replayed(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, recorded: Recorded, pace: float) -> None:
        self._recorded = recorded
        self._pace = pace

    def __iter__(self) -> Iterator[bytes]:
        for pause, chunk in self._pieces():
            if pause:
                time.sleep(pause)
            yield chunk
        self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for pause, chunk in self._pieces():
            await asyncio.sleep(pause)  # without a pause, a turn of the loop: each piece is read on its own
            yield chunk
        self._end()

    def _pieces(self) -> Iterator[tuple[float, bytes]]:
        start, before = 0, 0.0
        for seconds, size in self._recorded.chunks:
            yield max(0.0, seconds - before) * self._pace, self._recorded.reply[start : start + size]
            start, before = start + size, seconds

    def _end(self) -> None:
        if self._recorded.ended != COMPLETE:
            raise _failure(self._recorded)


def _failure(recorded: Recorded) -> httpx.TransportError:
    """What httpx raised then; where the caller gave up, that the recording goes no further."""
    kind = getattr(httpx, recorded.ended, None)
    if isinstance(kind, type) and issubclass(kind, httpx.TransportError):
        return kind(recorded.reason)
    return httpx.RemoteProtocolError("the recording ends here, since the call was cancelled when it was made")


def _body_of(request: httpx.Request, mask: Mask, secret: Sequence[bytes]) -> bytes | None:
    try:
        return mask.body(request.content, secret)
    except httpx.RequestNotRead:
        return None


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def _meaning(body: bytes | None) -> Hashable:
    """What a body says: JSON in one order of keys, anything else as it is; None if it was not kept."""
    if body is None:
        return None
    try:
        return json.dumps(json.loads(body), sort_keys=True)
    except ValueError:
        return body
