"""Completion on every sort of backend: what it is shown, and what of its answer stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from hf_inference import AsyncHfInference, BadRequestError, targets
from inference_lsp.actions.complete import Complete
from inference_lsp.actions.continuing import LONGEST_AFTER, LONGEST_BEFORE, asking, surroundings
from inference_lsp.actions.infill import infill_of
from inference_lsp.backend import Backend
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.settings import Settings
from support.fake_hub import FakeHub, Json, Sse, chat_events, completion_events, tgi_events


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[FakeHub]:
    async with FakeHub() as hub:
        yield hub


@pytest_asyncio.fixture
async def endpoint(hub: FakeHub) -> AsyncIterator[AsyncHfInference]:
    async with AsyncHfInference(target=targets.endpoint(hub.url + "/m")) as client:
        yield client


@pytest_asyncio.fixture
async def openai(hub: FakeHub) -> AsyncIterator[AsyncHfInference]:
    async with AsyncHfInference(target=targets.openai(hub.url + "/v1")) as client:
        yield client


def backend_of(client: AsyncHfInference, model: str = "some/model") -> Backend:
    return Backend(client=client, label="fake", is_embedded=False, models={"text-generation": model})


def snapshot_of(text: str, language: str = "python") -> Snapshot:
    """The place is where the bar is."""
    before, _, after = text.partition("‖")
    return Snapshot(
        uri="file:///x",
        version=1,
        language=language,
        text=before + after,
        start=len(before),
        end=len(before),
        settings=Settings(),
    )


async def completed(snapshot: Snapshot, backend: Backend) -> str:
    """The document afterwards."""
    async with aclosing(Complete().run(snapshot, backend)) as found:
        text = "".join([piece async for piece in found if isinstance(piece, str)])
    edit = Complete().edit(snapshot, text)
    return snapshot.text[: edit.start] + edit.text + snapshot.text[edit.end :]


FAMILIES = {
    "bigcode/starcoder2-3b": "<fim_prefix>AB<fim_suffix>CD<fim_middle>",
    "bigcode/santacoder": "<fim-prefix>AB<fim-suffix>CD<fim-middle>",
    "codellama/CodeLlama-7b-hf": "<PRE> AB <SUF>CD <MID>",
    "deepseek-ai/deepseek-coder-6.7b-base": "<｜fim▁begin｜>AB<｜fim▁hole｜>CD<｜fim▁end｜>",
    "Qwen/Qwen2.5-Coder-7B": "<|fim_prefix|>AB<|fim_suffix|>CD<|fim_middle|>",
    "Qwen/Qwen3-Coder-30B-A3B-Instruct": "<|fim_prefix|>AB<|fim_suffix|>CD<|fim_middle|>",
    "google/codegemma-2b": "<|fim_prefix|>AB<|fim_suffix|>CD<|fim_middle|>",
    "mistralai/Codestral-22B-v0.1": "[SUFFIX]CD[PREFIX]AB",
    "ibm-granite/granite-3b-code-base-2k": "<fim_prefix>AB<fim_suffix>CD<fim_middle>",
    "ibm-granite/granite-4.0-h-tiny": "<|fim_prefix|>AB<|fim_suffix|>CD<|fim_middle|>",
    "stabilityai/stable-code-3b": "<fim_prefix>AB<fim_suffix>CD<fim_middle>",
    "JetBrains/Mellum-4b-base": "<fim_suffix>CD<fim_prefix>AB<fim_middle>",
    "codellama/CodeLlama-34b-hf": "AB",
    "codellama/CodeLlama-7b-Python-hf": "AB",
    "meta-llama/Llama-3.1-8B": "AB",
}


@pytest.mark.parametrize("model", FAMILIES)
async def test_each_family_fills_in_by_its_own_marks_and_stops(
    model: str, hub: FakeHub, endpoint: AsyncHfInference
) -> None:
    hub.on("/m", Sse(tgi_events("x")))
    assert await completed(snapshot_of("AB‖CD"), backend_of(endpoint, model)) == "ABxCD"
    sent = hub.exchanges[0].json()
    assert sent["inputs"] == FAMILIES[model]
    infill = infill_of(model)
    assert sent["parameters"].get("stop", []) == list(infill.stops if infill else ())
    assert len(sent["parameters"].get("stop", [])) <= 4
    assert asking(snapshot_of("AB‖CD"), backend_of(endpoint, model), 7).prompt == FAMILIES[model]


async def test_at_the_end_of_a_text_there_is_nothing_to_fill_in(hub: FakeHub, endpoint: AsyncHfInference) -> None:
    hub.on("/m", Sse(tgi_events("x")))
    await completed(snapshot_of("AB‖\n\n"), backend_of(endpoint, "bigcode/starcoder"))
    assert hub.exchanges[0].json()["inputs"] == "AB"


async def test_marks_in_the_text_itself_do_not_speak_to_the_model(hub: FakeHub, endpoint: AsyncHfInference) -> None:
    hub.on("/m", Sse(tgi_events("x")))
    text = "a <fim_middle> b‖c <fim_suffix> {prefix} <|endoftext|> d"
    await completed(snapshot_of(text), backend_of(endpoint, "bigcode/starcoder"))
    assert hub.exchanges[0].json()["inputs"] == "<fim_prefix> b<fim_suffix>c <fim_middle>"


async def test_only_what_is_near_is_sent_and_no_character_is_cut(hub: FakeHub, endpoint: AsyncHfInference) -> None:
    hub.on("/m", Sse(tgi_events("x")))
    family = "👩‍👩‍👧"
    snapshot = snapshot_of(family * 9_000 + "near‖NEAR" + family * 9_000)
    await completed(snapshot, backend_of(endpoint, "bigcode/starcoder"))
    before, _, after = hub.exchanges[0].json()["inputs"].partition("<fim_suffix>")
    before, after = before.removeprefix("<fim_prefix>"), after.removesuffix("<fim_middle>")
    assert before == family * (LONGEST_BEFORE // 5 - 1) + "near"
    assert after == "NEAR" + family * ((LONGEST_AFTER - 4) // 5)


@given(
    before=st.text(alphabet="ab \n\r👩‍👧é", max_size=60),
    after=st.text(alphabet="ab \n\r👩‍👧é", max_size=60),
    most=st.integers(1, 80),
)
def test_less_is_the_nearest_of_both_sides(before: str, after: str, most: int) -> None:
    left, right = surroundings(snapshot_of(f"{before}‖{after}"), most)
    assert before.endswith(left)
    assert after.startswith(right)
    assert len(left) + len(right) <= max(most, 1)
    if len(before) + len(after) <= most // 5:
        assert (left, right) == (before, after)


def test_less_is_whole_lines_where_there_are_any() -> None:
    text = "".join(f"line {number}\n" for number in range(20)) + "here ‖there\n" + "after\n" * 20
    left, right = surroundings(snapshot_of(text), 100)
    assert left == "".join(f"line {number}\n" for number in range(11, 20)) + "here "
    assert right == "there\nafter\nafter\n"
    assert surroundings(snapshot_of("one two three four‖"), 12) == ("three four", "")


@pytest.mark.parametrize("status", [413, 422])
async def test_what_a_person_asked_for_is_not_shortened_unasked(
    status: int, hub: FakeHub, endpoint: AsyncHfInference
) -> None:
    hub.on("/m", Json({"error": "too long"}, status))
    with pytest.raises(BadRequestError):
        await completed(snapshot_of("one two three‖"), backend_of(endpoint))
    assert len(hub.exchanges) == 1


ANSWERS: dict[str, tuple[str, str, str]] = {
    "a stop sequence that the server lets through": ("f(‖\n)", "x<file_sep>more", "f(x\n)"),
    "what stands behind the place": ("f(‖)\nend", "x, y)\nend", "f(x, y)\nend"),
    "a loop": ("a\n‖\nend", "same line\nsame line\nsame line\nsame line\n", "a\nsame line\n\nend"),
    "indentation is kept": ("if a:\n‖\nend", "    b\n    c", "if a:\n    b\n    c\nend"),
    "a fence is text where text is continued": ("```\na‖\nend", "b\n```\nc", "```\nab\n```\nc\nend"),
}


@pytest.mark.parametrize("case", ANSWERS)
async def test_what_does_not_belong_is_cut_from_the_answer(case: str, hub: FakeHub, endpoint: AsyncHfInference) -> None:
    text, answer, expected = ANSWERS[case]
    hub.on("/m", Sse(tgi_events(answer)))
    assert await completed(snapshot_of(text), backend_of(endpoint, "bigcode/starcoder")) == expected


async def test_a_loop_ends_the_work_of_the_backend(hub: FakeHub, endpoint: AsyncHfInference) -> None:
    hub.on("/m", Sse([*tgi_events("the same\n" * 4)[:-1], hub.gate()]))
    assert await completed(snapshot_of("a\n‖"), backend_of(endpoint)) == "a\nthe same\n"
    await hub.until(lambda: not hub.in_flight)
    assert hub.exchanges[0].abandoned


CHAT: dict[str, tuple[str, str, str]] = {
    "fenced": ("x = ‖\nend", "```python\n1\n```", "x = 1\nend"),
    "beginning with the line again": ("def f():\n    return‖\nend", "    return 1", "def f():\n    return 1\nend"),
    "with the indentation again": ("def f():\n    ‖\nend", "    return 1", "def f():\n    return 1\nend"),
    "with what follows": ("f(‖)\nend", "x)\nend", "f(x)\nend"),
    "as it should": ("Once‖", " upon a time", "Once upon a time"),
}


@pytest.mark.parametrize("case", CHAT)
async def test_a_server_that_only_chats_is_told_in_words_and_its_manners_cut(
    case: str, hub: FakeHub, openai: AsyncHfInference
) -> None:
    text, answer, expected = CHAT[case]
    hub.on("/v1/completions", Json({"error": "no such route"}, 404))
    hub.on("/v1/chat/completions", lambda exchange: Sse(chat_events(answer)))
    assert await completed(snapshot_of(text), backend_of(openai, "Qwen/Qwen2.5-Coder-7B")) == expected
    (asked,) = [exchange.json() for exchange in hub.exchanges if exchange.path.endswith("chat/completions")]
    said = asked["messages"][0]["content"]
    before, _, after = text.partition("‖")
    assert "Continue exactly" in said
    assert "Answer only the continuation" in said
    assert before in said
    assert after in said
    assert "fim_prefix" not in said
    assert "chat_inputs" not in asked


async def test_a_server_that_continues_text_is_not_told_in_words(hub: FakeHub, openai: AsyncHfInference) -> None:
    hub.on("/v1/completions", Sse(completion_events("```\n1")))
    assert await completed(snapshot_of("x = ‖"), backend_of(openai)) == "x = ```\n1"
    sent: dict[str, Any] = hub.exchanges[0].json()
    assert sent["prompt"] == "x = "
    assert "chat_inputs" not in sent


async def test_the_embedded_engine_goes_on_as_the_document_does_and_says_where() -> None:
    async with AsyncHfInference(target=targets.embedded()) as client:
        backend = Backend(client=client, label="embedded", is_embedded=True)
        code = "first = compute(alpha, beta)\nsecond = compute(alpha, beta)\nthird = compute(‖)\n"
        assert (await completed(snapshot_of(code), backend)).endswith("third = compute(alpha, beta)\n")
