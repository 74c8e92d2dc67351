"""Exchanges with a backend as lines of JSON: written while they happen, read to be answered from again.

Knows the file, what of an exchange may be kept, and how it is masked. Knows no HTTP library: `replay.py` plugs this
into httpx. Credentials are never written: of the headers only known harmless ones are, and what looks like a secret,
or was one in a header, is masked in bodies and URLs with a mask of its own length, so that a stream's cuts still fit.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hf_inference.core.errors import InputError

_log = logging.getLogger(__name__)

SUFFIX = ".jsonl"
COMPLETE = "complete"
CLOSED = "closed"
"""How the reply ended: whole, or given up by the caller. Anything else is the name of a transport's error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One exchange, masked. `chunks` are (seconds since the request, bytes) of each piece of the reply's body."""

    method: str
    url: str
    body: bytes | None = field(repr=False)
    """None where it was sent piece by piece and not kept."""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    """0: there was no reply."""
    reply_headers: Mapping[str, str] = field(default_factory=dict)
    reply: bytes = field(default=b"", repr=False)
    chunks: tuple[tuple[float, int], ...] = ()
    ended: str = COMPLETE
    reason: str = ""
    """The sentence of the error it ended with."""

    def to_json(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "url": self.url,
            "headers": dict(self.headers),
            "body": None if self.body is None else _writable(self.body),
            "status": self.status,
            "reply_headers": dict(self.reply_headers),
            "reply": _writable(self.reply),
            "chunks": [[round(seconds, 4), size] for seconds, size in self.chunks],
            "ended": self.ended,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Recorded:
        """The exchange of a line; `KeyError`, `TypeError` or `ValueError` for what is none."""
        return cls(
            method=str(value["method"]),
            url=str(value["url"]),
            body=None if value["body"] is None else _readable(value["body"]),
            headers=dict(value["headers"]),
            status=int(value["status"]),
            reply_headers=dict(value["reply_headers"]),
            reply=_readable(value["reply"]),
            chunks=tuple((float(seconds), int(size)) for seconds, size in value["chunks"]),
            ended=str(value["ended"]),
            reason=str(value["reason"]),
        )


class Tape:
    """A new file in a folder, to which exchanges are appended as they end. Thread-safe."""

    def __init__(self, folder: Path, known_secrets: Callable[[], Iterable[str]] | None = None) -> None:
        self.mask = Mask(known_secrets)
        self._folder = folder
        self._path: Path | None = None
        self._lock = threading.Lock()
        self._failed = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"Nothing can be recorded in {folder}: {error.strerror or error}") from error

    def append(self, exchange: Recorded) -> None:
        """Write one exchange. A disk that fails is told of once in the log; the call it belongs to goes on."""
        line = json.dumps({"at": datetime.now(UTC).isoformat(), **exchange.to_json()}, ensure_ascii=False) + "\n"
        with self._lock:
            try:
                self._write(line.encode("utf-8", "surrogatepass"))
            except OSError as error:
                if not self._failed:
                    _log.warning("the recording in %s has gaps: %s", self._folder, error.strerror or error)
                self._failed = True

    def _write(self, line: bytes) -> None:
        if self._path is None:
            self._path = self._folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}{SUFFIX}"
        # only for the person whose texts these are
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        with open(descriptor, "ab") as file:
            file.write(line)


def read(place: Path) -> list[Recorded]:
    """The exchanges of a recording, or of all recordings in a folder in the order of their names; `InputError` that
    says what is wrong."""
    try:
        files = sorted(place.glob("*" + SUFFIX)) if place.is_dir() else [place]
        lines = [(file.name, number, line) for file in files for number, line in enumerate(_lines(file), 1) if line]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The recording {place} cannot be read: {getattr(error, 'strerror', '') or error}") from error
    if not lines:
        raise InputError(f"There is no recording in {place}: it has no {SUFFIX} file with exchanges")
    exchanges = []
    for name, number, line in lines:
        try:
            exchanges.append(Recorded.from_json(json.loads(line)))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{name} line {number} is no recorded exchange: {type(error).__name__}") from error
    return exchanges


class Mask:
    """What may not be written, replaced by as many asterisks as it has bytes."""

    def __init__(self, known: Callable[[], Iterable[str]] | None = None) -> None:
        self._known = known

    def secrets(self, headers: Iterable[tuple[str, str]]) -> tuple[bytes, ...]:
        """What must not be found in a body: the words of every header that is not known to be harmless, and what the
        program knows for secret."""
        words = (word for name, value in headers if name.lower() not in HARMLESS for word in value.split())
        known = self._known() if self._known is not None else ()
        found = {word for word in (*words, *known) if len(word) >= SHORTEST_SECRET}
        return tuple(word.encode("utf-8", "surrogatepass") for word in sorted(found, key=len, reverse=True))

    def body(self, body: bytes, secret: Iterable[bytes]) -> bytes:
        """A body without secrets, as long as before."""
        for word in secret:
            body = body.replace(word, b"*" * len(word))
        return _SHAPE.sub(lambda found: b"*" * len(found[0]), body)

    def url(self, url: str, secret: Iterable[bytes]) -> str:
        """A URL without user, password, secret words and the values of secret parameters."""
        url = _PARAMETER.sub(r"\1***", _USER.sub("://", url))
        return self.body(url.encode("utf-8", "surrogatepass"), secret).decode("utf-8", "surrogatepass")

    def headers(self, headers: Iterable[tuple[str, str]], secret: Iterable[bytes]) -> dict[str, str]:
        """The harmless headers, their values without secrets."""
        kept = ((name.lower(), value) for name, value in headers if name.lower() in KEPT)
        return {name: self.url(value, secret) for name, value in kept}


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split("\n")


def _writable(body: bytes) -> Any:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode()}


def _readable(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else b64decode(value["base64"], validate=True)


SHORTEST_SECRET = 8

KEPT = frozenset(
    {
        "accept",
        "content-type",
        "date",
        "location",
        "retry-after",
        "x-compute-characters",
        "x-compute-time",
        "x-compute-type",
        "x-generated-tokens",
        "x-inference-time",
        "x-method",
        "x-note",
        "x-request-id",
        "x-total-time",
        "x-use-cache",
        "x-wait-for-model",
    }
)
"""Headers that are written."""

HARMLESS = KEPT | {"accept-encoding", "connection", "content-length", "host", "transfer-encoding", "user-agent"}
"""Headers that hold no secret."""

_SHAPE = re.compile(
    rb"\b(?:hf_|api_org_|sk-|gh[pousr]_|xox[a-z]-|AKIA)[A-Za-z0-9_-]{8,}|(?<=Bearer )[A-Za-z0-9._~+/=-]{8,}"
)
"""What looks like a token, whoever's it is."""

_USER = re.compile(r"://[^/?#@]*@")
_PARAMETER = re.compile(r"([?&][\w.-]*(?:token|key|secret|password|signature|credential)[\w.-]*=)[^&#]*", re.IGNORECASE)
