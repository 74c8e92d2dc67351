"""What the embedded completion writes at a cursor, how sure it says to be, and where it says to have it from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import count
from math import exp, prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hf_inference.engines.embedded.completion import Completion
from hf_inference.engines.embedded.workspace import Workspace
from hf_inference.engines.engine import Refusal

SHAPES = """class Circle:
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        if self.radius < 0:
            raise ValueError("a negative radius")
        return 3.14159 * self.radius**2


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
"""

# What stands before the cursor (‸) and behind it, and what is to be written there.
WRITES = {
    "the rest of a line seen before": ("alpha(beta, gamma)\nalpha(be‸", "ta, gamma)"),
    "the rest of a word": ("the configuration\nthe configu‸", "ration"),
    "a word behind a blank": ("one two three\none ‸", "two three"),
    "a new name in the place of an old": (SHAPES + "        if ‸", "self.side < 0:"),
    "the new name behind an underscore": (
        "class A:\n    def __init__(self, red):\n        self._red = red\n\n\n"
        "class B:\n    def __init__(self, blue):\n        self.‸",
        "_blue = blue",
    ),
    "nothing of the copied text twice": ("a = [\n    1,\n    2,\n]\nb = [\n    1,‸", "\n    2,\n]"),
    "deeper lines deeper": (
        "for a in x:\n    if ready:\n        start(now)\n\ndef f():\n    for a in x:‸",
        "\n        if ready:\n            start(now)",
    ),
    "tabs where tabs are": ("def f():\n\tif ready:\n\t\tstart(now)\n\ndef g():\n\tif rea‸", "dy:\n\t\tstart(now)"),
    "the indentation not yet typed": ("if ready:\n    start(now)\n\nif ready:\n‸", "    start(now)"),
    "the line ends of the document": ("if ready:\r\n    start(now)\r\n\r\nif rea‸", "dy:\r\n    start(now)"),
    "Han characters": ("我们去公园散步。\n我们去‸", "公园散步。"),
    "emoji": ("status = '🎉 done 👩‍💻'\nstatus = '‸", "🎉 done 👩‍💻'"),
    "accents": ("Übergrößenträger für Straße\nÜbergröß‸", "enträger für Straße"),
    "no bracket that stands behind already": ("print(total)\nprint(to‸)", "tal"),
    "a bracket that closes its own": ("print(f(x))\nprint(‸)", "f(x)"),
    "no end of line that stands behind already": ("if a == b:\n    go()\nif a ‸:\n    stop()", "== b"),
    "no line that stands below already": ("x = 1\ny = 2\nz = 3\n\nx = 1\ny ‸\nz = 3\n", "= 2"),
    "what only stands below": ("result = com‸\nother = compute(1, 2)\n", "pute(1, 2)"),
}


@pytest.mark.parametrize("case", WRITES)
def test_the_completion_repeats_what_the_document_does(case: str) -> None:
    text, expected = WRITES[case]
    before, _, behind = text.partition("‸")
    assert written(before, suffix=behind) == expected


def test_nothing_similar_is_refused_before_the_first_item() -> None:
    with pytest.raises(Refusal, match="nothing similar in the document or the workspace") as refused:
        Completion(Workspace()).generate("entirely new words", {})
    assert (refused.value.status, refused.value.error_type) == (422, "unsupported")


def test_an_unlikely_line_is_refused_unless_asked_for() -> None:
    # The word goes on in as many ways as there are lines.
    lines = "".join(f"pick {name} {name * 2}\n" for name in "abcdefghijklmnopqrstuvwxyz")
    with pytest.raises(Refusal):
        Completion(Workspace()).generate(lines + "pick ", {"min_confidence": 0.5})
    assert items(lines + "pick ", min_confidence=0.0)[-1]["generated_text"]


SENSELESS: list[dict[str, Any]] = [
    {"max_new_tokens": 0},
    {"max_new_tokens": "many"},
    {"max_new_tokens": True},
    {"stop": [1]},
    {"stop": [""]},
    {"stop_sequences": 7},
    {"suffix": 5},
    {"path": 5},
    {"min_confidence": 2},
    {"return_full_text": "yes"},
]


@pytest.mark.parametrize("parameters", SENSELESS, ids=str)
def test_a_senseless_parameter_is_refused_by_name(parameters: dict[str, Any]) -> None:
    name = next(iter(parameters)).removesuffix("_sequences")
    with pytest.raises(Refusal, match=f"`{name}`") as refused:
        Completion(Workspace()).generate("a b a ", parameters)
    assert (refused.value.status, refused.value.error_type) == (422, "validation")


def test_a_parameter_that_is_none_is_left_out() -> None:
    names = ("max_new_tokens", "stop", "suffix", "path", "min_confidence", "return_full_text")
    nothing: dict[str, Any] = dict.fromkeys(names)
    assert items("one two three\none ", **nothing) == items("one two three\none ")


REPEATED = "first(1); second(2)\nthird(3)\nfourth(4)\n\nfirst("

STOPS = [
    (["\n"], "1); second(2)", "stop_sequence"),
    (["second"], "1); ", "stop_sequence"),
    (["\nfourth"], "1); second(2)\nthird(3)", "stop_sequence"),
    (["d(2)\nth"], "1); secon", "stop_sequence"),
    (["d(2)\nnever"], "1); second(2)\nthird(3)\nfourth(4)", "eos_token"),
    (["third", "2"], "1); second(", "stop_sequence"),
    ([], "1); second(2)\nthird(3)\nfourth(4)", "eos_token"),
]


@pytest.mark.parametrize("name", ["stop", "stop_sequences"])
@pytest.mark.parametrize(("stop", "expected", "reason"), STOPS)
def test_the_text_ends_before_a_stop_sequence(name: str, stop: list[str], expected: str, reason: str) -> None:
    parameters: dict[str, Any] = {name: stop}
    stream = items(REPEATED, **parameters)
    assert stream[-1]["generated_text"] == expected
    assert stream[-1]["details"]["finish_reason"] == reason


def test_the_text_ends_after_so_many_tokens() -> None:
    last = items(REPEATED, max_new_tokens=3)[-1]
    assert last["generated_text"] == "1);"
    assert (last["details"]["finish_reason"], last["details"]["generated_tokens"]) == ("length", 3)


@pytest.mark.parametrize("stop", [[], ["second"], ["fourth(4)never"]])
def test_the_stream_is_that_of_tgi(stop: list[str]) -> None:
    stream = items(REPEATED, stop=stop)
    *earlier, last = stream
    assert [item["index"] for item in stream] == list(range(len(stream)))
    assert all(item["generated_text"] is None and item["details"] is None for item in earlier)
    assert "".join(item["token"]["text"] for item in stream) == last["generated_text"]
    assert all(set(item["token"]) == {"id", "text", "logprob", "special"} for item in stream)
    assert all(item["token"]["logprob"] < 0 and item["token"]["special"] is False for item in stream)
    assert last["details"]["generated_tokens"] == len(stream)
    assert last["details"]["seed"] is None


def test_the_confidence_is_the_product_of_the_lines_probabilities() -> None:
    stream = items("go(1)\ngo(1)\ngo(", stop=["\n"])
    tokens = prod(exp(item["token"]["logprob"]) for item in stream)
    confidence = stream[-1]["details"]["confidence"]
    # The line's end is predicted too.
    assert 0 < confidence < tokens


def test_what_is_repeated_more_often_is_surer() -> None:
    once, often = (items("go(1, 2)\n" * times + "go(")[-1]["details"]["confidence"] for times in (1, 8))
    assert once < often < 1


def test_a_text_with_nothing_to_add_ends_at_once() -> None:
    (only,) = items("print(total)\nprint(total", suffix=")\n")
    assert (only["generated_text"], only["token"]["special"]) == ("", True)
    assert only["details"]["finish_reason"] == "eos_token"
    assert only["details"]["generated_tokens"] == 0


def test_the_prompt_comes_first_if_the_full_text_is_asked_for() -> None:
    full = items(REPEATED, return_full_text=True)[-1]["generated_text"]
    assert full == REPEATED + written(REPEATED)


def test_a_match_in_the_document_is_named_by_its_line() -> None:
    document = "import this\n\n\nalpha(beta, gamma)\n\nalpha("
    assert items(document)[-1]["details"]["source"] == "this document:4"


def test_a_match_below_the_cursor_is_named_by_its_line() -> None:
    last = items("import this\nalpha(", suffix="\n\n\nalpha(beta, gamma)\n")[-1]
    assert (last["generated_text"], last["details"]["source"]) == ("beta, gamma)", "this document:5")


def test_a_match_far_above_in_a_long_document_is_named_by_its_line() -> None:
    filler = "".join(f"line_{number} = {number}\n" for number in range(20_000))
    document = filler + "alpha(beta, gamma)\n" + filler[:1000] + "alpha("
    assert items(document)[-1]["details"]["source"] == "this document:20001"


def test_a_match_in_the_workspace_is_named_by_file_and_line(tmp_path: Path) -> None:
    write(tmp_path / "pkg" / "shapes.py", "import this\n\n\nalpha(beta, gamma)\n")
    last = items("alpha(", workspace=indexed(tmp_path), min_confidence=0.0)[-1]
    assert (last["generated_text"], last["details"]["source"]) == ("beta, gamma)", "pkg/shapes.py:4")


def test_the_disk_copy_of_the_open_file_does_not_count(tmp_path: Path) -> None:
    write(tmp_path / "a.py", "alpha(old)\n")
    write(tmp_path / "b.py", "alpha(other)\n")
    workspace = indexed(tmp_path)
    assert written("alpha(", workspace=workspace, path=tmp_path / "b.py") == "old)"
    assert written("alpha(", workspace=workspace, path=str(tmp_path / "a.py")) == "other)"


def test_between_equals_the_nearest_directory_decides(tmp_path: Path) -> None:
    write(tmp_path / "left" / "deep" / "a.py", "alpha(left)\n")
    write(tmp_path / "right" / "deep" / "a.py", "alpha(right)\n")
    workspace = indexed(tmp_path)
    for side in ("left", "right"):
        assert written("alpha(", workspace=workspace, path=tmp_path / side / "deep" / "open.py") == f"{side})"


def test_the_document_outweighs_the_workspace(tmp_path: Path) -> None:
    for name in "abcde":
        write(tmp_path / f"{name}.py", "alpha(theirs)\n")
    assert written("alpha(mine)\nalpha(", workspace=indexed(tmp_path)) == "mine)"


def test_a_token_whose_time_is_over_comes_from_the_document_alone(tmp_path: Path) -> None:
    write(tmp_path / "a.py", "alpha(theirs)\nomega(theirs)\n")
    workspace = indexed(tmp_path)
    seconds = count()
    hurried = Completion(workspace, clock=lambda: float(next(seconds)), seconds_per_token=0.5)
    patient = Completion(workspace, clock=lambda: 0.0, seconds_per_token=0.5)
    assert text_of(patient.generate("omega(", {})).startswith("theirs)")
    with pytest.raises(Refusal):
        hurried.generate("omega(", {})
    assert text_of(hurried.generate("alpha(mine)\nalpha(", {})) == "mine)"


def test_common_ways_to_go_on_do_not_crowd_out_the_one_that_was_begun() -> None:
    common = "".join(f"value = common_{n}(1)\nother + random(2)\n" for n in range(1000))
    document = f"value = rare_name(1)\n{common}value = ra"
    assert items(document, stop=["\n"])[-1]["generated_text"] == "re_name(1)"


def test_a_closed_stream_does_no_further_work() -> None:
    ticks = count()
    completion = Completion(Workspace(), clock=lambda: float(next(ticks)))
    stream = completion.generate("".join(f"line {n} of the text\n" for n in range(50)) + "line 0", {})
    next(stream)
    assert isinstance(stream, Iterator)
    close: Callable[[], None] = stream.close  # type: ignore[attr-defined]
    close()
    before = next(ticks)
    assert next(stream, None) is None
    assert next(ticks) == before + 1


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=40), st.integers(1, 20))
def test_any_text_is_completed_or_refused(text: str, suffix: str, most: int) -> None:
    completion = Completion(Workspace())
    parameters = {"suffix": suffix, "max_new_tokens": most, "min_confidence": 0.0}
    with suppress(Refusal):
        stream = list(completion.generate(text + text, parameters))
        assert "".join(item["token"]["text"] for item in stream) == stream[-1]["generated_text"]
        assert stream[-1]["details"]["generated_tokens"] <= most


def items(prompt: str, *, workspace: Workspace | None = None, **parameters: Any) -> list[dict[str, Any]]:
    return list(Completion(workspace or Workspace()).generate(prompt, parameters))


def written(prompt: str, *, workspace: Workspace | None = None, **parameters: Any) -> str:
    return text_of(Completion(workspace or Workspace()).generate(prompt, parameters))


def text_of(stream: Iterator[Mapping[str, Any]]) -> str:
    *_, last = stream
    return str(last["generated_text"])


def indexed(folder: Path) -> Workspace:
    workspace = Workspace([folder])
    for path in workspace.files():
        workspace.update(path)
    return workspace


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
