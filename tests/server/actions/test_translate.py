"""Translation of real texts: every sort of backend, in order, under a limit, and no markup touched."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest
import pytest_asyncio

from hf_inference import AsyncHfInference, InputError, targets
from inference_lsp.actions.action import Note, Piece, Progress
from inference_lsp.actions.in_order import MOST
from inference_lsp.actions.translate import Translate
from inference_lsp.backend import Backend
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.settings import read_settings
from support.fake_hub import Exchange, FakeHub, Gated, Json, Reply, Sse, tgi_events


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[FakeHub]:
    async with FakeHub() as hub:
        yield hub


@pytest_asyncio.fixture
async def client(hub: FakeHub) -> AsyncIterator[AsyncHfInference]:
    async with AsyncHfInference(target=targets.endpoint(hub.url + "/m")) as client:
        yield client


def backend_of(client: AsyncHfInference, model: str = "") -> Backend:
    models = {"translation": model} if model else {}
    return Backend(client=client, label="fake", is_embedded=False, models=models)


def snapshot_of(text: str, language: str = "markdown", *, to: str = "es", **more: Any) -> Snapshot:
    settings, complaints = read_settings({"translate": {"to": to}, **more})
    assert complaints == []
    start, end = text.find("«"), text.find("»")
    if start >= 0:
        text, end = text.replace("«", "").replace("»", ""), end - 1
    else:
        start, end = 0, len(text)
    return Snapshot(
        uri="file:///x", version=1, language=language, text=text, start=start, end=end, settings=settings, locale="en"
    )


async def pieces_of(snapshot: Snapshot, backend: Backend) -> list[Piece]:
    async with aclosing(Translate().run(snapshot, backend)) as found:
        return [piece async for piece in found]


async def translated(snapshot: Snapshot, backend: Backend) -> tuple[str, list[str]]:
    """The document afterwards, and the notes."""
    pieces = await pieces_of(snapshot, backend)
    text = "".join(piece for piece in pieces if isinstance(piece, str))
    edit = Translate().edit(snapshot, text)
    notes = [piece.sentence for piece in pieces if isinstance(piece, Note)]
    return snapshot.text[: edit.start] + edit.text + snapshot.text[edit.end :], notes


def words_of(exchange: Exchange) -> str:
    """What a general model is asked to translate."""
    prompt: str = exchange.json()["inputs"]
    return prompt.split("\n-----\n")[1]


def writes(change: Callable[[str], str]) -> Callable[[Exchange], Reply]:
    """A general model."""
    return lambda exchange: Sse(tgi_events(change(words_of(exchange))))


def pipeline(change: Callable[[str], str]) -> Callable[[Exchange], Reply]:
    """A translation model."""
    return lambda exchange: Json([{"translation_text": change(exchange.json()["inputs"])}])


DOCUMENT = """---
title: stays
---

# A title

