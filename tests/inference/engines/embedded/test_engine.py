"""The embedded engine as the rest of the client sees it: models, wire shapes, refusals, and what it costs."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hf_inference.engines.embedded import EmbeddedEngine
from hf_inference.engines.engine import Engine, Refusal

CATALOGS = Path(__file__).parents[3] / "conformance" / "embedded" / "catalogs"
ARTICLE = (
    "The harbour froze in January for the first time in forty years. Ships waited outside the harbour for eleven days. "
    "An icebreaker from the north opened a lane on Sunday. The market sold no fresh fish during that time. "
    "Children skated between the piers. Insurers expect claims of several million."
)


@pytest.fixture
def engine() -> Iterator[EmbeddedEngine]:
    made = EmbeddedEngine([CATALOGS])
    yield made
    made.close()


def test_it_is_an_engine_whose_models_have_tasks_with_a_sentence_each(engine: EmbeddedEngine) -> None:
    as_engine: Engine = engine
    models = as_engine.models()
    assert as_engine.name == "embedded"
    assert set(models) - {"embedded/apertium"} == {
        "embedded/extractive",
        "embedded/patterns",
        "embedded/lexicon",
        "embedded/language",
        "embedded/memory",
        "embedded/longest-suffix",
    }
    assert set(models.values()) == set(engine.capabilities())
    assert all(engine.capabilities().values())


def test_the_first_model_of_a_task_is_its_default(engine: EmbeddedEngine) -> None:
    assert engine.run("text-classification", "I love it", {}, None).method == "embedded/lexicon"
    assert list(engine.models().values()).count("text-classification") == 2


@pytest.mark.parametrize(
    ("task", "inputs", "parameters", "model", "method", "shape"),
    [
        ("summarization", ARTICLE, {"sentences": 1}, None, "embedded/extractive", [{"summary_text": str}]),
        (
            "summarization",
            ARTICLE,
            {"max_length": 30},
            "embedded/extractive",
            "embedded/extractive",
            [{"summary_text": str}],
        ),
        (
            "text-classification",
            "What a wonderful day!",
            {},
            None,
            "embedded/lexicon",
            [[{"label": str, "score": float}] * 3],
        ),
        ("text-classification", "Файл не открывается.", {}, "embedded/language", "embedded/language", None),
        (
            "token-classification",
            "See https://example.org",
            {"min_score": 0},
            None,
            "embedded/patterns",
            [{"entity_group": str, "score": float, "word": str, "start": int, "end": int}],
        ),
        ("token-classification", "nothing here", {}, None, "embedded/patterns", []),
        ("translation", "Harvest", {"tgt_lang": "spa_Latn"}, None, "embedded/memory", [{"translation_text": str}]),
        (
            "translation",
            ["Harvest", "Plant a tree"],
            {"tgt_lang": "es", "src_lang": "eng_Latn"},
            "embedded/memory",
            "embedded/memory",
            [{"translation_text": str}] * 2,
        ),
        ("translation", "Cosecha", {"tgt_lang": "en", "src_lang": "es-MX"}, None, "embedded/memory", None),
    ],
)
def test_answers_have_the_hubs_wire_shape(
    engine: EmbeddedEngine,
    task: str,
    inputs: Any,
    parameters: dict[str, Any],
    model: str | None,
    method: str,
    shape: Any,
) -> None:
    answer = engine.run(task, inputs, parameters, model)
    assert answer.method == method
    assert json.loads(json.dumps(answer.value, allow_nan=False)) == answer.value
    if shape is not None:
        assert shape_of(answer.value) == shape


def shape_of(value: Any) -> Any:
    if isinstance(value, list):
        return [shape_of(item) for item in value]
    if isinstance(value, dict):
        return {key: shape_of(item) for key, item in value.items()}
    return type(value)


@pytest.mark.parametrize("model", ["embedded/lexicon", "embedded/language"])
def test_labels_come_best_first_and_their_scores_sum_to_one(engine: EmbeddedEngine, model: str) -> None:
    (labels,) = engine.run("text-classification", "The update broke my build, I am so sad.", {}, model).value
    scores = [label["score"] for label in labels]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1)
    assert labels[0]["label"] in {"NEGATIVE", "en"}


def test_notes_tell_people_where_an_answer_comes_from(engine: EmbeddedEngine) -> None:
    assert engine.run("translation", "Harvest", {"tgt_lang": "es"}, None).note == "memory match 100 %, catalog garden"
    assert engine.run("summarization", ARTICLE, {"sentences": 2}, None).note == "2 of 6 sentences"
    guess = engine.run("token-classification", "We met Dr. Ada Lovelace there.", {}, None)
    assert guess.note == "patterns; groups with ? are guesses"


def test_text_generation_continues_the_prompt_in_both_ways(tmp_path: Path) -> None:
    line = "answer_of_everything = compute_answer(seven, six)\n"
    (tmp_path / "rules.py").write_text(line * 3, encoding="utf-8")
    engine = EmbeddedEngine([tmp_path])
    prompt = "value = 1\n" + line + "answer_of_everything = compute_"
    items = list(engine.generate(prompt, {"stop": ["\n"]}, "embedded/longest-suffix"))
    answer = engine.run("text-generation", prompt, {"stop": ["\n"], "details": True}, None)
    engine.close()
    assert items[-1]["generated_text"] == answer.value[0]["generated_text"]
    assert answer.value[0]["generated_text"].startswith("answer(seven, six)")
    assert set(answer.value[0]) == {"generated_text", "details"}
    assert answer.method == "embedded/longest-suffix"


@pytest.mark.parametrize("task", ["image-classification", "question-answering", "feature-extraction", "no-such-task"])
def test_a_task_without_a_method_is_refused_with_what_would_help(engine: EmbeddedEngine, task: str) -> None:
    with pytest.raises(Refusal, match=task) as caught:
        engine.run(task, "x", {}, None)
    assert (caught.value.status, caught.value.error_type) == (501, "unsupported")
    assert "token" in caught.value.error
    assert "local OpenAI-compatible server" in caught.value.error


@pytest.mark.parametrize("task", ["conversational", "chat-completion"])
def test_chat_is_refused(engine: EmbeddedEngine, task: str) -> None:
    with pytest.raises(Refusal, match="cannot chat") as caught:
        engine.run(task, {"messages": []}, {}, None)
    assert caught.value.status == 501


@pytest.mark.parametrize(
    ("task", "model"),
    [
        ("summarization", "facebook/bart-large-cnn"),
        ("summarization", "embedded/patterns"),
        ("text-generation", "gpt2"),
    ],
)
def test_a_model_it_has_not_is_refused_by_name(engine: EmbeddedEngine, task: str, model: str) -> None:
    with pytest.raises(Refusal, match=model) as caught:
        engine.run(task, "Some text.", {}, model)
    assert (caught.value.status, caught.value.error_type) == (404, "model_not_found")
    with pytest.raises(Refusal):
        engine.generate("Some text.", {}, "gpt2")


@pytest.mark.parametrize(
    ("task", "inputs", "parameters"),
    [
        ("summarization", "", {}),
        ("summarization", "   \n", {}),
        ("summarization", None, {}),
        ("summarization", ["a"], {}),
        ("summarization", ARTICLE, {"max_length": "long"}),
        ("summarization", ARTICLE, {"max_length": True}),
        ("summarization", ARTICLE, {"min_length": 2.5}),
        ("summarization", ARTICLE, {"sentences": 0}),
        ("summarization", ARTICLE, {"sentences": -1}),
        ("summarization", ARTICLE, {"max_length": float("inf")}),
        ("summarization", ARTICLE, {"max_length": float("nan")}),
        ("summarization", ARTICLE, {"language": 5}),
        ("token-classification", 5, {}),
        ("token-classification", "x", {"min_score": "low"}),
        ("text-classification", {"text": "x"}, {}),
        ("text-generation", "", {}),
        ("translation", "Harvest", {}),
        ("translation", "Harvest", {"tgt_lang": "klingon"}),
        ("translation", "Harvest", {"tgt_lang": 5}),
        ("translation", "Harvest", {"tgt_lang": "es", "src_lang": "??"}),
        ("translation", [], {"tgt_lang": "es"}),
        ("translation", ["Harvest", ""], {"tgt_lang": "es"}),
        ("translation", ["Harvest", 3], {"tgt_lang": "es"}),
    ],
)
def test_bad_inputs_and_parameters_are_the_callers_fault(
    engine: EmbeddedEngine, task: str, inputs: Any, parameters: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as caught:
        engine.run(task, inputs, parameters, None)
    assert (caught.value.status, caught.value.error_type) == (400, "validation")


def test_what_is_in_the_target_language_already_is_not_translated(engine: EmbeddedEngine) -> None:
    with pytest.raises(Refusal, match="already") as caught:
        engine.run("translation", "The file could not be opened by the program.", {"tgt_lang": "en"}, None)
    assert caught.value.status == 422


def test_the_language_of_the_text_is_told_where_it_is_not_named(engine: EmbeddedEngine) -> None:
    answer = engine.run(
        "translation", "No se pudieron trasladar los plantones al invernadero.", {"tgt_lang": "en"}, "embedded/memory"
    )
    assert answer.value == [{"translation_text": "The seedlings could not be moved to the greenhouse."}]


def test_construction_loads_nothing_until_a_task_needs_it() -> None:
    program = (
        "import sys\n"
        "from hf_inference.engines.embedded import EmbeddedEngine\n"
        "engine = EmbeddedEngine()\n"
        "parts = [n for n in sys.modules if n.startswith('hf_inference.engines.embedded.')]\n"
        "assert parts == ['hf_inference.engines.embedded.engine'], parts\n"
        "assert 'vaderSentiment' not in sys.modules\n"
        "engine.run('token-classification', 'See https://example.org', {}, None)\n"
        "assert not any('vader' in n or n.endswith('embedded.translation') for n in sys.modules)\n"
        "engine.run('text-classification', 'I love it', {}, None)\n"
        "assert 'vaderSentiment' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_threads_share_one_engine(engine: EmbeddedEngine) -> None:
    found: list[tuple[str, str]] = []

    def ask() -> None:
        label = engine.run("text-classification", "I love this wonderful thing", {}, None).value[0][0]["label"]
        text = engine.run("translation", "Harvest", {"tgt_lang": "es"}, None).value[0]["translation_text"]
        found.append((label, text))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [("POSITIVE", "Cosecha")] * 8


def test_closing_twice_is_safe_and_ends_text_generation_only(tmp_path: Path) -> None:
    engine = EmbeddedEngine([tmp_path])
    engine.close()
    engine.close()
    assert engine.run("token-classification", "See https://example.org", {}, None).value
    with pytest.raises(Refusal, match="closed") as caught:
        engine.generate("a = 1\na = ", {}, None)
    assert caught.value.status == 503
