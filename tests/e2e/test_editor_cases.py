"""Each action on a document, as text files: what is selected, what becomes of it, and what the person is told.

The cases and their form are in tests/conformance/editor."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from lsprotocol import types as t

from support.editor_cases import NAMES, Case, kind_of, load, path_of, read_case, write_case, write_files
from support.lsp_client import EditorClient
from support.server_process import Lend, ServerProcess, end_of

UPDATES = bool(os.environ.get("UPDATE_EDITOR_CASES"))


@pytest.mark.parametrize("name", NAMES)
async def test_the_action_does_what_the_case_says(
    name: str, lend: Lend, own_server: ServerProcess, tmp_path: Path, uri: str
) -> None:
    case = load(name)
    if case.files:
        folder = tmp_path / "workspace"
        write_files(case, folder)
        editor = await own_server.start(case.settings, folder=folder)
    else:
        editor = await lend(**case.settings)
    result, message = await _run(editor, kind_of(name), case, uri)
    if UPDATES:
        path_of(name).write_text(write_case(replace(case, result=result, message=message)), encoding="utf-8")
        return
    assert (result, message) == (case.expected, case.message)


@pytest.mark.parametrize("name", NAMES)
def test_a_case_is_written_as_it_is_read(name: str) -> None:
    text = path_of(name).read_text(encoding="utf-8")
    assert write_case(read_case(text)) == text


def test_every_action_has_its_cases() -> None:
    from inference_lsp.actions import ACTIONS

    assert {name.partition("-")[0] for name in NAMES} == {action.name for action in ACTIONS}


async def _run(editor: EditorClient, kind: str, case: Case, uri: str) -> tuple[str, str | None]:
    """The document afterwards, and what was said."""
    document = await editor.open(uri, case.text, case.language)
    start, end = case.selection
    selection = t.Range(document.position(start), document.position(end))
    (offered,) = await editor.select_code_actions(uri, selection, only=[kind])
    assert isinstance(offered, t.CodeAction)
    if offered.disabled is not None:
        return document.text, offered.disabled.reason
    last = await end_of(editor, (await editor.run(offered))["job"])
    assert len(editor.edits) == (last["state"] == "done")
    return document.text, last["message"] or None
