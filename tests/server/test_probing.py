"""What servers say of themselves is understood where it can be, and nothing is made of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from hf_inference import AsyncHfInference, targets
from inference_lsp.backend import Backend
from inference_lsp.probing import Known, probe, read_info
from support.fake_hub import BrokenJson, FakeHub, Html, Json, Reset

INFOS: dict[str, tuple[Any, str, frozenset[str]]] = {
    "TEI that embeds": (
        {"model_id": "m", "model_type": {"embedding": {"pooling": "mean"}}, "max_input_length": 512},
        "embeddings",
        frozenset({"feature-extraction", "sentence-similarity"}),
    ),
    "TEI that classifies": (
        {"model_id": "m", "model_type": {"classifier": {"id2label": {}, "label2id": {}}}},
        "text classification",
        frozenset({"text-classification"}),
    ),
    "TEI that ranks": (
        {"model_id": "m", "model_type": {"reranker": {"id2label": {}}}},
        "reranking",
        frozenset({"text-ranking"}),
    ),
    "TGI of today": (
        {"model_id": "m", "max_total_tokens": 4096, "max_best_of": 2, "router": "text-generation-router"},
        "text generation",
        frozenset({"text-generation", "chat-completion"}),
    ),
    "TGI of yesterday": (
        {"model_id": "m", "model_pipeline_tag": "text-generation"},
        "text generation",
        frozenset({"text-generation", "chat-completion"}),
    ),
    "a server of its own kind": ({"model_id": "m", "version": "1"}, "", frozenset()),
}
NOTHING: tuple[dict[str, Any], ...] = ({}, {"model_id": 3}, {"model_type": "embedding"}, {"model_type": {}}, {"x": []})


@pytest.mark.parametrize("case", INFOS)
def test_info_tells_the_model_and_its_tasks(case: str) -> None:
    info, kind, tasks = INFOS[case]
    assert read_info(info) == Known(models=("m",), tasks=tasks, kind=kind)


@pytest.mark.parametrize("info", NOTHING)
def test_what_is_not_understood_denies_nothing(info: dict[str, Any]) -> None:
    known = read_info(info)
    assert known == Known()
    assert not known.denies("summarization")


async def test_a_server_without_info_is_asked_for_its_models_and_one_without_either_is_not_known() -> None:
    async with FakeHub() as hub, AsyncHfInference(target=targets.endpoint(hub.url)) as client:
        hub.on("/v1/models", Json({"data": [{"id": "a"}, {"id": "b"}]}))
        assert await probe(client) == Known(models=("a", "b"))
        for reply in (Html(502), Html(200), BrokenJson(), Reset(), Json({"error": "no"}, 401), Json([1]), Json("x")):
            hub.on("/info", reply)
            hub.on("/v1/models", reply)
            assert await probe(client) == Known()


async def test_a_server_that_only_embeds_writes_nothing_and_says_why() -> None:
    async with AsyncHfInference(target=targets.endpoint("http://127.0.0.1:9")) as client:
        backend = Backend(client=client, label="h:1", is_embedded=False)
        assert backend.refuses_to_write() == ""
        known = read_info(INFOS["TEI that embeds"][0])
        embeds = Backend(client=client, label="h:1", is_embedded=False, known=known)
        assert embeds.refuses_to_write().startswith("h:1 does embeddings only (m).")
        assert [embeds.serves(task) for task in ("feature-extraction", "summarization", "text-classification")] == [
            True,
            False,
            False,
        ]
