"""The editor cases in editors that are not ours: each that changes the text is chosen from the editor's own list of
code actions, ends in the very text that the case says, and one undo takes it back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.editor_cases import NAMES, Case, kind_of, load, write_files
from support.editors import NEOVIMS, need, path_with

HERE = Path(__file__).parent
CHANGING = [name for name in NAMES if load(name).result not in (None, load(name).text)]

NEOVIM = ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {HERE / 'neovim_case.lua'}"]
EMACS = ["emacs", "-q", "--batch", "-l", str(HERE / "emacs_case.el")]
EDITORS: dict[str, tuple[list[str], Path | None]] = {
    **{f"{name} neovim": (NEOVIM, folder) for name, folder in NEOVIMS.items()},
    "emacs": (EMACS, None),
}


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("name", CHANGING)
def test_the_case_holds_in_this_editor(name: str, editor: str, tmp_path: Path) -> None:
    command, installed = EDITORS[editor]
    need(command[0], installed)
    case = load(name)
    folder = tmp_path / "workspace"
    folder.mkdir()
    write_files(case, folder)
    (folder / "document").write_text(case.text, encoding="utf-8")
    described = tmp_path / "case.json"
    described.write_text(json.dumps(_description(name, case)), encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": path_with(installed),
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "INFERENCE_PYTHON": sys.executable,
        "INFERENCE_CASE": str(described),
    }
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "ok result\nok undo\n" in run.stdout, run.stdout + run.stderr


def _description(name: str, case: Case) -> dict[str, object]:
    """What the editors' scripts read. Places are lines and bytes for Neovim, characters for Emacs, all from 0."""
    start, end = case.selection
    return {
        "settings": case.settings,
        "language": case.language,
        "kind": kind_of(name),
        "text": case.text,
        "expected": case.expected,
        "characters": [start, end],
        "bytes": [_line_and_byte(case.text, start), _line_and_byte(case.text, end)],
    }


def _line_and_byte(text: str, offset: int) -> list[int]:
    before = text[:offset]
    return [before.count("\n"), len(before.rpartition("\n")[2].encode())]
