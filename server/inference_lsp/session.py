"""What a feature is handed: documents, settings, backends and jobs of one editor.

Knows which backend answers what, and that automatic features stay on this machine unless the person said otherwise.
Knows no request of the protocol.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as t
from pygls import uris

import hf_inference
from hf_inference import Options, Timeouts
from inference_lsp.backend import Backend, host_of
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.jobs import JobBook
from inference_lsp.lsp import LanguageServer, RequestFailed, TextDocument
from inference_lsp.protocol import STATUS, StatusUpdate, wants
from inference_lsp.results import Results
from inference_lsp.secrets import Credentials, origin_of
from inference_lsp.settings import Settings, read_settings
from inference_lsp.status import Status

if TYPE_CHECKING:
    from hf_inference import AsyncHfInference, Target

_log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds that requests wait for a client that was asked for its settings."""


class Session:
    """One editor, from its `initialize` to its end."""

    def __init__(self, server: LanguageServer, credentials: Credentials) -> None:
        self.server = server
        self.settings = Settings()
        self.jobs = JobBook()
        self.results = Results(time.monotonic)
        self.status = Status(self._say_status)
        self.locale = ""
        self.selections: dict[str, tuple[int | None, int, int]] = {}
        """Of each document, the version, start and end a code action was last asked for: the nearest thing to a
        selection that LSP tells a server."""
        self._credentials = credentials
        self._embedded: AsyncHfInference | None = None
        self._remote: dict[tuple[str, str], AsyncHfInference] = {}
        self._configured = asyncio.Event()
        self._forgetting: list[Callable[[str], None]] = []

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

    def closed(self, uri: str) -> None:
        """The editor has closed a document: end what ran on it, and what was remembered of it."""
        self.jobs.cancel_document(uri)
        self.selections.pop(uri, None)
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
            settings=self.settings,
            locale=self.locale,
        )

    def backend(self, *, automatic: bool = False) -> Backend:
        """Who answers: the target of the settings for what a person asked for, the embedded engine for the rest."""
        remote = None if automatic and not self.settings.automatic.remote else self._target()
        if remote is None:
            return self.embedded()
        return Backend(
            client=self._remote_client(remote),
            label=host_of(remote),
            is_embedded=False,
            models=self.settings.models,
            options=self._options(),
        )

    def embedded(self) -> Backend:
        """The engine on this machine, whatever the target is."""
        if self._embedded is None:
            self._embedded = hf_inference.AsyncHfInference(target=hf_inference.targets.embedded(self._folders()))
        return Backend(client=self._embedded, label="embedded engine", is_embedded=True, options=self._options())

    async def configure(self, value: object) -> list[str]:
        """Take the client's settings; the sentences about what is wrong in them."""
        self.settings, complaints = read_settings(value)
        for complaint in complaints:
            _log.warning("%s", complaint)
        current = self._target()
        for key, client in tuple(self._remote.items()):
            if (current is None or key != self._key(current)) and not self.jobs.uses(client):
                del self._remote[key]
                await client.aclose()
        return complaints

    def origin(self) -> str:
        """The origin text is sent to, "" if it stays here."""
        target = self._target()
        return "" if target is None else origin_of(target.base_url)

    def give_credential(self, origin: str, credential: str) -> None:
        """The editor's secret store has this credential for an origin, or "" for none."""
        self._credentials.give(origin, credential)

    async def warm_up(self) -> None:
        """What the first request would otherwise wait for: imports, the SSL context, the index of the workspace.

        The client and its dialects are named as attributes in this module, so that they are imported here, in a
        thread, and `initialize` is answered before."""
        await asyncio.to_thread(getattr, hf_inference, "AsyncHfInference")
        embedded = self.embedded()
        await embedded.client.warm_up()
        await self.backend().client.warm_up()
        engine = embedded.client.target.engine
        if engine is not None:
            await asyncio.to_thread(engine.start)

    async def close(self) -> None:
        """End every job, close every connection."""
        await self.jobs.drain()
        for client in self._remote.values():
            await client.aclose()
        if self._embedded is not None:
            await self._embedded.aclose()
            if self._embedded.target.engine is not None:
                self._embedded.target.engine.close()

    def _say_status(self, update: StatusUpdate) -> None:
        if wants(self.capabilities, STATUS):
            self.server.protocol.notify(STATUS, update.to_json())

    def _target(self) -> Target | None:
        return target_of(self.settings)

    def _remote_client(self, target: Target) -> AsyncHfInference:
        key = self._key(target)
        if key not in self._remote:
            self._remote[key] = hf_inference.AsyncHfInference(key[1], target=target)
        return self._remote[key]

    def _key(self, target: Target) -> tuple[str, str]:
        return repr(target), self._credentials.for_url(target.base_url)

    def _options(self) -> Options:
        return Options(timeouts=Timeouts(first_token=self.settings.timeout))

    def _folders(self) -> list[Path]:
        paths = (uris.to_fs_path(folder.uri) for folder in self.server.workspace.folders.values())
        return [Path(path) for path in paths if path]


def target_of(settings: Settings) -> Target | None:
    """The target on the network that the settings choose, None for the embedded engine."""
    match settings.target:
        case "hub":
            return hf_inference.targets.hub()
        case "endpoint":
            return hf_inference.targets.endpoint(settings.url)
        case "openai":
            return hf_inference.targets.openai(settings.url)
        case "embedded":
            return None
