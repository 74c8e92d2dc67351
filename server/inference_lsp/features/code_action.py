"""The light bulb: which actions there are for a selection. Answers from memory; touches no network.

Knows `textDocument/codeAction`. Knows no action by name.
"""

from __future__ import annotations

from lsprotocol import types as t

from inference_lsp.actions import ACTIONS, Action
from inference_lsp.actions.action import Offer
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.lsp import LanguageServer
from inference_lsp.protocol import RUN, RunAction
from inference_lsp.session import Session


def register(server: LanguageServer, session: Session) -> None:
    @server.feature(
        t.TEXT_DOCUMENT_CODE_ACTION,
        t.CodeActionOptions(code_action_kinds=[action.kind for action in ACTIONS], resolve_provider=False),
    )
    async def code_action(params: t.CodeActionParams) -> list[t.CodeAction]:
        await session.ready()
        uri, selection = params.text_document.uri, params.range
        if session.document(uri) is None:
            return []
        snapshot = session.snapshot(uri, selection)
        session.selections[uri] = (snapshot.version, snapshot.start, snapshot.end)
        if snapshot.has_text:  # a light bulb at the mere cursor does not wake a server that may cost money awake
            session.learn()
        backend = session.backend(uri)
        refusal = backend.refuses_to_write()
        shows_disabled = _shows_disabled(session.capabilities)
        offered = []
        for action in ACTIONS:
            if not _asked(action, params.context.only, snapshot):
                continue
            offer = action.offer(snapshot, backend)
            if refusal:
                offer = Offer(offer.title, refusal)
            if offer.disabled and not shows_disabled:
                continue
            run = RunAction(action=action.name, uri=uri, range=selection, version=snapshot.version)
            offered.append(
                t.CodeAction(
                    title=offer.title,
                    kind=action.kind,
                    disabled=t.CodeActionDisabled(reason=offer.disabled) if offer.disabled else None,
                    command=t.Command(title=offer.title, command=RUN, arguments=[run.to_json()]),
                )
            )
        return offered


def _asked(action: Action, only: object, snapshot: Snapshot) -> bool:
    """Kinds are trees: `refactor` asks for all of `refactor.rewrite…`. What is done to a whole document is not shown
    unasked to who selected a part of it."""
    kinds = [str(getattr(kind, "value", kind)) for kind in only] if isinstance(only, list | tuple) else []
    if not kinds or "" in kinds:
        return snapshot.start == snapshot.end or not action.kind.startswith("source.")
    return any(action.kind == kind or action.kind.startswith(kind + ".") for kind in kinds)


def _shows_disabled(capabilities: t.ClientCapabilities) -> bool:
    document = capabilities.text_document
    return bool(document and document.code_action and document.code_action.disabled_support)
