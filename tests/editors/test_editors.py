"""The walk of a selection in editors that are not ours: Neovim's own LSP client, Emacs with eglot."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

PROSE = """\
# Notes

Gustave Eiffel built the tower in 1889. It was the tallest structure in the world for forty-one years. \
Write to info@example.org before the deadline on 2026-12-01. The deadline matters, so please plan the visit well. \
The tower is repainted every seven years, which takes sixty tonnes of paint. Many visitors come in summer.

the function returns the answer
the funct"""


def walk(editor: str, arguments: list[str], folder: Path) -> str:
    """Run an editor with an empty home on a file of its own; what it printed, if it was satisfied."""
    file = folder / "notes.txt"
    file.write_text(PROSE, encoding="utf-8")
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "INFERENCE_SERVER": json.dumps([sys.executable, "-m", "inference_lsp"]),
        "INFERENCE_FILE": str(file),
    }
    run = subprocess.run(
        [editor, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    print(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr
    assert file.read_text(encoding="utf-8") == PROSE, "nothing but the editor's own save may touch the file"
    return run.stdout


def need(program: str) -> None:
    if shutil.which(program) is None:
        assert not os.environ.get("INFERENCE_LSP_EXPECT_EDITORS"), f"{program} should have been installed"
        pytest.skip(f"{program} is not installed")


def test_neovim_gets_a_selection_summarized_explained_and_continued(tmp_path: Path) -> None:
    need("nvim")
    script = str(HERE / "neovim_walk.lua")
    output = walk(
        "nvim", ["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {script}", "notes.txt"], tmp_path
    )
    assert "9 passed, 0 failed" in output


def test_emacs_gets_a_selection_summarized_and_explained(tmp_path: Path) -> None:
    need("emacs")
    output = walk("emacs", ["-q", "--batch", "-l", str(HERE / "emacs_walk.el")], tmp_path)
    assert "6 passed, 0 failed" in output
