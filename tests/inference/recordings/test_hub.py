"""What the Hub says of a model, as recorded, decides the route of the old wire's two ambiguous tasks and names the
providers of a model; a renamed model's redirect is followed."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import pytest

from hf_inference import FeatureExtractionArgs, InferenceOutputError, SentenceSimilarityArgs, targets
from hf_inference.providers.mapping import read_mapping
from support.both_shells import outcome_in_both
from support.replay import Recording, Replay, recordings

ROWS = recordings("hub")
INFOS = [row for row in ROWS if row.status == 200]
MOVED = [row for row in ROWS if row.status == 307]
LOOK_UP = "?expand[]=pipeline_tag"


@pytest.mark.parametrize("row", INFOS, ids=lambda row: row.label)
async def test_a_recorded_model_info_decides_between_the_two_tasks_of_a_sentence_model(row: Recording) -> None:
    model = urlsplit(row.url).path.removeprefix("/api/models/")
    tag = row.json.get("pipeline_tag")
    features = f"/pipeline/feature-extraction/{model}" if tag == "sentence-similarity" else f"/models/{model}"
    similarity = f"/pipeline/sentence-similarity/{model}" if tag == "feature-extraction" else f"/models/{model}"
    for call, route in (
        (FeatureExtractionArgs("a text", model=model), features),
        (SentenceSimilarityArgs({"source_sentence": "a", "sentences": ["b"]}, model=model), similarity),
    ):
        far = FarSide([_looked_up(row), _answer(f"https://api-inference.huggingface.co{route}")])
        assert (await outcome_in_both(call, targets.classic(), far.transport)).output == [0.5]
        assert far.posted_to == [route, route]


@pytest.mark.parametrize("row", MOVED, ids=lambda row: row.label)
async def test_the_redirect_of_a_renamed_model_is_followed(row: Recording) -> None:
    model = urlsplit(row.url).path.removeprefix("/api/models/")
    there = urljoin("https://huggingface.co", row.headers["location"])
    info = json.dumps({"pipeline_tag": "sentence-similarity"}).encode()
    route = f"/pipeline/feature-extraction/{model}"
    far = FarSide(
        [
            _looked_up(row),
            replace(row, url=there, status=200, headers={}, body=info),
            _answer(f"https://api-inference.huggingface.co{route}"),
        ]
    )
    call = FeatureExtractionArgs("a text", model=model)
    assert (await outcome_in_both(call, targets.classic(), far.transport)).output == [0.5]
    assert far.posted_to == [route, route]


@pytest.mark.parametrize(
    "row", [row for row in INFOS if "inferenceProviderMapping" in row.json], ids=lambda row: row.label
)
def test_a_recorded_mapping_names_each_provider_with_its_own_name_of_the_model(row: Recording) -> None:
    said = row.json["inferenceProviderMapping"]
    entries = said if isinstance(said, list) else [{"provider": name, **entry} for name, entry in said.items()]
    found = read_mapping(row.json, "a/model")
    assert [(one.provider, one.provider_id, one.task) for one in found] == [
        (entry["provider"], entry["providerId"], entry["task"]) for entry in entries
    ]


async def test_a_look_up_that_says_no_shape_of_a_task_is_asked_for_as_the_model_is() -> None:
    info = _looked_up(replace(INFOS[0], body=b"[]"))
    model = urlsplit(INFOS[0].url).path.removeprefix("/api/models/")
    answer = replace(_answer(f"https://api-inference.huggingface.co/models/{model}"), body=b"{}")
    outcome = await outcome_in_both(
        FeatureExtractionArgs("a text", model=model), targets.classic(), lambda: Replay([info, answer])
    )
    assert isinstance(outcome.error, InferenceOutputError)


class FarSide:
    """Replays for both clients, and what was posted to them."""

    def __init__(self, exchanges: list[Recording]) -> None:
        self._exchanges = exchanges
        self._made: list[Replay] = []

    def transport(self) -> Replay:
        self._made.append(Replay(self._exchanges))
        return self._made[-1]

    @property
    def posted_to(self) -> list[str]:
        return [request.url.path for replay in self._made for request in replay.requests if request.method == "POST"]


def _looked_up(row: Recording) -> Recording:
    """The row as the answer to the question that the client asks today."""
    return replace(row, url=row.url.partition("?")[0] + LOOK_UP)


def _answer(url: str) -> Recording:
    return Recording(
        label="answer",
        task="",
        provider="",
        method="POST",
        url=url,
        request_headers={},
        request_body=None,
        status=200,
        headers={"content-type": "application/json"},
        body=b"[0.5]",
    )
