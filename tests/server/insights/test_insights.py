"""Each insight asks for what it is about and shows it: who is asked, with what, and how scores read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

import hf_inference
from hf_inference import targets
from inference_lsp.backend import Backend
from inference_lsp.insights import INSIGHTS, Row, Section
from inference_lsp.insights.labels import MOST
from inference_lsp.settings import Hover, Settings
from support.fake_hub import FakeHub, Json

TEXT = "I love the bridge in Sydney."
INSIGHT = {insight.name: insight for insight in INSIGHTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The backend's reply and what is shown of it."""

    insight: str
    reply: Any
    rows: Sequence[Row]
    labels: tuple[str, ...] = ()
    foot: str = ""


RANKED = {"sequence": TEXT, "labels": ["praise", "bug"], "scores": [0.8, 0.2]}
MANY = tuple(f"label {number}" for number in range(MOST + 1))
CASES = {
    "labels, the best first": Case(
        insight="classification",
        reply=[[{"label": "NEG", "score": 0.1}, {"label": "POS", "score": 0.9}]],
        rows=[Row("POS", 0.9), Row("NEG", 0.1)],
    ),
    "a best label hardly better than chance is unsure": Case(
        insight="classification", reply=[{"label": "POS", "score": 0.59}], rows=[Row("POS", 0.59, "unsure")]
    ),
    "three labels at most": Case(
        insight="classification",
        reply=[{"label": str(number), "score": number / 10} for number in range(7)],
        rows=[Row("6", 0.6), Row("5", 0.5), Row("4", 0.4)],
    ),
    "labels of one's own": Case(
        insight="labels", reply=RANKED, labels=("bug", "praise"), rows=[Row("praise", 0.8), Row("bug", 0.2)]
    ),
    "too many labels of one's own": Case(
        insight="labels",
        reply=RANKED,
        labels=MANY,
        rows=[Row("praise", 0.8), Row("bug", 0.2)],
        foot=f"only the first {MOST} labels are asked for",
    ),
    "entities by kind, each once with its best score": Case(
        insight="entities",
        reply=[
            {"entity_group": "PER", "word": "Ada", "score": 0.7, "start": 0, "end": 3},
            {"entity_group": "LOC", "word": "Rome", "score": 0.8, "start": 4, "end": 8},
            {"entity_group": "PER", "word": "Ada", "score": 0.9, "start": 9, "end": 12},
        ],
        rows=[Row("LOC Rome", 0.8), Row("PER Ada", 0.9)],
    ),
    "how many more entities there are": Case(
        insight="entities",
        reply=[
            {"entity_group": "PER", "word": chr(65 + number), "score": 0.9, "start": number, "end": number + 1}
            for number in range(14)
        ],
        rows=[*(Row(f"PER {chr(65 + number)}", 0.9) for number in range(12)), Row("and 2 more")],
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_an_insight_shows_what_the_backend_found(case: str) -> None:
    expected = CASES[case]
    section, asked = await _explain(expected.insight, expected.reply, expected.labels)
    assert section is not None
    assert list(section.rows) == expected.rows
    assert section.foot == expected.foot
    assert section.method == "some/model"
    assert asked["inputs"] == TEXT


@pytest.mark.parametrize("insight", ["classification", "entities"])
async def test_nothing_found_is_nothing_shown(insight: str) -> None:
    assert (await _explain(insight, [], ()))[0] is None


@pytest.mark.parametrize(
    ("labels", "asked"),
    [
        (("bug", "praise", "bug"), {"candidate_labels": ["bug", "praise"], "multi_label": False}),
        (("bug",), {"candidate_labels": ["bug"], "multi_label": True}),
        (MANY, {"candidate_labels": list(MANY[:MOST]), "multi_label": False}),
    ],
)
async def test_labels_are_asked_for_once_each_and_a_single_one_on_its_own_scale(
    labels: tuple[str, ...], asked: dict[str, Any]
) -> None:
    _, sent = await _explain("labels", RANKED, labels)
    assert sent["parameters"] == asked


def test_labels_are_wanted_only_where_there_are_some() -> None:
    wanted = [insight.name for insight in INSIGHTS if insight.wanted(Settings())]
    assert wanted == ["language", "classification", "entities"]
    assert INSIGHT["labels"].wanted(_settings(("bug",)))


@pytest.mark.parametrize(
    ("text", "rows", "head"),
    [
        ("Der Zug fährt heute leider nicht nach Hause, weil es schneit.", "", "German"),
        ("Das ist gut", "German 0.82", "German"),
        ("El perro es de la casa", "Spanish 0.47 (unsure)", ""),
    ],
    ids=["certain", "likely", "unsure"],
)
async def test_the_language_is_found_on_this_machine_and_doubt_is_said(text: str, rows: str, head: str) -> None:
    async with hf_inference.AsyncHfInference(target=targets.embedded()) as client:
        backend = Backend(client=client, label="embedded engine", is_embedded=True)
        section = await INSIGHT["language"].explain(text, backend, Settings())
    assert INSIGHT["language"].is_local
    assert section is not None
    assert "\n".join(row.plain() for row in section.rows) == rows
    assert section.head == head


async def test_a_text_of_no_language_has_none() -> None:
    async with hf_inference.AsyncHfInference(target=targets.embedded()) as client:
        backend = Backend(client=client, label="embedded engine", is_embedded=True)
        section = await INSIGHT["language"].explain("xq", backend, Settings())
    assert section is None or not section.head


def test_a_section_reads_alike_as_markdown_and_as_plain_text() -> None:
    section = Section(title="A *title*", rows=(Row("POS", 0.5, "unsure"), Row("[x](y)")))
    assert section.plain() == "A *title*:\n  POS 0.50 (unsure)\n  [x](y)"
    markdown = section.markdown()
    assert "**A \\*title\\***" in markdown
    assert "- POS `█████░░░░░` 0.50 — unsure" in markdown
    assert "\\[x\\]" in markdown


async def _explain(insight: str, reply: Any, labels: tuple[str, ...]) -> tuple[Section | None, Any]:
    """The section made of a reply, and what the backend was asked."""
    async with FakeHub() as hub:
        hub.on("*", Json(reply))
        target = targets.endpoint(hub.url)
        async with hf_inference.AsyncHfInference(target=target) as client:
            task = INSIGHT[insight].task
            backend = Backend(client=client, label="hub", is_embedded=False, models={task: "some/model"})
            section = await INSIGHT[insight].explain(TEXT, backend, _settings(labels))
        return section, hub.exchanges[-1].json()


def _settings(labels: tuple[str, ...]) -> Settings:
    return replace(Settings(), hover=Hover(labels=labels))
