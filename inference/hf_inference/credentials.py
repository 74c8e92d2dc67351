"""The Hugging Face token of this machine, and which URLs may see it.

Knows the environment variables and the file where Hugging Face's tools keep it, and Hugging Face's hosts. Knows no
call, and no client asks it: whoever wants the machine's token sent says so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class SavedToken:
    """A token, and where it was found: the name of a variable or the path of a file. Both are "" if there is none."""

    token: str = field(default="", repr=False)
    source: str = ""


def saved_token(environment: Mapping[str, str] = os.environ, home: Path | None = None) -> SavedToken:
    """The token that is set or saved on this machine, read now. It may be sent where `is_hugging_face` says so, and
    nowhere else. `home` stands for the user's own folder."""
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        if token := environment.get(name, "").strip():
            return SavedToken(token, name)
    try:
        path = _token_file(environment, home)
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, RuntimeError):  # no file, no right to it, no home
        return SavedToken()
    return SavedToken(token, str(path)) if token else SavedToken()


def is_hugging_face(url: str) -> bool:
    """Whether a URL is one of Hugging Face's own hosts, over TLS and on its own port."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    # a host and nothing else: no user, and no character that two parsers might read in two ways
    host = parts.netloc.lower().removesuffix(":443")
    if parts.scheme != "https" or not _PLAIN_HOST.fullmatch(host):
        return False
    return any(host == own or host.endswith("." + own) for own in _HOSTS)


def _token_file(environment: Mapping[str, str], home: Path | None) -> Path:
    if path := environment.get("HF_TOKEN_PATH"):
        return Path(path)
    if folder := environment.get("HF_HOME"):
        return Path(folder) / "token"
    cache = environment.get("XDG_CACHE_HOME")
    base = Path(cache) if cache else (home or Path.home()) / ".cache"
    return base / "huggingface" / "token"


_HOSTS = ("huggingface.co", "endpoints.huggingface.cloud")

_PLAIN_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
