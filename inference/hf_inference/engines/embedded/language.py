"""Names the language of a text from its script, function words, endings and letters.

Knows the tables of `language_words`; where the package py3langid is installed (more exact, 97 languages), uses
that. Knows no translation and no sentiment, and says nothing of a text that has no words.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import re
import threading
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from hf_inference.engines.embedded.language_words import (
    ENDINGS,
    FUNCTION_WORDS,
    LETTERS,
    SCRIPT_LANGUAGES,
    SCRIPTS,
)
from hf_inference.engines.engine import Refusal


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """`language` is ISO 639-1; `score` is its share of belief, 0 to 1."""

    language: str
    score: float


class LanguageDetector:
    """Ranks languages for a text. Thread-safe; its tables are built at the first question."""

    def __init__(self, *, allow_py3langid: bool = True) -> None:
        self._allow_py3langid = allow_py3langid
        self._building = threading.Lock()
        self._ranking: Callable[[str], list[LanguageGuess]] | None = None
        self.source = ""
        """What answers, once asked: `py3langid` or `function words`."""

    def rank(self, text: str) -> tuple[LanguageGuess, ...]:
        """Guesses for `text`, best first; their scores sum to 1. Raises `Refusal` 422 where there are no words."""
        sample = text[:_SAMPLE]
        if not _LETTER.search(sample):
            raise Refusal(
                "There is no word here to tell a language from.", status=422, error_type="nothing_to_answer_from"
            )
        with self._building:
            if self._ranking is None:
                self._ranking = self._choose()
        guesses = sorted(self._ranking(sample), key=lambda guess: -guess.score)
        likely = [guess for guess in guesses if guess.score >= _LEAST_SCORE] or guesses[:1]
        total = sum(guess.score for guess in likely)
        return tuple(LanguageGuess(guess.language, guess.score / total) for guess in likely)

    def is_confidently_not(self, language: str, text: str) -> str | None:
        """The language `text` is in, where that is clear and is not `language`; else None."""
        sample = text[:_SAMPLE]
        # A few Latin letters fit many languages; letters of another script tell more each.
        if len(_LETTER.findall(sample)) + 2 * len(_BEYOND_ASCII.findall(sample)) < _FEW_LETTERS:
            return None
        guesses = self.rank(text)
        mine = next((guess.score for guess in guesses if guess.language == language), 0.0)
        return guesses[0].language if guesses[0].score >= 0.6 and mine < 0.1 else None

    def _choose(self) -> Callable[[str], list[LanguageGuess]]:
        if self._allow_py3langid and importlib.util.find_spec("py3langid"):
            self.source = "py3langid"
            return _py3langid_ranking()
        self.source = "function words"
        return _WordTables().rank


class _WordTables:
    """The tables turned round: a word, an ending or a letter to what it says for each language."""

    def __init__(self) -> None:
        self._words = _weighted({code: words.split() for code, words in FUNCTION_WORDS.items()}, 1.0)
        self._endings = _weighted({code: words.split() for code, words in ENDINGS.items()}, 0.45)
        self._letters = _weighted({code: list(letters) for code, letters in LETTERS.items()}, 0.5)
        self._script_starts = [start for start, _, _ in SCRIPTS]

    def rank(self, text: str) -> list[LanguageGuess]:
        lowered = text.lower()
        script = self._script(lowered)
        languages = SCRIPT_LANGUAGES[script]
        if len(languages) == 1:
            return [LanguageGuess(languages[0], 1.0)]
        evidence: defaultdict[str, float] = defaultdict(float)
        words = _WORDS.findall(lowered)[:_MOST_WORDS]
        for word in words:
            for code, weight in self._words.get(word, ()):
                evidence[code] += weight
            if "'" in word:
                for part in (word[: word.index("'") + 1], word[word.index("'") + 1 :]):
                    for code, weight in self._words.get(part, ()):
                        evidence[code] += weight * 0.7
            for length in (3, 4, 2, 5):
                if len(word) > length + 1 and (found := self._endings.get(word[-length:])):
                    for code, weight in found:
                        evidence[code] += weight
                    break
        rare = Counter(_BEYOND_ASCII.findall(lowered))
        for letter, count in rare.items():
            for code, weight in self._letters.get(letter, ()):
                evidence[code] += weight * min(count, 6) ** 0.7
        return self._believed(languages, evidence, rare, len(words))

    def _believed(
        self, languages: tuple[str, ...], evidence: dict[str, float], rare: Counter[str], words: int
    ) -> list[LanguageGuess]:
        """A softmax of the evidence; a letter that a language does not write speaks against it."""
        scores = []
        for rank, code in enumerate(languages):
            own = LETTERS.get(code, "")
            foreign = sum(count for letter, count in rare.items() if letter in self._letters and letter not in own)
            scores.append(evidence.get(code, 0.0) - 0.35 * min(foreign, 12) - 0.01 * rank)
        # The longer the text, the less each single word may decide.
        sharpness = 2.2 / max(1.0, (words / 8) ** 0.5)
        top = max(scores)
        weights = [math.exp(sharpness * (score - top)) for score in scores]
        total = sum(weights)
        return [LanguageGuess(code, weight / total) for code, weight in zip(languages, weights, strict=True)]

    def _script(self, text: str) -> str:
        """The script of most letters; any kana makes Han characters Japanese."""
        if text.isascii():
            return "latin"
        counts: Counter[str] = Counter()
        letters = Counter(text)
        for letter, count in letters.items():
            if letter.isalpha():
                counts[self._script_of(ord(letter))] += count
        if counts["kana"] and counts["kana"] * 8 >= counts["han"]:
            counts["kana"] += counts.pop("han", 0)
        for dense in ("kana", "han", "hangul"):
            counts[dense] *= 3  # one of these is worth several letters
        return max(counts, key=lambda name: counts[name])

    def _script_of(self, point: int) -> str:
        place = bisect_right(self._script_starts, point) - 1
        return SCRIPTS[place][2] if place >= 0 and point <= SCRIPTS[place][1] else "latin"


def _weighted(table: dict[str, list[str]], weight: float) -> dict[str, tuple[tuple[str, float], ...]]:
    """Each entry to `(language, weight)`: what few languages share says more."""
    owners: dict[str, list[str]] = defaultdict(list)
    for code, entries in table.items():
        for entry in dict.fromkeys(entries):
            owners[entry].append(code)
    return {
        entry: tuple((code, weight * (0.25 + 1.0 / len(codes) ** 0.6)) for code in codes)
        for entry, codes in owners.items()
    }


def _py3langid_ranking() -> Callable[[str], list[LanguageGuess]]:
    """The package's public ranking; its scores are log-probabilities short of a constant, hence the softmax."""
    module = importlib.import_module("py3langid")

    def rank(text: str) -> list[LanguageGuess]:
        ranked = [(code, float(score)) for code, score in cast("list[tuple[str, float]]", module.rank(text))]
        top = max(score for _, score in ranked)
        weights = {code: math.exp(score - top) for code, score in ranked}
        total = sum(weights.values())
        return [LanguageGuess(code, weight / total) for code, weight in weights.items()]

    return rank


_SAMPLE = 4000
_MOST_WORDS = 250
_FEW_LETTERS = 12
_LEAST_SCORE = 0.001
_LETTER = re.compile(r"[^\W\d_]")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]*)?")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
