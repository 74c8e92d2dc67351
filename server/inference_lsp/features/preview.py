"""A result as a read-only document beside the text: it grows while the model writes, and waits for a decision.

Knows `workspace/textDocumentContent`, its refresh, and `window/showDocument`. Knows no action by name. Only clients
that have these get previews.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote, unquote, urlsplit

from lsprotocol import types as t

from inference_lsp.lsp import LanguageServer, RequestFailed, ResponseException
from inference_lsp.results import Run
from inference_lsp.session import Session

SCHEME = "inference-preview"
FOLLOWED = 8
"""Results of one document whose text is followed key by key; where an older one was made is found when it is wanted."""
CHANGED = "(The text this was made from has changed since; Apply asks what to do.)"


def register(server: LanguageServer, session: Session) -> None:
    @server.feature(t.WORKSPACE_TEXT_DOCUMENT_CONTENT)
    def text_document_content(params: t.TextDocumentContentParams) -> t.TextDocumentContentResult:
        run = session.results.get(job_of(params.uri))
        if run is None:
            raise RequestFailed("This preview is gone: results are kept for ten minutes.")
        return t.TextDocumentContentResult(text=f"{CHANGED}\n\n{run.text}" if run.source_changed else run.text)

    def source_changed(uri: str, text: str) -> None:
        for job, run in [*session.results.of_document(uri)][-FOLLOWED:]:
            if run.follow(text) and run.is_previewed:
                session.jobs.background(_refresh(server, _uri(job, run)))

    session.when_changed(source_changed)


class Preview:
    """The preview of one job."""

    def __init__(self, server: LanguageServer, session: Session, job: str, run: Run) -> None:
        self._server = server
        self._session = session
        self._uri = _uri(job, run)
        run.is_previewed = True
        self._refreshing = False
        self._again = False
        session.jobs.background(self._show())

    def refresh(self) -> None:
        """The text has grown. Asks the client to read it again once it has read it before."""
        self._again = True
        if not self._refreshing:
            self._refreshing = True
            self._session.jobs.background(self._refresh())

    async def _show(self) -> None:
        params = t.ShowDocumentParams(uri=self._uri, take_focus=False)
        await self._server.window_show_document_async(params)

    async def _refresh(self) -> None:
        try:
            while self._again:
                self._again = False
                await _refresh(self._server, self._uri)
        finally:
            self._refreshing = False


def can_preview(capabilities: t.ClientCapabilities) -> bool:
    """Whether the client shows documents of ours and reads them again when told."""
    workspace, window = capabilities.workspace, capabilities.window
    return bool(workspace and workspace.text_document_content and window and window.show_document)


async def _refresh(server: LanguageServer, uri: str) -> None:
    """The client reads the preview again, unless it was closed; its text is kept all the same."""
    with suppress(ResponseException):
        await server.workspace_text_document_content_refresh_async(t.TextDocumentContentRefreshParams(uri=uri))


def _uri(job: str, run: Run) -> str:
    return f"{SCHEME}:/{quote(job)}/{quote(run.action.label)}.{'md' if run.snapshot.is_prose else 'txt'}"


def job_of(uri: str) -> str:
    """The job whose preview a URI names."""
    return unquote(urlsplit(uri).path.strip("/").partition("/")[0])
