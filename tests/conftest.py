"""What holds for every test: none reaches beyond this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.loopback import fence


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        fence(patch)
        yield
