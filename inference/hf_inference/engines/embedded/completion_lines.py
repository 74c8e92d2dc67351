"""The lines that the suffix model writes at a cursor, one after another.

Knows where a line ends, how sure it is, what stands behind and below the cursor, and the token that the cursor cuts
in two. Knows no stop sequence, no limit but the longest line's, and no wire format.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from hf_inference.engines.embedded.open_document import OpenDocument
from hf_inference.engines.embedded.suffix_model import Prediction, SuffixModel
from hf_inference.engines.embedded.tokens import END, is_line_end, tokens, written
from hf_inference.engines.embedded.workspace_index import Dialect, Shard, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One generated token: its text (what the cursor cut off is left out), and where it was copied from."""

    code: str
    text: str
    ends_line: bool
    probability: float
    shard: Shard
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Generated text from the line end before it, if that was generated, to its last visible token.

    `confidence` is the probability that all of it is right and that it ends there. `line_end` is the line end
    predicted behind it; None where nothing should follow. `whole` is false if it is not known how the line ends.
    """

    steps: tuple[Step, ...]
    confidence: float
    line_end: Step | None = None
    whole: bool = True

    @property
    def text(self) -> str:
        """The text of the line."""
        return "".join(step.text for step in self.steps)


class Deadline:
    """Called, tells whether the time that began with `restart` is over. `clock` and `seconds` are in seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._end = 0.0

    def restart(self) -> None:
        """Begin anew."""
        self._end = self._clock() + self._seconds

    def __call__(self) -> bool:
        return self._clock() > self._end


class LineWriter:
    """Writes lines at the cursor of `document`; no line has more than `most` tokens."""

    def __init__(self, document: OpenDocument, *, dialect: Dialect, view: View, deadline: Deadline, most: int) -> None:
        self._document = document
        self._dialect = dialect
        self._view = view
        self._deadline = deadline
        self._most = most
        self._indentation = document.indentation
        self._model = self._model_behind(document.context)

    def first(self) -> Line:
        """The rest of the cursor's line, up to where it would repeat what stands behind the cursor. If the line is
        complete already, the next one."""
        start = self._finish_partial() if self._document.partial else None
        line = self._line(start, 1.0 if start is None else start.probability)
        if self._document.rest_of_line:
            return _before(self._document.rest_of_line, line)
        if self._repeats_below(line) or not (line.text.strip() or line.line_end):
            return Line(steps=(), confidence=line.confidence)
        return line

    def behind(self, line: Line) -> Iterator[Line]:
        """The lines that follow `line` while they are likely, and until they would repeat what stands next to them."""
        near = set(self._document.lines_above)
        while line.line_end is not None:
            near.add(line.text.strip())
            line = self._line(line.line_end, 1.0)
            text = line.text.strip()
            if not text or not line.whole:
                return
            # A closing bracket may come again and again, a line with words hardly does.
            if line.confidence < _LIKELY or self._repeats_below(line) or (text in near and _has_word(text)):
                return
            yield line

    def _line(self, start: Step | None, confidence: float) -> Line:
        steps = [] if start is None else [start]
        visible = start is not None and not start.ends_line
        while len(steps) < self._most:
            step = self._next()
            if step is None:
                # What is written may well go on; where nothing is written, nothing is known.
                return Line(steps=tuple(steps), confidence=confidence * 0.5 if steps else 0.0, whole=False)
            confidence *= step.probability
            if step.code == END:
                break
            if step.ends_line and visible:
                return Line(steps=tuple(steps), confidence=confidence, line_end=step)
            visible = visible or not step.ends_line
            steps.append(step)
        return Line(steps=tuple(steps), confidence=confidence)

    def _next(self) -> Step | None:
        self._deadline.restart()
        prediction = self._model.predict()
        return None if prediction is None else self._step(prediction, "")

    def _finish_partial(self) -> Step | None:
        """The token of which the cursor has a part before it; None if no known one begins like that."""
        partial, indentation, tabs = self._document.partial, self._document.indentation, self._document.tabs
        fits: dict[str, bool] = {}

        def accept(code: str) -> bool:
            if code not in fits:
                fits[code] = written(self._dialect.symbol(code), indentation, tabs=tabs).startswith(partial)
            return fits[code]

        self._deadline.restart()
        prediction = self._model.predict(accept)
        if prediction is None and not partial.isspace():
            prediction = self._model.recall(partial, accept)
        if prediction is not None:
            return self._step(prediction, partial)
        self._model = self._model_behind(self._document.context + self._document.partial_code)
        if is_line_end(partial):
            self._indentation = partial[partial.rindex("\n") + 1 :]
        return None

    def _step(self, prediction: Prediction, partial: str) -> Step:
        """Take a prediction as the next token; its text leaves out `partial`."""
        self._model.advance(prediction.code)
        text = written(self._dialect.symbol(prediction.code), self._indentation, tabs=self._document.tabs)
        ends_line = is_line_end(text)
        if ends_line:
            self._indentation = text[text.rindex("\n") + 1 :]
        return Step(
            code=prediction.code,
            text=text[len(partial) :].replace("\n", self._document.line_end),
            ends_line=ends_line,
            probability=prediction.probability,
            shard=prediction.shard,
            at=prediction.at,
        )

    def _repeats_below(self, line: Line) -> bool:
        return bool(self._document.line_below) and line.text.strip() == self._document.line_below

    def _model_behind(self, context: str) -> SuffixModel:
        return SuffixModel(
            context, document=self._document.shards, view=self._view, dialect=self._dialect, late=self._deadline
        )


def cut_steps(steps: tuple[Step, ...], length: int) -> tuple[Step, ...]:
    """The steps that make the first `length` characters of the text of `steps`; the last one may be cut."""
    kept: list[Step] = []
    for step in steps:
        if length <= 0:
            break
        kept.append(replace(step, text=step.text[:length]))
        length -= len(step.text)
    return tuple(kept)


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def _before(rest: str, line: Line) -> Line:
    """What of `line` belongs before `rest`, which stands behind the cursor: nothing of another line, and no repetition
    of how `rest` starts. A bracket that closes one of the line's own repeats nothing."""
    start = tokens(rest)[0]
    text = line.text.partition("\n")[0].rstrip("\r")
    depth = 0
    end = len(text)
    for at, character in enumerate(text):
        if depth <= 0 and text.startswith(start, at):
            end = at
            break
        depth += (character in "([{") - (character in ")]}")
    return Line(steps=cut_steps(line.steps, end), confidence=line.confidence)


_LIKELY = 0.3
