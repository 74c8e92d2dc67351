"""What type checkers see: every method of both clients has its arguments' and its output's types, from one line each.

The programs below are checked by mypy --strict and by pyright --strict; a wrong call must be found by both."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import hf_inference
from hf_inference.core.method import Method, StreamMethod
from hf_inference.surface import Surface

SOURCES = Path(hf_inference.__file__).parents[1]

RIGHT = """
from collections.abc import Coroutine
from typing import Any, assert_type

import hf_inference as hf


def blocking(client: hf.HfInference) -> None:
    assert_type(client.summarization(inputs="long"), hf.SummarizationOutput)
    parameters = hf.SummarizationParameters(max_length=9)
    assert_type(client.summarization(inputs="long", parameters=parameters).summary_text, str)
    options = hf.Options(max_retries=1)
    assert_type(client.summarization(inputs="long", model="m", access_token="t", options=options).summary_text, str)
    assert_type(client.text_generation(inputs="p").generated_text, str)
    assert_type(client.text_generation_stream(inputs="p"), hf.Stream[hf.TextGenerationStreamOutput])
    with client.text_generation_stream(inputs="p") as stream:
        for piece in stream:
            assert_type(piece.token.text, str)
        assert_type(stream.opened.model, str)
    assert_type(client.text_to_image("t"), hf.Binary)
    assert_type(client.text_to_image(inputs="t", model="m", output_type="blob"), hf.Binary)
    assert_type(client.text_to_image("t", {"seed": 1}, output_type="url"), str)
    assert_type(client.text_to_image("t", output_type="dataUrl"), str)
    assert_type(client.text_to_image("t", output_type="json"), dict[str, Any])
    assert_type(client.chat.completions.create(messages=[]), hf.ChatCompletionOutput)
    assert_type(client.chat.completions.create(messages=[], top_p=0.5, stream=False), hf.ChatCompletionOutput)
    chunks = client.chat.completions.create(messages=[], model="m", stream=True)
    assert_type(chunks, hf.Stream[hf.ChatCompletionStreamOutput])
    assert_type(client.answer(hf.TextToImageUrlArgs("t")), hf.Answer[str])
    assert_type(client.answer(hf.SummarizationArgs(inputs="long")), hf.Answer[hf.SummarizationOutput])
    assert_type(client.endpoint("http://h/").summarization(inputs="long"), hf.SummarizationOutput)
    with client as same:
        assert_type(same, hf.HfInference)


async def awaited(client: hf.AsyncHfInference) -> None:
    assert_type(await client.summarization(inputs="long"), hf.SummarizationOutput)
    asked: Coroutine[Any, Any, hf.SummarizationOutput] = client.summarization(inputs="long")
    assert_type(await asked, hf.SummarizationOutput)
    assert_type(client.text_generation_stream(inputs="p"), hf.AsyncStream[hf.TextGenerationStreamOutput])
    async with client.text_generation_stream(inputs="p") as stream:
        async for piece in stream:
            assert_type(piece.token.text, str)
    assert_type(await client.text_to_image("t"), hf.Binary)
    assert_type(await client.text_to_image("t", output_type="url"), str)
    assert_type(await client.text_to_image("t", output_type="json"), dict[str, Any])
    assert_type(await client.chat.completions.create(messages=[]), hf.ChatCompletionOutput)
    chunks = await client.chat.completions.create(messages=[], model="m", stream=True)
    assert_type(chunks, hf.AsyncStream[hf.ChatCompletionStreamOutput])
    assert_type(await hf.aio.text_to_image("t", output_type="dataUrl"), str)
    assert_type(await client.answer(hf.SummarizationArgs(inputs="long")), hf.Answer[hf.SummarizationOutput])
    assert_type(client.endpoint("http://h/"), hf.AsyncHfInferenceEndpoint)
    async with client as same:
        assert_type(same, hf.AsyncHfInference)
"""

EVERY = """
from collections.abc import Callable
import hf_inference as hf

blocking = hf.HfInference()
awaited = hf.AsyncHfInference()
"""

WRONG = {
    "no input": "hf.HfInference().summarization()",
    "a number for a text": "hf.HfInference().summarization(inputs=1)",
    "an argument that does not exist": 'hf.HfInference().summarization(inputs="", sentence="")',
    "a parameter that does not exist": "hf.SummarizationParameters(max_lenght=1)",
    "an option that does not exist": "hf.Options(wait_for_modle=True)",
    "an output's member that does not exist": 'hf.HfInference().summarization(inputs="").text',
    "an output that was not awaited": 'hf.AsyncHfInference().summarization(inputs="").summary_text',
    "a task that does not exist": 'hf.HfInference().sumarization(inputs="")',
    "a form of a picture that does not exist": 'hf.HfInference().text_to_image("", output_type="png")',
    "a chat option that does not exist": "hf.HfInference().chat.completions.create(messages=[], temprature=1)",
    "a chat option of the wrong type": 'hf.HfInference().chat.completions.create(messages=[], n="1")',
    "a stream for an answer": "hf.HfInference().chat.completions.create(messages=[], stream=True).choices",
    "an assignment to an output": 'hf.HfInference().summarization(inputs="").summary_text = ""',
}


def mypy(program: str, folder: Path) -> list[int]:
    """The lines in which mypy finds an error."""
    (folder / "program.py").write_text(program)
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--no-pretty",
        "--python-version",
        "3.11",
    ]
    done = subprocess.run(
        [*command, "--cache-dir", str(folder / "cache"), "program.py"],
        cwd=folder,
        env=_environment(MYPYPATH=str(SOURCES)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return sorted({int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error: " in line})


def pyright(program: str, folder: Path) -> list[int]:
    """The lines in which pyright finds an error."""
    (folder / "program.py").write_text(program)
    (folder / "pyrightconfig.json").write_text(
        json.dumps({"typeCheckingMode": "strict", "extraPaths": [str(SOURCES)], "pythonVersion": "3.11"})
    )
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "program.py"],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = json.loads(done.stdout)["generalDiagnostics"]
    return sorted({each["range"]["start"]["line"] + 1 for each in found if each["severity"] == "error"})


def _environment(**more: str) -> dict[str, str]:
    import os

    return {**os.environ, **more}


CHECKERS = pytest.mark.parametrize("checker", [mypy, pyright], ids=["mypy", "pyright"])


@CHECKERS
def test_a_checker_infers_the_types_of_both_clients(checker: object, tmp_path: Path) -> None:
    assert callable(checker)
    assert checker(RIGHT, tmp_path) == []


@CHECKERS
def test_a_checker_knows_every_method_of_both_clients(checker: object, tmp_path: Path) -> None:
    """A method whose output were `Any` would pass for what it does not return. `request` is the only one."""
    assert callable(checker)
    lines = EVERY.splitlines()
    wrong = []
    for name in (name for name, value in vars(Surface).items() if isinstance(value, Method | StreamMethod)):
        for client in ("blocking", "awaited"):
            lines.append(f"{client}_{name}: Callable[..., Exception] = {client}.{name}")
            if (client, name) != ("blocking", "request"):
                wrong.append(len(lines))
    assert len(wrong) >= 59
    assert checker("\n".join(lines), tmp_path) == wrong


@CHECKERS
def test_a_checker_finds_a_wrong_call(checker: object, tmp_path: Path) -> None:
    assert callable(checker)
    lines = ["import hf_inference as hf", *WRONG.values()]
    found = checker("\n".join(lines) + "\n", tmp_path)
    assert [name for number, name in enumerate(WRONG, 2) if number not in found] == []
