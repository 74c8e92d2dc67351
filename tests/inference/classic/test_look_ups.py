"""What the old wire asks the Hub on the way: when, with which credential, and how long the answer is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from hf_inference import HfInference, ModelLoadingError, NoDefaultModelError, Options, RateLimitedError, targets

TASKS = {"fill-mask": {"models": [{"id": "default/masks"}]}, "summarization": {"models": []}}
WORDS = [{"score": 1, "sequence": "s", "token": 1, "token_str": "t"}]


class Hub:
    """The Hub and the old API, as a handler of httpx's."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        """Method and path of each request, and its credential."""
        self.tag: Any = "sentence-similarity"
        self.status = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path} {request.headers.get('authorization', '-')}")
        path = request.url.path
        if path == "/api/tasks":
            return httpx.Response(self.status, json=TASKS)
        if path.startswith("/api/models/"):
            return httpx.Response(self.status, json={"pipeline_tag": self.tag})
        return httpx.Response(200, json=WORDS if "masks" in path else [0.5])


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def client(hub: Hub) -> Iterator[HfInference]:
    with httpx.Client(transport=httpx.MockTransport(hub)) as http:
        yield HfInference("hf_ONE", target=targets.classic(), http_client=http)


def test_a_models_task_is_asked_once_a_credential(hub: Hub, client: HfInference) -> None:
    for token in (None, None, "hf_TWO", None):
        client.feature_extraction("x", model="m", access_token=token)
    assert [line for line in hub.asked if "GET" in line] == [
        "GET /api/models/m Bearer hf_ONE",
        "GET /api/models/m Bearer hf_TWO",
    ]
    assert sum("POST /pipeline/feature-extraction/m" in line for line in hub.asked) == 4


def test_an_answer_for_one_task_serves_the_other(hub: Hub, client: HfInference) -> None:
    client.feature_extraction("x", model="m")
    client.sentence_similarity({"source_sentence": "a", "sentences": ["b"]}, model="m")
    assert [line.rpartition(" Bearer")[0] for line in hub.asked] == [
        "GET /api/models/m",
        "POST /pipeline/feature-extraction/m",
        "POST /models/m",
    ]


def test_a_key_that_is_no_hub_token_is_not_shown_to_the_hub(hub: Hub, client: HfInference) -> None:
    client.feature_extraction("x", model="m", access_token="key-of-a-proxy")
    assert hub.asked == ["GET /api/models/m -", "POST /pipeline/feature-extraction/m Bearer key-of-a-proxy"]


@pytest.mark.parametrize("break_it", [lambda hub: setattr(hub, "status", 500), lambda hub: setattr(hub, "tag", None)])
def test_a_look_up_that_fails_is_no_failure_of_the_call_and_is_tried_again(
    hub: Hub, client: HfInference, break_it: Callable[[Hub], None]
) -> None:
    break_it(hub)
    client.feature_extraction("x", model="m")
    client.feature_extraction("x", model="m")
    assert [line.partition(" Bearer")[0] for line in hub.asked] == ["GET /api/models/m", "POST /models/m"] * 2


@pytest.mark.parametrize("model", ["https://e.example/x", "/local/x"])
def test_a_url_and_a_path_are_not_looked_up(hub: Hub, client: HfInference, model: str) -> None:
    client.feature_extraction("x", model=model)
    assert not [line for line in hub.asked if "GET" in line]


def test_other_tasks_are_not_looked_up_and_do_not_heed_the_task_option(hub: Hub, client: HfInference) -> None:
    client.fill_mask("x", model="masks", options=Options(task="summarization"))
    assert hub.asked == ["POST /models/masks Bearer hf_ONE"]


def test_the_default_models_are_asked_for_once_and_without_a_credential(hub: Hub, client: HfInference) -> None:
    for token in (None, "hf_TWO"):
        client.fill_mask("x", access_token=token)
    assert hub.asked == [
        "GET /api/tasks -",
        "POST /models/default/masks Bearer hf_ONE",
        "POST /models/default/masks Bearer hf_TWO",
    ]


def test_a_task_without_a_default_model_is_said_to_have_none(hub: Hub, client: HfInference) -> None:
    with pytest.raises(NoDefaultModelError, match=r"^No model provided, and no default model found for this task$"):
        client.summarization("x")


def test_a_hub_that_cannot_be_asked_for_a_default_says_why_and_is_asked_again(hub: Hub, client: HfInference) -> None:
    hub.status = 404
    with pytest.raises(NoDefaultModelError, match="404"):
        client.fill_mask("x")
    hub.status = 200
    assert client.fill_mask("x")[0].token_str == "t"


def test_another_hub_and_another_host_can_be_named() -> None:
    asked: list[str] = []

    def far_side(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json=TASKS if "tasks" in request.url.path else WORDS)

    target = targets.classic("https://proxy.example/api?key=1", hub_url="https://hub.example")
    with httpx.Client(transport=httpx.MockTransport(far_side)) as http:
        HfInference(target=target, http_client=http).fill_mask("x")
    assert asked == ["https://hub.example/api/tasks", "https://proxy.example/api/models/default/masks?key=1"]


def test_a_503_is_asked_again_once_and_nothing_else_is() -> None:
    for status, error, tries in ((503, ModelLoadingError, 2), (429, RateLimitedError, 1)):
        asked: list[bytes] = []

        def far_side(request: httpx.Request, status: int = status, asked: list[bytes] = asked) -> httpx.Response:
            asked.append(request.content)
            return httpx.Response(status, json={"error": "not now"})

        with (
            httpx.Client(transport=httpx.MockTransport(far_side)) as http,
            pytest.raises(error),
        ):
            HfInference(target=targets.classic(), http_client=http).fill_mask("x", model="m")
        assert len(asked) == tries
