"""The documentation's tables agree with the code, and what it says of other clients' names leads to names of ours."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import hf_inference
from hf_inference import AsyncHfInference, HfInference, Options
from hf_inference.commands.tasks import all_tasks
from hf_inference.manifest import filled, main

ROOT = Path(__file__).parents[3]
README = (ROOT / "inference" / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_generated_tables_are_up_to_date() -> None:
    assert filled(README) == README
    assert main(["--check"]) == 0


def test_a_document_that_has_drifted_is_told_apart() -> None:
    drifted = README.replace("| `summarization` |", "| `sumarization` |")
    assert drifted != README
    assert filled(drifted) == README


def test_every_task_is_in_the_table() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", section("Tasks"), re.MULTILINE)
    assert listed == list(all_tasks())


def test_every_option_is_told_of() -> None:
    told = section("Options and limits")
    assert [option.name for option in fields(Options) if f"`{option.name}`" not in told] == []


def test_the_names_that_migrants_are_led_to_exist() -> None:
    rows = re.findall(
        r"^\| .* \| (.*) \|$",
        section("Coming from `@huggingface/inference`") + section("Coming from `huggingface_hub`"),
        re.MULTILINE,
    )
    methods = {name for cell in rows for name in re.findall(r"(?<![.\w])(?:hf\.|client\.)?([a-z]\w+)\(", cell)}
    classes = {name for cell in rows for name in re.findall(r"(?<![.\w])([A-Z]\w+)\(", cell)}
    elsewhere = {"Path"}
    assert {name for name in methods if not hasattr(HfInference, name)} == set()
    assert {name for name in methods if not hasattr(AsyncHfInference, name)} == set()
    assert {name for name in classes - elsewhere if not hasattr(hf_inference, name)} == set()
    assert len(methods) > 8


def test_the_extras_that_it_names_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = set(re.findall(r"pip install '\.\[(\w+)\]'", README))
    assert named
    assert named <= project["optional-dependencies"].keys()
