"""Translates by looking up what people translated before: the gettext catalogs of the workspace, then the machine's.

Knows how to match a text with a message that differs by a mnemonic, a trailing colon or a letter, and how to cut a
text into segments. Knows no grammar: what nobody has translated yet it refuses, and it never gives half a text.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hf_inference.engines.embedded.catalogs import (
    CatalogFile,
    machine_catalogs,
    machine_roots,
    read_catalog,
    workspace_catalogs,
)
from hf_inference.engines.embedded.language_codes import LanguageTag
from hf_inference.engines.embedded.memory_index import Match, MemoryIndex
from hf_inference.engines.embedded.prose import split_sentences
from hf_inference.engines.engine import Refusal


@dataclass(frozen=True, slots=True)
class Translation:
    """`text` in the target language; `note` says what it rests on ("memory match 91 %, catalog git")."""

    text: str
    note: str


class TranslationMemory:
    """Looks texts up in catalogs, loaded at the first question for a language. Thread-safe.

    Loading stops after `limit_bytes` of catalogs and `limit_seconds`. A workspace catalog that changes on disk is
    read again; one that is added beside the known ones is seen by the next engine.
    """

    def __init__(
        self,
        folders: Sequence[Path] = (),
        *,
        roots: Sequence[Path] | None = None,
        limit_bytes: int = 48_000_000,
        limit_seconds: float = 4.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folders = tuple(folders)
        self._roots = roots
        self._limit_bytes = limit_bytes
        self._limit_seconds = limit_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._found: list[CatalogFile] | None = None
        self._machine: dict[tuple[LanguageTag, bool], MemoryIndex] = {}
        self._workspace: dict[tuple[LanguageTag, bool], tuple[tuple[CatalogFile, ...], MemoryIndex]] = {}

    def translate(self, text: str, target: LanguageTag, source: LanguageTag | None) -> Translation:
        """`text` in `target`; `source` None means English, which catalogs translate from.

        Raises `Refusal` 422 unless every segment of `text` is in the memory.
        """
        backwards = target.language == "en"
        foreign = source if backwards else target
        if foreign is None or foreign.language == "en" or (not backwards and source and source.language != "en"):
            raise Refusal(
                f"The translation memory knows pairs with English only, not {source or 'en'} to {target}; "
                "configure a translation model for this pair.",
                status=422,
                error_type="unsupported_language",
            )
        near = self._workspace_index(foreign, backwards)
        pieces = list(_resolve(text, 0, lambda segment: near.exact(segment, target.language)))
        if all(piece.fixed or piece.match for piece in pieces):
            return _assembled(pieces, target)  # and the machine's catalogs need not be read
        indices = (near, self._machine_index(foreign, backwards))
        if not any(len(index) for index in indices):
            raise _refused(
                f"No gettext catalog for `{foreign}` was found in the workspace or on this machine; "
                "configure a translation model, or add a .po file of your project."
            )
        pieces = list(_resolve(text, 0, lambda segment: _look_up(indices, segment, target.language)))
        return _assembled(pieces, target)

    def _workspace_index(self, tag: LanguageTag, backwards: bool) -> MemoryIndex:
        with self._lock:
            known = [catalog for catalog in self._found or () if _serves(catalog.language, tag)]
            if self._found is None or any(map(_changed, known)):
                self._found = workspace_catalogs(self._folders)
            near = tuple(catalog for catalog in self._found if _serves(catalog.language, tag))
            key = (tag, backwards)
            if key not in self._workspace or self._workspace[key][0] != near:
                self._workspace[key] = (near, self._loaded(near, tag, backwards))
            return self._workspace[key][1]

    def _machine_index(self, tag: LanguageTag, backwards: bool) -> MemoryIndex:
        with self._lock:
            key = (tag, backwards)
            if key not in self._machine:
                roots = machine_roots() if self._roots is None else self._roots
                far = [c for c in machine_catalogs(tag.language, roots) if _serves(c.language, tag)]
                self._machine[key] = self._loaded(far, tag, backwards)
            return self._machine[key]

    def _loaded(self, catalogs: Sequence[CatalogFile], tag: LanguageTag, backwards: bool) -> MemoryIndex:
        index = MemoryIndex(backwards=backwards)
        deadline = self._clock() + self._limit_seconds
        size = 0
        for catalog in sorted(catalogs, key=lambda c: _distance(c.language, tag)):
            size += catalog.size
            if size > self._limit_bytes or self._clock() > deadline:
                break
            try:
                messages = read_catalog(catalog.path)
            except (OSError, ValueError):
                continue  # another program's broken file must not cost the user the rest of the memory
            index.add(messages, catalog.name, _distance(catalog.language, tag))
        return index


# --- languages -------------------------------------------------------------------------------------------------


def _serves(have: LanguageTag, want: LanguageTag) -> bool:
    """Whether a catalog in `have` can answer for `want`; the two ways to write Chinese do not stand in for another."""
    if have.language != want.language:
        return False
    return have.language != "zh" or (have.region in _TRADITIONAL) == (want.region in _TRADITIONAL)


def _distance(have: LanguageTag, want: LanguageTag) -> int:
    """0 for the region asked for, 1 for the language at large, 2 for another region."""
    if have.region == want.region:
        return 0
    return 2 if have.region else 1


def _changed(catalog: CatalogFile) -> bool:
    try:
        facts = catalog.path.stat()
    except OSError:
        return True
    return (facts.st_size, facts.st_mtime_ns) != (catalog.size, catalog.modified)


# --- segments --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the answer: `text` is final where `match` is set or `fixed` is true, else what found no match."""

    text: str
    match: Match | None = None
    fixed: bool = False


