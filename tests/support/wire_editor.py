"""An editor over a bare wire, without an event loop: documents, versions, and an answer to whatever the server asks.

Knows the few messages an editor must answer. Knows no feature beyond the names that travel. Made for tests in which the
test decides when each message is read; `lsp_client.py` is the editor that reads by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lsprotocol import types as t

from support.editor_documents import EditorDocument
from support.wire import Json, Wire

CAPABILITIES: Mapping[str, Any] = {
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "experimental": {"inference": {"job": True}},
}


class WireEditor:
    """One editor and its documents. Messages are handled in order, and only while a method here waits."""

    def __init__(self, wire: Wire, settings: Mapping[str, Any], encoding: str = "utf-16") -> None:
        self.wire = wire
        self.documents: dict[str, EditorDocument] = {}
        self.applied: list[tuple[str, str, str]] = []
        """(URI, text before, text after) of each edit that was applied."""
        self.updates: dict[str, list[Json]] = {}
        """Every `inference/job` by job."""
        self.encoding = encoding
        self.before_edit: Callable[[], bool] = lambda: True
        """Called when an edit arrives; False refuses it."""
        self._taken = 0
        general = {"general": {"positionEncodings": [encoding]}}
        wire.open_session({**CAPABILITIES, **general}, initializationOptions=dict(settings))

    def open(self, uri: str, text: str, language: str = "plaintext") -> EditorDocument:
        document = EditorDocument(uri=uri, language=language, version=1, text=text, encoding=self.encoding)
        self.documents[uri] = document
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.wire.notify("textDocument/didOpen", {"textDocument": item})
        return document

    def close(self, uri: str) -> None:
        del self.documents[uri]
        self.wire.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def replace(self, uri: str, start: int, end: int, text: str) -> None:
        """Types over `text[start:end]`, in characters."""
        document = self.documents[uri]
        self._edit(document, t.TextEdit(t.Range(document.position(start), document.position(end)), text))

    def run(self, uri: str, action: str, start: int, end: int) -> str:
        """Starts an action on a range; its job."""
        document = self.documents[uri]
        argument = {
            "action": action,
            "uri": uri,
            "version": document.version,
            "range": {"start": _json(document.position(start)), "end": _json(document.position(end))},
        }
        answer = self.ask("workspace/executeCommand", {"command": "inference.run", "arguments": [argument]})
        job = answer["result"]["job"]
        assert isinstance(job, str)
        return job

    def ask(self, method: str, params: Any) -> Json:
        """A request's answer; what the server asks meanwhile is answered, too."""
        id = self.wire.start(method, params)
        while True:
            message = self.take()
            if "method" not in message and message.get("id") == id:
                return message

    def end_of(self, job: str) -> Json:
        """A job's last update, waiting for it."""
        while not (updates := self.updates.get(job)) or updates[-1]["state"] == "running":
            self.take()
        return updates[-1]

    def take(self) -> Json:
        """The next message, waiting for it; if it is the server's, it is handled."""
        self.wire.until(lambda _: len(self.wire.received) > self._taken)
        message = self.wire.received[self._taken]
        self._taken += 1
        if message.get("method") == "inference/job":
            update = message["params"]
            self.updates.setdefault(update["job"], []).append(update)
        elif "method" in message and "id" in message:
            result = self._apply(message["params"]["edit"]) if message["method"] == "workspace/applyEdit" else None
            self.wire.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        return message

    def forget(self) -> None:
        """Lets go of what was received, so that a long session costs what a short one does."""
        del self.wire.received[: self._taken]
        self._taken = 0
        self.updates.clear()
        self.applied.clear()

    def _apply(self, edit: Json) -> Json:
        willing = self.before_edit()
        (change,) = edit["documentChanges"]
        document = self.documents.get(change["textDocument"]["uri"])
        if document is None or not willing or change["textDocument"]["version"] != document.version:
            return {"applied": False, "failureReason": "refused"}
        (one,) = change["edits"]
        before = document.text
        place = t.Range(t.Position(**one["range"]["start"]), t.Position(**one["range"]["end"]))
        self._edit(document, t.TextEdit(place, one["newText"]))
        self.applied.append((document.uri, before, document.text))
        return {"applied": True}

    def _edit(self, document: EditorDocument, edit: t.TextEdit) -> None:
        (change,) = document.apply([edit])
        place = {"start": _json(change.range.start), "end": _json(change.range.end)}
        identifier = {"uri": document.uri, "version": document.version}
        changes = [{"range": place, "text": change.text}]
        self.wire.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": changes})


def _json(position: t.Position) -> Json:
    return {"line": position.line, "character": position.character}
