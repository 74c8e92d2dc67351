"""`inference-lsp doctor`: what is installed and configured, who answers each task, and what is missing.

Knows the environment's names, the settings and which task serves which feature. Knows no value of a secret: of a token
it says where it was found. On the network it asks nobody but the server at `inference.url` how it is.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from inference_lsp import __version__

if TYPE_CHECKING:
    from inference_lsp.backend import Backend
    from inference_lsp.backends import Backends
    from inference_lsp.protocol import StatusUpdate
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


def run_doctor(settings: str | None = None) -> int:
    """Print the report; 0 if the server can serve, 1 if something is wrong. `settings`: JSON, or a file of it."""
    report = Report()
    _packages(report)
    if not report.problems:
        _configuration(report, settings)
    for line in report.lines():
        sys.stdout.write(f"{line}\n")
    return 1 if report.problems else 0


def _packages(report: Report) -> None:
    lines = [f"Python {sys.version.split()[0]} on {sys.platform}, {sys.executable}"]
    for name in _REQUIRED:
        try:
            lines.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            report.problems.append(f"{name} is not installed: run `python -m pip install inference-lsp` again")
    report.sections.append((f"inference-lsp {__version__}", lines))


def _configuration(report: Report, given: str | None) -> None:
    from inference_lsp.secrets import Credentials
    from inference_lsp.settings import Settings

    credentials = Credentials()
    lines = [
        f"Hugging Face token: {_from(credentials.source())}",
        f"Proxies: {', '.join(_set(_PROXIES)) or 'none'}",
        f"Certificates: {', '.join(_set(_CERTIFICATES)) or 'the usual authorities'}",
    ]
    report.sections.append(("Environment", lines))
    asked = [("Who answers with the default settings", Settings())]
    if given is None and not credentials.source():
        asked.append(("Who would answer with inference.target = hub", Settings(target="hub")))
        report.hints.append(f"For models of the Hugging Face Hub, {_GET_A_TOKEN}.")
    elif given is not None and (settings := _read(report, given)) is not None:
        asked.append(("Who answers with the settings given", settings))
        if settings.target == "hub" and not credentials.source():
            report.problems.append(f"inference.target is hub, and there is no token: {_GET_A_TOKEN}.")
    for heading, settings in asked:
        lines = []
        asyncio.run(_answering(report, lines, settings, credentials))
        report.sections.append((heading, lines))
    if importlib.util.find_spec("rich") is None:
        report.hints.append("For `inference-lsp demo`: python -m pip install 'inference-lsp[demo]'.")


def _read(report: Report, given: str) -> Settings | None:
    """The settings in a JSON text or file, as an editor may wrap them; None if there are none to be had."""
    from inference_lsp.settings import SECTION, read_settings

    try:
        text = given if given.lstrip().startswith("{") else Path(given).read_text(encoding="utf-8")
        value = json.loads(text)
    except OSError as error:
        report.problems.append(f"--settings: {given} cannot be read ({error.strerror}): name a file, or give JSON")
        return None
    except ValueError as error:  # a file that is no UTF-8, too
        where = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "no UTF-8"
        report.problems.append(f"--settings is no JSON ({where})")
        return None
    if isinstance(value, Mapping) and SECTION in value:
        value = value[SECTION]
    settings, complaints = read_settings(value)
    report.problems.extend(complaints)
    return settings


async def _answering(report: Report, lines: list[str], settings: Settings, credentials: Credentials) -> None:
    """Who answers each feature, after whom, and what the server says of itself; one that says nothing is no problem."""
    from inference_lsp.backends import Backends
    from inference_lsp.status import Status

    backends = Backends(credentials, Status(_unseen), clock=time.monotonic, folders=tuple)
    try:
        lines.extend(await who_answers(report, backends, settings, credentials))
    finally:
        await backends.close()


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


def _unseen(update: StatusUpdate) -> None:
    """There is no status bar in a terminal."""


def _from(source: str) -> str:
    return f"found in {source}" if source else "not set"


def _set(names: tuple[str, ...]) -> list[str]:
    return [f"{name} is set" for name in names if os.environ.get(name)]


_REQUIRED = ("pygls", "lsprotocol", "attrs", "httpx", "vaderSentiment")
_PROXIES = tuple(
    spelled
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
    for spelled in ((name,) if sys.platform == "win32" else (name, name.lower()))
)
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
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
_GET_A_TOKEN = "make a token at https://huggingface.co/settings/tokens and set HF_TOKEN to it"