def _look_up(indices: tuple[MemoryIndex, ...], segment: str, target: str) -> Match | None:
    """Any exact match before any fuzzy one, the workspace before the machine."""
    for index in indices:
        if match := index.exact(segment, target):
            return match
    for index in indices:
        if match := index.fuzzy(segment, target):
            return match
    return None


def _resolve(text: str, level: int, look_up: Callable[[str], Match | None]) -> Iterator[_Piece]:
    """`text` as pieces: as a whole if it matches, else by paragraph, by line, by sentence."""
    before, core, after = _bared(text, level)
    if before:
        yield _Piece(before, fixed=True)
    if not _LETTER.search(core):
        yield _Piece(core, fixed=True)
    elif match := look_up(core):
        yield _Piece(match.text, match)
    elif level == len(_SPLITTERS):
        yield _Piece(core)
    else:
        for part, separator in _SPLITTERS[level](core):
            yield from _resolve(part, level + 1, look_up)
            if separator:
                yield _Piece(separator, fixed=True)
    if after:
        yield _Piece(after, fixed=True)


def _bared(text: str, level: int) -> tuple[str, str, str]:
    """Leading blanks and marks of a line, the words, and trailing blanks."""
    leader = _LEADER.match(text) if level == _LINE_LEVEL else None
    begin = leader.end() if leader else len(text) - len(text.lstrip())
    end = max(begin, len(text.rstrip()))
    return text[:begin], text[begin:end], text[end:]


def _by(pattern: str) -> Callable[[str], Iterator[tuple[str, str]]]:
    separator = re.compile(pattern)

    def split(text: str) -> Iterator[tuple[str, str]]:
        begin = 0
        for match in separator.finditer(text):
            yield text[begin : match.start()], match[0]
            begin = match.end()
        yield text[begin:], ""

    return split


def _by_sentence(text: str) -> Iterator[tuple[str, str]]:
    begin = 0
    sentences = list(split_sentences(text))
    for number, sentence in enumerate(sentences):
        end = text.index(sentence, begin) + len(sentence)
        begin = text.index(sentences[number + 1], end) if number + 1 < len(sentences) else len(text)
        yield sentence, text[end:begin]


def _assembled(pieces: Sequence[_Piece], target: LanguageTag) -> Translation:
    segments = [piece for piece in pieces if not piece.fixed]
    matches = [piece.match for piece in segments if piece.match]
    if not segments:
        raise _refused("There is no word here to translate.")
    if len(matches) < len(segments):
        what = (
            "The memory holds no match for this text"
            if len(segments) == 1
            else (f"The memory holds {len(matches)} of the {len(segments)} segments of this text")
        )
        raise _refused(
            f"{what} in `{target}`, and it gives no half translations; "
            "configure a translation model, or install Apertium with this language pair for a rough draft."
        )
    worst = min(match.score for match in matches)
    names = list(dict.fromkeys(match.catalog for match in matches))
    catalogs = f"catalog {names[0]}" if len(names) == 1 else f"catalogs {', '.join(names[:3])}"
    better = " or better" if worst < 1 else ""
    count = "" if len(matches) == 1 else f"{better} in {len(matches)} segments"
    return Translation("".join(piece.text for piece in pieces), f"memory match {int(worst * 100)} %{count}, {catalogs}")


def _refused(sentence: str) -> Refusal:
    return Refusal(sentence, status=422, error_type="no_match")


_TRADITIONAL = frozenset({"TW", "HK", "MO"})
_LETTER = re.compile(r"[^\W\d_]")
_LEADER = re.compile(r"\s*(?:(?:[-*+•]|\d{1,3}[.)]|#{1,6}|>|//+)\s+)?")
_LINE_LEVEL = 2
_SPLITTERS: tuple[Callable[[str], Iterator[tuple[str, str]]], ...] = (
    _by(r"\n[ \t]*\n\s*"),
    _by(r"\r?\n"),
    _by_sentence,
)
