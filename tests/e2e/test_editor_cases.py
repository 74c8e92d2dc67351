"""Each action on a document, as text files: what is selected, what becomes of it, and what the person is told.

The cases and their form are in tests/conformance/editor."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as t

from support.lsp_client import EditorClient
from support.server_process import Lend, ServerProcess, end_of

CASES = Path(__file__).parents[1] / "conformance" / "editor"
UPDATES = bool(os.environ.get("UPDATE_EDITOR_CASES"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file. `files` are the workspace's."""

    shows: str
    settings: dict[str, Any]
    files: dict[str, str]
    language: str
    source: str
    result: str | None
    message: str | None


def read_case(text: str) -> Case:
    """A case from its file's text; an unknown section is a mistake."""
    head, *parts = text.removesuffix("\n").split("\n--- ")
    sections = dict(part.partition("\n")[::2] for part in parts)
    assert len(sections) == len(parts), "a section stands twice"
    files = {name.removeprefix("file "): sections.pop(name) for name in tuple(sections) if name.startswith("file ")}
    case = Case(
        shows=head,
        settings=json.loads(sections.pop("settings", "{}")),
        files=files,
        language=sections.pop("language"),
        source=sections.pop("source"),
        result=sections.pop("result", None),
        message=sections.pop("message", None),
    )
    assert not sections, f"unknown sections: {list(sections)}"
    return case


def write_case(case: Case) -> str:
    """The file's text: what `read_case` reads."""
    parts = [case.shows]
    if case.settings:
        parts.append("settings\n" + json.dumps(case.settings))
    parts += [f"file {path}\n{text}" for path, text in case.files.items()]
    parts += [f"language\n{case.language}", f"source\n{case.source}"]
    parts += [f"{name}\n{value}" for name, value in (("result", case.result), ("message", case.message)) if value]
    return "\n--- ".join(parts) + "\n"


NAMES = sorted(path.stem for path in CASES.glob("*.txt"))


@pytest.mark.parametrize("name", NAMES)
async def test_the_action_does_what_the_case_says(
    name: str, lend: Lend, own_server: ServerProcess, tmp_path: Path, uri: str
) -> None:
    path = CASES / f"{name}.txt"
    case = read_case(path.read_text(encoding="utf-8"))
    if case.files:
        folder = tmp_path / "workspace"
        for file, text in case.files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text + "\n", encoding="utf-8")
        editor = await own_server.start(case.settings, folder=folder)
    else:
        editor = await lend(**case.settings)
    result, message = await _run(editor, name.partition("-")[0], case, uri)
    if UPDATES:
        path.write_text(write_case(replace(case, result=result, message=message)), encoding="utf-8")
        return
    assert (result, message) == (case.result or case.source.replace("«", "").replace("»", ""), case.message)


@pytest.mark.parametrize("name", NAMES)
def test_a_case_is_written_as_it_is_read(name: str) -> None:
    text = (CASES / f"{name}.txt").read_text(encoding="utf-8")
    assert write_case(read_case(text)) == text


def test_every_action_has_its_cases() -> None:
    from inference_lsp.actions import ACTIONS

    assert {name.partition("-")[0] for name in NAMES} == {action.name for action in ACTIONS}


async def _run(editor: EditorClient, action: str, case: Case, uri: str) -> tuple[str, str | None]:
    """The document afterwards, and what was said."""
    before, _, rest = case.source.partition("«")
    selected, _, after = rest.partition("»")
    document = await editor.open(uri, before + selected + after, case.language)
    selection = t.Range(document.position(len(before)), document.position(len(before + selected)))
    kind = f"{'source' if action.endswith('Document') else 'refactor.rewrite'}.inference.{action}"
    (offered,) = await editor.select_code_actions(uri, selection, only=[kind])
    assert isinstance(offered, t.CodeAction)
    if offered.disabled is not None:
        return document.text, offered.disabled.reason
    end = await end_of(editor, (await editor.run(offered))["job"])
    assert len(editor.edits) == (end["state"] == "done")
    return document.text, end["message"] or None
