"""How a result gets into a document: as one edit of the version it is in now, where its place is now.

Knows `workspace/applyEdit`. Knows no action by name and no HTTP.
"""

from __future__ import annotations

import asyncio

from lsprotocol import types as t

from inference_lsp.document.edits import Edit, reach
from inference_lsp.document.relocation import relocate
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.jobs import Outcome
from inference_lsp.lsp import LanguageServer, ResponseException
from inference_lsp.provenance import Origin
from inference_lsp.session import Session

PATIENCE = 1.0
"""Seconds a cancelled job waits for the answer to an edit it has sent."""

TELLING = 1.0
"""Seconds within which an editor that refused an edit tells of the change that was the reason: some send what was typed
only when the person pauses (Emacs after half a second)."""

MOST_TRIES = 20
"""How often an editor is asked whose person types on: each key makes what was asked for an edit of an older text."""


async def commit(server: LanguageServer, session: Session, snapshot: Snapshot, edit: Edit, origin: Origin) -> Outcome:
    """Apply an edit of the snapshot's text: again whenever the document has moved on while the editor was asked, and
    once more if it refuses all the same. Who wrote the text is remembered.

    `done`, `stale` if the selected text or the place itself is not what it was, `failed` if the editor refuses.
    """
    refusal, refusals = "", 0
    for _ in range(MOST_TRIES):
        document = session.document(snapshot.uri)
        if document is None:
            return Outcome("stale", "the document was closed, so nothing was inserted.")
        first, last = reach(snapshot, edit)
        before, version = document.source, document.version
        place = relocate(snapshot.text, before, first, last)
        if place is None:
            return Outcome("stale", "the selected text was changed meanwhile, so nothing was inserted.")
        shift = place[0] - first
        start, end = edit.start + shift, edit.end + shift
        change = t.TextEdit(document.range_at(start, end), edit.text)
        asked = _workspace_edit(session, snapshot.uri, version, change)
        try:
            answer = await _applied(server, t.ApplyWorkspaceEditParams(asked, origin.action))
        except ResponseException as error:  # what some editors say of an edit of an older version
            answer = t.ApplyWorkspaceEditResult(applied=False, failure_reason=error.message)
        if answer.applied:
            after = before[:start] + edit.text + before[end:]
            session.provenance.inserted(snapshot.uri, after, start, start + len(edit.text), origin)
            session.provenance.changed(snapshot.uri, document.source)  # the editor may tell of the change later
            return Outcome("done")
        refusal = answer.failure_reason or "it gave no reason"
        refusals += document.version == version
        if refusals == 2:
            break
        if document.version == version:
            await session.next_change(TELLING)
    return Outcome("failed", f"the editor refused the edit: {refusal}. Nothing was inserted.")


async def _applied(server: LanguageServer, params: t.ApplyWorkspaceEditParams) -> t.ApplyWorkspaceEditResult:
    """The editor's answer. An edit cannot be called back once it was sent: a cancel that comes now waits, not for
    ever, to hear what became of it."""
    asking = asyncio.ensure_future(server.workspace_apply_edit_async(params))
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        if asking.cancelled():
            raise
        await asyncio.wait({asking}, timeout=PATIENCE)
        if not asking.done():
            asking.cancel()
            raise
        return asking.result()


def _workspace_edit(session: Session, uri: str, version: int | None, change: t.TextEdit) -> t.WorkspaceEdit:
    workspace = session.capabilities.workspace
    if workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes:
        versioned = t.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
        return t.WorkspaceEdit(document_changes=[t.TextDocumentEdit(versioned, [change])])
    return t.WorkspaceEdit(changes={uri: [change]})
