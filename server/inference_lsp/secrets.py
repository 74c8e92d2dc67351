"""Credentials: where they come from, which origins may see them, and how they are kept out of logs.

Knows the environment and origins; where Hugging Face's token is kept and who may see it is the client's to say. Knows
no setting: a token is never one.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from hf_inference import is_hugging_face, saved_token

REDACTED = "<redacted>"


class Credentials:
    """The credential of an origin, read when asked for, so that a token set later is found."""

    def __init__(self, environment: Mapping[str, str] = os.environ, home: Path | None = None) -> None:
        self._environment = environment
        self._home = home
        self._given: dict[str, str] = {}

    def give(self, origin: str, credential: str) -> bool:
        """The editor's secret store has this credential for an origin; "" takes it away. Whether that is news."""
        before, self._given[origin] = self._given.get(origin, ""), credential
        return before != credential

    def for_url(self, url: str) -> str:
        """The credential that may be sent to this URL, "" if none may: the one that was given for its very origin,
        else, for Hugging Face's own hosts, the token of this machine."""
        if given := self._given.get(origin_of(url)):
            return given
        return self._hugging_face() if is_hugging_face(url) else ""

    def source(self) -> str:
        """Where the Hugging Face token was found: the name of a variable or the path of a file, "" if nowhere."""
        return saved_token(self._environment, self._home).source

    def known(self) -> tuple[str, ...]:
        """Every secret this process may hold, for redaction."""
        named = (value for name, value in self._environment.items() if _SECRET_NAME.search(name) and len(value) >= 8)
        return tuple({*named, *filter(None, [self._hugging_face(), *self._given.values()])})

    def _hugging_face(self) -> str:
        return saved_token(self._environment, self._home).token


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, as browsers write an origin; "" for what is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")


class RedactingFilter(logging.Filter):
    """Masks in every record what is a known secret or looks like one, traceback included."""

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        self._credentials = credentials

    def filter(self, record: logging.LogRecord) -> bool:
        message, secrets = _message(record), self._credentials.known()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text, secrets)
        if record.stack_info:
            record.stack_info = redact(record.stack_info, secrets)
        record.msg, record.args = redact(message, secrets), None
        return True


def redact(text: str, secrets: tuple[str, ...] = ()) -> str:
    """The text without these secrets, anything of a token's shape, and the credentials in URLs."""
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return _IN_URL.sub(REDACTED, _TOKEN_SHAPE.sub(REDACTED, text))


def _message(record: logging.LogRecord) -> str:
    """The record's sentence. Arguments that do not fit it, or that cannot be shown, are left out: what `logging` would
    print of them instead goes past every filter."""
    try:
        return record.getMessage()
    except Exception as error:  # noqa: BLE001 (an argument's own __str__ may raise anything)
        return f"{record.msg} (its arguments cannot be shown: {type(error).__name__})"


_PORTS = {"http": 80, "https": 443}

_SECRET_NAME = re.compile(r"TOKEN|API_?KEY|SECRET|PASSWORD", re.IGNORECASE)

_TOKEN_SHAPE = re.compile(r"\b(?:hf_|api_org_|sk-|gh[pousr]_)[A-Za-z0-9_-]{8,}|(?<=Bearer )[^\s'\"]+")

_IN_URL = re.compile(
    r"(?<=://)[^/?#\s'\"@]+(?=@)"
    r"|(?<=[?&])((?:[\w-]*[_-])?(?:token|key|secret|password)=)[^&#\s'\"]+",
    re.IGNORECASE,
)
