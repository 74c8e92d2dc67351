"""What a person does with a result: apply it, put it below, drop it, try again, or take the text.

Knows the commands for it and the messages that offer them, which do in editors without previews or keys for commands.
Knows no action by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lsprotocol import types as t

from inference_lsp.actions.continuing import surroundings
from inference_lsp.document.edits import insert_below
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.features.commit import commit
from inference_lsp.features.preview import job_of
from inference_lsp.features.questions import ask_person
from inference_lsp.features.remedies import Choice, remedies
from inference_lsp.jobs import Outcome
from inference_lsp.lsp import InvalidParams, LanguageServer, RequestFailed
from inference_lsp.protocol import APPLY, APPLY_BELOW, COPY, DISCARD, RETRY
from inference_lsp.results import Run
from inference_lsp.session import Session

DO_APPLY = "Apply"
ANYWAY = "Apply anyway"
BELOW = "Insert below"
AGAIN = "Run again"
DROP = "Discard"
LONGEST_SHOWN = 1_500
"""Characters of a result that a message shows where there are no previews."""

StartRun = Callable[[LanguageServer, Session, Run], str]


def register(server: LanguageServer, session: Session, start: StartRun) -> None:
    """`start` begins a run, for the person who wants it again."""

    @server.command(APPLY)
    async def apply(*arguments: Any) -> None:
        await _apply(server, session, start, _chosen(session, arguments))

    @server.command(APPLY_BELOW)
    async def apply_below(*arguments: Any) -> None:
        run = _chosen(session, arguments)
        await _insert(server, session, run, _as_it_is(session, run), below=True)

    @server.command(DISCARD)
    def discard(*arguments: Any) -> None:
        job = _job(session, arguments)
        session.jobs.cancel(job)
        session.results.drop(job)

    @server.command(RETRY)
    def retry(*arguments: Any) -> dict[str, str]:
        run = _chosen(session, arguments)
        return {"job": start(server, session, _again(session, run))}

    @server.command(COPY)
    def copy(*arguments: Any) -> str:
        return _chosen(session, arguments).text


async def tell(server: LanguageServer, session: Session, start: StartRun, run: Run, outcome: Outcome) -> None:
    """Say how a job ended that did not end well, with what can still be done about it."""
    kind = t.MessageType.Error if outcome.state == "failed" else t.MessageType.Warning
    message = f"{run.action.label}: {outcome.message}"
    choices = dict(
        remedies(
            server,
            session,
            run,
            outcome,
            again=lambda: start(server, session, _again(session, run)),
            with_less=lambda: start(server, session, _with_less(session, run)),
            go_on=lambda: start(server, session, _going_on(session, run)),
        )
    )
    keeps_text = bool(run.text.strip()) and session.document(run.snapshot.uri) is not None
    if keeps_text and outcome.state == "stale":
        choices[ANYWAY] = lambda: _insert(server, session, run, _as_it_is(session, run), below=False)
    if keeps_text:
        choices[BELOW] = lambda: _insert(server, session, run, _as_it_is(session, run), below=True)
    topic = f"{run.action.label}: {outcome.topic or outcome.message}"
    if not session.notices.is_new(topic) and not keeps_text:  # a text is offered though the reason is an old one
        return
    if not choices:
        server.window_show_message(t.ShowMessageParams(kind, message))
        return
    if keeps_text:
        choices[AGAIN] = _starter(server, session, start, run)
    await _choose(server, kind, message, choices)


async def offer(server: LanguageServer, session: Session, start: StartRun, job: str, run: Run) -> None:
    """Show a result that is to be decided on in an editor that shows no previews, and do what is chosen. It stays for
    the commands if nothing is."""

    async def drop() -> None:
        session.results.drop(job)

    text = run.text.strip()
    shown = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " …"
    choices: dict[str, Choice] = {
        DO_APPLY: lambda: _apply(server, session, start, run),
        BELOW: lambda: _insert(server, session, run, _as_it_is(session, run), below=True),
        AGAIN: _starter(server, session, start, run),
        DROP: drop,
    }
    await _choose(server, t.MessageType.Info, f"{run.action.label}:\n{shown}", choices)


async def _choose(server: LanguageServer, kind: t.MessageType, message: str, choices: Mapping[str, Choice]) -> None:
    """Show a message with buttons and do what was chosen; what that cannot do is said."""
    chosen = await ask_person(server, kind, message, *choices)
    if not chosen:
        return
    try:
        await choices[chosen]()
    except RequestFailed as error:
        server.window_show_message(t.ShowMessageParams(t.MessageType.Warning, error.message))


def _starter(server: LanguageServer, session: Session, start: StartRun, run: Run) -> Choice:
    async def again() -> None:
        start(server, session, _again(session, run))

    return again


async def _apply(server: LanguageServer, session: Session, start: StartRun, run: Run) -> None:
    """Put a result where it belongs, or ask what to do with it if the text it was made from is another now."""
    now = _as_it_is(session, run)
    if run.source_changed:  # asked beside the command, which is answered at once
        outcome = Outcome("stale", "the text this was made from has changed since.")
        session.jobs.background(tell(server, session, start, run, outcome))
    else:
        await _insert(server, session, run, now, below=False)


async def _insert(server: LanguageServer, session: Session, run: Run, now: Snapshot, *, below: bool) -> None:
    if not run.text.strip():
        raise RequestFailed("There is no text to insert yet.")
    edit = insert_below(now, run.text) if below else run.action.edit(now, run.text)
    outcome = await commit(server, session, now, edit, run.origin)
    if outcome.state != "done":
        raise RequestFailed(outcome.message)


def _again(session: Session, run: Run) -> Run:
    return Run(run.action, _as_it_is(session, run), session.backend(run.snapshot.uri))


def _with_less(session: Session, run: Run) -> Run:
    """A run that sends half as much text at once: in smaller pieces, or with less around the place."""
    again = _again(session, run)
    sent = run.snapshot.selected or "".join(surroundings(run.snapshot, run.backend.most))
    again.backend = again.backend.shortened(run.backend.most or len(sent))
    return again


def _going_on(session: Session, run: Run) -> Run:
    """A run that has the text of one that was cut off, and asks for what comes after."""
    again = _again(session, run)
    again.backend = replace(again.backend, continuing=run.text)
    again.add(run.text)
    return again


def _as_it_is(session: Session, run: Run) -> Snapshot:
    """The document now, and the selection where it is now."""
    document = session.document(run.snapshot.uri)
    if document is None:
        raise RequestFailed("The document is closed. Open it again, or copy the result (inference.copy).")
    text = document.source
    run.follow(text)
    start, end = run.selection
    return replace(run.snapshot, version=document.version, text=text, start=start, end=end)


def _chosen(session: Session, arguments: tuple[Any, ...]) -> Run:
    run = session.results.get(_job(session, arguments))
    if run is None:
        raise RequestFailed("This result is gone: results are kept for ten minutes.")
    return run


def _job(session: Session, arguments: tuple[Any, ...]) -> str:
    """The job whose result is meant: the one named, else the newest."""
    if not arguments or arguments[0] is None:
        newest = session.results.newest()
        if not newest:
            raise RequestFailed("There is no result yet.")
        return newest
    if not isinstance(arguments[0], str):
        raise InvalidParams("takes the id of a job, or the URI of its preview, or nothing for the newest result")
    return job_of(arguments[0]) if ":" in arguments[0] else arguments[0]
