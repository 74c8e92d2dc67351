"""`inference-lsp doctor`: what is installed and configured, who answers each task, and what is missing.

Knows the environment's names, the settings and which task serves which feature. Knows no value of a secret: of a token
it says where it was found. It asks nobody on the network.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from inference_lsp import __version__

if TYPE_CHECKING:
    from hf_inference import Target
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
    _answering(report, "Who answers with the default settings", Settings(), credentials)
    if given is None:
        _answering(report, "Who would answer with inference.target = hub", Settings(target="hub"), credentials)
        if not credentials.source():
            report.hints.append(f"For models of the Hugging Face Hub, {_GET_A_TOKEN}.")
    elif (settings := _read(report, given)) is not None:
        _answering(report, "Who answers with the settings given", settings, credentials)
        if settings.target == "hub" and not credentials.source():
            report.problems.append(f"inference.target is hub, and there is no token: {_GET_A_TOKEN}.")
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


def _answering(report: Report, heading: str, settings: Settings, credentials: Credentials) -> None:
    from inference_lsp.session import target_of

    target = target_of(settings)
    if target is None:
        lines = list(_embedded(report))
    else:
        lines = [f"{name}: {_remote(target, task, automatic, settings)}" for name, task, automatic in _FEATURES]
        sent = "sent" if credentials.for_url(target.base_url) else "not sent"
        lines.append(f"The Hugging Face token is {sent} there.")
        _reachable(report, target)
    report.sections.append((heading, lines))


def _embedded(report: Report) -> Iterator[str]:
    from hf_inference import targets

    engine = targets.embedded().engine
    assert engine is not None
    sentences = engine.capabilities()
    for name, task, _ in _FEATURES:
        if task not in engine.models().values():
            report.problems.append(f"The embedded engine does not answer {task}.")
        yield f"{name}: embedded engine, {sentences.get(task, 'by no method')}"
    yield "Nothing leaves this machine."
    if "embedded/apertium" not in engine.models():
        report.hints.append("For rough translations offline: install the program Apertium with a language pair.")


def _remote(target: Target, task: str, automatic: bool, settings: Settings) -> str:
    """Who answers a task when a target on the network is chosen. `automatic`: asked for by no gesture."""
    from inference_lsp.backend import host_of

    host = host_of(target)
    if automatic and not settings.automatic.remote:
        return "embedded engine (inference.automatic.remote is off)"
    if model := settings.models.get(task):
        return f"{host}, {model}"
    if task in _BY_PROMPT and (task == "translation" or not target.serves(task)):
        return f"{host}, by a prompt to its text generation model"
    return f"{host}, its default model" if target.serves(task) else f"nobody: {host} does not serve {task}"


def _reachable(report: Report, target: Target) -> None:
    """Whether a client can be made for the target with this environment's proxies and certificates."""
    from hf_inference import AsyncHfInference, InferenceError
    from inference_lsp import problems

    async def make() -> None:
        async with AsyncHfInference(target=target) as client:
            await client.warm_up()

    try:
        asyncio.run(make())
    except InferenceError as error:
        problem = problems.sentence(error)
        if problem not in report.problems:
            report.problems.append(problem)


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
_BY_PROMPT = frozenset({"summarization", "translation"})
_GET_A_TOKEN = "make a token at https://huggingface.co/settings/tokens and set HF_TOKEN to it"
