"""An action's run on one backend after another: the chosen one, and where that fails those the person named for it.

Knows runs and failures. Knows no action by name, no command and no edit.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from hf_inference import InferenceError
from inference_lsp import problems
from inference_lsp.actions.action import Note, Progress
from inference_lsp.backend import Backend, is_too_long
from inference_lsp.features import questions
from inference_lsp.features.job_output import JobOutput
from inference_lsp.jobs import Job, Outcome
from inference_lsp.lsp import LanguageServer
from inference_lsp.results import Run
from inference_lsp.session import Session


async def attempt(server: LanguageServer, session: Session, job: Job, run: Run, output: JobOutput) -> Outcome:
    """Run the action; the text is in the run. `done` with notes about the text, or how it failed."""
    if not await questions.is_settled(server, session, run):
        return Outcome("cancelled", "nothing was chosen, so nothing was done.")
    backends = [run.backend, *run.backend.otherwise]
    if session.is_private(run.snapshot.uri):
        backends = await questions.permitted(server, run, backends)
        if not backends:
            return Outcome("cancelled", "nothing was sent.")
    notes: list[str] = []
    began = asyncio.get_running_loop().time()
    first: InferenceError | None = None
    failure: InferenceError | None = None
    for backend in backends:
        if failure is not None:
            notes.append(f"{backend.label} answered, since {problems.clause(failure)}")
            output.say(f"Asking {backend.label}, since {problems.clause(failure)}")
        run.backend = backend
        job.uses = backend.client
        try:
            said = await _once(run, backend, output)
        except InferenceError as error:
            failure, first = error, first or error
            if run.text.strip() or not problems.may_be_asked_elsewhere(error):
                break
        else:
            if run.text.strip():
                return Outcome("done", "; ".join([*notes, *said]))
            return Outcome("failed", f"{backend.label} gave no text.")
    assert failure is not None
    partial = getattr(failure, "partial_text", "").strip()
    # only where the text is one stream's can that stream be gone on with
    run.is_cut = bool(partial) and partial.startswith(run.text.strip()[:_COMPARED])
    run.is_too_long = is_too_long(failure)
    seconds = asyncio.get_running_loop().time() - began
    kept = " Nothing was inserted." if run.text.strip() else ""
    before = "" if first in (None, failure) else f" It was asked since {problems.clause(first)}."
    details = problems.details(failure, seconds=seconds, characters=len(run.snapshot.selected)) + before + kept
    topic = problems.sentence(failure)
    return Outcome("failed", problems.sentence(failure, details), problems.remedy(failure), topic=topic)


async def _once(run: Run, backend: Backend, output: JobOutput) -> list[str]:
    """The notes that the action left about its text."""
    notes: list[str] = []
    asked = backend.watched(run.answered).failing(run.failed)
    asked = asked.waiting(lambda seconds, reason: output.count_down(seconds, reason))
    async with aclosing(run.action.run(run.snapshot, asked)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Note):
                notes.append(piece.sentence)
            elif isinstance(piece, Progress):
                output.parts(piece)
            else:
                output.add(piece)
    return notes


_COMPARED = 200
