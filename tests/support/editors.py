"""Editors that are not ours: where they are, and what is said where they are not.

Knows where `scripts/setup-editors` puts them. Knows nothing of what is done in them.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

NEOVIMS: dict[str, Path | None] = {"system": None, "newest": Path(__file__).parents[2] / ".venv" / "neovim"}
"""Folders with a program `nvim`; None for the one on the PATH."""


def path_with(*folders: Path | None) -> str:
    """The PATH with these before all others."""
    return os.pathsep.join([*(str(folder) for folder in folders if folder is not None), os.environ["PATH"]])


def need(program: str, folder: Path | None = None) -> None:
    """Skip the test where there is no such program; fail where the set-up should have installed it. One in a `folder`
    is taken from a Debian that moves, and may be missing everywhere."""
    if folder is not None and not (folder / program).exists():
        pytest.skip(f"there is no newer {program} in {folder.name}: scripts/setup-editors gets it where Debian is")
    if shutil.which(program, path=path_with(folder)) is None:
        assert not os.environ.get("INFERENCE_LSP_EXPECT_EDITORS"), f"{program} should have been installed"
        pytest.skip(f"{program} is not installed")
