"""The two threads that stand between the event loop and an editor's pipes or socket.

Knows how to take over a process's standard streams, and loopback TCP for editors that want it.
Refuses to know messages. An editor that stops reading fills a queue here; it never stops the loop.
"""

from __future__ import annotations

import io
import ipaddress
import logging
import os
import queue
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, cast

from inference_lsp.lsp.frames import FrameParser
from inference_lsp.lsp.inbox import Inbox

_log = logging.getLogger(__name__)


def start_reader(stream: BinaryIO, inbox: Inbox) -> None:
    """Reads `stream` to its end into `inbox`, in a thread that never keeps the process alive."""
    threading.Thread(target=_read, args=(stream, inbox), name="lsp-reader", daemon=True).start()


class WriterThread:
    """Writes what it is given, in order, from any thread, without the caller ever waiting."""

    def __init__(self, stream: BinaryIO, *, broken: Callable[[], None]) -> None:
        """`broken` is called once, in this thread, if the editor no longer takes what is written."""
        self._stream = stream
        self._broken = broken
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="lsp-writer", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Queues one whole frame; after `close` it is dropped."""
        if not self._closed:
            self._queue.put(data)

    def close(self, timeout: float) -> bool:
        """Waits at most `timeout` seconds until everything is written; whether it was."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        broken = False
        more = True
        while more:
            data, more = self._gather()
            if broken:
                continue  # keeps emptying the queue
            try:
                _write_all(self._stream, data)
            except (OSError, ValueError) as error:  # ValueError: the stream was closed
                broken = True
                _log.warning("the editor stopped listening: %s", type(error).__name__)
                self._broken()

    def _gather(self) -> tuple[bytes, bool]:
        """Everything that waits, up to a limit, as one piece; and whether there may be more."""
        first = self._queue.get()
        if first is None:
            return b"", False
        pieces, size = [first], len(first)
        while size < _MOST_AT_ONCE:
            try:
                piece = self._queue.get_nowait()
            except queue.Empty:
                break
            if piece is None:
                return b"".join(pieces), False
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces), True


def take_stdio() -> tuple[BinaryIO, BinaryIO]:
    """This process's standard input and output, for the protocol alone and for good.

    What anybody prints from now on goes to standard error, child processes included, and nobody else can read
    from standard input: one stray line in either would break the session.
    """
    if sys.stdout is not None:
        sys.stdout.flush()
    stdin, stdout = io.FileIO(os.dup(0), "rb"), io.FileIO(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # started without a standard error
        os.dup2(nothing, 1)
    os.close(nothing)
    sys.stdout = sys.stderr
    return cast(BinaryIO, stdin), cast(BinaryIO, stdout)


def accept_one(host: str, port: int) -> socket.socket:
    """Waits for one editor on a loopback address; port 0 takes a free one, which standard error is told.

    Raises `ValueError` for any other address: whoever can connect can read what the editor has open.
    """
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    if not ipaddress.ip_address(address[0]).is_loopback:
        raise ValueError(
            f"will not listen on {host}: the protocol has no passwords, so only this machine may connect; "
            "use 127.0.0.1, or stdio"
        )
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.bind(address)
        listener.listen(1)
        listener.settimeout(_ACCEPT_TURN)
        bound = listener.getsockname()
        sys.stderr.write(f"listening on {bound[0]}:{bound[1]}\n")
        sys.stderr.flush()
        while True:
            # In turns, since Windows does not interrupt a waiting accept on Ctrl-C.
            with suppress(TimeoutError):
                connection, _ = listener.accept()
                break
    connection.settimeout(None)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _read(stream: BinaryIO, inbox: Inbox) -> None:
    parser = FrameParser()
    skipped = 0
    # `read1` gives what is there; on unbuffered streams `read` does, and there is no `read1`.
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    try:
        while chunk := read(_READ_SIZE):
            if bodies := parser.feed(chunk):
                inbox.put(bodies)
            if parser.skipped != skipped:
                _log.warning("skipped %d bytes that belong to no message", parser.skipped - skipped)
                skipped = parser.skipped
    except (OSError, ValueError) as error:  # the editor is gone; ValueError: the stream was closed
        _log.warning("the editor's stream ended early: %s", type(error).__name__)
    finally:
        inbox.end()


def _write_all(stream: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:  # an unbuffered stream may take less than it is given
        rest = rest[stream.write(rest) or 0 :]
    stream.flush()


_READ_SIZE = 64 * 1024
_MOST_AT_ONCE = 256 * 1024
_ACCEPT_TURN = 0.5
