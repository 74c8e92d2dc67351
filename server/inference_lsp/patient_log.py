"""The log on standard error, written by a thread of its own.

Knows that an editor may never read what a server writes there: a full pipe would stop whoever writes to it. Knows
nothing of what is logged. What does not fit into the queue is left out, and how much that was is said once there is
room.
"""

from __future__ import annotations

import logging
import queue
import threading
from typing import TextIO

MOST = 1_000
"""Lines that wait for a reader."""
LAST_WORDS = 1.0
"""Seconds that the end of the process waits for the lines that are left."""


class PatientHandler(logging.Handler):
    """Formats where it is called, and writes elsewhere: the caller never waits."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(MOST)
        self._left_out = 0
        self._thread = threading.Thread(target=self._write, name="log-writer", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self._left_out:
                self._lines.put_nowait(f"({self._left_out} lines were left out here: nobody read them)")
                self._left_out = 0
            self._lines.put_nowait(self.format(record))
        except queue.Full:
            self._left_out += 1

    def close(self) -> None:
        """Write what is left, for a moment."""
        try:
            self._lines.put_nowait(None)
        except queue.Full:  # nobody reads, so nobody waits for it
            super().close()
            return
        self._thread.join(LAST_WORDS)
        super().close()

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
            except (OSError, ValueError):  # nobody is there any more
                return
