"""Which files of a folder may be learnt from, nearest to its root first, and their text.

Knows what is never opened, whatever the ignore files say: hidden and secret files, folders of installed or generated
code, lock files. Knows no index and no open document.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from fnmatch import translate
from pathlib import Path

from hf_inference.engines.embedded.ignore_rules import IgnoreRule, is_ignored, read_rules, rules_above

MOST_BYTES = 262_144
"""The largest file to learn from; what is larger was rarely written by hand."""


def walk(folder: Path, roots: Sequence[Path]) -> Iterator[Path]:
    """The files below `folder` that may be learnt from, without reading one: outer directories before inner ones,
    names in order. `folder` must be one of `roots`, or below one and allowed there. Links are not followed."""
    root = root_of(folder, roots)
    if root is None:
        return
    waiting = deque([(folder, _rules_for(folder, root))])
    seen = 0
    while waiting:
        directory, outer = waiting.popleft()
        rules = (*outer, *read_rules(directory))
        for entry in _entries(directory):
            seen += 1
            if seen > _MOST_ENTRIES:
                return
            path = directory / entry.name
            is_directory = entry.is_dir(follow_symlinks=False)
            if not _may_pass(path, rules, is_directory=is_directory) or _leads_away(entry):
                continue
            if is_directory:
                waiting.append((path, rules))
            elif entry.is_file(follow_symlinks=False):
                yield path


def is_allowed(path: Path, roots: Sequence[Path], *, is_directory: bool = False) -> bool:
    """Whether a walk of the roots would come to `path`, were it there."""
    root = root_of(path, roots)
    if root is None or path == root:
        return is_directory and root is not None
    rules = _rules_for(root, root)
    directory = root
    for part in path.relative_to(root).parts:
        rules = (*rules, *read_rules(directory))
        directory = directory / part
        if directory.is_symlink() or not _may_pass(directory, rules, is_directory=is_directory or directory != path):
            return False
    return True


def root_of(path: Path, roots: Sequence[Path]) -> Path | None:
    """The innermost of `roots` that holds `path`."""
    return max((root for root in roots if path.is_relative_to(root)), key=lambda r: len(r.parts), default=None)


def read_text(path: Path) -> str | None:
    """The text of a file; None if it is large, no UTF-8, no text, minified, a private key, or gone."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        content = path.read_bytes()
    except OSError:
        # Removed or closed to us since its directory was read: there is nothing to learn from it.
        return None
    if b"\0" in content or b"PRIVATE KEY-----" in content:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    lines = text.split("\n")
    if max(map(len, lines)) > _LONGEST_LINE or len(text) > _LONGEST_MEAN_LINE * len(lines):
        return None
    return text


def _rules_for(folder: Path, root: Path) -> tuple[IgnoreRule, ...]:
    """The rules that directories above `folder` have for it."""
    rules = rules_above(root)
    for parent in reversed(folder.parents):
        if parent.is_relative_to(root):
            rules = (*rules, *read_rules(parent))
    return rules


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        # Not ours to read, or gone meanwhile.
        return []


def _may_pass(path: Path, rules: Sequence[IgnoreRule], *, is_directory: bool) -> bool:
    name = path.name.lower()
    if name.startswith(".") or _SECRET.fullmatch(name):
        return False
    if name in _FOREIGN_DIRECTORIES if is_directory else _NOT_WRITTEN_BY_HAND.fullmatch(name):
        return False
    return not is_ignored(path, rules, is_directory=is_directory)


def _leads_away(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a link. What a link within the folder points to is met at its own place anyway."""
    if entry.is_symlink():
        return True
    # Windows has junctions besides, which are no symbolic links to Python 3.11.
    return getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == _JUNCTION


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)))


_MOST_ENTRIES = 100_000
_LONGEST_LINE = 4_000
_LONGEST_MEAN_LINE = 400
_JUNCTION = 0xA0000003
_SECRET = _any_of(
    "*secret*",
    "*credential*",
    "passwords*",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.p8",
    "*.ppk",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "*.asc",
    "*.gpg",
    "*.env",
    "*.env.*",
    "*.tfvars",
    "*.tfstate",
    "*.ovpn",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    "_netrc",
)
_FOREIGN_DIRECTORIES = frozenset(
    {
        "node_modules",
        "bower_components",
        "site-packages",
        "vendor",
        "third_party",
        "venv",
        "env",
        "__pycache__",
        "build",
        "dist",
        "out",
        "target",
        "coverage",
        "htmlcov",
    }
)
_NOT_WRITTEN_BY_HAND = _any_of(
    "*.lock",
    "*.lockb",
    "*-lock.json",
    "*-lock.yaml",
    "*.lock.json",
    "npm-shrinkwrap.json",
    "go.sum",
    "*.min.*",
    "*.map",
    "*.svg",
    "*.csv",
    "*.tsv",
    "*.jsonl",
    "*.ipynb",
    "*.log",
    "*.po",
    "*.pot",
)
