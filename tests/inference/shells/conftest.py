"""Each test of a shell runs in both; the hub has a thread of its own, so that a blocking client never blocks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.fake_hub import FakeHub
from support.shells import SHELLS, Shell


@pytest.fixture(params=SHELLS, ids=lambda shell: shell.name)
def shell(request: pytest.FixtureRequest) -> Shell:
    chosen: Shell = request.param
    return chosen


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub.in_thread() as hub:
        yield hub


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
