"""Reads gettext catalogs, text (`.po`) and compiled (`.mo`), and finds them under folders and on the machine.

Knows both file formats, plural forms, fuzzy and obsolete entries. Knows no matching: `translation.py` looks up.
Formats: https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html and …/MO-Files.html
"""

from __future__ import annotations

import gettext
import os
import re
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hf_inference.engines.embedded.language_codes import LanguageTag, read_tag


@dataclass(frozen=True, slots=True)
class Message:
    """One human pair: `source` (the msgid, nearly always English) and its `translation`."""

    source: str
    translation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFile:
    """A catalog that has been found and not yet read: `language` as its place or header names it."""

    path: Path
    language: LanguageTag
    size: int
    modified: int

    @property
    def name(self) -> str:
        """How to name it to people: the catalog's domain, with its language where the file is named by that."""
        if read_tag(self.path.stem) == self.language:
            return self.path.name
        return self.path.stem


def read_catalog(path: Path) -> list[Message]:
    """The messages of one catalog. Raises OSError if it cannot be read, ValueError if it is malformed."""
    content = path.read_bytes()
    return list(read_mo(content) if path.suffix == ".mo" else read_po(content))


def read_mo(content: bytes) -> Iterator[Message]:
    """Messages of a compiled catalog of either byte order; contexts are dropped, plurals become two messages."""
    order = {b"\xde\x12\x04\x95": "<", b"\x95\x04\x12\xde": ">"}.get(content[:4])
    if order is None or len(content) < 20:
        raise ValueError("not a compiled gettext catalog")
    _, count, sources, translations = struct.unpack_from(f"{order}4I", content, 4)
    charset, plural = "utf-8", _ENGLISH_FORMS
    for i in range(count):
        try:
            length, start = struct.unpack_from(f"{order}2I", content, sources + 8 * i)
            length2, start2 = struct.unpack_from(f"{order}2I", content, translations + 8 * i)
        except struct.error as error:
            raise ValueError("a compiled gettext catalog ends too early") from error
        raw = content[start : start + length]
        source, translation = (part.decode(charset, "replace") for part in (raw, content[start2 : start2 + length2]))
        if not raw:
            charset, plural = _header_facts(translation)
            continue
        _, _, source = source.rpartition("\x04")
        yield from _pairs(source.split("\0"), translation.split("\0"), plural)


def read_po(content: bytes) -> Iterator[Message]:
    """Messages of a catalog in text form; fuzzy, obsolete, empty and header entries are left out."""
    found = _CHARSET.search(content[:4000])
    text = content.decode(_known_charset(found[1].decode() if found else "utf-8"), "replace")
    plural = _ENGLISH_FORMS
    for entry in _po_entries(text.removeprefix("\ufeff")):
        sources = [entry.fields[key] for key in ("msgid", "msgid_plural") if key in entry.fields]
        forms = [value for key, value in entry.fields.items() if key.startswith("msgstr")]
        if sources and sources[0] == "":
            plural = _header_facts("".join(forms))[1]
        elif sources and not entry.fuzzy:
            yield from _pairs(sources, forms, plural)


class _Entry:
    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.fuzzy = False


def _po_entries(text: str) -> Iterator[_Entry]:
    """Entries in order; an entry ends where the next one's first line begins, blank line or not."""
    entry, key = _Entry(), ""
    for line in text.splitlines():
        bare = line.strip()
        starts = bare.startswith("#") or _KEYWORD.match(bare)
        begins_next = bare.startswith(("#", "msgctxt", "msgid ", "msgid\t", 'msgid"'))
        if starts and begins_next and any(name.startswith("msgstr") for name in entry.fields):
            yield entry
            entry, key = _Entry(), ""
        if bare.startswith("#"):
            entry.fuzzy = entry.fuzzy or (bare.startswith("#,") and "fuzzy" in bare)
        elif keyword := _KEYWORD.match(bare):
            key = keyword[1]
            entry.fields[key] = _unquoted(bare[keyword.end() :])
        elif bare.startswith('"') and key:
            entry.fields[key] += _unquoted(bare)
    if entry.fields:
        yield entry


def _unquoted(quoted: str) -> str:
    inner = quoted.strip().removeprefix('"').removesuffix('"')
    return _ESCAPE.sub(_unescaped, inner) if "\\" in inner else inner


def _unescaped(match: re.Match[str]) -> str:
    escaped = match[1]
    if escaped[0] == "x":
        return chr(int(escaped[1:], 16))
    if escaped[0] in "01234567":
        return chr(int(escaped, 8))
    return _ESCAPES.get(escaped, escaped)


