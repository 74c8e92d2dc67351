"""An editor without a screen: what it tells a language server, and what it does with what the server sends.

Knows LSP from the editor's side, and this server's `inference/job`. Knows nothing of what is done with it, and
nothing of the server's insides: it speaks JSON only. Documents change in memory; no file is ever written.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from inference_lsp.demo.connection import Connection, ServerGone
from inference_lsp.demo.document import Document


class Editor:
    """One session with a server."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.documents: dict[str, Document] = {}
        self.edits: list[tuple[Document, Document]] = []
        """Each edit the server made, as the document before and after: one step of undo each."""
        self.server_capabilities: Mapping[str, Any] = {}
        self._settings = settings
        self._updates: defaultdict[str, asyncio.Queue[Mapping[str, Any] | None]] = defaultdict(asyncio.Queue)
        self._connection: Connection

    @classmethod
    @asynccontextmanager
    async def started(
        cls, command: Sequence[str], folder: Path, settings: Mapping[str, Any], log: deque[str]
    ) -> AsyncIterator[Editor]:
        """An editor whose server has answered `initialize` for `folder`, and writes its standard error to `log`.
        Leaving ends the server, at need by force."""
        editor = cls(settings)
        handlers = {"on_request": editor._answer, "on_notification": editor._hear, "on_end": editor._end, "log": log}
        editor._connection = connection = await Connection.spawn(command, **handlers)
        try:
            result = await connection.request("initialize", _initialize_params(folder))
            editor.server_capabilities = result["capabilities"]
            connection.notify("initialized", {})
            yield editor
        finally:
            await connection.kill()

    async def close(self) -> int:
        """End the session as the protocol asks; the server's exit code."""
        await self._connection.request("shutdown")
        self._connection.notify("exit")
        return await self._connection.wait()

    def open(self, document: Document) -> None:
        self.documents[document.uri] = document
        item = {"uri": document.uri, "languageId": document.language, "version": document.version}
        self._connection.notify("textDocument/didOpen", {"textDocument": {**item, "text": document.text}})

    def change(self, document: Document, text: str) -> Document:
        """Another text for the document, as typing or undo makes it."""
        changed = self.documents[document.uri].with_text(text)
        self._take_over(changed)
        return changed

    def undo(self) -> Document:
        """The document as it was before the server's last edit."""
        before, after = self.edits.pop()
        return self.change(after, before.text)

    async def code_actions(self, document: Document, start: int, end: int) -> list[dict[str, Any]]:
        """What the light bulb offers for a selection."""
        params = {"range": document.range(start, end), "context": {"diagnostics": [], "triggerKind": 1}}
        return await self._ask("textDocument/codeAction", document, params) or []

    async def hover(self, document: Document, start: int, end: int) -> str:
        """The Markdown of a hover over a selection, "" if there is none."""
        params = {"position": document.position(start), "range": document.range(start, end)}
        hover = await self._ask("textDocument/hover", document, params)
        return str(hover["contents"]["value"]) if hover else ""

    async def ghost_text(self, document: Document, offset: int, *, asked: bool = False) -> str:
        """What would be shown grey behind the cursor while typing, or when `asked` for; "" if nothing."""
        params = {"position": document.position(offset), "context": {"triggerKind": 1 if asked else 2}}
        found = await self._ask("textDocument/inlineCompletion", document, params)
        items = found["items"] if isinstance(found, dict) else found or []
        return str(items[0]["insertText"]) if items else ""

    async def run(self, command: Mapping[str, Any]) -> AsyncIterator[Mapping[str, Any]]:
        """Run a code action's command: what is said of its job, the end included."""
        started = await self._connection.request("workspace/executeCommand", _execute(command))
        async for update in self._follow(started["job"]):
            yield update

    async def run_and_cancel(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run a command and take it back in the same breath; the last that is said of its job."""
        cancel = {"command": "inference.cancel", "arguments": []}
        asked = [("workspace/executeCommand", _execute(each)) for each in (command, cancel)]
        started, _ = await self._connection.requests(*asked)
        last: Mapping[str, Any] = {}
        async for update in self._follow(started["job"]):
            last = update
        return last

    async def _follow(self, job: str) -> AsyncIterator[Mapping[str, Any]]:
        while True:
            update = await self._updates[job].get()
            if update is None:
                raise ServerGone
            yield update
            if update["state"] != "running":
                return

    async def _ask(self, method: str, document: Document, params: Mapping[str, Any]) -> Any:
        return await self._connection.request(method, {"textDocument": {"uri": document.uri}, **params})

    def _take_over(self, document: Document) -> None:
        self.documents[document.uri] = document
        identifier = {"uri": document.uri, "version": document.version}
        params = {"textDocument": identifier, "contentChanges": [{"text": document.text}]}
        self._connection.notify("textDocument/didChange", params)

    def _answer(self, method: str, params: Any) -> Any:
        match method:
            case "workspace/configuration":
                return [self._settings if item.get("section") == "inference" else None for item in params["items"]]
            case "workspace/applyEdit":
                return self._apply(params["edit"])
            case _:  # registrations and progress tokens need a yes, which is null
                return None

    def _apply(self, edit: Mapping[str, Any]) -> Mapping[str, Any]:
        changes = edit["documentChanges"]
        for change in changes:
            current = self.documents.get(change["textDocument"]["uri"])
            if current is None or current.version != change["textDocument"]["version"]:
                return {"applied": False, "failureReason": "the document has changed"}
        for change in changes:
            before = self.documents[change["textDocument"]["uri"]]
            after = before.edited(change["edits"])
            self._take_over(after)  # before the answer: the server hears of the change first
            self.edits.append((before, after))
        return {"applied": True}

    def _hear(self, method: str, params: Any) -> None:
        if method == "inference/job":
            self._updates[params["job"]].put_nowait(params)

    def _end(self) -> None:
        for updates in self._updates.values():
            updates.put_nowait(None)


def _execute(command: Mapping[str, Any]) -> dict[str, Any]:
    return {"command": command["command"], "arguments": command["arguments"]}


def _initialize_params(folder: Path) -> dict[str, Any]:
    return {
        "processId": os.getpid(),
        "clientInfo": {"name": "inference-lsp demo"},
        "locale": "en",
        "rootUri": folder.as_uri(),
        "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
        "capabilities": _CAPABILITIES,
    }


# What Visual Studio Code declares, of what concerns this server.
_CAPABILITIES: Mapping[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True, "showMessage": {}},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "workspaceFolders": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "executeCommand": {},
        "workspaceEdit": {"documentChanges": True},
    },
    "textDocument": {
        "synchronization": {"didSave": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "codeAction": {
            "disabledSupport": True,
            "codeActionLiteralSupport": {
                "codeActionKind": {"valueSet": ["", "refactor", "refactor.rewrite", "source"]}
            },
        },
        "inlineCompletion": {},
    },
    "experimental": {"inference": {"job": True}},
}
