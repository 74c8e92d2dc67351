"""`inference.run` and `inference.cancel`: a command starts a job and returns; the job ends in one versioned edit.

Knows commands and jobs. Knows no action by name and no HTTP.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from inference_lsp.actions import ACTIONS
from inference_lsp.features import decide
from inference_lsp.features.attempts import attempt
from inference_lsp.features.commit import commit
from inference_lsp.features.job_output import JobOutput
from inference_lsp.features.preview import Preview, can_preview
from inference_lsp.jobs import Job, Outcome
from inference_lsp.lsp import ContentModified, InvalidParams, LanguageServer, RequestFailed
from inference_lsp.protocol import CANCEL, RUN, RunAction
from inference_lsp.results import Run
from inference_lsp.session import Session


def register(server: LanguageServer, session: Session) -> None:
    actions = {action.name: action for action in ACTIONS}
    decide.register(server, session, start)

    def changed(uri: str, text: str) -> None:
        for job, run in session.results.running():
            if run.snapshot.uri == uri and run.lost_its_text(text):
                session.jobs.cancel(job, "the selected text was deleted, so nothing was inserted.", "stale")

    session.when_changed(changed)

    @server.command(RUN)
    async def run(*arguments: Any) -> dict[str, str]:
        await session.ready()
        request = RunAction.from_json(arguments[0] if arguments else None)
        action = actions.get(request.action)
        if action is None:
            raise InvalidParams(f"{RUN}: there is no such action; there are {', '.join(actions)}")
        snapshot = session.snapshot(request.uri, request.range)
        if request.version is not None and request.version != snapshot.version:
            raise ContentModified("The text has changed since the action was offered. Select it again.")
        backend = session.backend(request.uri)
        refusal = backend.refuses_to_write() or action.offer(snapshot, backend).disabled
        if refusal:
            raise RequestFailed(refusal)
        workspace = session.capabilities.workspace
        if not (workspace and workspace.apply_edit):
            raise RequestFailed("This editor does not let language servers edit its documents.")
        return {"job": start(server, session, Run(action, snapshot, backend))}

    @server.command(CANCEL)
    def cancel(*arguments: Any) -> int:
        if not arguments or arguments[0] is None:
            return session.jobs.cancel_all()
        if not isinstance(arguments[0], str):
            raise InvalidParams(f"{CANCEL} takes a job's id, or nothing for all jobs")
        return int(session.jobs.cancel(arguments[0]))


def start(server: LanguageServer, session: Session, run: Run) -> str:
    """Begin a run, ending an older one on the same text; the id of its job."""
    for older, other in session.results.running():
        if other.overlaps(run.snapshot):
            session.jobs.cancel(older, "a newer run on the same text took its place")
    waits = run.snapshot.settings.edit.apply == "preview"
    shows = waits and can_preview(session.capabilities)
    outputs: list[JobOutput] = []

    def work(job: Job) -> Coroutine[Any, Any, Outcome]:
        # made at once, so that a job cancelled before its first step has a last word, too
        session.results.begin(job.id, run)
        session.status.began()
        preview = Preview(server, session, job.id, run) if shows else None
        outputs.append(JobOutput(server, session, job, run, preview))
        return _work(server, session, job, run, outputs[0], waits=waits)

    def ended(job: Job) -> None:
        outcome = job.outcome
        assert outcome is not None
        session.results.end(job.id)
        session.status.ended(outcome, run.backend.label)
        outputs[0].end(outcome.state, outcome.message)
        if outcome.message and outcome.state in ("failed", "stale"):
            session.jobs.background(decide.tell(server, session, start, run, outcome))
        elif outcome.state == "done" and waits and not shows:
            session.jobs.background(decide.offer(server, session, start, job.id, run))

    return session.jobs.start(run.action.name, run.snapshot.uri, run.backend.client, work, ended).id


async def _work(
    server: LanguageServer, session: Session, job: Job, run: Run, output: JobOutput, *, waits: bool
) -> Outcome:
    outcome = await attempt(server, session, job, run, output)
    if outcome.state != "done" or waits:
        return outcome
    edit = run.action.edit(run.snapshot, run.text)
    committed = await commit(server, session, run.snapshot, edit, run.origin)
    return outcome if committed.state == "done" else committed
