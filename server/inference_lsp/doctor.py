"""`inference-lsp doctor`: what is installed and configured, who answers each task, and what is missing.

Knows the environment's names and what has to be installed. Knows no value of a secret: of a token it says where it was
found. On the network it asks nobody but the server at `inference.url` how it is.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
import time
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from inference_lsp import __version__
from inference_lsp.answering import Report, who_answers

if TYPE_CHECKING:
    from inference_lsp.protocol import StatusUpdate
    from inference_lsp.secrets import Credentials
    from inference_lsp.settings import Settings


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
_GET_A_TOKEN = "make a token at https://huggingface.co/settings/tokens and set HF_TOKEN to it"
