"""ARCHITECTURE.md is a map of the tree there is: every place it names exists, and no module is missing on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAP = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOTS = [
    ROOT,
    ROOT / "inference/hf_inference",
    ROOT / "server/inference_lsp",
    ROOT / "tests/support",
    ROOT / "vscode-extension/src",
]


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`([a-z_][\w./-]*(?:/|\.py|\.md|\.json))`", MAP))))
def test_a_place_on_the_map_exists(place: str) -> None:
    assert any((root / place).exists() for root in ROOTS), f"ARCHITECTURE.md names {place}, which is nowhere"


@pytest.mark.parametrize("package", ["inference/hf_inference", "server/inference_lsp"])
def test_every_module_and_folder_of_a_package_is_on_the_map(package: str) -> None:
    code_map = MAP[MAP.index("## Code map") : MAP.index("## The walk")]
    places = [path for path in (ROOT / package).iterdir() if not path.name.startswith("__pycache")]
    named = {
        f"{path.name}/" if path.is_dir() else path.name for path in places if path.suffix == ".py" or path.is_dir()
    }
    missing = {name for name in named - {"__init__.py", "app.py"} if f"`{name}`" not in code_map}
    assert not missing, f"not on the map: {sorted(missing)}"
