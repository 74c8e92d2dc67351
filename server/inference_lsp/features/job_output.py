"""What an editor sees of a job while it runs: progress in every editor, the growing text where the client asks for it.

Knows work-done progress and our `inference/job`. Knows nothing of how the text comes about. Text goes out at once when
it was quiet, and otherwise gathers for some milliseconds: a person reads frames, not tokens.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress

from lsprotocol import types as t

from hf_inference import InferenceError
from inference_lsp import problems
from inference_lsp.actions.action import Progress
from inference_lsp.features.preview import Preview
from inference_lsp.jobs import Job
from inference_lsp.lsp import LanguageServer, ResponseException
from inference_lsp.protocol import JOB, JobState, JobUpdate, wants
from inference_lsp.results import Run
from inference_lsp.session import Session

INTERVAL = 0.03
"""Seconds between two updates of one job."""
BEGIN_AFTER = 0.25
"""Seconds after which a bar is shown whatever is known: before that a run may say that it has parts, which is what a
bar has to know at its beginning."""
LONGEST_TAIL = 60
"""Characters of the newest text in a progress message."""


class JobOutput:
    """The updates of one job. Nothing is sent after `end`."""

    def __init__(self, server: LanguageServer, session: Session, job: Job, run: Run, preview: Preview | None) -> None:
        self._server = server
        self._job = job
        self._run = run
        self._preview = preview
        self._message = ""
        self._parts: Progress | None = None
        self._percentage = 0
        self._heard = asyncio.Event()
        self._sequence = 0
        self._notifies = wants(session.capabilities, JOB)
        self._token: str | None = None
        self._begun = False
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None
        self._ticking: asyncio.TimerHandle | None = None
        self._sent_at = 0.0
        window = session.capabilities.window
        if window and window.work_done_progress:
            session.jobs.background(self._begin_progress())

    def add(self, text: str) -> None:
        """The text has grown."""
        self._stop_ticking()
        self._run.add(text)
        self._message = ""
        self._soon()

    def parts(self, progress: Progress) -> None:
        """So many parts are done. The bar never goes back, though summaries of summaries are parts anew."""
        self._stop_ticking()
        self._parts = progress
        share = 100 * progress.done // (progress.total + progress.then)
        self._percentage = max(self._percentage, share)
        self._message = ""
        self._soon()

    def say(self, message: str) -> None:
        """What the job waits for."""
        self._stop_ticking()
        self._message = message
        self._soon()

    def count_down(self, seconds: float, reason: InferenceError, passed: int = 0) -> None:
        """It waits so long, for this reason: said anew each second. `passed` of them are over."""
        if self._ended:
            return
        self.say(problems.waiting(seconds, reason, passed))
        if seconds - passed > 1:
            self._ticking = asyncio.get_running_loop().call_later(1, self.count_down, seconds, reason, passed + 1)

    def end(self, state: JobState, message: str) -> None:
        """The job's last word."""
        self._stop_ticking()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._ended = True
        self._heard.set()
        self._message, self._parts = message, None
        self._notify(state)
        if self._begun and self._token is not None:
            self._server.work_done_progress.end(self._token, t.WorkDoneProgressEnd(message=message or None))

    def _stop_ticking(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None

    @property
    def _shown(self) -> str:
        """What it waits for, else how far it is and the newest words."""
        if self._message or self._parts is None:
            return self._message
        count = f"{self._parts.done}/{self._parts.total} parts"
        tail = self._run.tail(LONGEST_TAIL)
        return f"{count}: {tail}" if tail else count

    def _soon(self) -> None:
        self._heard.set()
        if self._timer is not None or self._ended:
            return
        loop = asyncio.get_running_loop()
        wait = self._sent_at + INTERVAL - loop.time()
        if wait <= 0:
            self._send()
        else:
            self._timer = loop.call_later(wait, self._send)

    def _send(self) -> None:
        self._timer = None
        self._sent_at = asyncio.get_running_loop().time()
        self._notify("running")
        if self._begun and self._token is not None:
            report = t.WorkDoneProgressReport(
                message=self._shown or self._run.tail(LONGEST_TAIL),
                percentage=None if self._parts is None else self._percentage,
            )
            self._server.work_done_progress.report(self._token, report)

    def _notify(self, state: JobState) -> None:
        if self._preview is not None:
            self._preview.refresh()
        if self._notifies:
            self._sequence += 1
            update = JobUpdate(
                job=self._job.id,
                action=self._job.action,
                uri=self._job.uri,
                sequence=self._sequence,
                state=state,
                text=self._run.text,
                message=self._shown,
            )
            self._server.protocol.notify(JOB, update.to_json())

    async def _begin_progress(self) -> None:
        """The client is asked for a token beside the work, so that a slow client does not hold it up."""
        progress = self._server.work_done_progress
        self._token = f"inference-{uuid.uuid4()}"
        try:
            await progress.create_async(self._token)
        except ResponseException:  # the editor wants no bar; the work goes on without one
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), BEGIN_AFTER)
        if self._ended:  # too late to show anything: forget the token, as `end` would have
            progress.tokens.pop(self._token, None)
            return
        self._begun = True
        begin = t.WorkDoneProgressBegin(
            title=f"{self._run.action.label} ({self._run.backend.label})",
            cancellable=True,
            message=self._shown or None,
            percentage=None if self._parts is None else self._percentage,
        )
        progress.begin(self._token, begin)
        progress.tokens[self._token].add_done_callback(lambda token: token.cancelled() and self._job.cancel())
