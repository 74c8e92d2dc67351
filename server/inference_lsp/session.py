"""What a feature is handed: documents, settings, backends and jobs of one editor.

Knows what lives as long as an editor's session. Knows no request of the protocol, and of backends only whom to ask.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as t
from pygls import uris

import hf_inference
from inference_lsp.backend import Backend
from inference_lsp.backends import Backends
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.folders import FolderSettings
from inference_lsp.jobs import JobBook
from inference_lsp.lsp import LanguageServer, RequestFailed, TextDocument
from inference_lsp.notices import Notices
from inference_lsp.private_files import is_private
from inference_lsp.protocol import STATUS, StatusUpdate, wants
from inference_lsp.provenance import Provenance
from inference_lsp.results import Results
from inference_lsp.secrets import Credentials
from inference_lsp.settings import Settings
from inference_lsp.status import Status

if TYPE_CHECKING:
    from hf_inference import Target

_log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds that requests wait for a client that was asked for its settings."""


class Session:
    """One editor, from its `initialize` to its end."""

    def __init__(self, server: LanguageServer, credentials: Credentials, router: Target | None = None) -> None:
        """`router` stands for the Hugging Face router."""
        self.server = server
        self.jobs = JobBook()
        self.results = Results(time.monotonic)
        self.provenance = Provenance(datetime.now)
        self.status = Status(self._say_status)
        self.locale = ""
        self.language = ""
        """What the person answered last when asked which language to translate to; other settings end it."""
        self.selections: dict[str, tuple[int | None, int, int]] = {}
        """Of each document, the version, start and end a code action was last asked for: the nearest thing to a
        selection that LSP tells a server."""
        self.notices = Notices(time.monotonic)
        self.backends = Backends(credentials, self.status, clock=time.monotonic, folders=self._folders, router=router)
        self.credentials = credentials
        self._folder_settings = FolderSettings()
        self._configured = asyncio.Event()
        self._forgetting: list[Callable[[str], None]] = []
        self._following: list[Callable[[str, str], None]] = []
        self._next_change = asyncio.Event()
        self._warming: list[Callable[[], Awaitable[object]]] = []

    async def ready(self) -> Session:
        """Wait for the client's settings, so that the first request already goes by them; not for ever."""
        if not self._configured.is_set():
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._configured.wait()
            except TimeoutError:
                _log.warning("the editor did not answer with its settings within %s s; the defaults hold", PATIENCE)
                self._configured.set()
        return self

    def when_closed(self, forget: Callable[[str], None]) -> None:
        """`forget` is called with the URI of each document that the editor closes."""
        self._forgetting.append(forget)

    def when_changed(self, follow: Callable[[str, str], None]) -> None:
        """`follow` is called with the URI of each document that has changed, and its text."""
        self._following.append(follow)

    def changed(self, uri: str, text: str) -> None:
        """A document's text is another now."""
        self.provenance.changed(uri, text)
        for follow in self._following:
            follow(uri, text)
        self._next_change.set()
        self._next_change = asyncio.Event()

    async def next_change(self, seconds: float) -> None:
        """Until the editor tells of a change of any document, but no longer than so."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._next_change.wait()

    def closed(self, uri: str) -> None:
        """The editor has closed a document: end what ran on it, and what was remembered of it."""
        self.jobs.cancel_document(uri)
        self.selections.pop(uri, None)
        self.provenance.forget(uri)
        for forget in self._forgetting:
            forget(uri)

    def start_answering(self) -> None:
        """The settings are what they are going to be for now."""
        self._configured.set()

    @property
    def capabilities(self) -> t.ClientCapabilities:
        return self.server.client_capabilities

    def document(self, uri: str) -> TextDocument | None:
        """The open document, None if the editor has not opened it or has closed it."""
        return self.server.workspace.get_text_document(uri) if self.server.workspace.is_open(uri) else None

    def snapshot(self, uri: str, selection: t.Range) -> Snapshot:
        """The document as it is now, or `RequestFailed` if it is not open."""
        document = self.document(uri)
        if document is None:
            raise RequestFailed(f"{uri} is not open in the editor, so there is no text to work on.")
        ends = sorted((document.offset_at(selection.start), document.offset_at(selection.end)))
        return Snapshot(
            uri=uri,
            path=uris.to_fs_path(uri) or "",
            version=document.version,
            language=document.language_id or "",
            text=document.source,
            start=ends[0],
            end=ends[1],
            settings=self._with_language(self.settings_of(uri)),
            locale=self.locale,
        )

    def _with_language(self, settings: Settings) -> Settings:
        named = settings.translate.to or not self.language
        return settings if named else replace(settings, translate=replace(settings.translate, to=self.language))

    def settings_of(self, uri: str) -> Settings:
        """The settings of the folder a document is in."""
        return self._folder_settings.of(uri)

    def backend(self, uri: str = "", *, automatic: bool = False, insists: bool = False) -> Backend:
        """Who answers for a document: the target of the settings for what a person asked for, the embedded engine for
        the rest. `insists`: a key was pressed for something automatic."""
        settings = self.settings_of(uri)
        return self.backends.automatic(settings, insists=insists) if automatic else self.backends.explicit(settings)

    def embedded(self) -> Backend:
        """The engine on this machine, whatever the target is."""
        return self.backends.embedded(self.settings)

    def is_private(self, uri: str) -> bool:
        """Whether a document is one that nobody but the person is to send anywhere."""
        return is_private(uris.to_fs_path(uri) or "", self._folders())

    @property
    def settings(self) -> Settings:
        """The settings outside of every folder."""
        return self._folder_settings.machine

    async def configure(self, machine: object, folders: Mapping[str, object]) -> list[str]:
        """Take the settings a client gave for no folder and those of each folder, by URI; the sentences about what is
        wrong in them."""
        complaints = self._folder_settings.take(machine, folders)
        for complaint in complaints:
            _log.warning("%s", complaint)
        self.language = ""
        self.backends.forgive()
        await self.backends.retire(self.settings, self.jobs.uses)
        return complaints

    def learn(self) -> None:
        """Find out beside everything else what the chosen server can do."""
        self.jobs.background(self.backends.learn(self.settings))

    def origins(self) -> Sequence[str]:
        """The origins that text may be sent to by these settings."""
        return self.backends.origins(self.settings)

    def give_credential(self, origin: str, credential: str) -> None:
        """The editor's secret store has this credential for an origin, or "" for none."""
        if self.credentials.give(origin, credential):
            self.backends.forgive()

    async def follow_folders(self) -> None:
        """Learn from the workspace's folders as they are now."""
        if self.backends.follow_folders():
            await self._start_engine()

    def when_warming(self, warm: Callable[[], Awaitable[object]]) -> None:
        """`warm` is awaited soon after the beginning, beside everything else: what a first request would wait for."""
        self._warming.append(warm)

    async def warm_up(self) -> None:
        """What the first request would otherwise wait for: imports, the models of a hover, the index of the workspace,
        the SSL context; in the order in which people come to need them.

        The client and its dialects are named as attributes in this module, so that they are imported here, in a
        thread, and `initialize` is answered before."""
        await asyncio.to_thread(getattr, hf_inference, "AsyncHfInference")
        for warm in self._warming:
            await warm()
        await self._start_engine()
        await self.backend().client.warm_up()

    async def _start_engine(self) -> None:
        embedded = self.embedded().client
        await embedded.warm_up()
        if embedded.target.engine is not None:
            await asyncio.to_thread(embedded.target.engine.start)

    async def close(self) -> None:
        """End every job, close every connection."""
        await self.jobs.drain()
        await self.backends.close()

    def _say_status(self, update: StatusUpdate) -> None:
        if wants(self.capabilities, STATUS):
            self.server.protocol.notify(STATUS, update.to_json())

    def _folders(self) -> list[Path]:
        paths = (uris.to_fs_path(folder.uri) for folder in self.server.workspace.folders.values())
        return [Path(path) for path in paths if path]
