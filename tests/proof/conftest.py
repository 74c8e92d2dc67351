"""How long the proofs are: short in every run of the tests, at full length with INFERENCE_LSP_PROOF=full.

`INFERENCE_LSP_PROOF=full ./scripts/test tests/proof` is the documented command; each proof prints its figures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from support.fake_hub import FakeHub

Length = Callable[[int, int], int]
"""`length(short, full)`: how many of something this run takes."""


@pytest.fixture
def length() -> Length:
    is_full = os.environ.get("INFERENCE_LSP_PROOF") == "full"
    return lambda short, full: full if is_full else short


@pytest.fixture(scope="module")
def hub() -> Iterator[FakeHub]:
    with FakeHub.in_thread() as hub:
        yield hub


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Prints a figure at the end of the run."""
    figures: list[str] = request.config.stash.setdefault(_FIGURES, [])
    return figures.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for figure in config.stash.get(_FIGURES, []):
        terminalreporter.write_line(f"proof: {figure}")


_FIGURES = pytest.StashKey[list[str]]()
