"""The served engine as a child process, as another program would meet it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CATALOGS = Path(__file__).parents[1] / "conformance" / "embedded" / "catalogs"


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """The URL of `inference-lsp serve`, on a free port."""
    command = [sys.executable, "-m", "inference_lsp", "serve", "--port", "0", "--folder", str(CATALOGS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        try:
            line = server.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found, line + server.stderr.read()
            yield found[0]
        finally:
            server.terminate()
            _, complaints = server.communicate(timeout=30)
    assert complaints == ""
