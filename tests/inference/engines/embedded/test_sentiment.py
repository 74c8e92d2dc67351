"""Scoring sentiment by lexicon, and refusing what the lexicon cannot read."""

from __future__ import annotations

import pytest

from hf_inference.engines.embedded.language import LanguageDetector
from hf_inference.engines.embedded.sentiment import Sentiment, label_scores
from hf_inference.engines.engine import Refusal


@pytest.fixture(scope="module")
def sentiment() -> Sentiment:
    return Sentiment(LanguageDetector(allow_py3langid=False))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love how fast this editor is, wonderful work!", "POSITIVE"),
        ("Great documentation and a very helpful community.", "POSITIVE"),
        ("The update was not bad at all, I enjoyed it.", "POSITIVE"),
        ("This is a terrible bug and I hate it.", "NEGATIVE"),
        ("The installer crashed and destroyed my files, awful.", "NEGATIVE"),
        ("The table has four columns and two rows.", "NEUTRAL"),
        ("The meeting is on Thursday.", "NEUTRAL"),
    ],
)
def test_the_strongest_label_is_what_a_reader_would_say(sentiment: Sentiment, text: str, label: str) -> None:
    scores = sentiment.scores(text)
    assert max(scores, key=lambda name: scores[name]) == label
    assert sum(scores.values()) == pytest.approx(1)
    assert set(scores) == {"POSITIVE", "NEUTRAL", "NEGATIVE"}


def test_many_plain_sentences_weaken_one_that_is_warm(sentiment: Sentiment) -> None:
    warm = "I love this wonderful tool."
    plain = " The table has four columns." * 12
    assert 0 < sentiment.compound(warm + plain) < sentiment.compound(warm)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das ist leider eine schreckliche Nachricht für uns alle.", "de"),
        ("Я очень люблю эту программу, она прекрасна.", "ru"),
        ("この本はとても面白いです。", "ja"),
    ],
)
def test_a_text_that_is_clearly_not_english_is_refused(sentiment: Sentiment, text: str, language: str) -> None:
    with pytest.raises(Refusal, match=f"`{language}`") as caught:
        sentiment.scores(text)
    assert caught.value.status == 422


@pytest.mark.parametrize(
    ("compound", "label"),
    [
        (-1.0, "NEGATIVE"),
        (-0.051, "NEGATIVE"),
        (-0.049, "NEUTRAL"),
        (0.0, "NEUTRAL"),
        (0.051, "POSITIVE"),
        (1.0, "POSITIVE"),
    ],
)
def test_neutral_ends_where_the_lexicons_authors_end_it(compound: float, label: str) -> None:
    scores = label_scores(compound)
    assert max(scores, key=lambda name: scores[name]) == label
