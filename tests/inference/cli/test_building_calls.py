"""What a text, a file and JSON on a command line become: a call of any task, by what its dataclass says of itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hf_inference import Binary, HfInference, InputError
from hf_inference.commands.build import Given, build_call
from hf_inference.commands.tasks import all_tasks, find_task, streaming
from hf_inference.tasks.custom import CUSTOM

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
IMAGE = Path("image.png")


def piped(data: bytes) -> Callable[[], bytes]:
    return io.BytesIO(data).read


def test_every_method_of_the_client_is_a_task_by_its_name_and_by_the_hub_s() -> None:
    assert {name for name in all_tasks() if not callable(getattr(HfInference(), name))} == set()
    for name, task in all_tasks().items():
        assert find_task(name) is not None
        assert find_task(name.replace("_", "-")).args is task.args
        if task.args.task != CUSTOM and not task.streams:
            assert find_task(task.args.task).args is task.args
        assert task.summary
        assert task.output is not None


def test_what_streams_is_found_beside_what_answers_once() -> None:
    pairs = {name: found.name for name, task in all_tasks().items() if (found := streaming(task)) is not None}
    assert pairs.items() >= {
        ("text_generation", "text_generation_stream"),
        ("chat_completion", "chat_completion_stream"),
        ("streaming_request", "streaming_request"),
    }
    assert "summarization" not in pairs


def test_a_misspelt_task_is_answered_with_what_was_perhaps_meant() -> None:
    with pytest.raises(InputError, match="did you mean text_generation"):
        find_task("text-generatoin")
    with pytest.raises(InputError, match="--help"):
        find_task("xyzzy")


@pytest.mark.parametrize(
    ("task", "given", "fields"),
    [
        ("summarization", Given(text="long"), {"inputs": "long"}),
        ("summarization", Given(stdin=piped(b"long\n")), {"inputs": "long"}),
        ("summarization", Given(stdin=piped(b"long\r\n\r\n")), {"inputs": "long\r\n"}),
        ("summarization", Given(text="x", parameters={"max_length": 5}), {"parameters": {"max_length": 5}}),
        ("summarization", Given(arguments={"inputs": "x"}, stdin=piped(b"no")), {"inputs": "x"}),
        ("translation", Given(arguments={"inputs": ["a", "b"]}), {"inputs": ["a", "b"]}),
        ("feature_extraction", Given(text='["not", "a list"]'), {"inputs": '["not", "a list"]'}),
        (
            "question_answering",
            Given(text='{"question": "q", "context": "c"}'),
            {"inputs": {"question": "q", "context": "c"}},
        ),
        ("chat_completion", Given(text="hi"), {"messages": [{"role": "user", "content": "hi"}]}),
        ("chat_completion", Given(text='[{"role": "system"}]'), {"messages": [{"role": "system"}]}),
        ("chat_completion", Given(text="hi", parameters={"max_tokens": 3}), {"max_tokens": 3}),
        ("text_ranking", Given(text="q", arguments={"texts": ["a"]}), {"query": "q", "texts": ["a"]}),
        ("image_classification", Given(file=IMAGE), {"data": IMAGE}),
        ("image_classification", Given(stdin=piped(PNG)), {"data": Binary(PNG, "image/png")}),
        ("image_to_image", Given(file=IMAGE, text="a cat"), {"inputs": IMAGE, "parameters": {"prompt": "a cat"}}),
        ("image_text_to_image", Given(text="a cat"), {"inputs": None, "parameters": {"prompt": "a cat"}}),
        (
            "visual_question_answering",
            Given(file=IMAGE, text="What is it?"),
            {"inputs": {"question": "What is it?", "image": IMAGE}},
        ),
        (
            "zero_shot_image_classification",
            Given(file=IMAGE, parameters={"candidate_labels": ["a", "b"]}),
            {"inputs": {"image": IMAGE}, "parameters": {"candidate_labels": ["a", "b"]}},
        ),
        ("request", Given(text='{"a": 1}'), {"inputs": {"a": 1}, "data": None}),
        ("request", Given(text="plain"), {"inputs": "plain", "data": None}),
        ("request", Given(file=IMAGE), {"inputs": None, "data": IMAGE}),
        ("request", Given(arguments={"inputs": 1}, stdin=piped(b"no")), {"inputs": 1, "data": None}),
        ("health_check", Given(stdin=piped(b"ignored")), {}),
        ("list_models", Given(parameters={"limit": 2}), {"limit": 2}),
    ],
)
def test_a_text_or_a_file_goes_where_the_task_wants_it(task: str, given: Given, fields: dict[str, Any]) -> None:
    call = build_call(find_task(task), given)
    assert {name: getattr(call, name) for name in fields} == fields


def test_a_file_of_text_is_taken_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "prompt.txt"
    file.write_bytes("größer\n".encode())
    call: Any = build_call(find_task("text_generation"), Given(file=file))
    assert call.inputs == "größer\n"


@pytest.mark.parametrize(
    ("task", "given", "sentence"),
    [
        ("summarization", Given(), "nothing to work on"),
        ("summarization", Given(stdin=piped(b"")), "nothing to work on"),
        ("summarization", Given(stdin=piped(b"\xff\xfe\x00")), "no text in UTF-8"),
        ("summarization", Given(file=Path("no/such/file")), "cannot be read"),
        ("summarization", Given(text="x", arguments={"input": 1}), "no argument input; it has inputs"),
        ("question_answering", Given(text="plain"), "an object with question, context"),
        ("image_classification", Given(), "--data FILE"),
        ("image_classification", Given(text="a cat"), "takes a file, not a text"),
        ("document_question_answering", Given(text="?"), "--data FILE"),
        ("zero_shot_image_classification", Given(file=IMAGE), "needs parameters"),
        ("zero_shot_image_classification", Given(file=IMAGE, text="x"), "takes nothing beside image"),
        ("text_ranking", Given(text="q"), "needs texts"),
        ("health_check", Given(text="x"), "takes no inputs"),
    ],
)
def test_what_is_missing_or_of_no_use_is_said(task: str, given: Given, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        build_call(find_task(task), given)
