"""The extension's protocol.ts says what the server's protocol.py says.

Knows how both files spell a name and a shape. Knows no message by name.
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from inference_lsp import protocol

TYPESCRIPT = (Path(__file__).parents[2] / "vscode-extension" / "src" / "protocol.ts").read_text(encoding="utf-8")

SHAPES = [
    shape
    for shape in vars(protocol).values()
    if dataclasses.is_dataclass(shape) and shape.__module__ == protocol.__name__
]


def names_in_python() -> set[str]:
    values = [value for value in vars(protocol).values() if isinstance(value, str)]
    return {value for value in values if re.fullmatch(r"inference[./][a-zA-Z]+", value)}


def declared() -> set[str]:
    """What the extension says that it understands, as names of messages."""
    found = re.search(r"export const DECLARED = \{(.*?)\}", TYPESCRIPT)
    assert found is not None
    return {f"inference/{name}" for name in re.findall(r"(\w+): true", found[1])}


def test_both_name_the_same_commands_and_messages() -> None:
    constants = set(re.findall(r"export const \w+ = '(inference[./]\w+)';", TYPESCRIPT))
    assert constants | declared() == names_in_python()


def test_the_extension_declares_only_what_the_server_knows() -> None:
    assert declared() <= names_in_python()
    assert declared()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_both_give_a_message_the_same_fields(shape: type) -> None:
    found = re.search(rf"export interface {shape.__name__} \{{(.*?)\n\}}", TYPESCRIPT, re.DOTALL)
    assert found is not None, f"protocol.ts has no {shape.__name__}"
    there = re.findall(r"^  (\w+)\??:", found[1], re.MULTILINE)
    assert there == [field.name for field in dataclasses.fields(shape)]
