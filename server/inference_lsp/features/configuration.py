"""Start of a session and its settings: from initializationOptions, by pulling, or as the client pushes them.

Knows `initialize`, `initialized` and `workspace/didChangeConfiguration`. Knows no setting by name.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from lsprotocol import types as t

from inference_lsp.features import secret_store
from inference_lsp.lsp import LanguageServer, ResponseException
from inference_lsp.session import Session
from inference_lsp.settings import SECTION

_log = logging.getLogger(__name__)


def register(server: LanguageServer, session: Session) -> None:
    @server.feature(t.INITIALIZE)
    async def initialize(params: t.InitializeParams) -> None:
        session.locale = params.locale or ""
        options = _section(params.initialization_options)
        if options is not None:
            await _take(server, session, options)

    @server.feature(t.INITIALIZED)
    def initialized(params: t.InitializedParams) -> None:
        session.jobs.background(_begin(server, session))

    @server.feature(t.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: t.DidChangeConfigurationParams) -> None:
        if _pulls(session):
            await _pull(server, session)
        elif (pushed := _section(params.settings)) is not None:
            await _take(server, session, pushed)


async def _begin(server: LanguageServer, session: Session) -> None:
    try:
        if _pulls(session):
            await _pull(server, session)
    finally:
        session.start_answering()
    workspace = session.capabilities.workspace
    changes = workspace.did_change_configuration if workspace else None
    if changes is not None and changes.dynamic_registration:
        registration = t.Registration(
            id="configuration",
            method=t.WORKSPACE_DID_CHANGE_CONFIGURATION,
            register_options=t.DidChangeConfigurationRegistrationOptions(section=SECTION),
        )
        try:
            await server.client_register_capability_async(t.RegistrationParams(registrations=[registration]))
        except ResponseException as error:
            _log.warning("the editor will not tell of changed settings: %s", error.message)
    await session.warm_up()


def _pulls(session: Session) -> bool:
    workspace = session.capabilities.workspace
    return bool(workspace and workspace.configuration)


async def _pull(server: LanguageServer, session: Session) -> None:
    items = [t.ConfigurationItem(section=SECTION)]
    try:
        answers = await server.workspace_configuration_async(t.ConfigurationParams(items=items))
    except ResponseException as error:
        _log.warning("the editor gave no settings: %s", error.message)
        return
    if answers and answers[0] is not None:
        await _take(server, session, answers[0])


async def _take(server: LanguageServer, session: Session, value: object) -> None:
    complaints = await session.configure(value)
    await secret_store.ask(server, session, session.origin())
    if complaints:
        message = "Inference settings: " + "; ".join(complaints)
        server.window_show_message(t.ShowMessageParams(type=t.MessageType.Warning, message=message))


def _section(value: Any) -> Any:
    """Our part of options that may hold it under its name, or be it."""
    return value[SECTION] if isinstance(value, Mapping) and SECTION in value else value
