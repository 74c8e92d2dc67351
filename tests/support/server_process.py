"""The real server as a child process with an editor in front of it, and what a test asks about its jobs.

Knows how the server is started, its standard error and its argv. Knows nothing of a feature beyond the names that
travel: they are written out here, so that renaming one breaks a test."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from lsprotocol import types as t

from support.fake_hub import Exchange
from support.lsp_client import EditorClient, make_client

Lend: TypeAlias = Callable[..., Awaitable[EditorClient]]
"""The fixture that lends an editor whose server has these settings."""
Asked: TypeAlias = Callable[[], list[Exchange]]
"""The fixture that tells what the backend was asked."""
Record: TypeAlias = Callable[[str, float], None]
"""The fixture that notes seconds under a name."""

JOB_CAPABILITY: Mapping[str, Any] = {"experimental": {"inference": {"job": True}}}
"""What a client says that wants to see text grow."""


class ServerProcess:
    """A server not yet spoken to; `home` is its empty home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.editor = make_client()
        self._stderr: list[bytes] = []
        self._reading: asyncio.Task[None] | None = None

    @property
    def stderr(self) -> str:
        """All it wrote there so far; complete once the process has ended."""
        return b"".join(self._stderr).decode(errors="replace")

    @property
    def process(self) -> asyncio.subprocess.Process:
        process = self.editor._server
        assert process is not None
        return process

    async def spawn(self, *arguments: str, environment: Mapping[str, str] | None = None) -> EditorClient:
        """The process, before any message."""
        self.home.mkdir(parents=True, exist_ok=True)
        await self.editor.start_io(
            sys.executable,
            "-m",
            "inference_lsp",
            *arguments,
            cwd=self.home,
            env={**clean_environment(self.home), **(environment or {})},
        )
        forwarder = self.editor._stderr_forwarder
        assert forwarder is not None
        forwarder.cancel()  # it has not begun: this one keeps what it would only pass on
        assert self.process.stderr is not None
        self._reading = asyncio.create_task(self._read(self.process.stderr))
        return self.editor

    async def start(
        self,
        settings: Mapping[str, Any] | None = None,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        capabilities: Mapping[str, Any] | None = JOB_CAPABILITY,
        folder: Path | None = None,
        options: Any = None,
    ) -> EditorClient:
        """The process and a session with it. `settings` is what the editor answers when it is asked for them; the
        language to translate to, which nobody should be asked for, is among them."""
        editor = await self.spawn(*(arguments or ("--stdio",)), environment=environment)
        editor.configuration = {"inference": {"translate": {"to": "en"}, **(settings or {})}}
        await editor.start(folder=folder, capabilities=capabilities, options=options)
        return editor

    async def stop(self) -> None:
        """Ends the session in order, or the process if there is none; its standard error is complete then."""
        if self._reading is None:
            return
        process = self.process
        if process.returncode is None:
            if self.editor.capabilities is not None and self.editor.error is None:
                await self.editor.shutdown_session()
            else:
                process.kill()
            await process.wait()
        await self._reading
        await self.editor.stop()  # type: ignore[no-untyped-call]

    async def ended(self) -> int:
        """Waits until the process has ended by itself; its exit code."""
        code = await self.process.wait()
        assert self._reading is not None
        await self._reading
        return code

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while data := await stream.read(65_536):
            self._stderr.append(data)


def clean_environment(home: Path) -> dict[str, str]:
    """This process's environment with another home, without proxies and without any token; warnings are shown."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(_NOT_INHERITED)}
    return {**kept, "HOME": str(home), "USERPROFILE": str(home), "NO_PROXY": "*", "PYTHONWARNINGS": "default"}


def updates(editor: EditorClient, job: str) -> list[dict[str, Any]]:
    """Every update of a job so far."""
    return [update for update in editor.notifications["inference/job"] if update["job"] == job]


async def start_job(editor: EditorClient, uri: str, selection: t.Range | str, action: str) -> str:
    """Chooses an action in the light bulb; the job's id."""
    offered = await editor.select_code_actions(uri, selection, only=[f"refactor.rewrite.inference.{action}"])
    answer = await editor.run(offered[0])
    assert isinstance(answer["job"], str)
    return answer["job"]


async def growing(editor: EditorClient, job: str, text: str) -> None:
    """Waits until an update of a job that still runs shows this text."""
    await editor.until(
        lambda: any(update["state"] == "running" and text in update["text"] for update in updates(editor, job)),
        f"{text!r} in an update of {job}",
    )


async def end_of(editor: EditorClient, job: str) -> dict[str, Any]:
    """Waits for a job's terminal update, and until the progress bars it may have are gone."""
    await editor.until(lambda: any(u["state"] != "running" for u in updates(editor, job)), f"the end of {job}")
    await editor.execute("inference.cancel", job)  # a round trip: what the server had left to say of it has come
    every = updates(editor, job)
    terminal = [update for update in every if update["state"] != "running"]
    assert terminal == [every[-1]], f"not one terminal update, or not the last: {every}"
    assert [update["sequence"] for update in every] == list(range(1, len(every) + 1))
    return every[-1]


def open_bars(editor: EditorClient) -> list[str | int]:
    """Tokens of progress that has begun and not ended; each begins once and ends once."""
    still_open = []
    for token, values in editor.progress.items():
        kinds = [value["kind"] for value in values]
        assert kinds == [] or (kinds[0] == "begin" and kinds.count("begin") == 1), kinds
        assert "end" not in kinds[:-1], kinds
        if kinds and kinds[-1] != "end":
            still_open.append(token)
    return still_open


_NOT_INHERITED = (
    "HF_",
    "HUGGING",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "XDG_",
    "SSL_CERT",
)
