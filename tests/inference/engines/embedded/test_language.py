"""Naming the language of short sentences, over a table of sentences written for it."""

from __future__ import annotations

import csv
import threading
from collections import defaultdict
from pathlib import Path

import pytest

from hf_inference.engines.embedded.language import LanguageDetector
from hf_inference.engines.embedded.language_codes import LanguageTag, read_tag
from hf_inference.engines.engine import Refusal

TABLE = Path(__file__).parents[3] / "conformance" / "embedded" / "languages.tsv"


def sentences() -> list[tuple[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.reader((line for line in file if not line.startswith("#")), delimiter="\t")
        return [(code, sentence) for code, sentence in rows]


def test_at_least_85_percent_of_short_sentences_are_named_right() -> None:
    detector = LanguageDetector(allow_py3langid=False)
    rows = sentences()
    right = sum(detector.rank(sentence)[0].language == code for code, sentence in rows)
    assert right / len(rows) >= 0.85


def test_the_table_asks_for_twenty_languages_with_three_sentences_each() -> None:
    per_language: defaultdict[str, int] = defaultdict(int)
    for code, _ in sentences():
        per_language[code] += 1
    assert len(per_language) >= 20
    assert min(per_language.values()) >= 3


def test_no_language_of_the_table_is_never_named() -> None:
    detector = LanguageDetector(allow_py3langid=False)
    named = {detector.rank(sentence)[0].language for _, sentence in sentences()}
    assert {code for code, _ in sentences()} <= named


@pytest.mark.parametrize("text", ["Hello there, how are you?", "1 chat", "Ты где?", "今日は", "ok"])
def test_scores_sum_to_one_and_fall(text: str) -> None:
    guesses = LanguageDetector(allow_py3langid=False).rank(text)
    scores = [guess.score for guess in guesses]
    assert sum(scores) == pytest.approx(1)
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", ["12345", "--- 3.14 ...", "😀"])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        LanguageDetector().rank(text)
    assert caught.value.status == 422


def test_only_clear_cases_count_as_not_english() -> None:
    detector = LanguageDetector(allow_py3langid=False)
    assert detector.is_confidently_not("en", "Das ist leider nicht möglich, weil die Datei fehlt.") == "de"
    assert detector.is_confidently_not("en", "The file is missing, sorry.") is None
    assert detector.is_confidently_not("en", "foo bar baz") is None
    assert detector.is_confidently_not("en", "oui") is None


def test_threads_share_one_detector() -> None:
    detector = LanguageDetector(allow_py3langid=False)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(detector.rank("Wir haben das nicht gewusst.")[0].language))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["de"] * 8


def test_py3langid_answers_where_it_is_installed() -> None:
    pytest.importorskip("py3langid", reason="py3langid is an optional package")
    detector = LanguageDetector()
    guesses = detector.rank("Wir haben das leider nicht gewusst.")
    assert (guesses[0].language, detector.source) == ("de", "py3langid")
    assert sum(guess.score for guess in guesses) == pytest.approx(1)


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("es", LanguageTag("es")),
        ("spa_Latn", LanguageTag("es")),
        ("es_XX", LanguageTag("es")),
        ("es-MX", LanguageTag("es", "MX")),
        ("pt_BR.UTF-8", LanguageTag("pt", "BR")),
        ("zho_Hant", LanguageTag("zh", "TW")),
        ("zh-Hans", LanguageTag("zh", "CN")),
        ("no", LanguageTag("nb")),
        ("ENG", LanguageTag("en")),
        ("es-419", LanguageTag("es")),
        ("git", None),
        ("sr@latin", None),
        ("messages", None),
        ("", None),
    ],
)
def test_language_codes_of_every_convention_are_read(code: str, tag: LanguageTag | None) -> None:
    assert read_tag(code) == tag
