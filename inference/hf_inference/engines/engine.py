"""What a model inside this process looks like to the rest of the client.

Knows the Hub's wire shapes of a task's inputs and answers. Knows no HTTP, no event loop and no editor:
`engines/handler.py` turns requests into calls of an engine, `engines/transport.py` plugs it into httpx.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Refusal(Exception):
    """What an engine cannot do, said as a sentence that tells what would help.

    `status` is the HTTP status it becomes (501 unsupported, 400 bad input, 422 nothing to answer from);
    `error_type` is the machine-readable word beside it, as TGI sends one.
    """

    def __init__(self, error: str, *, status: int = 501, error_type: str = "unsupported") -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.error_type = error_type


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineAnswer:
    """One reply: `value` is the JSON the Hub would send for the task; `method` names what computed it.

    `note` is a short sentence for people ("memory match 91 %, catalog …"), empty where there is nothing to say.
    """

    value: Any
    method: str
    note: str = ""


class Engine(Protocol):
    """Answers tasks by computing, in the calling thread. Methods are thread-safe and may be slow (a second):
    callers with an event loop call them from a worker thread."""

    name: str
    """The engine's name as `x-engine` and `/info` show it, for example `embedded`."""

    def models(self) -> Mapping[str, str]:
        """Model ids served, each with the Hub task it answers: `{"embedded/extractive": "summarization", …}`.
        The first model of a task is that task's default."""

    def capabilities(self) -> Mapping[str, str]:
        """A sentence a task, for people: what its answers are worth."""

    def run(self, task: str, inputs: Any, parameters: Mapping[str, Any], model: str | None) -> EngineAnswer:
        """Answer one task (a Hub task id such as `summarization`) in the Hub's reply shape, or raise `Refusal`."""

    def generate(self, prompt: str, parameters: Mapping[str, Any], model: str | None) -> Iterator[Mapping[str, Any]]:
        """Continue `prompt`: TGI stream items, one a token; the last holds `generated_text` and `details`.

        A `Refusal` is raised before the first item or not at all. Closing the iterator stops the work.
        """

    def start(self) -> None:
        """Begin in the background what makes later answers quick. Returns at once; asking again does nothing."""

    def close(self) -> None:
        """End what runs in the background."""
