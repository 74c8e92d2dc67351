"""The walk of a selection in editors that are not ours, configured by the very words of server/EDITORS.md: Neovim's own
LSP client, Emacs with eglot."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.editors import NEOVIMS, need, path_with
from support.fake_hub import FakeHub, Json

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "server" / "EDITORS.md"
SUFFIXES = {"lua": "lua", "elisp": "el"}

PROSE = """\
# Notes

Gustave Eiffel built the tower in 1889. It was the tallest structure in the world for forty-one years. \
Write to info@example.org before the deadline on 2026-12-01. The deadline matters, so please plan the visit well. \
The tower is repainted every seven years, which takes sixty tonnes of paint. Many visitors come in summer.

the function returns the answer
the funct"""


def walk(editor: str, arguments: list[str], folder: Path, *, folder_of: Path | None = None, **more: str) -> str:
    """Run an editor with an empty home on a file of its own; what it printed, if it was satisfied. `folder_of`: where
    it is if not on the PATH. `more` is its environment."""
    file = folder / "notes.txt"
    file.write_text(PROSE, encoding="utf-8")
    configurations = folder / "configurations"
    configurations.mkdir()
    for name, text in documented().items():
        (configurations / name).write_text(text, encoding="utf-8")
    installed = folder / "bin"
    installed.mkdir()
    (installed / "inference-lsp").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -m inference_lsp "$@"\n', encoding="utf-8"
    )
    (installed / "inference-lsp").chmod(0o755)
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "PATH": path_with(installed, folder_of),
        "INFERENCE_CONFIG": str(configurations),
        "INFERENCE_FILE": str(file),
        **more,
    }
    run = subprocess.run(
        [editor, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    print(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr
    assert file.read_text(encoding="utf-8") == PROSE, "nothing but the editor's own save may touch the file"
    return run.stdout


def documented() -> dict[str, str]:
    """The configurations of the document that are marked to be run, by the names of files they could be in."""
    blocks = re.findall(r"<!-- run: (\S+) -->\n```(\w+)\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    return {f"{name}.{SUFFIXES[language]}": text for name, language, text in blocks}


def test_every_configuration_that_is_said_to_be_run_is_there() -> None:
    assert list(documented()) == [
        "neovim-0.11.lua",
        "neovim-0.12.lua",
        "neovim-0.7.lua",
        "neovim-commands.lua",
        "eglot.el",
        "eglot-commands.el",
        "neovim-keys.lua",
        "eglot-keys.el",
    ]


@pytest.mark.parametrize("neovim", NEOVIMS)
def test_neovim_gets_a_selection_summarized_explained_and_continued(neovim: str, tmp_path: Path) -> None:
    need("nvim", NEOVIMS[neovim])
    script = str(HERE / "neovim_walk.lua")
    arguments = ["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {script}", "notes.txt"]
    output = walk("nvim", arguments, tmp_path, folder_of=NEOVIMS[neovim])
    assert "22 passed, 0 failed" in output


def test_neovim_shows_ghost_text(tmp_path: Path) -> None:
    newest = NEOVIMS["newest"]
    need("nvim", newest)
    output = walk(
        "nvim", ["-u", "NONE", "-i", "NONE", "-l", str(HERE / "neovim_ghost.lua")], tmp_path, folder_of=newest
    )
    assert output.count("ok ") == 4


def test_emacs_gets_a_selection_summarized_and_explained(tmp_path: Path) -> None:
    need("emacs")
    output = walk("emacs", ["-q", "--batch", "-l", str(HERE / "emacs_walk.el")], tmp_path)
    assert "17 passed, 0 failed" in output


def test_emacs_gives_a_server_of_ones_own_its_key(tmp_path: Path) -> None:
    need("emacs")
    with FakeHub.in_thread() as hub:
        hub.on("/tgi", Json([{"summary_text": "SHORT."}]))
        host = hub.url.removeprefix("http://")
        (tmp_path / ".authinfo").write_text(f"machine {host} login me password own-key-456\n", encoding="utf-8")
        script = str(HERE / "emacs_key.el")
        output = walk("emacs", ["-q", "--batch", "-l", script], tmp_path, INFERENCE_URL=f"{hub.url}/tgi")
        assert "ok summary inserted" in output
        (asked,) = [exchange for exchange in hub.exchanges if exchange.method == "POST"]
        assert asked.headers["authorization"] == "Bearer own-key-456"
