"""Which documents are nobody's business: files of secrets, and what `.hfignore` names.

Knows names of files and folders that hold keys. Knows no editor and no text: it is never looked into a document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import translate
from pathlib import Path

import hf_inference


def is_private(path: str, folders: Sequence[Path]) -> bool:
    """Whether the file at `path` is kept from what nobody asked for. `folders` are the workspace's, in which
    `.hfignore` files are looked for. A document that is no file is not private."""
    if not path:
        return False
    file = Path(path)
    if _SECRET_FILES.fullmatch(file.name.lower()):
        return True
    if any(_SECRET_FOLDERS.fullmatch(part.lower()) for part in file.parts[:-1]):
        return True
    root = max((folder for folder in folders if file.is_relative_to(folder)), key=lambda f: len(f.parts), default=None)
    return hf_inference.targets.is_ignored(file, file.parent if root is None else root)


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)))


_SECRET_FILES = _any_of(
    ".env",
    ".env.*",
    ".env-*",
    "*.env",
    ".envrc",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".htpasswd",
    ".git-credentials",
    ".dockercfg",
    "*.pem",
    "*.key",
    "*.crt",
    "*.cer",
    "*.der",
    "*.csr",
    "*.p12",
    "*.pfx",
    "*.p7b",
    "*.p8",
    "*.ppk",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "*.asc",
    "*.gpg",
    "*.pgp",
    "*.ovpn",
    "*.tfvars",
    "*.tfstate",
    "*credential*",
    "*secret*",
    "passwords*",
    "kubeconfig",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
)
_SECRET_FOLDERS = _any_of(".ssh", ".aws", ".azure", ".gnupg", ".kube", ".password-store", "secrets")
