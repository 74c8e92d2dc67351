"""The two official clients, as published, against the served engine: their tasks pass, and refusals reach their users.

`scripts/setup-peers` installs them. Each runs in a process of its own and prints what it got, a JSON line a call."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PEERS = HERE.parents[1] / ".venv" / "peers"

TEXTS = {
    "article": (
        "The harbour froze in January for the first time in forty years. Ships waited outside the harbour for eleven "
        "days. An icebreaker from the north opened a lane on Sunday. The market sold no fresh fish during that time."
    ),
    "letter": "Mail ada@example.org by 2026-10-12",
    "prompt": "alpha beta gamma delta\nalpha beta ga",
    "known": "The seedlings could not be moved to the greenhouse.",
    "unknown": "A sentence that no catalog holds, surely",
}
CONTINUATION = "mma delta"


@pytest.fixture(scope="session")
def hub_client(served: str) -> dict[str, Any]:
    """What huggingface_hub got, by call."""
    python = PEERS / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        missing("huggingface_hub")
    return answers([str(python), str(HERE / "hub_client.py"), served, json.dumps(TEXTS)])


@pytest.fixture(scope="session")
def js_client(served: str) -> dict[str, Any]:
    """What @huggingface/inference got, by call."""
    node = shutil.which("node")
    if node is None or not (HERE / "js" / "node_modules" / "@huggingface" / "inference").exists():
        missing("@huggingface/inference")
    return answers([str(node), str(HERE / "js" / "client.mjs"), served, json.dumps(TEXTS)])


def missing(name: str) -> None:
    assert not os.environ.get("INFERENCE_LSP_EXPECT_PEERS"), f"{name} should have been installed"
    pytest.skip(f"{name} is not installed: scripts/setup-peers")


def answers(command: list[str]) -> dict[str, Any]:
    # huggingface_hub takes HF_HUB_OFFLINE to mean this machine, too
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    run = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=180, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return {line["call"]: line["value"] for line in map(json.loads, run.stdout.splitlines())}


@pytest.fixture(params=["hub_client", "js_client"])
def got(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What one of the clients got, by call."""
    value: dict[str, Any] = request.getfixturevalue(request.param)
    return value


def test_it_summarizes(got: dict[str, Any]) -> None:
    assert got["summarization"]["summary_text"] in TEXTS["article"]
    assert got["summarization"]["summary_text"].startswith("The harbour froze")


def test_it_classifies(got: dict[str, Any]) -> None:
    labels = {item["label"]: item["score"] for item in got["classification"]}
    assert labels["POSITIVE"] == max(labels.values()) > 0.9


def test_it_finds_entities(got: dict[str, Any]) -> None:
    found = {item["entity_group"]: TEXTS["letter"][item["start"] : item["end"]] for item in got["entities"]}
    assert found == {"EMAIL": "ada@example.org", "DATE": "2026-10-12"}


def test_it_translates_what_the_memory_holds(got: dict[str, Any]) -> None:
    assert got["translation"] == {"translation_text": "No se pudieron trasladar los plantones al invernadero."}


def test_it_generates_text(got: dict[str, Any]) -> None:
    generated = got["generation"]
    assert (generated if isinstance(generated, str) else generated["generated_text"]) == CONTINUATION


def test_it_streams_text_in_pieces(got: dict[str, Any]) -> None:
    assert len(got["stream"]) > 1
    assert "".join(got["stream"]) == CONTINUATION


@pytest.mark.parametrize(
    ("call", "sentence"),
    [("no translation", "The memory holds no match"), ("unsupported", "has no method for fill-mask")],
)
def test_it_shows_its_user_the_sentence_of_a_refusal(got: dict[str, Any], call: str, sentence: str) -> None:
    assert sentence in got[call]["error"]


def test_it_is_told_plainly_that_there_is_no_chat(got: dict[str, Any]) -> None:
    # @huggingface/inference shows a sentence of its own for an error in OpenAI's shape, and hands over the body
    assert "cannot chat" in json.dumps(got["chat"])


def test_huggingface_hub_reads_the_details_and_streams_asynchronously(hub_client: dict[str, Any]) -> None:
    assert hub_client["details"]["details"]["finish_reason"] == "eos_token"
    assert [item["token"]["text"] for item in hub_client["stream details"]] == hub_client["stream"]
    assert hub_client["stream details"][-1]["generated_text"] == CONTINUATION
    assert hub_client["async stream"] == hub_client["stream"]
    assert hub_client["async summarization"] == hub_client["summarization"]


def test_the_bare_url_speaks_tgi_to_one_and_openai_to_the_other(
    hub_client: dict[str, Any], js_client: dict[str, Any]
) -> None:
    assert hub_client["tgi"] == CONTINUATION
    assert CONTINUATION.startswith(js_client["tgi"]["generated_text"])
    assert len(js_client["tgi"]["generated_text"]) < len(CONTINUATION)