A paragraph with `code` and [a link](https://example.org/stays) on
two lines.

```sh
stays
```

- An item for {name}
- An item

| A cell | Another |
| --- | --- |
| `stays` | me@example.org |
"""
UPPER = """---
title: stays
---

# A TITLE

A PARAGRAPH WITH `code` AND [A LINK](https://example.org/stays) ON
TWO LINES.

```sh
stays
```

- AN ITEM FOR {name}
- AN ITEM

| A CELL | ANOTHER |
| --- | --- |
| `stays` | me@example.org |
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("model", ["", "facebook/m2m100_418M"])
async def test_only_the_words_of_a_document_change(
    model: str, line_end: str, hub: FakeHub, client: AsyncHfInference
) -> None:
    hub.on("/m", pipeline(str.upper) if model else writes(str.upper))
    text, notes = await translated(snapshot_of(DOCUMENT.replace("\n", line_end)), backend_of(client, model))
    assert text == UPPER.replace("\n", line_end)
    assert notes == []
    assert not any("stays" in str(exchange.json()["inputs"]) for exchange in hub.exchanges)


async def test_only_the_comments_of_code_change(hub: FakeHub, client: AsyncHfInference) -> None:
    hub.on("/m", writes(str.upper))
    code = 'x = "no # comment"  # a comment\ndef f():\n    """What it does."""\n    return x  # the end\n'
    text, _ = await translated(snapshot_of(code, "python"), backend_of(client))
    assert text == ('x = "no # comment"  # A COMMENT\ndef f():\n    """WHAT IT DOES."""\n    return x  # THE END\n')


async def test_only_the_selection_changes_and_its_own_white_space_stays(hub: FakeHub, client: AsyncHfInference) -> None:
    hub.on("/m", writes(lambda words: f"\n {words.upper()} \n\n"))
    text, _ = await translated(snapshot_of("one «  two\n\n three\t» four"), backend_of(client))
    assert text == "one   TWO\n\n THREE\t four"


LEFT: dict[str, Callable[[str], str]] = {
    "a mark is lost": lambda words: words.replace("XQX0XQX", "code"),
    "a mark comes twice": lambda words: words.replace("XQX0XQX", "XQX0XQX XQX0XQX"),
    "nothing comes back": lambda words: "" if "XQX" in words else words.upper(),
}


@pytest.mark.parametrize("case", LEFT)
async def test_a_part_that_does_not_come_back_whole_is_left_and_named(
    case: str, hub: FakeHub, client: AsyncHfInference
) -> None:
    hub.on("/m", pipeline(lambda words: LEFT[case](words).replace("Fine", "FINE")))
    text, notes = await translated(snapshot_of("Fine.\n\nRun `code` now.\n\nFine."), backend_of(client, "a/m2m100"))
    assert "Run `code` now." in text
    assert text.count("FINE") == 2
    assert notes == ["2/3 parts translated; left as they were: line 3"]


async def test_where_every_part_fails_it_is_an_error(hub: FakeHub, client: AsyncHfInference) -> None:
    hub.on("/m", pipeline(lambda words: "lost"))
    with pytest.raises(InputError, match="Nothing could be translated"):
        await translated(snapshot_of("Run `code` now."), backend_of(client, "a/m2m100"))


@pytest.mark.parametrize("text", ["`code` 12 + 3", "```\nwords\n```", "https://example.org"])
async def test_what_has_no_words_is_not_sent(text: str, hub: FakeHub, client: AsyncHfInference) -> None:
    hub.on("/m", writes(str.upper))
    with pytest.raises(InputError):
        await translated(snapshot_of(text), backend_of(client))
    assert hub.exchanges == []


async def test_a_part_without_anything_to_check_is_seen_while_it_is_written(
    hub: FakeHub, client: AsyncHfInference
) -> None:
    gate = hub.gate()
    hub.on("/m", Sse(tgi_events("uno dos"), gate=gate))
    async with aclosing(Translate().run(snapshot_of("one two"), backend_of(client))) as found:
        gate.open()
        assert await anext(found) == "uno"
        assert hub.in_flight != []
        gate.stay_open()
        assert [piece async for piece in found] == [" dos"]


async def test_parts_are_asked_for_together_under_a_limit_and_read_in_order(
    hub: FakeHub, client: AsyncHfInference
) -> None:
    gate = hub.gate()
    hub.on("/m", lambda exchange: Gated(gate, Json([{"translation_text": f"Parte {exchange.number}"}])))
    text = "\n\n".join(f"Part {number}" for number in range(12))
    running = asyncio.create_task(pieces_of(snapshot_of(text), backend_of(client, "a/m2m100")))
    for asked in range(MOST, 12):
        await hub.until(lambda asked=asked: gate.waiting == MOST and len(hub.exchanges) == asked)  # type: ignore[misc]
        gate.open()
    gate.stay_open()
    pieces = await running
    order = [exchange.json()["inputs"] for exchange in hub.exchanges]
    answered = {words: f"Parte {at}" for at, words in enumerate(order, 1)}
    assert [piece for piece in pieces if isinstance(piece, Progress)] == [Progress(n, 12) for n in range(12)]
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == "\n\n".join(
        answered[f"Part {number}"] for number in range(12)
    )


async def test_leaving_amid_a_translation_closes_every_stream(hub: FakeHub, client: AsyncHfInference) -> None:
    gate = hub.gate()
    hub.on("/m", Sse(tgi_events("uno dos tres"), gate=gate))
    running = asyncio.create_task(pieces_of(snapshot_of("one\n\ntwo\n\nthree"), backend_of(client)))
    await hub.until(lambda: gate.waiting == 3)
    gate.open(3)
    await hub.until(lambda: gate.waiting == 3 and all(exchange.chunks_sent > 1 for exchange in hub.exchanges))
    running.cancel()
    await asyncio.wait({running})
    await hub.until(lambda: not hub.in_flight)
    assert [exchange.abandoned for exchange in hub.exchanges] == [True] * 3


async def test_a_long_paragraph_is_sent_in_pieces_and_put_together_again(
    hub: FakeHub, client: AsyncHfInference
) -> None:
    hub.on("/m", pipeline(str.upper))
    sentences = "  ".join(f"This is sentence number {number} of `many_{number}`." for number in range(200))
    text, notes = await translated(snapshot_of(sentences), backend_of(client, "a/nllb-200"))
    assert text == "  ".join(f"THIS IS SENTENCE NUMBER {number} OF `many_{number}`." for number in range(200))
    assert notes == []
    assert len(hub.exchanges) > 5
    assert max(len(exchange.json()["inputs"]) for exchange in hub.exchanges) < 1_400


ASKED: dict[str, tuple[str, str, dict[str, str], str]] = {
    "NLLB": ("facebook/nllb-200-1.3B", "es", {"src_lang": "eng_Latn", "tgt_lang": "spa_Latn"}, ""),
    "mBART": ("facebook/mbart-large-50-many-to-many-mmt", "es", {"src_lang": "en_XX", "tgt_lang": "es_XX"}, ""),
    "M2M": ("facebook/m2m100_418M", "de", {"src_lang": "en", "tgt_lang": "de"}, ""),
    "a pair": ("Helsinki-NLP/opus-mt-en-es", "es", {}, ""),
    "a group": ("Helsinki-NLP/opus-mt-en-ROMANCE", "fr", {}, ">>fra<< "),
    "T5": ("google-t5/t5-small", "fr", {}, ""),
    "MADLAD": ("google/madlad400-3b-mt", "pt", {}, "<2pt> "),
    "unknown": ("me/mine", "es", {"tgt_lang": "es"}, ""),
}


@pytest.mark.parametrize("case", ASKED)
async def test_each_family_of_models_is_told_the_languages_its_own_way(
    case: str, hub: FakeHub, client: AsyncHfInference
) -> None:
    model, to, parameters, prefix = ASKED[case]
    hub.on("/m", pipeline(lambda words: words.removeprefix(prefix).upper()))
    sentence = "This is the sentence that the people of the town have written."
    text, _ = await translated(snapshot_of(sentence, to=to), backend_of(client, model))
    assert text == sentence.upper()
    sent = hub.exchanges[0].json()
    assert sent["inputs"] == prefix + sentence
    assert (sent.get("parameters") or {}) == parameters


CANNOT = {
    "another pair": ("Helsinki-NLP/opus-mt-en-de", "es", "translates into `de`, not into `es`"),
    "a language it has not": ("facebook/mbart-large-50", "ca", "does not know the language `ca`"),
    "the language it is in": ("facebook/nllb-200", "en", "in English already"),
}


@pytest.mark.parametrize("case", CANNOT)
async def test_what_a_model_cannot_do_is_said_before_anything_is_sent(
    case: str, hub: FakeHub, client: AsyncHfInference
) -> None:
    model, to, says = CANNOT[case]
    sentence = "This is the sentence that the people of the town have written."
    with pytest.raises(InputError, match=says):
        await translated(snapshot_of(sentence, to=to), backend_of(client, model))
    assert hub.exchanges == []


async def test_random_documents_keep_their_markup_on_their_way_over_the_wire(
    hub: FakeHub, client: AsyncHfInference
) -> None:
    hub.on("/m", pipeline(str.upper))
    dice = random.Random(4)
    for _ in range(25):
        blocks = dice.choices(DOCUMENT.split("\n\n"), k=6)
        text, notes = await translated(snapshot_of("\n\n".join(["Words.", *blocks])), backend_of(client, "a/m2m100"))
        upper = {block: UPPER.split("\n\n")[at] for at, block in enumerate(DOCUMENT.split("\n\n"))}
        upper["---\ntitle: stays\n---"] = "---\nTITLE: STAYS\n---"  # amid a text it is no head
        assert text == "\n\n".join(["WORDS.", *(upper[block] for block in blocks)])
        assert notes == []
