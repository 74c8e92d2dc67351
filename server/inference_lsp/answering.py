"""Who answers each feature with some settings, in lines for people: for the doctor and for `inference.report`.

Knows which task serves which feature, and what a server at an address says of itself. Knows no value of a secret, no
terminal and no editor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inference_lsp.backend import Backend
    from inference_lsp.backends import Backends
    from inference_lsp.secrets import Credentials
    from inference_lsp.settings import Settings


@dataclass(frozen=True, slots=True)
class Report:
    """What is found, by heading. Any problem means that the server, so configured, cannot do what it should."""

    sections: list[tuple[str, list[str]]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        named = [*self.sections, ("What would help", self.hints), ("Problems", self.problems)]
        for heading, lines in named:
            if lines:
                yield heading
                yield from (f"  {line}" for line in lines)
                yield ""
        yield "This server can serve." if not self.problems else "Something is wrong: see the problems above."


async def who_answers(
    report: Report, backends: Backends, settings: Settings, credentials: Credentials
) -> Sequence[str]:
    """The lines about the backends of some settings. What is wrong, and would help, goes into the report."""
    lines = []
    if settings.target == "auto":
        found = "there is a" if backends.chosen(settings) == "hub" else "there is no"
        lines.append(f"auto is {backends.chosen(settings)}, since {found} token for the hub.")
    backend = backends.explicit(settings)
    if not backend.is_embedded and await _reachable(report, backend):
        lines.extend(await _said(backend))
        await backends.learn(settings)
        backend = backends.explicit(settings)
    lines.extend(_features(report, backend, settings))
    lines.extend(f"If that fails: {other.label}." for other in backend.otherwise)
    if all(one.is_embedded for one in (backend, *backend.otherwise)):
        lines.append("Nothing leaves this machine.")
    else:
        sent = [one for one in backends.origins(settings) if credentials.for_url(one)]
        lines.append(f"A token is sent to {' and '.join(sent)}." if sent else "No token is sent there.")
    return lines


def _features(report: Report, backend: Backend, settings: Settings) -> Iterator[str]:
    from hf_inference import targets

    engine = targets.embedded().engine
    assert engine is not None
    sentences = engine.capabilities()
    for name, task, automatic in _FEATURES:
        if task not in engine.models().values():
            report.problems.append(f"The embedded engine does not answer {task}.")
        if backend.is_embedded:
            yield f"{name}: embedded engine, {sentences.get(task, 'by no method')}"
        elif automatic and not settings.automatic.remote:
            yield f"{name}: embedded engine (inference.automatic.remote is off)"
        else:
            yield f"{name}: {_remote(backend, task)}"
    if "embedded/apertium" not in engine.models() and backend.is_embedded:
        report.hints.append("For rough translations offline: install the program Apertium with a language pair.")


def _remote(backend: Backend, task: str) -> str:
    """Which model of a backend on the network answers a task."""
    from hf_inference import targets

    if model := backend.model(task):
        return f"{backend.label}, {model}"
    by_prompt = task in _BY_PROMPT and backend.serves("text-generation")
    if by_prompt and (task == "translation" or not backend.serves(task)):
        return f"{backend.label}, by a prompt to its text generation model"
    if not backend.serves(task):
        return f"nobody: {backend.label} does not serve {task}"
    if backend.known.models:
        return f"{backend.label}, {backend.known.models[0]}"
    default = targets.default_models().get(task) if backend.client.target == targets.hub() else None
    return f"{backend.label}, {default or 'its own'} (the default)"


async def _said(backend: Backend) -> Iterable[str]:
    """How the server at an address is, and what it does. The Hub is not asked."""
    from hf_inference import InferenceError
    from inference_lsp import problems
    from inference_lsp.probing import is_well, probe

    if not (backend.client.target.serves("health-check") and backend.client.target.serves("list-models")):
        return []
    try:
        health = "is well" if await is_well(backend.client) else "says that it is not well, or has no /health"
    except InferenceError as error:
        return [f"{backend.label} does not answer now: {problems.sentence(error)}"]
    known = await probe(backend.client)
    models = f"; its models: {', '.join(known.models[:_SHOWN])}" if known.models else ""
    kind = f"; it does {known.kind}" if known.kind else ""
    return [f"{backend.label} {health}{kind}{models}."]


async def _reachable(report: Report, backend: Backend) -> bool:
    """Whether a client can be made for the target with this environment's proxies and certificates."""
    from hf_inference import InferenceError
    from inference_lsp import problems

    try:
        await backend.client.warm_up()
    except InferenceError as error:
        problem = problems.sentence(error)
        if problem not in report.problems:
            report.problems.append(problem)
        return False
    return True


_FEATURES = (
    ("Summarize", "summarization", False),
    ("Translate", "translation", False),
    ("Complete", "text-generation", False),
    ("Ghost text", "text-generation", True),
    ("Hover, classification", "text-classification", True),
    ("Hover, entities", "token-classification", True),
)
_SHOWN = 5
_BY_PROMPT = frozenset({"summarization", "translation"})
