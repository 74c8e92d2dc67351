"""Scores how positive or negative an English text sounds, with the VADER lexicon (Hutto and Gilbert, 2014).

Knows how to turn VADER's compound value into scores of three labels. Knows no other language and refuses text that
clearly is in one; imports the lexicon when first asked.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import cast

from hf_inference.engines.embedded.language import LanguageDetector
from hf_inference.engines.embedded.prose import read_prose
from hf_inference.engines.engine import Refusal


class Sentiment:
    """Scores text by lexicon. Thread-safe."""

    def __init__(self, detector: LanguageDetector) -> None:
        self._detector = detector
        self._loading = threading.Lock()
        self._compound: Callable[[str], float] | None = None

    def scores(self, text: str) -> dict[str, float]:
        """POSITIVE, NEUTRAL and NEGATIVE, summing to 1. Raises `Refusal` 422 for a text that is not English."""
        if other := self._detector.is_confidently_not("en", text):
            raise Refusal(
                f"The sentiment lexicon is English and this text looks like `{other}`; "
                "configure a multilingual text-classification model to score it.",
                status=422,
                error_type="unsupported_language",
            )
        return label_scores(self.compound(text))

    def compound(self, text: str) -> float:
        """From −1 (negative) to 1: the mean over sentences, where one without feeling counts half."""
        with self._loading:
            if self._compound is None:
                self._compound = _load_vader()
        sentences = [s[:_MOST_CHARACTERS] for s in read_prose(text).sentences[:_MOST_SENTENCES]]
        values = [self._compound(sentence) for sentence in sentences or [text[:_MOST_CHARACTERS]]]
        decided = sum(abs(value) >= _NEUTRAL for value in values)
        return sum(values) / max(1.0, decided + 0.5 * (len(values) - decided)) if decided else 0.0


def label_scores(compound: float) -> dict[str, float]:
    """A softmax whose borders lie at ±.05, where the lexicon's authors draw the line of neutral."""
    weights = {
        "POSITIVE": math.exp(_SHARPNESS * (compound - _NEUTRAL)),
        "NEUTRAL": 1.0,
        "NEGATIVE": math.exp(_SHARPNESS * (-compound - _NEUTRAL)),
    }
    total = sum(weights.values())
    return {label: weight / total for label, weight in weights.items()}


def _load_vader() -> Callable[[str], float]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return lambda sentence: cast(float, analyzer.polarity_scores(sentence)["compound"])


_NEUTRAL = 0.05
_SHARPNESS = 6.0
_MOST_SENTENCES = 200
_MOST_CHARACTERS = 2000
