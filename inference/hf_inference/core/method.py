"""How one line in `surface.py` becomes a typed method of both clients.

Knows calls and the two kinds of shell that answer them. Knows no task and no I/O. `name = method(lambda: Args)` reads
its signature off the dataclass, so mypy and pyright infer `client.name(inputs=…)` for the sync client (the output) and
for the async one (an awaitable of it), with no generated code and no twin.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

from hf_inference.core.call import Call, StreamCall
from hf_inference.core.flow import Answer, Opened

P = ParamSpec("P")
T = TypeVar("T")


class Stream(ABC, Iterator[T]):
    """Pieces of an answer as they come. Close it (or leave its `with` block) to stop the backend's work."""

    opened: Opened
    """Which model answers, and the reply's status and headers. Set once the first piece is asked for."""

    @abstractmethod
    def close(self) -> None:
        """Stop and let the connection go. From another thread too; the reader then sees `CancelledCallError`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncStream(ABC, AsyncIterator[T]):
    """Pieces of an answer as they come. Close it (or leave its `async with` block) to stop the backend's work."""

    opened: Opened
    """Which model answers, and the reply's status and headers. Set once the first piece is asked for."""

    @abstractmethod
    async def aclose(self) -> None:
        """Stop and let the connection go."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class Shell(ABC):
    """Answers calls in the calling thread."""

    @abstractmethod
    def answer(self, call: Call[T]) -> Answer[T]:
        """The output of a call together with who gave it (model, status, headers)."""

    @abstractmethod
    def stream(self, call: StreamCall[T]) -> Stream[T]:
        """The pieces of a streaming call. Nothing is sent until the first one is asked for."""

    def call(self, call: Call[T]) -> T:
        """The output of a call."""
        return self.answer(call).output


class AsyncShell(ABC):
    """Answers calls on the running event loop."""

    @abstractmethod
    async def answer(self, call: Call[T]) -> Answer[T]:
        """The output of a call together with who gave it (model, status, headers)."""

    @abstractmethod
    def stream(self, call: StreamCall[T]) -> AsyncStream[T]:
        """The pieces of a streaming call. Nothing is sent until the first one is asked for."""

    async def call(self, call: Call[T]) -> T:
        """The output of a call."""
        return (await self.answer(call)).output


class Method(Generic[P, T]):
    """A task as an attribute of both clients."""

    def __init__(self, args: Callable[[], Callable[P, Call[T]]]) -> None:
        self._args = args

    @property
    def args(self) -> Callable[P, Call[T]]:
        """The dataclass of the task's arguments; asking for it imports the task."""
        return self._args()

    @overload
    def __get__(self, shell: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, shell: Shell, owner: type[Any]) -> Callable[P, T]: ...
    @overload
    def __get__(self, shell: AsyncShell, owner: type[Any]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, shell: Shell | AsyncShell | None, owner: type[Any]) -> Any:
        if shell is None:
            return self

        def bound(*args: P.args, **kwargs: P.kwargs) -> Any:
            return shell.call(self.args(*args, **kwargs))

        return bound


class StreamMethod(Generic[P, T]):
    """A streaming task as an attribute of both clients."""

    def __init__(self, args: Callable[[], Callable[P, StreamCall[T]]]) -> None:
        self._args = args

    @property
    def args(self) -> Callable[P, StreamCall[T]]:
        """The dataclass of the task's arguments; asking for it imports the task."""
        return self._args()

    @overload
    def __get__(self, shell: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, shell: Shell, owner: type[Any]) -> Callable[P, Stream[T]]: ...
    @overload
    def __get__(self, shell: AsyncShell, owner: type[Any]) -> Callable[P, AsyncStream[T]]: ...
    def __get__(self, shell: Shell | AsyncShell | None, owner: type[Any]) -> Any:
        if shell is None:
            return self

        def bound(*args: P.args, **kwargs: P.kwargs) -> Any:
            return shell.stream(self.args(*args, **kwargs))

        return bound


def method(args: Callable[[], Callable[P, Call[T]]]) -> Method[P, T]:
    """The descriptor of a task. `args` gives the dataclass of its arguments when it is first used: thirty tasks are
    three hundred dataclasses and a tenth of a second to import, and a program needs few of them."""
    return Method(args)


def stream_method(args: Callable[[], Callable[P, StreamCall[T]]]) -> StreamMethod[P, T]:
    """The descriptor of a streaming task; `args` as in `method`."""
    return StreamMethod(args)
