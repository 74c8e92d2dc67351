"""Apertium: drafting with the real program, where the machine has it."""

from __future__ import annotations

import os

import pytest

from hf_inference.engines.embedded.apertium import Apertium
from hf_inference.engines.embedded.engine import EmbeddedEngine
from hf_inference.engines.embedded.language_codes import LanguageTag
from hf_inference.engines.engine import Refusal

ENGLISH, SPANISH = LanguageTag("en"), LanguageTag("es")


@pytest.fixture
def apertium() -> Apertium:
    program = Apertium()
    if program.mode(ENGLISH, SPANISH) is None:
        assert os.environ.get("INFERENCE_LSP_EXPECT_APERTIUM") != "1", "apertium with apertium-eng-spa was expected"
        pytest.skip("the program apertium with the pair apertium-eng-spa is not installed")
    return program


def test_the_installed_pair_drafts_line_by_line(apertium: Apertium) -> None:
    mode = apertium.mode(ENGLISH, SPANISH)
    assert mode is not None
    draft = apertium.translate("The house is red.\n\nThe cat is small.\n", mode)
    assert draft == "La casa es roja.\n\nEl gato es pequeño.\n"


def test_words_the_program_does_not_know_stay_unmarked(apertium: Apertium) -> None:
    mode = apertium.mode(ENGLISH, SPANISH)
    assert mode is not None
    draft = apertium.translate("The flurbish is new", mode)
    assert "flurbish" in draft
    assert "*" not in draft


def test_a_pair_that_is_not_installed_has_no_mode(apertium: Apertium) -> None:
    assert apertium.mode(LanguageTag("is"), LanguageTag("sw")) is None


def test_the_engine_drafts_what_no_catalog_holds_and_says_so(apertium: Apertium) -> None:
    engine = EmbeddedEngine()
    assert engine.models()["embedded/apertium"] == "translation"
    parameters = {"src_lang": "eng_Latn", "tgt_lang": "spa_Latn"}
    answer = engine.run("translation", "The red house is near the old river.", parameters, None)
    assert answer.method == "embedded/apertium"
    assert answer.note.startswith("rule-based draft")
    assert "casa roja" in answer.value[0]["translation_text"]
    with pytest.raises(Refusal):
        engine.run("translation", "The red house is near the old river.", parameters, "embedded/memory")


def test_without_the_program_there_is_no_pair_and_a_clear_refusal() -> None:
    missing = Apertium("apertium-that-nobody-installed")
    assert missing.is_installed() is False
    assert missing.mode(ENGLISH, SPANISH) is None
    with pytest.raises(Refusal, match="not installed") as caught:
        missing.translate("The house", "eng-spa")
    assert caught.value.status == 422


def test_a_mode_the_program_does_not_have_is_refused_with_its_reason(apertium: Apertium) -> None:
    with pytest.raises(Refusal, match="Apertium could not translate"):
        apertium.translate("The house", "xxx-yyy")
