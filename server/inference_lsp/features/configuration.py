"""Start of a session and its settings: from initializationOptions, by pulling, or as the client pushes them.

Knows `initialize`, `initialized`, `workspace/configuration` and what tells that it is another now. Knows no setting by
name.
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
    configuration = Configuration(server, session)

    @server.feature(t.INITIALIZE)
    async def initialize(params: t.InitializeParams) -> None:
        session.locale = params.locale or ""
        await configuration.begin_with(_section(params.initialization_options))

    @server.feature(t.INITIALIZED)
    def initialized(params: t.InitializedParams) -> None:
        session.jobs.background(configuration.follow())

    @server.feature(t.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: t.DidChangeConfigurationParams) -> None:
        if configuration.pulls:
            await configuration.pull()
        elif (pushed := _section(params.settings)) is not None:
            await configuration.take(pushed, {})

    @server.feature(t.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def did_change_workspace_folders(params: t.DidChangeWorkspaceFoldersParams) -> None:
        session.jobs.background(session.follow_folders())
        if configuration.pulls:
            await configuration.pull()


class Configuration:
    """The settings of one editor, as it tells them."""

    def __init__(self, server: LanguageServer, session: Session) -> None:
        self._server = server
        self._session = session
        self._options: object = None
        self._pulls = self._taken = 0

    @property
    def pulls(self) -> bool:
        """Whether the editor is asked, rather than telling by itself."""
        workspace = self._session.capabilities.workspace
        return bool(workspace and workspace.configuration)

    async def begin_with(self, options: object) -> None:
        """The initializationOptions hold until the editor has settings, and for good where it has none."""
        self._options = options
        if options is not None:
            await self.take(options, {})

    async def follow(self) -> None:
        """Pull the settings and ask to be told when they change."""
        session = self._session
        try:
            if self.pulls:
                await self.pull()
            elif self._options is None:
                await self.take(None, {})
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
                await self._server.client_register_capability_async(t.RegistrationParams([registration]))
            except ResponseException as error:
                _log.warning("the editor will not tell of changed settings: %s", error.message)
        await session.warm_up()

    async def pull(self) -> None:
        """Ask for the settings of no folder, where those are that only the person may set, and of every folder."""
        self._pulls += 1
        pull = self._pulls
        folders = list(self._server.workspace.folders)
        items = [t.ConfigurationItem(scope_uri=uri, section=SECTION) for uri in (None, *folders)]
        try:
            answers = list(await self._server.workspace_configuration_async(t.ConfigurationParams(items=items)))
        except ResponseException as error:
            _log.warning("the editor gave no settings: %s", error.message)
            return
        if pull < self._taken or not answers:  # changed again meanwhile, and the answer to that was quicker
            return
        self._taken = pull
        machine, *of_folders = answers
        await self.take(self._options if machine is None else machine, dict(zip(folders, of_folders, strict=False)))

    async def take(self, machine: object, folders: Mapping[str, object]) -> None:
        """Go by these settings, and say what is wrong in them."""
        session = self._session
        complaints = await session.configure(machine, folders)
        for origin in session.origins():
            await secret_store.ask(self._server, session, origin)
        message = "Inference settings: " + "; ".join(complaints)
        if complaints and session.notices.is_new(message):
            self._server.window_show_message(t.ShowMessageParams(type=t.MessageType.Warning, message=message))


def _section(value: Any) -> Any:
    """Our part of options that may hold it under its name, or be it."""
    return value[SECTION] if isinstance(value, Mapping) and SECTION in value else value
