"""A language server as a child process, and JSON-RPC with it over its standard streams.

Knows frames, requests and their answers, and how a child ends. Knows no method of LSP.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

LAST_WORDS = 1.0
"""Seconds that an ended server's standard error is waited for: it says why, but somebody else may hold it open."""


class ErrorResponse(Exception):
    """The server answered a request with an error; its text is the server's sentence."""


class ServerGone(Exception):
    """The server ended while it was needed."""


class Connection:
    """One running server. `log` is given the lines of its standard error."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        *,
        on_request: Callable[[str, Any], Any],
        on_notification: Callable[[str, Any], None],
        on_end: Callable[[], None],
        log: deque[str],
    ) -> None:
        self._log = log
        self._process = process
        self._on_request = on_request
        self._on_notification = on_notification
        self._on_end = on_end
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._log_reader = asyncio.create_task(self._read_log())
        self._readers = (asyncio.create_task(self._read()), self._log_reader)

    @classmethod
    async def spawn(cls, command: Sequence[str], **given: Any) -> Connection:
        pipe = asyncio.subprocess.PIPE
        return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe), **given)

    async def request(self, method: str, params: Any = None) -> Any:
        """The result. Raises `ErrorResponse` or `ServerGone`."""
        return (await self.requests((method, params)))[0]

    async def requests(self, *asked: tuple[str, Any]) -> list[Any]:
        """The results of requests that are written at once, so that the server reads them together."""
        numbered = [(next(self._ids), method, params) for method, params in asked]
        answers = [asyncio.get_running_loop().create_future() for _ in numbered]
        self._answers.update({id: answer for (id, _, _), answer in zip(numbered, answers, strict=True)})
        try:
            self._write(*({"id": id, "method": method, "params": params} for id, method, params in numbered))
            return [await answer for answer in answers]
        finally:
            for id, _, _ in numbered:
                self._answers.pop(id, None)

    def notify(self, method: str, params: Any = None) -> None:
        self._write({"method": method, "params": params})

    async def wait(self) -> int:
        """Until the server has ended by itself; its exit code."""
        code = await self._process.wait()
        await asyncio.gather(*self._readers)
        return code

    async def kill(self) -> None:
        """End the server if it still runs."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        for reader in self._readers:  # a program the server has started may keep its pipes open
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    def _write(self, *messages: Mapping[str, Any]) -> None:
        bodies = [json.dumps({"jsonrpc": "2.0", **_without_none(message)}).encode() for message in messages]
        assert self._process.stdin is not None
        if self._process.returncode is not None or self._readers[0].done():
            raise ServerGone
        self._process.stdin.write(b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies))

    async def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            while head := await self._process.stdout.readuntil(b"\r\n\r\n"):
                length = next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length:"))
                self._take(json.loads(await self._process.stdout.readexactly(int(length[15:]))))
        except asyncio.IncompleteReadError:
            return  # the end
        finally:
            await asyncio.wait({self._log_reader}, timeout=LAST_WORDS)
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(ServerGone())
            self._on_end()

    async def _read_log(self) -> None:
        assert self._process.stderr is not None
        while line := await self._process.stderr.readline():
            self._log.append(line.decode("utf-8", "replace").rstrip())

    def _take(self, message: Mapping[str, Any]) -> None:
        if "method" not in message:
            answer = self._answers.get(message["id"])
            if answer is None or answer.done():
                return
            if error := message.get("error"):
                answer.set_exception(ErrorResponse(str(error.get("message"))))
            else:
                answer.set_result(message.get("result"))
        elif "id" in message:
            result = self._on_request(message["method"], message.get("params"))
            self._write({"id": message["id"], "result": result})
        else:
            self._on_notification(message["method"], message.get("params"))


def _without_none(message: Mapping[str, Any]) -> dict[str, Any]:
    """A request without parameters leaves `params` out; a result may be null."""
    return {key: value for key, value in message.items() if value is not None or key == "result"}
