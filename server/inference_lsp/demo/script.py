"""The demo's course: each step is something a person does in an editor, and what they then see.

Knows the order of the steps, what each must come to, and how long it may take. Knows no protocol and no terminal.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from inference_lsp import __version__
from inference_lsp.demo.connection import ErrorResponse, ServerGone
from inference_lsp.demo.document import Document
from inference_lsp.demo.editor import Editor
from inference_lsp.demo.failure import StepFailed
from inference_lsp.demo.material import Material, first_paragraph, passage, places
from inference_lsp.demo.screen import Screen

PATIENCE = 30.0
"""Seconds a step may take before it counts as failed."""
INDEXING = 3.0
"""Seconds until the workspace has certainly been read; before that ghost text may be missing."""
SETTINGS = {"target": "embedded", "translate": {"to": "es"}}

# -P: what lies in the folder a person works in is never imported
SERVER = (sys.executable, "-P", "-m", "inference_lsp")


async def play(
    material: Material, screen: Screen, *, server: Sequence[str] = SERVER, patience: float = PATIENCE
) -> None:
    """The whole demo with a server that is started by this command. Raises `StepFailed` at the first step that does
    not do what it shows, or takes more than `patience` seconds."""
    await _Play(material, screen, patience).run(server)


class _Play:
    def __init__(self, material: Material, screen: Screen, patience: float) -> None:
        self._material = material
        self._screen = screen
        self._patience = patience
        self._times: list[tuple[str, float | None, float]] = []
        self._editor: Editor | None = None
        self._log: deque[str] = deque(maxlen=40)

    @property
    def _running(self) -> Editor:
        assert self._editor is not None
        return self._editor

    async def run(self, server: Sequence[str]) -> None:
        async with AsyncExitStack() as stack:
            begun = time.perf_counter()
            async with self._step("start the server"):
                started = Editor.started(server, self._material.folder, SETTINGS, self._log)
                self._editor = await stack.enter_async_context(started)
            self._time("spawn → initialize", begun)
            await self._steps()

    async def _steps(self) -> None:
        prose, code = self._material.prose, self._material.code
        self._screen.title(f"inference-lsp {__version__}", "what an editor shows; the embedded engine answers, offline")
        self._running.open(prose)
        if code is not prose:
            self._running.open(code)
        await self._show_passage(prose)
        await self._show_code(code)
        async with self._step("end the server"):
            if exit_code := await self._running.close():
                raise StepFailed("end the server", f"its exit code is {exit_code}\n{self._log_text()}")
        if any(line.startswith(("ERROR", "CRITICAL", "Traceback")) for line in self._log):
            raise StepFailed("the server's log", self._log_text())
        self._screen.heading("Times", "as this editor saw them")
        self._screen.times(self._times)

    async def _show_passage(self, document: Document) -> None:
        start, end = passage(document)
        text = document.text[start:end]
        self._screen.heading("Select", _where(document, start, end))
        self._screen.passage(text)
        begun = time.perf_counter()
        async with self._step("code actions"):
            offered = await self._running.code_actions(document, start, end)
            self._time("code actions", begun)
            self._screen.menu([action["title"] for action in offered])
        begun = time.perf_counter()
        async with self._step("hover"):
            hover = await self._running.hover(document, start, end)
            self._time("hover: language, sentiment, entities", begun)
            if not hover:
                raise StepFailed("hover", "there is none")
        self._screen.heading("Hover", "over the selection")
        self._screen.hover(hover)
        await self._act("summarize", document, start, end)
        # without a model or a memory that knows the text, an honest refusal is the expected end
        await self._act("translate", document, *first_paragraph(document), may_refuse=True)
        await self._cancel("summarize", document, start, end)

    async def _show_code(self, document: Document) -> None:
        async with self._step("ghost text"):
            found = await self._find_ghost_text(document)
        if found is None:
            self._screen.heading("Ghost text", document.name)
            self._screen.refusal("nothing in this folder is similar to any line of the file")
            return
        document, cut, ghost, removed = found
        line = document.position(cut)["line"]
        above = document.text[:cut].split("\n")
        self._screen.heading("Ghost text", f"{document.name}:{line + 1}, cut in the middle")
        self._screen.ghost_text(above[max(0, line - 2) : line], above[line], ghost, removed)
        await self._act("complete", document, cut, cut)

    async def _find_ghost_text(self, document: Document) -> tuple[Document, int, str, str] | None:
        """Cut a line in the middle, as if it were being typed, until one is known how to go on."""
        original, deadline = document.text, time.monotonic() + INDEXING
        candidates, asked = list(places(document)), False
        while candidates:
            for cut, end in candidates:
                shorter = self._running.change(document, original[:cut] + original[end:])
                begun = time.perf_counter()
                ghost = await self._running.ghost_text(shorter, cut, asked=asked)
                if ghost:
                    self._time("ghost text, asked for" if asked else "ghost text", begun)
                    return shorter, cut, ghost, original[cut:end]
            if asked:
                return None
            asked = time.monotonic() > deadline  # nothing is sure enough to be shown unasked, so it is asked for
            await asyncio.sleep(0.1)
        return None

    async def _choose(self, action: str, document: Document, start: int, end: int) -> Mapping[str, Any]:
        """An entry of the light bulb."""
        async with self._step(action):
            offered = await self._running.code_actions(document, start, end)
        for entry in offered:
            if entry["command"]["arguments"][0]["action"] == action:
                return entry
        raise StepFailed(action, f"the light bulb offers only {[entry['title'] for entry in offered]}")

    async def _act(self, name: str, document: Document, start: int, end: int, *, may_refuse: bool = False) -> None:
        """Choose an action from the light bulb: text appears, then one edit."""
        action = await self._choose(name, document, start, end)
        title = action["title"]
        self._screen.heading(title)
        if disabled := action.get("disabled"):
            raise StepFailed(title, disabled["reason"])
        begun, first = time.perf_counter(), None
        last: Mapping[str, Any] = {}
        async with self._step(title):
            async for last in self._running.run(action["command"]):
                if last["text"] and first is None:
                    first = time.perf_counter() - begun
                self._screen.stream(last["text"])
        self._screen.end_stream()
        short = title.partition(" (")[0]
        if last["state"] == "done":
            self._time(short, begun, first)
            self._screen.diff(*self._running.edits[-1])
            self._screen.note("; ".join(filter(None, [last["message"], "one edit: one undo takes it back"])))
            self._running.undo()
        elif last["state"] == "failed" and (may_refuse or not self._material.is_ours):
            self._time(f"{short}: refused", begun)
            self._screen.refusal(last["message"])
            if self._running.edits:
                raise StepFailed(title, "it refused, and edited all the same")
        else:
            raise StepFailed(title, f"{last['state']}: {last['message']}\n{self._log_text()}")

    async def _cancel(self, name: str, document: Document, start: int, end: int) -> None:
        action = await self._choose(name, document, start, end)
        self._screen.heading("Cancel", f"{action['title'].partition(' (')[0]}, and Esc at once")
        begun = time.perf_counter()
        async with self._step("cancel"):
            last = await self._running.run_and_cancel(action["command"])
        self._time("cancel", begun)
        if last["state"] == "done":  # it was quicker than the cancel, which then has nothing to do
            self._screen.note("the job was done before it could be cancelled; undone")
            self._running.undo()
        elif last["state"] == "cancelled" and not self._running.edits:
            self._screen.note(f"{last['job']} is cancelled, and the document untouched")
        else:
            raise StepFailed("cancel", f"the job ended as {last['state']}: {last['message']}")

    @asynccontextmanager
    async def _step(self, name: str) -> AsyncIterator[None]:
        """Whatever may go wrong inside is that step's failure."""
        try:
            async with asyncio.timeout(self._patience):
                yield
        except TimeoutError:
            raise StepFailed(name, f"no answer within {self._patience:g} s\n{self._log_text()}") from None
        except ErrorResponse as error:
            raise StepFailed(name, f"the server answered with an error: {error}") from error
        except (ServerGone, ConnectionError) as error:
            raise StepFailed(name, f"the server ended\n{self._log_text()}") from error

    def _log_text(self) -> str:
        return "\n".join(self._log)

    def _time(self, name: str, begun: float, first: float | None = None) -> None:
        self._times.append((name, first, time.perf_counter() - begun))


def _where(document: Document, start: int, end: int) -> str:
    first, last = document.position(start)["line"] + 1, document.position(end)["line"] + 1
    return f"{document.name}:{first}–{last}, {end - start} characters"
