"""Actions: how each is offered, what it asks of a backend, and where its result goes; no editor is needed for that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from hf_inference import AsyncHfInference, AuthenticationError, targets
from inference_lsp.actions import ACTIONS, Action
from inference_lsp.actions.action import Note
from inference_lsp.backend import Backend
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.settings import read_settings
from support.fake_hub import FakeHub, Json, Sse, Unauthorized, tgi_events

BY_NAME = {action.name: action for action in ACTIONS}


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[FakeHub]:
    async with FakeHub() as hub:
        yield hub


@pytest_asyncio.fixture
async def remote(hub: FakeHub) -> AsyncIterator[Backend]:
    async with AsyncHfInference(target=targets.endpoint(hub.url + "/tgi")) as client:
        yield Backend(client=client, label="models.example", is_embedded=False)


@pytest_asyncio.fixture
async def embedded() -> AsyncIterator[Backend]:
    async with AsyncHfInference(target=targets.embedded()) as client:
        yield Backend(client=client, label="embedded engine", is_embedded=True)


def snapshot(marked: str, settings: dict[str, Any] | None = None, **more: Any) -> Snapshot:
    """A document with its «selection»."""
    before, _, rest = marked.partition("«")
    selected, _, after = rest.partition("»")
    base = Snapshot(
        uri="u",
        version=1,
        language="markdown",
        text=before + selected + after,
        start=len(before),
        end=len(before + selected),
        settings=read_settings(settings)[0],
    )
    return replace(base, **more)


TITLES: dict[str, tuple[str, Snapshot, str, str]] = {
    "summarize": ("summarize", snapshot("«x»"), "Summarize (models.example)", "Summarize (picks sentences, no model)"),
    "translate to the setting's language": (
        "translate",
        snapshot("«x»", {"translate": {"to": "es"}}, locale="fr"),
        "Translate to Spanish (models.example)",
        "Translate to Spanish (translation memory, no model)",
    ),
    "translate to the editor's language": (
        "translate",
        snapshot("«x»", locale="pt-BR"),
        "Translate to Portuguese (models.example)",
        "Translate to Portuguese (translation memory, no model)",
    ),
    "translate to what will be asked": (
        "translate",
        snapshot("«x»"),
        "Translate to … (models.example)",
        "Translate to … (translation memory, no model)",
    ),
    "translate to a language nobody knows": (
        "translate",
        snapshot("«x»", {"translate": {"to": "xx"}}),
        "Translate to xx (models.example)",
        "Translate to xx (translation memory, no model)",
    ),
    "summarize the document": (
        "summarizeDocument",
        snapshot("x«»"),
        "Summarize document (models.example)",
        "Summarize document (picks sentences, no model)",
    ),
    "translate the document": (
        "translateDocument",
        snapshot("x«»", {"translate": {"to": "es"}}),
        "Translate document to Spanish (models.example)",
        "Translate document to Spanish (translation memory, no model)",
    ),
    "complete": (
        "complete",
        snapshot("x«»"),
        "Complete here (models.example)",
        "Complete here (as your workspace goes on, no model)",
    ),
}


@pytest.mark.parametrize("case", TITLES)
def test_a_title_says_what_is_done_and_who_does_it(case: str, remote: Backend, embedded: Backend) -> None:
    name, given, on_network, here = TITLES[case]
    assert BY_NAME[name].offer(given, remote).title == on_network
    assert BY_NAME[name].offer(given, embedded).title == here


DISABLED = {
    "a selection": ("«x»", "", "", ""),
    "only a cursor": ("x«»", "Select the text to summarize first.", "Select the text to translate first.", ""),
    "white space": (
        "« \n\t»",
        "Select the text to summarize first.",
        "Select the text to translate first.",
        "There is no text to continue yet.",
    ),
    "an empty document": (
        "«»",
        "Select the text to summarize first.",
        "Select the text to translate first.",
        "There is no text to continue yet.",
    ),
}


@pytest.mark.parametrize("case", DISABLED)
def test_an_action_that_cannot_run_says_why(case: str, remote: Backend) -> None:
    marked, *reasons = DISABLED[case]
    offers = [BY_NAME[name].offer(snapshot(marked), remote) for name in ("summarize", "translate", "complete")]
    assert [offer.disabled for offer in offers] == reasons


def test_offering_asks_nobody(hub: FakeHub, remote: Backend) -> None:
    for action in ACTIONS:
        action.offer(snapshot("«x»"), remote)
    assert hub.exchanges == []


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_names_kinds_and_labels_go_together(action: Action) -> None:
    tree = "source" if action.name.endswith("Document") else "refactor.rewrite"
    assert action.kind == f"{tree}.inference.{action.name}"
    assert action.label.replace(" d", "D").lower() == action.name.lower()


async def test_a_summary_is_asked_of_the_model_for_summaries(hub: FakeHub, remote: Backend) -> None:
    hub.on("/tgi", Json([{"summary_text": "Short."}]))
    given = snapshot("a «  Long text. » b")
    assert await _run("summarize", given, remote) == ("Short.", [])
    assert hub.exchanges[0].json()["inputs"] == "Long text."


async def test_a_completion_is_given_what_stands_before_and_streams(hub: FakeHub, remote: Backend) -> None:
    hub.on("/tgi", Sse(tgi_events(" and so on.", finish_reason="eos_token")))
    given = snapshot("x" * 20_000 + "Once«»after", {"complete": {"maxTokens": 7}})
    assert await _run("complete", given, remote) == (" and so on.", []), "special tokens are no text"
    asked = hub.exchanges[0].json()
    assert asked["inputs"].endswith("xOnce")
    assert len(asked["inputs"]) < 10_000, "a long document is not sent whole"
    assert asked["parameters"]["max_new_tokens"] == 7
    assert asked["stream"] is True


async def test_the_embedded_engine_says_how_it_found_what_it_says(embedded: Backend) -> None:
    code = "first = compute(alpha, beta)\nsecond = compute(alpha, beta)\nthird = compute(«»"
    text, notes = await _run("complete", snapshot(code, language="python"), embedded)
    assert text.startswith("alpha, beta)")
    assert len(notes) == 1


@pytest.mark.parametrize("name", BY_NAME)
async def test_a_failing_backend_is_the_callers_to_tell(name: str, hub: FakeHub, remote: Backend) -> None:
    hub.on("/tgi", Unauthorized())
    with pytest.raises(AuthenticationError):
        await _run(name, snapshot("Some «text to work on» here."), remote)


async def test_a_document_is_worked_on_whole_whatever_is_selected(hub: FakeHub, remote: Backend) -> None:
    hub.on("/tgi", Sse(tgi_events("Neu")))
    text, _ = await _run("translateDocument", snapshot("# One\n\ntwo «three» four\n"), remote)
    assert text == "# Neu\n\nNeu\n"
    edit = BY_NAME["translateDocument"].edit(snapshot("# One\n\ntwo «three» four\n"), text)
    assert (edit.start, edit.end, edit.text) == (0, 22, text)
    hub.on("/tgi", Json([{"summary_text": "Short."}]))
    assert await _run("summarizeDocument", snapshot("# One\n\ntwo «three» four\n"), remote) == ("Short.", [])
    assert hub.exchanges[-1].json()["inputs"] == "# One\n\ntwo three four"
    end = BY_NAME["summarizeDocument"].edit(snapshot("# One\n\ntwo «three» four\n"), "Short.")
    assert (end.start, end.end, end.text) == (21, 21, "\n\nShort.")


def test_nothing_is_done_to_an_empty_document(remote: Backend) -> None:
    reasons = [BY_NAME[name].offer(snapshot(" \n«»"), remote).disabled for name in BY_NAME if name.endswith("Document")]
    assert reasons == ["The document is empty."] * 2


@pytest.mark.parametrize("name", ["translate", "complete"])
async def test_a_run_that_is_dropped_closes_its_stream(name: str, hub: FakeHub, remote: Backend) -> None:
    hub.on("/tgi", Sse([*tgi_events("a b c")[:2], hub.gate()]))
    run = BY_NAME[name].run(snapshot("Some «text to work on» here."), remote)
    assert await anext(run) == "a"
    await run.aclose()
    await hub.until(lambda: not hub.in_flight)


async def _run(name: str, given: Snapshot, backend: Backend) -> tuple[str, list[str]]:
    """The text and the notes."""
    pieces = [piece async for piece in BY_NAME[name].run(given, backend)]
    text = "".join(piece for piece in pieces if isinstance(piece, str))
    return text, [piece.sentence for piece in pieces if isinstance(piece, Note)]
