"""Finds the message of a translation memory that a segment repeats, exactly or nearly.

Knows the marks that user interfaces put on words (mnemonics, colons, dots) and what makes a near match unsafe.
Knows no file format and no segmentation.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from hf_inference.engines.embedded.catalogs import Message


@dataclass(frozen=True, slots=True)
class Match:
    """A found translation: `score` is 1 for the same words, else the likeness of both sources, at least .9."""

    text: str
    score: float
    catalog: str


class MemoryIndex:
    """Messages of one direction of one language. Filled by one thread, then read by any."""

    def __init__(self, *, backwards: bool) -> None:
        self._backwards = backwards
        self._messages: list[tuple[str, str, int]] = []  # source, translation, place in _catalogs
        self._catalogs: list[tuple[str, int]] = []  # name, distance
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._posting = threading.Lock()
        self._postings: dict[str, list[str]] | None = None

    def __len__(self) -> int:
        return len(self._messages)

    def add(self, messages: Iterable[Message], catalog: str, distance: int) -> None:
        """Take in a catalog; of several answers, the smaller `distance` wins, then what most catalogs say."""
        self._catalogs.append((catalog, distance))
        place = len(self._catalogs) - 1
        for message in messages:
            pair = (message.source, message.translation)
            source, translation = reversed(pair) if self._backwards else pair
            if len(source) <= _LONGEST and (key := normalised(source)):
                self._exact[key].append(len(self._messages))
                self._messages.append((source, translation, place))

    def exact(self, segment: str, target: str) -> Match | None:
        """The translation of the same words, dressed as `segment` is (colon, ellipsis, first letter)."""
        key = normalised(segment)
        return self._answer(key, segment, target, 1.0) if key in self._exact else None

    def fuzzy(self, segment: str, target: str) -> Match | None:
        """The translation of the likeliest source, if it is alike to 90 % and differs in nothing that matters."""
        key = normalised(segment)
        if len(key) < _SHORTEST_FUZZY or len(key) > _LONGEST:
            return None
        best, likeness = "", _LEAST_LIKENESS
        matcher = SequenceMatcher(None, autojunk=False)
        matcher.set_seq2(key)
        for candidate in self._candidates(key):
            matcher.set_seq1(candidate)
            if matcher.real_quick_ratio() < likeness or matcher.quick_ratio() < likeness:
                continue
            ratio = matcher.ratio()
            better = ratio > likeness or (ratio == likeness and not best)
            if better and differs_safely(key, candidate):
                best, likeness = candidate, ratio
        # Only equal keys are 100 %.
        return self._answer(best, segment, target, min(likeness, 0.99)) if best else None

    def _answer(self, key: str, segment: str, target: str, score: float) -> Match | None:
        places = self._exact[key]
        nearest = min(self._catalogs[self._messages[i][2]][1] for i in places)
        near = [i for i in places if self._catalogs[self._messages[i][2]][1] == nearest]
        votes = Counter(dressed(*self._messages[i][:2], segment, target) for i in near)
        text, _ = votes.most_common(1)[0]
        if not text:
            return None
        first = next(i for i in near if dressed(*self._messages[i][:2], segment, target) == text)
        return Match(text, score, self._catalogs[self._messages[first][2]][0])

    def _candidates(self, key: str) -> list[str]:
        """Keys of about the same length that share one of the rarest words of `key`."""
        with self._posting:
            if self._postings is None:
                self._postings = _posted(self._exact)
        known = [self._postings[word] for word in dict.fromkeys(_WORD.findall(key)) if word in self._postings]
        known.sort(key=len)
        shortest, longest = len(key) * 0.81, len(key) * 1.23
        found: dict[str, None] = {}
        # One word may differ, so the two rarest could miss by one; the third and fourth make sure.
        for keys in known[:4]:
            for candidate in keys[:_MOST_POSTED]:
                if shortest <= len(candidate) <= longest:
                    found[candidate] = None
        return list(found)


def normalised(text: str) -> str:
    """`text` as a key: blanks folded, mnemonic and trailing colon or ellipsis gone, first letter small."""
    words = " ".join(text.split())
    if not words.isascii():
        words = unicodedata.normalize("NFC", words)
    if "&" in words or "_" in words:
        words = without_mnemonic(words)
    if words[-1:] in _TAIL_MARKS:
        words = _TAIL.sub("", words)
    return words[:1].lower() + words[1:]


def without_mnemonic(text: str) -> str:
    """`_File`, `E&xit` and `文件(_F)` without the mark; a text with several marks has none that are mnemonics."""
    text = _MNEMONIC_APPENDED.sub("", text)
    return _MNEMONIC.sub(r"\1", text) if len(_MNEMONIC.findall(text)) == 1 else text


def dressed(source: str, translation: str, segment: str, target: str) -> str:
    """`translation` of `source`, dressed as `segment` differs from `source`."""
    text = translation.strip()
    if "&" in source or "_" in source:
        source, text = without_mnemonic(source), without_mnemonic(text)
    tail = _tail_of(segment)
    own = _tail_of(text)
    if tail != own and (tail or _tail_of(source)):
        text = text[: len(text) - len(own)].rstrip() + tail
    wanted, given = segment.lstrip()[:1], source.lstrip()[:1]
    if wanted.isupper() and text[:1].islower() and not given.isupper():
        text = text[:1].upper() + text[1:]
    elif wanted.islower() and given.isupper() and text[1:2].islower() and target not in _CAPITAL_NOUNS:
        text = text[:1].lower() + text[1:]
    return text


def differs_safely(key: str, candidate: str) -> bool:
    """Whether what differs changes no meaning: spelling and articles may, numbers, negations and words may not."""
    ours, theirs = _TOKEN.findall(key.lower()), _TOKEN.findall(candidate.lower())
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        left = [word for word in ours[a:b] if word not in _WEIGHTLESS]
        right = [word for word in theirs[c:d] if word not in _WEIGHTLESS]
        if len(left) != len(right) or not all(map(_same_word, left, right)):
            return False
    return True


def _same_word(one: str, other: str) -> bool:
    if not (one.isalpha() and other.isalpha()) or one in _NEGATIONS or other in _NEGATIONS:
        return False
    if abs(len(one) - len(other)) > 2 or one[0] != other[0]:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.8


def _tail_of(text: str) -> str:
    found = _TAIL.search(text.rstrip())
    return found[0] if found else ""


def _posted(keys: Iterable[str]) -> dict[str, list[str]]:
    postings: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        if len(key) >= _SHORTEST_FUZZY:
            for word in set(_WORD.findall(key)):
                postings[word].append(key)
    return dict(postings)


_LONGEST = 2000
_SHORTEST_FUZZY = 10
_LEAST_LIKENESS = 0.9
_MOST_POSTED = 400
_TAIL_MARKS: Sequence[str] = (":", ".", "…", "：")
_TAIL = re.compile(r"(?:[ \u00a0\u202f]?[:：]|…|\.{3})$")
_MNEMONIC = re.compile(r"[&_](\w)(?<!__)")
_MNEMONIC_APPENDED = re.compile(r"\s?\([&_]\w\)")
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"%[\w().]*|\{\w*\}|\w+|[^\w\s]")
_CAPITAL_NOUNS = frozenset({"de", "lb"})
_NEGATIONS_LISTED = "no not non never none without cannot"
_NEGATIONS = frozenset(_NEGATIONS_LISTED.split())
_WEIGHTLESS = frozenset({"a", "an", "the", "please", *".,;!?\"'“”‘’`«»"})
