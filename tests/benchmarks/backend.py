"""The far side: a backend that writes at a set pace, streamed or whole, and says when it did, in its own process.

Speaks as much of TGI (`/generate`, `/generate_stream`) and of Tabby's API as the servers that are compared ask for.
Knows no server. `started()` is for whoever measures; `python backend.py` is the process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LINE = 12
"""Tokens in a line of what is written."""


class Backend:
    """A running one, seen from outside."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.url = url
        self._stamps: queue.SimpleQueue[dict[str, float]] = queue.SimpleQueue()
        self._process = process
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reading.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def next_stamp(self) -> dict[str, float]:
        """When the next finished answer's tokens were sent: `first`, `line` (a whole line) and `last`, on the clock of
        `time.perf_counter`, which is one for all processes of a machine."""
        return self._stamps.get(timeout=60)

    def forget_stamps(self) -> None:
        while not self._stamps.empty():
            self._stamps.get()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._stamps.put(json.loads(line))


@contextmanager
def started(*, first: float = 0.05, rate: float = 60, tokens: int = 60) -> Iterator[Backend]:
    """A backend whose first token comes `first` seconds after the request, then `rate` a second (0: all at once)."""
    arguments = ["--first", str(first), "--rate", str(rate), "--tokens", str(tokens)]
    command = [sys.executable, __file__, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    backend = Backend(process, f"http://127.0.0.1:{int(process.stdout.readline())}")
    try:
        yield backend
    finally:
        backend.end()


def written(tokens: int) -> list[str]:
    """The tokens: no two lines alike, since servers cut what repeats itself."""
    return [
        f" value_{index}" + ("\n" if index % LINE == LINE - 1 else ".next(" if index % 3 else " =")
        for index in range(tokens)
    ]


class _Process:
    def __init__(self, first: float, rate: float, tokens: int) -> None:
        self._first, self._rate, self._tokens = first, rate, written(tokens)

    async def serve(self) -> None:
        listener = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        print(listener.sockets[0].getsockname()[1], flush=True)
        await listener.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = int(head.lower().partition("content-length:")[2].partition("\r\n")[0] or 0)
                body = await reader.readexactly(length)
                method, path, _ = head.split(" ", 2)
                await self._answer(method, path, body, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer(self, method: str, path: str, body: bytes, writer: asyncio.StreamWriter) -> None:
        text = "".join(self._tokens)
        asked: Any = json.loads(body) if method == "POST" and body else {}
        if path == "/v1/completions":  # Tabby's
            await self._all_tokens()
            answer: Any = {"id": "c", "choices": [{"index": 0, "text": text}]}
        elif path.endswith("/generate_stream") or asked.get("stream"):
            await self._stream(writer)
            return
        elif method == "POST" and "inputs" in asked:
            await self._all_tokens()
            answer = {"generated_text": text}
        elif path == "/v1/health":
            answer = {"model": "m", "device": "cpu", "arch": "", "cpu_info": "", "cpu_count": 1, "version": {}}
        elif path == "/info":
            answer = {"model_id": "m", "max_input_tokens": 4096, "max_total_tokens": 8192, "version": "3.0.0"}
        else:
            answer = {}
        data = json.dumps(answer).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(data), data)
        )
        await writer.drain()

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        text = "".join(self._tokens)
        stamps: dict[str, float] = {}
        async for index in self._paced(stamps):
            last = index == len(self._tokens) - 1
            token = {"id": index, "text": self._tokens[index], "logprob": -0.1, "special": False}
            event: dict[str, Any] = {"index": index + 1, "token": token, "generated_text": None, "details": None}
            if last:
                event["generated_text"] = text
                event["details"] = {"finish_reason": "length", "generated_tokens": len(self._tokens), "seed": None}
            data = b"data:%b\n\n" % json.dumps(event).encode()
            writer.write(b"%x\r\n%b\r\n" % (len(data), data))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        self._say(stamps)

    async def _all_tokens(self) -> None:
        stamps: dict[str, float] = {}
        async for _ in self._paced(stamps):
            continue
        self._say(stamps)

    async def _paced(self, stamps: dict[str, float]) -> Any:
        """The index of each token when it is due; when the first, the first line's last and the last one were."""
        begun = time.perf_counter()
        for index in range(len(self._tokens)):
            due = begun + self._first + (index / self._rate if self._rate else 0)
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            at = time.perf_counter()
            stamps.setdefault("first", at)
            if index == LINE - 1:
                stamps["line"] = at
            stamps["last"] = at
            yield index

    def _say(self, stamps: dict[str, float]) -> None:
        print(json.dumps(stamps), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("--first", "--rate"):
        parser.add_argument(name, type=float, required=True)
    parser.add_argument("--tokens", type=int, required=True)
    asked = parser.parse_args()
    asyncio.run(_Process(asked.first, asked.rate, asked.tokens).serve())
