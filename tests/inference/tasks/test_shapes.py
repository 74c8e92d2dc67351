"""Each task's calls and replies, as data: what a call sends, the documented forms of its reply, and the replies that
are refused with the task's own sentence and the place of the fault."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import httpx
import pytest

from hf_inference import (
    AudioToAudioArgs,
    Binary,
    Call,
    FeatureExtractionArgs,
    HfInference,
    ImageSegmentationArgs,
    InferenceOutputError,
    SummarizationArgs,
    SummarizationParameters,
    TextClassificationArgs,
    ZeroShotClassificationArgs,
    targets,
)
from hf_inference.core.call import plain
from hf_inference.core.wire import to_json
from hf_inference.providers.pipeline import PIPELINE_TASKS
from support.both_shells import Outcome, outcome_in_both
from support.counting import Sink

FOLDER = Path(__file__).parents[2] / "conformance" / "tasks"
TASKS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def rows(part: str) -> list[Any]:
    """The cases of one part of every task's file."""
    return [
        pytest.param(task, case, id=f"{task}-{number}")
        for task, data in TASKS.items()
        for number, case in enumerate(data[part])
    ]


@pytest.mark.parametrize(("task", "case"), rows("calls"))
async def test_a_call_sends_what_the_task_documents(task: str, case: dict[str, Any]) -> None:
    sinks: list[Sink] = []

    def far_side() -> Sink:
        sinks.append(Sink(lambda: answer(TASKS[task]["replies"][0]["reply"])))
        return sinks[-1]

    outcome = await outcome_in_both(call_of(task, case["arguments"]), targets.endpoint("https://e.example/m"), far_side)
    assert outcome.error is None
    for sink in sinks:
        (body,) = sink.bodies
        sent = body if isinstance(with_bytes(case["body"]), Binary) else json.loads(body)
        wanted = with_bytes(case["body"])
        assert sent == (wanted.data if isinstance(wanted, Binary) else wanted)


@pytest.mark.parametrize(("task", "case"), rows("replies"))
async def test_each_documented_form_of_the_reply_is_the_tasks_output(task: str, case: dict[str, Any]) -> None:
    outcome = await answered(first_call(task), case["reply"])
    wanted = with_bytes(case["output"])
    assert plain(outcome.output) == wanted


@pytest.mark.parametrize(("task", "case"), rows("refused"))
async def test_a_reply_of_another_shape_is_refused_with_the_tasks_sentence_and_the_place(
    task: str, case: dict[str, Any]
) -> None:
    error = (await answered(first_call(task), case["reply"])).error
    assert isinstance(error, InferenceOutputError)
    assert isinstance(error, TypeError)
    assert str(error) == (
        f"Invalid inference output: Expected {TASKS[task]['expected']}. Use the 'request' method with the same "
        "parameters to do a custom call with no type checking."
    )
    place = error.path
    assert place == case["path"] or place == f"$[0]{case['path'][1:]}"  # a bare object is read as a list of one
    assert error.received


def test_every_task_of_the_hubs_form_has_its_cases() -> None:
    assert set(TASKS) == set(PIPELINE_TASKS) - {"custom"}


async def test_what_is_none_is_not_sent_and_null_in_the_reply_survives() -> None:
    parameters = SummarizationParameters(min_length=3, max_length=None)
    assert SummarizationArgs("t", parameters=parameters).payload() == {"inputs": "t", "parameters": {"min_length": 3}}
    details = {"finish_reason": "length", "seed": None}
    outcome = await answered(call_of("text-generation", {"inputs": "t"}), [{"generated_text": "", "details": details}])
    assert outcome.output.details == details


async def test_not_a_number_survives_the_way_back_and_is_null_on_the_way_there() -> None:
    for body in (b"[NaN, 1]", b"[[NaN], [Infinity]]"):
        outcome = await outcome_in_both(
            FeatureExtractionArgs("t"),
            targets.endpoint("https://e.example/m"),
            lambda body=body: Sink(lambda: answer_bytes(body, "application/json")),  # type: ignore[misc]
        )
        first = outcome.output[0]
        assert math.isnan(first[0] if isinstance(first, list) else first)
    labels = await outcome_in_both(
        TextClassificationArgs("t"),
        targets.endpoint("https://e.example/m"),
        lambda: Sink(lambda: answer_bytes(b'[{"label": "a", "score": NaN}]', "application/json")),
    )
    assert math.isnan(labels.output[0].score)
    assert to_json({"temperature": math.nan}) == b'{"temperature":null}'


async def test_rankings_of_several_texts_are_told_apart() -> None:
    call = ZeroShotClassificationArgs(["one", "two"], {"candidate_labels": ["a"]})
    reply = [[{"label": "a", "score": 1}], [{"label": "a", "score": 0}]]
    values = (await answered(call, reply)).output
    assert [(value.sequence, value.labels, value.scores) for value in values] == [
        ("one", ["a"], [1]),
        ("two", ["a"], [0]),
    ]


async def test_base64_in_a_reply_is_a_binary_on_demand() -> None:
    (voice,) = (
        await answered(AudioToAudioArgs(b"x"), [{"label": "v", "blob": "ZkxhQw==", "content-type": "audio/flac"}])
    ).output
    assert voice.audio() == Binary(b"fLaC", "audio/flac")
    assert "ZkxhQw" not in repr(voice)
    (region,) = (await answered(ImageSegmentationArgs(b"x"), [{"label": "cat", "mask": "R0lGODlh"}])).output
    assert region.image() == Binary(b"GIF89a", "image/gif")
    (broken,) = (await answered(ImageSegmentationArgs(b"x"), [{"label": "cat", "mask": "no base64"}])).output
    with pytest.raises(ValueError, match="base64"):
        broken.image()


def call_of(task: str, arguments: dict[str, Any]) -> Call[Any]:
    args = getattr(HfInference, TASKS[task]["method"]).args
    call: Call[Any] = args(**with_bytes(arguments))
    return call


def first_call(task: str) -> Call[Any]:
    return call_of(task, TASKS[task]["calls"][0]["arguments"])


async def answered(call: Call[Any], reply: Any) -> Outcome:
    """What a call comes to if this is the reply, in both clients."""
    return await outcome_in_both(call, targets.endpoint("https://e.example/m"), lambda: Sink(lambda: answer(reply)))


def with_bytes(value: Any) -> Any:
    """A value of the data files, with `{"$bytes": "…"}` as a GIF of those bytes."""
    if isinstance(value, dict):
        if set(value) == {"$bytes"}:
            return Binary(value["$bytes"].encode(), "image/gif")
        return {key: with_bytes(item) for key, item in value.items()}
    return [with_bytes(item) for item in value] if isinstance(value, list) else value


def answer(reply: Any) -> httpx.Response:
    value = with_bytes(reply)
    if isinstance(value, Binary):
        return answer_bytes(value.data, value.media_type)
    return answer_bytes(json.dumps(value).encode(), "application/json")


def answer_bytes(body: bytes, media_type: str) -> httpx.Response:
    return httpx.Response(200, headers={"content-type": media_type}, stream=httpx.ByteStream(body))
