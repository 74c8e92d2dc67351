"""A handle that aborts calls: given to them as an option, pulled from anywhere.

Knows who listens. Knows nothing of how a call stops: each shell listens in its own way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Signal:
    """`Options(signal=signal)`, then `signal.abort()` from any thread: each call that was given the signal, waits
    between its tries included, ends at once with `CancelledCallError`; so does each that is given it later."""

    __slots__ = ("_aborted", "_listeners", "_lock")

    def __init__(self) -> None:
        self._aborted = False
        self._listeners: dict[object, Callable[[], object]] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Signal(aborted={self._aborted})"

    @property
    def aborted(self) -> bool:
        """Whether `abort` was called."""
        return self._aborted

    def abort(self) -> None:
        """Stop every call that has this signal. A second time does nothing."""
        with self._lock:
            self._aborted = True
            listeners, self._listeners = self._listeners, {}
        for listener in listeners.values():
            listener()

    def listen(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Have `listener` called once, in the thread that aborts, or now if that has happened. It must not block
        or raise. Returns what takes it off again."""
        ticket = object()
        with self._lock:
            late = self._aborted
            if not late:
                self._listeners[ticket] = listener
        if late:
            listener()

        def leave() -> None:
            with self._lock:
                self._listeners.pop(ticket, None)

        return leave
