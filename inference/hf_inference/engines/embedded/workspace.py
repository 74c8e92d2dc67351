"""The files the embedded engine may learn from: nearest first, ignore files honoured, secrets never read.

Knows the folders, the limit in bytes and the thread that keeps the index. Knows no completion, and which files are
allowed only by asking `workspace_files`.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from hf_inference.engines.embedded.workspace_files import is_allowed, read_text, root_of, walk
from hf_inference.engines.embedded.workspace_index import View, WorkspaceIndex


class Workspace:
    """Folders and an index of their files, of at most `limit_bytes` together (any character counts as one).

    Thread-safe; no thread runs before `start_indexing`.
    """

    def __init__(self, folders: Sequence[Path] = (), *, limit_bytes: int = 8_000_000) -> None:
        self.folders: tuple[Path, ...] = tuple(dict.fromkeys(Path(os.path.abspath(folder)) for folder in folders))
        self.index = WorkspaceIndex()
        self._limit = limit_bytes
        self._closed = threading.Event()
        self._changed = threading.Condition()
        self._wanted: deque[Callable[[], None]] = deque()
        self._visited: set[Path] = set()
        self._thread: threading.Thread | None = None
        self._busy = False
        self._full = False

    def start_indexing(self) -> None:
        """Index the folders in a daemon thread, a file at a time. Does nothing if that has begun, or after `close`."""
        with self._changed:
            if self._thread is not None or self._closed.is_set():
                return
            self._wanted.append(self._index_all)
            self._thread = threading.Thread(target=self._work, name="workspace-index", daemon=True)
            self._thread.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait, at most `timeout` seconds, until nothing is left to index. False if there is, or if it never began."""
        with self._changed:
            if self._thread is None:
                return False
            self._changed.wait_for(lambda: self._closed.is_set() or not (self._busy or self._wanted), timeout)
            return not (self._busy or self._wanted)

    def close(self) -> None:
        """Stop indexing; what is indexed stays usable."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def files(self) -> Iterator[Path]:
        """The files that are allowed, in the order of indexing; those that turn out not to be text included."""
        seen: set[Path] = set()
        for folder in self.folders:
            for path in walk(folder, self.folders):
                if path not in seen:
                    seen.add(path)
                    yield path

    def look(self, path: Path | None = None) -> View:
        """The index seen from `path`, without that file. In a workspace too large for the limit, a directory seen for
        the first time is indexed next, in place of what is far away."""
        if path is None:
            return self.index.look()
        path = Path(os.path.abspath(path))
        with self._changed:
            if self._full and path.parent not in self._visited and root_of(path, self.folders) is not None:
                self._visited.add(path.parent)
                self._wanted.append(partial(self._index_visited, path.parent))
                self._changed.notify_all()
        return self.index.look(path)

    def update(self, path: Path) -> None:
        """Read a file again that was written, made or removed."""
        path = Path(os.path.abspath(path))
        text = read_text(path) if is_allowed(path, self.folders) else None
        self.index.forget(path)
        if text is not None and self._make_room(len(text), path):
            self._learn(path, text)

    def forget(self, path: Path) -> None:
        """Drop a file from the index."""
        self.index.forget(Path(os.path.abspath(path)))

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job()

    def _next(self) -> Callable[[], None] | None:
        """What to do next; None after `close`."""
        with self._changed:
            # A job that `close` cut short stays undone, and `wait` says so.
            self._busy = self._busy and self._closed.is_set()
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed.is_set() or self._wanted)
            if self._closed.is_set():
                return None
            self._busy = True
            return self._wanted.popleft()

    def _index_all(self) -> None:
        for path in self.files():
            text = read_text(path)
            if text is not None:
                if self.index.size + len(text) > self._limit:
                    with self._changed:
                        self._full = True
                    return
                self._learn(path, text)
            if self._closed.wait(_PAUSE):
                return

    def _index_visited(self, directory: Path) -> None:
        """Index what is below `directory`, up to a share of the limit, in place of what is farthest away from it."""
        if not is_allowed(directory, self.folders, is_directory=True):
            return
        left = self._limit // _SHARE_OF_A_VISIT
        for path in walk(directory, self.folders):
            text = None if path in self.index else read_text(path)
            if text is not None:
                left -= len(text)
                if left < 0 or not self._make_room(len(text), path):
                    return
                self._learn(path, text)
            if self._closed.wait(_PAUSE):
                return

    def _make_room(self, size: int, path: Path) -> bool:
        """Drop far files until `size` more fit; whether they do."""
        if self.index.size + size <= self._limit:
            return True
        for other in self.index.farthest_first(path):
            self.index.forget(other)
            if self.index.size + size <= self._limit:
                return True
        return False

    def _learn(self, path: Path, text: str) -> None:
        root = root_of(path, self.folders)
        self.index.update(path, text, label=path.relative_to(root or path.parent).as_posix())


# Between two files the indexing thread sleeps, so that it never has the interpreter for itself for long.
_PAUSE = 0.0005
_SHARE_OF_A_VISIT = 4
