"""Both clients in the same words, so that one test of a wire is a test of each.

Knows how to drive the blocking client from threads. Knows no server and no task."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import httpx

from hf_inference import AsyncHfInference, HfInference, InferenceError


class Driven(ABC):
    """A client, sync or async: every method here is awaited."""

    client: Any

    @abstractmethod
    async def call(self, name: str, **arguments: Any) -> Any:
        """The output of a task."""

    @abstractmethod
    def stream(self, name: str = "text_generation_stream", **arguments: Any) -> DrivenStream:
        """The stream of a task."""

    @abstractmethod
    def endpoint(self, url: str) -> Driven:
        """The client of an endpoint, on the same connections."""

    async def refusal(self, name: str, **arguments: Any) -> InferenceError:
        """The error of a task that has to fail."""
        try:
            output = await self.call(name, **arguments)
        except InferenceError as error:
            return error
        raise AssertionError(f"no error but {output!r}")


class DrivenStream(ABC):
    """A stream, sync or async: every method here is awaited."""

    stream: Any

    @abstractmethod
    async def next(self) -> Any:
        """The next piece, or `StopAsyncIteration`."""

    @abstractmethod
    async def close(self) -> None: ...

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        return await self.next()

    async def pieces(self) -> tuple[list[Any], InferenceError | None]:
        """All pieces, and the error that ended the stream."""
        found: list[Any] = []
        try:
            async for piece in self:
                found.append(piece)
        except InferenceError as error:
            return found, error
        return found, None

    async def text(self) -> tuple[str, InferenceError | None]:
        """The text of all tokens, and the error that ended the stream."""
        found, error = await self.pieces()
        return "".join(piece.token.text for piece in found), error


class BlockingDriven(Driven):
    def __init__(self, client: HfInference) -> None:
        self.client = client

    async def call(self, name: str, **arguments: Any) -> Any:
        return await asyncio.to_thread(getattr(self.client, name), **arguments)

    def stream(self, name: str = "text_generation_stream", **arguments: Any) -> BlockingStream:
        return BlockingStream(getattr(self.client, name)(**arguments))

    def endpoint(self, url: str) -> BlockingDriven:
        return BlockingDriven(self.client.endpoint(url))


class BlockingStream(DrivenStream):
    def __init__(self, stream: Any) -> None:
        self.stream = stream

    async def next(self) -> Any:
        piece = await asyncio.to_thread(next, self.stream, _END)
        if piece is _END:
            raise StopAsyncIteration
        return piece

    async def close(self) -> None:
        await asyncio.to_thread(self.stream.close)


class AsyncDriven(Driven):
    def __init__(self, client: AsyncHfInference) -> None:
        self.client = client

    async def call(self, name: str, **arguments: Any) -> Any:
        return await getattr(self.client, name)(**arguments)

    def stream(self, name: str = "text_generation_stream", **arguments: Any) -> AsyncStream:
        return AsyncStream(getattr(self.client, name)(**arguments))

    def endpoint(self, url: str) -> AsyncDriven:
        return AsyncDriven(self.client.endpoint(url))


class AsyncStream(DrivenStream):
    def __init__(self, stream: Any) -> None:
        self.stream = stream

    async def next(self) -> Any:
        return await anext(self.stream)

    async def close(self) -> None:
        await self.stream.aclose()


class Shell(ABC):
    """One of the two worlds."""

    name: str

    @abstractmethod
    def open(self, *arguments: Any, **named: Any) -> Any:
        """`async with shell.open(token, target=…) as client`: a `Driven`."""

    @abstractmethod
    def http_client(self, **named: Any) -> Any:
        """An httpx client of this world; closed with `close_http`."""

    @abstractmethod
    async def close_http(self, client: Any) -> None: ...


class BlockingShell(Shell):
    name = "sync"

    @asynccontextmanager
    async def open(self, *arguments: Any, **named: Any) -> AsyncIterator[BlockingDriven]:
        with HfInference(*arguments, **named) as client:
            yield BlockingDriven(client)

    def http_client(self, **named: Any) -> httpx.Client:
        return httpx.Client(**named)

    async def close_http(self, client: Any) -> None:
        client.close()


class AsyncShell(Shell):
    name = "async"

    @asynccontextmanager
    async def open(self, *arguments: Any, **named: Any) -> AsyncIterator[AsyncDriven]:
        async with AsyncHfInference(*arguments, **named) as client:
            yield AsyncDriven(client)

    def http_client(self, **named: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(**named)

    async def close_http(self, client: Any) -> None:
        await client.aclose()


SHELLS = (BlockingShell(), AsyncShell())

_END = object()
