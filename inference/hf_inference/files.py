"""Reading the files that a call names: on disk, or open already.

Knows paths and file objects. Knows no call and no wire: it makes the `Body` that a request is then made of.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from hf_inference.core.binary import PIECE, Binary, BinaryInput, Body, Readable, held
from hf_inference.core.errors import InputError
from hf_inference.core.media_types import HEAD, of_name, sniff


def load(source: BinaryInput) -> Body:
    """The body of a call's binary input. Blocking. Of a file only the beginning is read now, the rest when it is
    sent; what cannot be read twice is read whole. `InputError` if it cannot be read."""
    body = held(source)
    if body is not None:
        return body
    try:
        return _path(source) if isinstance(source, os.PathLike) else _file(cast(Readable, source))
    except (OSError, ValueError) as error:
        raise InputError(f"{_name(source)} cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class FileBody(Body):
    """A file on disk, opened anew for each try."""

    path: str
    length: int
    media_type: str = ""

    @property
    def size(self) -> int:
        return self.length

    @property
    def in_memory(self) -> bool:
        return False

    def chunks(self) -> Iterator[bytes]:
        try:
            with open(self.path, "rb") as file:
                yield from _pieces(file, self.length, self.path)
        except OSError as error:
            raise InputError(f"{self.path} cannot be read any more: {error}") from error


@dataclass(frozen=True, slots=True)
class OpenFileBody(Body):
    """An open file from the place where it stood; each try begins and ends there, so that a file serves many calls,
    one at a time. It stays its owner's to close."""

    file: Any
    start: int
    length: int
    media_type: str = ""

    @property
    def size(self) -> int:
        return self.length

    @property
    def in_memory(self) -> bool:
        return False

    def chunks(self) -> Iterator[bytes]:
        try:
            self.file.seek(self.start)
            try:
                yield from _pieces(self.file, self.length, _name(self.file))
            finally:
                self.file.seek(self.start)
        except (OSError, ValueError) as error:
            raise InputError(f"{_name(self.file)} cannot be read any more: {error}") from error


def _path(path: os.PathLike[str]) -> Body:
    name = os.fspath(path)
    with open(name, "rb") as file:
        head = file.read(HEAD)
        length = os.fstat(file.fileno()).st_size
        if length == 0 and head:  # a pipe or a device: it has no length and gives its bytes once
            return _binary(head + file.read(), of_name(name))
    return FileBody(name, length, sniff(head) or of_name(name))


def _file(file: Readable) -> Body:
    said = getattr(file, "media_type", None) or getattr(file, "content_type", None)
    media_type = said if isinstance(said, str) else ""
    guess = of_name(_name(file))
    seekable = getattr(file, "seekable", None)
    if not callable(seekable) or not seekable():
        return _binary(_bytes(file.read(), file), guess, media_type)
    opened: Any = file
    start = opened.tell()
    head = _bytes(opened.read(HEAD), file)
    length = opened.seek(0, io.SEEK_END) - start
    opened.seek(start)
    return OpenFileBody(file, start, length, media_type or sniff(head) or guess)


def _binary(data: bytes, guess: str, said: str = "") -> Binary:
    return Binary(data, said or sniff(data[:HEAD]) or guess)


def _bytes(data: Any, file: Any) -> bytes:
    if not isinstance(data, bytes | bytearray | memoryview):
        raise InputError(f"{_name(file)} gives {type(data).__name__}, not bytes: open it in binary mode")
    return bytes(data)


def _pieces(file: Any, length: int, name: str) -> Iterator[bytes]:
    """Exactly `length` bytes: the request's head has promised them."""
    left = length
    while left:
        piece = file.read(min(PIECE, left))
        if not piece:
            raise InputError(f"{name} has become shorter while it was sent")
        left -= len(piece)
        yield piece


def _name(source: Any) -> str:
    if isinstance(source, os.PathLike):
        return str(os.fspath(source))
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else f"the given {type(source).__name__}"
