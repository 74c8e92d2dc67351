"""Text generation that repeats what the open document and the workspace do, and says where it repeats from.

Knows confidence, stop sequences and the stream items of TGI (https://huggingface.github.io/text-generation-inference).
Knows no HTTP and no editor, and leaves it to the suffix model which token comes next.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from math import log
from typing import Any

from hf_inference.engines.embedded.completion_lines import Deadline, Line, LineWriter, Step, cut_steps
from hf_inference.engines.embedded.completion_request import CompletionRequest, read_request
from hf_inference.engines.embedded.open_document import cut_text, open_document
from hf_inference.engines.embedded.workspace import Workspace
from hf_inference.engines.embedded.workspace_index import Dialect
from hf_inference.engines.engine import Refusal


class Completion:
    """Continues prompts from the open document and `workspace`. Thread-safe.

    Looking through the workspace for one token ends after `seconds_per_token` by `clock` (seconds); what was found
    until then, always with all of the document, decides.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        clock: Callable[[], float] = time.monotonic,
        seconds_per_token: float = 0.01,
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._seconds_per_token = seconds_per_token
        # The texts above and below the cursor's line of a few open documents, cut.
        self._cut = lru_cache(maxsize=8)(cut_text)

    def generate(self, prompt: str, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Continue `prompt`: TGI stream items, one a token; the last holds `generated_text` and `details`.

        The continuation runs to the end of the line, and over further lines while each is likely to be right.
        Raises `Refusal` before the first item: 422 `validation` for a senseless parameter, 422 `unsupported` if the
        first line's confidence is below `min_confidence`.
        """
        request = read_request(parameters)
        view = self._workspace.look(request.path)
        dialect = Dialect(self._workspace.index.vocabulary)
        document = open_document(prompt, request.suffix, dialect, self._cut)
        deadline = Deadline(self._seconds_per_token, self._clock)
        writer = LineWriter(document, dialect=dialect, view=view, deadline=deadline, most=request.max_new_tokens)
        first = writer.first()
        if first.confidence < request.min_confidence or not first.confidence:
            raise Refusal(_NOTHING_SIMILAR, status=422, error_type="unsupported")
        return _stream(prompt, request, first, writer.behind(first))


def _stream(prompt: str, request: CompletionRequest, first: Line, further: Iterator[Line]) -> Iterator[dict[str, Any]]:
    """The stream items of the lines; the last token is held until it is known to be the last."""
    ending = _Ending(request)
    text, index, last = "", 0, None
    for step in ending.until_the_end(chain.from_iterable(line.steps for line in chain((first,), further))):
        if last is not None:
            yield _item(index, last)
            text, index = text + last.text, index + 1
        last = step
    item = _item(index, last)
    text += "" if last is None else last.text
    item["generated_text"] = prompt + text if request.return_full_text else text
    item["details"] = {
        "finish_reason": ending.reason,
        "generated_tokens": index + (last is not None),
        "seed": None,
        "confidence": first.confidence,
        "source": _source(first),
    }
    yield item


class _Ending:
    """Where the generated text ends: at a stop sequence, at `max_new_tokens`, or by itself; `reason` is TGI's word."""

    def __init__(self, request: CompletionRequest) -> None:
        self._request = request
        self.reason = "eos_token"

    def until_the_end(self, steps: Iterator[Step]) -> Iterator[Step]:
        """The steps up to the end; what may turn out to start a stop sequence is held until that is known."""
        text, sent, count = "", 0, 0
        held: list[Step] = []
        for step in steps:
            if not step.text:
                continue
            count += 1
            text += step.text
            held.append(step)
            stops = [at for stop in self._request.stop if (at := text.find(stop, sent)) >= 0]
            if stops:
                self.reason = "stop_sequence"
                yield from cut_steps(tuple(held), min(stops) - sent)
                return
            if count == self._request.max_new_tokens:
                self.reason = "length"
                break
            safe = len(text) - max((_overlap(text, stop) for stop in self._request.stop), default=0)
            while held and sent + len(held[0].text) <= safe:
                sent += len(held[0].text)
                yield held.pop(0)
        yield from held


def _overlap(text: str, stop: str) -> int:
    """The length of the longest start of `stop` that `text` ends with."""
    return next((n for n in range(min(len(stop), len(text)), 0, -1) if text.endswith(stop[:n])), 0)


def _item(index: int, step: Step | None) -> dict[str, Any]:
    """The stream item of a step; without one, of the end of a text that is empty."""
    token = (
        {"id": 0, "text": "", "logprob": 0.0, "special": True}
        if step is None
        else {"id": ord(step.code), "text": step.text, "logprob": log(step.probability), "special": False}
    )
    return {"index": index, "token": token, "generated_text": None, "details": None}


def _source(line: Line) -> str | None:
    """File and line that most of `line` was copied from."""
    places = Counter((step.shard.label, step.shard.line_of(step.at)) for step in line.steps)
    return "{}:{}".format(*places.most_common(1)[0][0]) if places else None


_NOTHING_SIMILAR = (
    "There is nothing similar in the document or the workspace to complete this from: "
    "the embedded engine only repeats what they do. A model of the Hub or of a local server would write something new."
)
