"""Folders have settings of their own, but for those that only the person at the machine may set."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from inference_lsp.folders import FolderSettings, holds
from inference_lsp.settings import Settings, over_machine, read_settings

ONE, INNER, OTHER = "file:///project/one", "file:///project/one/inner", "file:///project/other"
MACHINE = {"target": "openai", "url": "http://127.0.0.1:1/v1", "timeout": 9}


def test_each_document_goes_by_the_innermost_folder_that_holds_it() -> None:
    settings = FolderSettings()
    assert settings.take({"timeout": 9}, {ONE: {"timeout": 1}, INNER: {"timeout": 2}, OTHER: None}) == []
    timeouts = {
        f"{ONE}/a.md": 1,
        f"{INNER}/a.md": 2,
        f"{OTHER}/a.md": 9,
        "file:///project/one-more/a.md": 9,
        "untitled:Untitled-1": 9,
        "": 9,
    }
    assert {uri: settings.of(uri).timeout for uri in timeouts} == timeouts


def test_a_folder_that_is_gone_or_says_nothing_more_goes_by_the_machine() -> None:
    settings = FolderSettings()
    settings.take({"timeout": 9}, {ONE: {"timeout": 1}})
    settings.take({"timeout": 8}, {ONE: None})
    assert settings.of(f"{ONE}/a.md").timeout == 8


def machine_only(settings: Any = None, path: str = "") -> list[str]:
    settings = Settings() if settings is None else settings
    found: list[str] = []
    for member in fields(settings):
        value, name = getattr(settings, member.name), f"{path}{member.name}"
        if is_dataclass(value):
            found += machine_only(value, f"{name}.")
        elif member.metadata["machine"]:
            found.append(name)
    return found


HOSTILE: dict[str, Any] = {
    "target": "openai",
    "url": "http://127.0.0.1:9/v1",
    "provider": "groq",
    "failover": ["endpoint"],
    "record": "/somewhere/else",
    "replay": "/somewhere/else",
    "automatic.remote": True,
}


def test_every_setting_that_says_where_text_goes_is_the_machines() -> None:
    assert set(machine_only()) == set(HOSTILE)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("machine", [None, {"target": "embedded"}, MACHINE])
def test_a_folder_cannot_set_what_is_the_machines(name: str, machine: Any) -> None:
    head, _, rest = name.partition(".")
    folder = {head: {rest: HOSTILE[name]} if rest else HOSTILE[name], "timeout": 3}
    if name in ("target", "failover"):
        folder["url"] = "http://127.0.0.1:9/v1"
    settings = FolderSettings()
    settings.take(machine, {ONE: folder})
    expected = read_settings(machine)[0]
    of_folder = settings.of(f"{ONE}/a.md")
    assert over_machine(of_folder, expected) == of_folder
    assert of_folder.timeout == 3, "the rest is the folder's"


def test_a_folders_own_wrong_value_is_named_once() -> None:
    settings = FolderSettings()
    complaints = settings.take({"timeout": "a"}, {ONE: {"timeout": "b"}, OTHER: {"hover": {"scope": 1}}})
    assert [complaint.split(" ")[0] for complaint in complaints] == ["inference.timeout", "inference.hover.scope"]


@pytest.mark.parametrize(
    ("folder", "uri", "expected"),
    [
        ("file:///a", "file:///a/b", True),
        ("file:///a/", "file:///a/b", True),
        ("file:///a", "file:///ab", False),
        ("file:///a", "file:///a", False),
        ("file:///a/b", "file:///a", False),
    ],
)
def test_a_folder_holds_what_lies_below_it(folder: str, uri: str, expected: bool) -> None:
    assert holds(folder, uri) is expected
