"""The Hugging Face token of this machine, and which URLs may see it.

Knows the environment variables and the file where Hugging Face's tools keep it. Knows no call: whoever asks must name
the URL it would be sent to.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit


def token_for(url: str, environment: Mapping[str, str] = os.environ) -> str:
    """The token, if this URL is one of Hugging Face's own, else ""."""
    return saved_token(environment) if is_hugging_face(url) else ""


def saved_token(environment: Mapping[str, str]) -> str:
    """The token that is set or saved on this machine, "" if none is."""
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        if token := environment.get(name, "").strip():
            return token
    try:
        return _token_file(environment).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, RuntimeError):  # no file, no right to it, no home
        return ""


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


def _token_file(environment: Mapping[str, str]) -> Path:
    if path := environment.get("HF_TOKEN_PATH"):
        return Path(path)
    if home := environment.get("HF_HOME"):
        return Path(home) / "token"
    cache = environment.get("XDG_CACHE_HOME")
    base = Path(cache) if cache else Path.home() / ".cache"
    return base / "huggingface" / "token"


_HOSTS = ("huggingface.co", "endpoints.huggingface.cloud")

_PLAIN_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
