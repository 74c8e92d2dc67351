"""`inference.run` and `inference.cancel`: a command starts a job and returns; the job ends in one versioned edit.

Knows commands, jobs and `workspace/applyEdit`. Knows no action by name and no HTTP.
"""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import aclosing
from typing import Any

from lsprotocol import types as t

from hf_inference import IncompleteStreamError, InferenceError
from inference_lsp import problems
from inference_lsp.actions import ACTIONS, Action
from inference_lsp.actions.action import Note
from inference_lsp.backend import Backend
from inference_lsp.document.relocation import relocate
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.features.job_output import JobOutput
from inference_lsp.jobs import Job, Outcome
from inference_lsp.lsp import ContentModified, InvalidParams, LanguageServer, RequestFailed, ResponseException
from inference_lsp.protocol import CANCEL, RUN, RunAction
from inference_lsp.session import Session


def register(server: LanguageServer, session: Session) -> None:
    actions = {action.name: action for action in ACTIONS}

    @server.command(RUN)
    async def run(*arguments: Any) -> dict[str, str]:
        await session.ready()
        request = RunAction.from_json(arguments[0] if arguments else None)
        action = actions.get(request.action)
        if action is None:
            raise InvalidParams(f"There is no action {request.action!r}; there are {', '.join(actions)}.")
        snapshot = session.snapshot(request.uri, request.range)
        if request.version is not None and request.version != snapshot.version:
            raise ContentModified("The text has changed since the action was offered. Select it again.")
        backend = session.backend()
        offer = action.offer(snapshot, backend)
        if offer.disabled:
            raise RequestFailed(offer.disabled)
        workspace = session.capabilities.workspace
        if not (workspace and workspace.apply_edit):
            raise RequestFailed("This editor does not let language servers edit its documents.")
        return {"job": _start(server, session, action, snapshot, backend).id}

    @server.command(CANCEL)
    def cancel(*arguments: Any) -> int:
        if not arguments or arguments[0] is None:
            return session.jobs.cancel_all()
        if not isinstance(arguments[0], str):
            raise InvalidParams(f"{CANCEL} takes a job's id, or nothing for all jobs")
        return int(session.jobs.cancel(arguments[0]))


def _start(server: LanguageServer, session: Session, action: Action, snapshot: Snapshot, backend: Backend) -> Job:
    outputs: list[JobOutput] = []

    def work(job: Job) -> Coroutine[Any, Any, Outcome]:
        # made at once, so that a job cancelled before its first step has a last word, too
        output = JobOutput(server, session, job, f"{action.label} ({backend.label})")
        outputs.append(output)
        return _work(server, session, action, snapshot, backend, output)

    def ended(job: Job) -> None:
        outcome = job.outcome
        assert outcome is not None
        for output in outputs:
            output.end(outcome.state, outcome.message)
        if outcome.message and outcome.state in ("failed", "stale"):
            kind = t.MessageType.Error if outcome.state == "failed" else t.MessageType.Warning
            server.window_show_message(t.ShowMessageParams(type=kind, message=f"{action.label}: {outcome.message}"))

    return session.jobs.start(action.name, snapshot.uri, backend.client, work, ended)


async def _work(
    server: LanguageServer,
    session: Session,
    action: Action,
    snapshot: Snapshot,
    backend: Backend,
    output: JobOutput,
) -> Outcome:
    notes: list[str] = []
    waits = backend.waiting(lambda seconds, reason: output.say(problems.waiting(seconds, reason)))
    try:
        async with aclosing(action.run(snapshot, waits)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Note):
                    notes.append(piece.sentence)
                else:
                    output.add(piece)
    except IncompleteStreamError as error:
        return Outcome("failed", problems.sentence(error) + " Nothing was inserted.")
    except InferenceError as error:
        return Outcome("failed", problems.sentence(error))
    if not output.text.strip():
        return Outcome("failed", f"{backend.label} gave no text.")
    outcome = await _commit(server, session, action, snapshot, output.text)
    return Outcome("done", "; ".join(notes)) if outcome.state == "done" else outcome


async def _commit(server: LanguageServer, session: Session, action: Action, snapshot: Snapshot, text: str) -> Outcome:
    """Put the result into the document as one edit of the version it is in now; once more if it moved on meanwhile."""
    edit = action.edit(snapshot, text)
    refusal = ""
    for _ in range(2):
        document = session.document(snapshot.uri)
        if document is None:
            return Outcome("stale", "the document was closed, so nothing was inserted.")
        first, last = min(edit.start, snapshot.start), max(edit.end, snapshot.end)
        place = relocate(snapshot.text, document.source, first, last)
        if place is None:
            return Outcome("stale", "the selected text was changed meanwhile, so nothing was inserted.")
        shift = place[0] - first
        change = t.TextEdit(document.range_at(edit.start + shift, edit.end + shift), edit.text)
        params = t.ApplyWorkspaceEditParams(
            _workspace_edit(session, snapshot.uri, document.version, change), action.label
        )
        try:
            answer = await server.workspace_apply_edit_async(params)
        except ResponseException as error:
            return Outcome("failed", f"the editor did not take the edit: {error.message}. Nothing was inserted.")
        if answer.applied:
            return Outcome("done")
        refusal = answer.failure_reason or "it gave no reason"
    return Outcome("failed", f"the editor refused the edit: {refusal}. Nothing was inserted.")


def _workspace_edit(session: Session, uri: str, version: int | None, change: t.TextEdit) -> t.WorkspaceEdit:
    workspace = session.capabilities.workspace
    if workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes:
        versioned = t.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
        return t.WorkspaceEdit(document_changes=[t.TextDocumentEdit(versioned, [change])])
    return t.WorkspaceEdit(changes={uri: [change]})
