"""`inference.report`: how the server is, as text, for editors that show no status: the doctor's view of this session.

Knows the command. Knows no backend by name and no value of a secret.
"""

from __future__ import annotations

from typing import Any

from inference_lsp import __version__
from inference_lsp.answering import Report, who_answers
from inference_lsp.lsp import LanguageServer
from inference_lsp.protocol import REPORT
from inference_lsp.session import Session


def register(server: LanguageServer, session: Session) -> None:
    @server.command(REPORT)
    async def report(*arguments: Any) -> str:
        await session.ready()
        found = Report()
        lines = await who_answers(found, session.backends, session.settings, session.credentials)
        found.sections.append((f"inference-lsp {__version__}", _now(session)))
        found.sections.append(("Who answers with the settings of now", list(lines)))
        return "\n".join(found.lines())


def _now(session: Session) -> list[str]:
    update = session.status.now
    lines = [f"State: {update.state}" + (f": {update.message}" if update.message else "")]
    lines += [f"{job} runs: {run.action.label} by {run.backend.label}" for job, run in session.results.running()]
    return lines
