"""The real server over stdio, and the far sides of both its wires: an editor and a backend.

Servers are kept for the whole run, one for each set of settings, and lent to tests that leave them as they were.
Tests that end, starve or reconfigure a server take one of their own (`own_server`)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from support.fake_hub import FakeHub
from support.lsp_client import EditorClient
from support.server_process import Asked, Lend, Record, ServerProcess, open_bars

_figures = pytest.StashKey[dict[str, list[float]]]()
_numbers = count(1)


@pytest_asyncio.fixture(scope="session")
async def hub() -> AsyncIterator[FakeHub]:
    """The backend of all tests; each says what it answers before it asks."""
    async with FakeHub() as hub:
        yield hub


@pytest_asyncio.fixture(scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, ServerProcess]]:
    servers: dict[str, ServerProcess] = {}
    yield servers
    for server in servers.values():
        await server.stop()
    for settings, server in servers.items():
        assert "Traceback" not in server.stderr, f"with {settings}: {server.stderr}"
        assert "Warning" not in server.stderr, f"with {settings}: {server.stderr}"
        assert server.process.returncode == 0


@pytest_asyncio.fixture
async def lend(servers: dict[str, ServerProcess], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lend]:
    """`await lend(settings…)`: the editor of a server with these settings, as if fresh. Afterwards it must be alive,
    idle, and have no progress bar left."""
    lent: list[EditorClient] = []

    async def lend(capabilities: dict[str, Any] | None = None, **settings: Any) -> EditorClient:
        key = json.dumps([settings, capabilities], sort_keys=True)
        if key not in servers or servers[key].editor.server_ended:
            server = ServerProcess(tmp_path_factory.mktemp("home"))
            if capabilities is None:
                await server.start(settings)
            else:
                await server.start(settings, capabilities=capabilities)
            servers[key] = server
        editor = servers[key].editor
        _forget(editor)
        lent.append(editor)
        return editor

    yield lend
    for editor in lent:
        assert await editor.execute("inference.cancel") == 0, "a job was left running"
        await editor.until(partial(_no_bar_is_open, editor), "the end of every progress bar")
        for uri in tuple(editor.documents):
            await editor.close(uri)


@pytest_asyncio.fixture
async def own_server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server for this test alone."""
    server = ServerProcess(tmp_path / "home")
    yield server
    await server.stop()


@pytest.fixture
def uri() -> str:
    """A document no other test has."""
    return f"file:///e2e/document-{next(_numbers)}.md"


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Record:
    """Notes milliseconds under a name, to be told at the end of the run. Nothing is asserted on them."""

    def record(name: str, seconds: float) -> None:
        request.config.stash.setdefault(_figures, {}).setdefault(name, []).append(seconds * 1000)

    return record


@pytest.fixture
def asked(hub: FakeHub) -> Asked:
    """`asked()`: the requests that sent the backend text since this test began; questions about itself do not."""
    before = len(hub.exchanges)
    return lambda: [exchange for exchange in hub.exchanges[before:] if exchange.method == "POST"]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for name, values in sorted(config.stash.get(_figures, {}).items()):
        ordered = sorted(values)
        terminalreporter.write_line(
            f"{name}: p50 {ordered[len(ordered) // 2]:.1f} ms, worst {ordered[-1]:.1f} ms, n {len(ordered)}"
        )


def _no_bar_is_open(editor: EditorClient) -> bool:
    return not open_bars(editor)


def _forget(editor: EditorClient) -> None:
    for record in (editor.notifications, editor.requests, editor.progress, editor.messages, editor.edits):
        record.clear()
    editor.before_edit = lambda params: None
