"""Summaries of texts too long for a model: every part read, once, under a limit, and said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
import pytest_asyncio

from hf_inference import AsyncHfInference, InferenceError, targets
from inference_lsp.actions.action import Note, Piece, Progress
from inference_lsp.actions.in_order import MOST
from inference_lsp.actions.summarize import Summarize
from inference_lsp.backend import Backend
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.settings import Settings
from support.fake_hub import Exchange, FakeHub, Gated, Json, Reply, Sse, chat_events


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[FakeHub]:
    async with FakeHub() as hub:
        yield hub


@pytest_asyncio.fixture
async def made_for_it(hub: FakeHub) -> AsyncIterator[Backend]:
    async with AsyncHfInference(target=targets.endpoint(hub.url + "/m")) as client:
        yield Backend(client=client, label="fake", is_embedded=False)


@pytest_asyncio.fixture
async def general(hub: FakeHub) -> AsyncIterator[Backend]:
    hub.on("/v1/completions", Json({"error": "no such route"}, 404))
    async with AsyncHfInference(target=targets.openai(hub.url + "/v1")) as client:
        yield Backend(client=client, label="fake", is_embedded=False, models={"text-generation": "m"})


def snapshot_of(text: str, language: str = "markdown") -> Snapshot:
    return Snapshot(
        uri="file:///x", version=1, language=language, text=text, start=0, end=len(text), settings=Settings()
    )


async def pieces_of(snapshot: Snapshot, backend: Backend) -> list[Piece]:
    async with aclosing(Summarize().run(snapshot, backend)) as found:
        return [piece async for piece in found]


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece for piece in pieces if isinstance(piece, str))


def chapters(count: int, words: int = 400) -> str:
    """Texts of a few thousand characters that say where they are from."""
    return "\n\n".join(f"# Chapter {number}\n\n" + f"word{number} " * words for number in range(count))


def first_words(exchange: Exchange) -> Reply:
    return Json([{"summary_text": "About " + " ".join(exchange.json()["inputs"].split()[:3])}])


async def test_a_text_that_fits_is_one_request_and_no_note(hub: FakeHub, made_for_it: Backend) -> None:
    hub.on("/m", first_words)
    assert await pieces_of(snapshot_of(chapters(1)), made_for_it) == ["About # Chapter 0"]


async def test_a_long_text_is_summarized_in_parts_and_the_parts_once_more(hub: FakeHub, made_for_it: Backend) -> None:
    hub.on("/m", first_words)
    pieces = await pieces_of(snapshot_of(chapters(7)), made_for_it)
    *parts, last = [exchange.json()["inputs"] for exchange in hub.exchanges]
    assert sorted(part.split()[2] for part in parts) == list("0123456")
    assert last == "\n\n".join(f"About # Chapter {number}" for number in range(7)), "in order, whoever was first"
    assert text_of(pieces) == "About About # Chapter"
    assert [piece for piece in pieces if isinstance(piece, Progress)] == [Progress(n, 7, 1) for n in range(8)]
    assert pieces[-1] == Note("7/7 parts")


async def test_no_word_of_a_long_text_is_left_out(hub: FakeHub, made_for_it: Backend) -> None:
    hub.on("/m", Json([{"summary_text": "s"}]))
    words = [f"w{number}" for number in range(20_000)]
    await pieces_of(snapshot_of(" ".join(words), "plaintext"), made_for_it)
    sent = " ".join(exchange.json()["inputs"] for exchange in hub.exchanges)
    assert set(words) <= set(sent.split())


async def test_summaries_too_long_together_are_summarized_in_parts_again(hub: FakeHub, made_for_it: Backend) -> None:
    hub.on("/m", lambda exchange: Json([{"summary_text": exchange.json()["inputs"][:1_000]}]))
    pieces = await pieces_of(snapshot_of(chapters(16)), made_for_it)
    totals = {piece.total for piece in pieces if isinstance(piece, Progress)}
    assert len(totals) > 1
    assert max(totals) == 16
    assert pieces[-1] == Note("16/16 parts")


async def test_a_model_that_shortens_nothing_is_not_asked_for_ever(hub: FakeHub, made_for_it: Backend) -> None:
    hub.on("/m", lambda exchange: Json([{"summary_text": exchange.json()["inputs"]}]))
    pieces = await pieces_of(snapshot_of(chapters(5)), made_for_it)
    assert len(hub.exchanges) == 5
    assert "Chapter 4" in text_of(pieces)


async def test_parts_without_a_summary_are_not_counted_as_covered(hub: FakeHub, made_for_it: Backend) -> None:
    hub.on("/m", lambda exchange: Json([{"summary_text": "" if "Chapter 2" in exchange.json()["inputs"] else "s"}]))
    assert (await pieces_of(snapshot_of(chapters(4)), made_for_it))[-1] == Note("3/4 parts")


async def test_a_part_that_fails_ends_the_summary_and_the_other_requests(hub: FakeHub, made_for_it: Backend) -> None:
    gate = hub.gate()
    hub.on("/m", [Json({"error": "no"}, 400), Gated(gate, Json([{"summary_text": "s"}]))])
    with pytest.raises(InferenceError, match="no"):
        await pieces_of(snapshot_of(chapters(9)), made_for_it)
    await hub.until(lambda: not hub.in_flight)
    assert len(hub.exchanges) <= MOST + 1


async def test_only_a_few_parts_are_asked_for_at_a_time(hub: FakeHub, made_for_it: Backend) -> None:
    gate = hub.gate()
    hub.on("/m", Gated(gate, Json([{"summary_text": "s"}])))
    running = asyncio.create_task(pieces_of(snapshot_of(chapters(9)), made_for_it))
    for asked in range(MOST, 9):
        await hub.until(lambda asked=asked: gate.waiting == MOST and len(hub.exchanges) == asked)  # type: ignore[misc]
        gate.open()
    gate.stay_open()
    assert (await running)[-1] == Note("9/9 parts")


@pytest.mark.parametrize(("model", "requests"), [("a/led-large-book", 1), ("google/pegasus-xsum", 5), ("", 3)])
async def test_how_much_is_sent_at_once_depends_on_the_model(
    model: str, requests: int, hub: FakeHub, made_for_it: Backend
) -> None:
    hub.on("/m", Json([{"summary_text": "s"}]))
    chosen = Backend(
        client=made_for_it.client, label="fake", is_embedded=False, models={"summarization": model} if model else {}
    )
    await pieces_of(snapshot_of(chapters(2)), chosen)
    assert len(hub.exchanges) == requests


async def test_a_general_model_is_asked_to_combine_and_heard_while_it_writes(hub: FakeHub, general: Backend) -> None:
    hub.on("/v1/chat/completions", lambda exchange: Sse(chat_events("one two three")))
    pieces = await pieces_of(snapshot_of(chapters(20)), general)
    prompts = [
        exchange.json()["messages"][0]["content"]
        for exchange in hub.exchanges
        if exchange.path.endswith("chat/completions")
    ]
    assert "summaries of the parts" in prompts[-1]
    assert not any("summaries of the parts" in prompt for prompt in prompts[:-1])
    assert [piece for piece in pieces if isinstance(piece, str)] == ["one", " two", " three"]
    assert pieces[-1] == Note(f"{len(prompts) - 1}/{len(prompts) - 1} parts")