def _pairs(sources: Sequence[str], forms: Sequence[str], plural: tuple[int, int]) -> Iterator[Message]:
    """The singular with the form for one, the plural with the form for five, the commonest "many"."""
    for source, form in zip(sources, plural, strict=False):
        index = 0 if len(sources) == 1 else min(form, len(forms) - 1)
        if source and forms and forms[index]:
            yield Message(source, forms[index])


def _header_facts(header: str) -> tuple[str, tuple[int, int]]:
    """The charset, and which plural forms speak of one and of five."""
    charset = re.search(r"charset=([\w-]+)", header)
    plural = re.search(r"plural\s*=\s*([^;\n]+)", header)
    forms = _ENGLISH_FORMS
    if plural:
        try:
            form_of = gettext.c2py(plural[1].strip())
            forms = (int(form_of(1)), int(form_of(5)))
        except (ValueError, ArithmeticError):
            forms = _ENGLISH_FORMS  # a header that is wrong about plurals still heads good messages
    return _known_charset(charset[1] if charset else "utf-8"), forms


def _known_charset(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        return "utf-8"
    return name


# --- finding ---------------------------------------------------------------------------------------------------


def workspace_catalogs(folders: Sequence[Path]) -> list[CatalogFile]:
    """Every catalog under `folders`, near ones first; the walk stops after `_MOST_ENTRIES` directory entries."""
    found: list[CatalogFile] = []
    entries = 0
    waiting = list(folders)
    while waiting and entries < _MOST_ENTRIES:
        following: list[Path] = []
        for folder in waiting:
            for item in _listed(folder):
                entries += 1
                if item.is_dir(follow_symlinks=False):
                    if not item.name.startswith(".") and item.name not in _SKIPPED:
                        following.append(Path(item.path))
                elif item.name.endswith((".po", ".mo")) and (catalog := _catalog(Path(item.path))):
                    found.append(catalog)
            if entries >= _MOST_ENTRIES:
                break
        waiting = following
    written = {catalog.path for catalog in found if catalog.path.suffix == ".po"}
    # A compiled catalog beside its source says the same, only later.
    return [c for c in found if c.path.suffix == ".po" or c.path.with_suffix(".po") not in written]


def machine_roots() -> tuple[Path, ...]:
    """Where programs of this machine keep their catalogs, as `LANG/LC_MESSAGES/*.mo` below each."""
    roots = [Path(sys.prefix) / "share" / "locale", Path(sys.base_prefix) / "share" / "locale"]
    if sys.platform != "win32":
        roots += [Path("/usr/share/locale"), Path("/usr/share/locale-langpack")]
        roots += [Path("/usr/local/share/locale"), Path("/opt/homebrew/share/locale")]
    return tuple(dict.fromkeys(roots))


def machine_catalogs(language: str, roots: Sequence[Path]) -> list[CatalogFile]:
    """The compiled catalogs of `language` (any region) under `roots`; lists of names (ISO codes) come last."""
    found: list[CatalogFile] = []
    for root in roots:
        for folder in _listed(root):
            tag = read_tag(folder.name)
            if tag and tag.language == language:
                for item in _listed(Path(folder.path) / "LC_MESSAGES"):
                    if item.name.endswith(".mo") and (catalog := _catalog(Path(item.path))):
                        found.append(catalog)
    unique = {(c.size, c.path.resolve()): c for c in found}
    return sorted(unique.values(), key=lambda c: (c.path.name.startswith("iso_"), c.size, str(c.path)))


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []  # gone, not a folder, or not ours to read: nothing to find there


def _catalog(path: Path) -> CatalogFile | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    tag = _language_of(path)
    if tag is None or facts.st_size > _LARGEST:
        return None
    return CatalogFile(path=path, language=tag, size=facts.st_size, modified=facts.st_mtime_ns)


def _language_of(path: Path) -> LanguageTag | None:
    """By place (`es/LC_MESSAGES/x.po`), by name (`es.po`, `app-es.po`), else by its header."""
    if path.parent.name in ("LC_MESSAGES", "LC_TIME") and (tag := read_tag(path.parent.parent.name)):
        return tag
    for name in (path.stem, re.split(r"[-.]", path.stem)[-1]):
        if tag := read_tag(name):
            return tag
    if path.suffix == ".po":
        try:
            with path.open("rb") as file:
                header = file.read(4000).decode("utf-8", "replace")
        except OSError:
            return None
        if named := re.search(r'"Language:\s*([\w@.-]+)', header):
            return read_tag(named[1])
    return None


_ENGLISH_FORMS = (0, 1)
_MOST_ENTRIES = 20_000
_LARGEST = 8_000_000
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "target", "venv"})
_CHARSET = re.compile(rb"charset=([\w-]+)")
_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)(?=[\s\"])")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", '"': '"', "\\": "\\"}
