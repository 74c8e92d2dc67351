"""What jobs have made: kept for a while after their end, so that no text a person waited for is lost.

Knows runs, their texts and how long they are kept. Knows no protocol; the clock is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from inference_lsp.actions import Action
from inference_lsp.backend import Backend, maker_of
from inference_lsp.document.edits import reach
from inference_lsp.document.relocation import moved, relocate, was_deleted
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.provenance import Origin, described

if TYPE_CHECKING:
    from hf_inference import Call, InferenceError, Opened

LIFETIME = 600.0
"""Seconds a result is kept after its job has ended."""
MOST = 50


class Run:
    """One run of an action, while it goes on and after."""

    def __init__(self, action: Action, snapshot: Snapshot, backend: Backend) -> None:
        self.action = action
        self.snapshot = snapshot
        self.backend = backend
        self.ended_at: float | None = None
        self.is_cut = False
        """Whether a stream broke off amid its text, so that it can go on from there."""
        self.is_too_long = False
        """Whether a server said that it takes less text at once."""
        self.failed_task = ""
        """The task of the call that failed last."""
        self.source_changed = False
        """Whether the text it was made from is another now."""
        self.selection = (snapshot.start, snapshot.end)
        """Where the selection is in the document as it is now, whatever was done to the text within it."""
        self._now = snapshot.text
        self.is_previewed = False
        """Whether it is shown beside the text."""
        self._pieces: list[str] = []
        self._makers: list[str] = []
        self._parameters = ""

    @property
    def text(self) -> str:
        """What the action has made so far."""
        return "".join(self._pieces)

    def add(self, text: str) -> None:
        """The text has grown."""
        self._pieces.append(text)

    def answered(self, call: Call[Any], opened: Opened) -> None:
        """A call of the run was answered."""
        if (maker := maker_of(opened)) not in self._makers:
            self._makers.append(maker)
        self._parameters = self._parameters or described(call)

    def failed(self, task: str, error: InferenceError) -> None:
        """A call of the run failed."""
        self.failed_task = task

    @property
    def origin(self) -> Origin:
        """Who wrote its text."""
        return Origin(
            action=self.action.label,
            target=self.backend.label,
            models=tuple(self._makers),
            parameters=self._parameters,
        )

    def tail(self, most: int) -> str:
        """The newest words on one line of `most` characters."""
        newest: list[str] = []
        length = 0
        for piece in reversed(self._pieces):
            newest.append(piece)
            length += len(piece)
            if length > most:
                break
        line = " ".join("".join(reversed(newest)).split())
        return line if len(line) <= most else "…" + line[1 - most :]

    def follow(self, text: str) -> bool:
        """The document is another now: see where the selection is, change after change, and whether what the run was
        made from changed; whether that is news."""
        old, (start, end) = self._now, self.selection
        self._now = text
        start, end = moved(old, text, start), moved(old, text, end)
        self.selection = min(start, end), end
        before, place = self.source_changed, reach(self.snapshot, self.action.edit(self.snapshot, self.text))
        self.source_changed = relocate(self.snapshot.text, text, *place) is None
        return self.source_changed != before

    def lost_its_text(self, text: str) -> bool:
        """Whether all that was selected is deleted in the document as it is now."""
        start, end = self.snapshot.start, self.snapshot.end
        return was_deleted(self.snapshot.text, text, start, end)

    def overlaps(self, other: Snapshot) -> bool:
        """Whether this run's selection, where it is now, shares text with another one of the same document."""
        if self.snapshot.uri != other.uri:
            return False
        place = relocate(self.snapshot.text, other.text, self.snapshot.start, self.snapshot.end)
        return place is not None and place[0] < other.end and other.start < place[1]


class Results:
    """The runs by their job's id."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._runs: dict[str, Run] = {}

    def begin(self, job: str, run: Run) -> None:
        self._runs[job] = run
        self._tidy()

    def end(self, job: str) -> None:
        """The job is over; its text stays for a while."""
        if (run := self._runs.get(job)) is not None:
            run.ended_at = self._clock()

    def get(self, job: str) -> Run | None:
        self._tidy()
        return self._runs.get(job)

    def newest(self) -> str:
        """The job begun last whose result is still there, "" if there is none."""
        self._tidy()
        return next(reversed(self._runs), "")

    def drop(self, job: str) -> None:
        self._runs.pop(job, None)

    def of_document(self, uri: str) -> Iterator[tuple[str, Run]]:
        """The runs on a document, over or not."""
        return ((job, run) for job, run in tuple(self._runs.items()) if run.snapshot.uri == uri)

    def running(self) -> Iterator[tuple[str, Run]]:
        """The runs whose jobs are not over."""
        return ((job, run) for job, run in tuple(self._runs.items()) if run.ended_at is None)

    def _tidy(self) -> None:
        now = self._clock()
        for job, run in tuple(self._runs.items()):
            if run.ended_at is not None and (now - run.ended_at > LIFETIME or len(self._runs) > MOST):
                del self._runs[job]
