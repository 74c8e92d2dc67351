"""Finds named things in text by validated patterns, and guesses people, organisations and places from cue words.

Knows how the kinds of `entity_patterns` and `entity_guesses` yield to one another where they overlap. Knows no
model; every offset is a code point of the text it was given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hf_inference.engines.embedded.entity_guesses import guesses
from hf_inference.engines.embedded.entity_patterns import Candidate, candidates, spoken_spans
from hf_inference.engines.embedded.outline import is_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One find: `word` is `text[start:end]`, offsets in code points, `score` from 0 to 1.

    Groups of validated patterns are plain (`URL`); a guess carries a question mark (`PER?`).
    """

    entity_group: str
    score: float
    word: str
    start: int
    end: int


def find_entities(text: str, *, min_score: float = 0.5, language_id: str | None = None) -> list[Entity]:
    """The entities of `text` with at least `min_score`, in text order, none overlapping another.

    In source code only comments and strings are searched for what code itself may spell (`10 % 3`, `#1`, `a/b`),
    and nothing is guessed. `language_id` is the editor's (LSP) name of the text's language, where there is one.
    """
    code = is_code(text, language_id)
    found: list[Candidate] = list(candidates(text, spoken_spans(text) if code else None))
    if not code:
        found += guesses(text, min_score)
    return [
        Entity(entity_group=c.group, score=c.score, word=text[c.start : c.end], start=c.start, end=c.end)
        for c in _without_overlaps(found, len(text))
        if c.score >= min_score
    ]


def _without_overlaps(found: Iterable[Candidate], size: int) -> list[Candidate]:
    """The strongest of those that overlap: by rank of kind, then length."""
    taken = bytearray(size)
    kept: list[Candidate] = []
    for candidate in sorted(found, key=lambda c: (c.rank, c.start - c.end, c.start)):
        if taken.find(1, candidate.start, candidate.end) < 0:
            taken[candidate.start : candidate.end] = b"\x01" * (candidate.end - candidate.start)
            kept.append(candidate)
    return sorted(kept, key=lambda c: c.start)
