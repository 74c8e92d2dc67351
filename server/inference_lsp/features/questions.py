"""What a person is asked before a run sends anything: what is not said anywhere, and whether a secret may leave.

Knows messages with buttons. Knows no action by name, and no failure: whoever answers nothing has stopped the run.
"""

from __future__ import annotations

from dataclasses import replace

from lsprotocol import types as t

from inference_lsp.backend import Backend
from inference_lsp.lsp import LanguageServer, ResponseException
from inference_lsp.results import Run
from inference_lsp.session import Session

SEND = "Send it"


async def is_settled(server: LanguageServer, session: Session, run: Run) -> bool:
    """Ask what the action has to know; False if the person did not answer. The answer holds for what follows."""
    question = await run.action.question(run.snapshot)
    if question is None:
        return True
    title = await ask_person(server, t.MessageType.Info, f"{run.action.label}: {question.sentence}", *question.answers)
    if not title:
        return False
    chosen = question.answers[title]
    run.snapshot = replace(run.snapshot, settings=chosen)
    session.language = chosen.translate.to
    return True


async def permitted(server: LanguageServer, run: Run, backends: list[Backend]) -> list[Backend]:
    """The backends that a file of secrets may be sent to: those on this machine, others only if the person says so."""
    away = ", ".join(backend.label for backend in backends if not backend.is_local)
    if not away:
        return backends
    name = run.snapshot.uri.rpartition("/")[2]
    question = f"{name} looks like a file of secrets, or .hfignore names it. Send the text to {away}?"
    if await ask_person(server, t.MessageType.Warning, f"{run.action.label}: {question}", SEND) == SEND:
        return backends
    return [backend for backend in backends if backend.is_local]


async def ask_person(server: LanguageServer, kind: t.MessageType, message: str, *titles: str) -> str:
    """Show a message with buttons: the title of the one that was pressed, "" for none. An editor that has no buttons
    shows the message all the same; what it asks for can be set, or done by a command."""
    params = t.ShowMessageRequestParams(kind, message, [t.MessageActionItem(title) for title in titles])
    try:
        chosen = await server.window_show_message_request_async(params)
    except ResponseException:
        server.window_show_message(t.ShowMessageParams(kind, message))
        return ""
    return chosen.title if chosen is not None and chosen.title in titles else ""
