"""Binary values: what an image or a sound is in a call, in an output, and in a request's body.

Knows bytes, media types and base64. Opens nothing but what `Binary.save` is told to write: a path or a file in a call
becomes a `Body` by the effect `Load` (see `core/flow.py`), and the shell that sends a body reads it piece by piece,
anew for each try.
"""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from hf_inference.core.errors import InputError
from hf_inference.core.media_types import HEAD, ending_of, sniff

if TYPE_CHECKING:
    from pathlib import Path

PIECE = 3 * 128 * 1024
"""Bytes read at a time: a multiple of three, so that base64 pieces join without padding between them."""

UNKNOWN = "application/octet-stream"
"""The media type of bytes of an unknown kind."""


class Body(ABC):
    """Bytes to be sent. `size` is exact; `chunks` may be called again for another try."""

    __slots__ = ()

    media_type: str
    """For example `audio/flac`; "" where nobody knows."""

    @property
    @abstractmethod
    def size(self) -> int:
        """How many bytes `chunks` gives."""

    @property
    @abstractmethod
    def in_memory(self) -> bool:
        """False if `chunks` reads a file, which an event loop must leave to a thread."""

    @abstractmethod
    def chunks(self) -> Iterator[bytes]:
        """The bytes, from the first on."""


@dataclass(frozen=True, slots=True)
class Binary(Body):
    """Bytes with a media type: an output of the image and audio tasks, and accepted wherever a call takes binary."""

    data: bytes = field(repr=False)
    media_type: str = ""

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def in_memory(self) -> bool:
        return True

    def chunks(self) -> Iterator[bytes]:
        yield self.data

    def __bytes__(self) -> bytes:
        return self.data

    def __len__(self) -> int:
        return len(self.data)

    def data_url(self) -> str:
        """The bytes in a `data:` URL, with their media type."""
        return f"data:{self.media_type or UNKNOWN};base64,{base64.b64encode(self.data).decode()}"

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the bytes to a file and return its path. A name without an ending gets the media type's own."""
        from pathlib import Path

        target = Path(path)
        if not target.suffix:
            target = target.with_name(target.name + ending_of(self.media_type))
        target.write_bytes(self.data)
        return target


@runtime_checkable
class Readable(Protocol):
    """A file opened for reading bytes, or anything like one. A `media_type`, `content_type` or `name` it has is
    used; one that cannot `seek` is read into memory at once."""

    def read(self, size: int = -1, /) -> bytes: ...


BinaryInput: TypeAlias = bytes | bytearray | memoryview | PathLike[str] | Readable | Body
"""What a call takes for an image, a sound or a film. A `str` is none of them: for a file say `Path("…")`."""


@dataclass(frozen=True, slots=True)
class Base64(Body):
    """Another body in base64: standard alphabet, padded, on one line."""

    plain: Body
    media_type: str = ""

    @property
    def size(self) -> int:
        return (self.plain.size + 2) // 3 * 4

    @property
    def in_memory(self) -> bool:
        return self.plain.in_memory

    def chunks(self) -> Iterator[bytes]:
        rest = b""
        for chunk in self.plain.chunks():
            for start in range(0, len(chunk), PIECE):
                piece = rest + chunk[start : start + PIECE]
                whole = len(piece) - len(piece) % 3
                yield base64.b64encode(piece[:whole])
                rest = piece[whole:]
        if rest:
            yield base64.b64encode(rest)


@dataclass(frozen=True, slots=True)
class Joined(Body):
    """Several bodies and bytes, one after the other: JSON with base64 in it, or a multipart form."""

    parts: tuple[bytes | Body, ...]
    media_type: str = ""

    @property
    def size(self) -> int:
        return sum(len(part) if isinstance(part, bytes) else part.size for part in self.parts)

    @property
    def in_memory(self) -> bool:
        return all(isinstance(part, bytes) or part.in_memory for part in self.parts)

    def chunks(self) -> Iterator[bytes]:
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
            else:
                yield from part.chunks()


def as_text(value: Any) -> Body:
    """What stands for a binary value inside JSON: its base64, or itself if it is text already. Anything else is an
    `InputError`, since JSON has no place for it."""
    if isinstance(value, Base64 | Joined):
        return value
    body = held(value) if isinstance(value, Body | bytes | bytearray | memoryview) else None
    if body is None:
        raise InputError(f"{type(value).__name__} cannot be sent as JSON")
    return Base64(body)


def held(value: BinaryInput) -> Body | None:
    """The body of a value that is in memory already, None for one that has to be read first."""
    if isinstance(value, Body):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        data = bytes(value)
        return Binary(data, sniff(data[:HEAD]))
    if isinstance(value, PathLike) or hasattr(value, "read"):
        return None
    hint = "; for a file say pathlib.Path(…)" if isinstance(value, str) else ""
    raise InputError(f"expected bytes, a path or an open file, not {type(value).__name__}{hint}")
