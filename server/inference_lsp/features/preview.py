"""A result as a read-only document beside the text: it grows while the model writes, and waits for a decision.

Knows `workspace/textDocumentContent`, its refresh, and `window/showDocument`. Knows no action by name. Only clients
that have these get previews.
"""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit

from lsprotocol import types as t

from inference_lsp.lsp import LanguageServer, RequestFailed, ResponseException
from inference_lsp.results import Run
from inference_lsp.session import Session

SCHEME = "inference-preview"


def register(server: LanguageServer, session: Session) -> None:
    @server.feature(t.WORKSPACE_TEXT_DOCUMENT_CONTENT)
    def text_document_content(params: t.TextDocumentContentParams) -> t.TextDocumentContentResult:
        run = session.results.get(job_of(params.uri))
        if run is None:
            raise RequestFailed("This preview is gone: results are kept for ten minutes.")
        return t.TextDocumentContentResult(text=run.text)


class Preview:
    """The preview of one job."""

    def __init__(self, server: LanguageServer, session: Session, job: str, run: Run) -> None:
        self._server = server
        self._session = session
        self._uri = f"{SCHEME}:/{quote(job)}/{quote(run.action.label)}.{'md' if run.snapshot.is_prose else 'txt'}"
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
                params = t.TextDocumentContentRefreshParams(uri=self._uri)
                await self._server.workspace_text_document_content_refresh_async(params)
        except ResponseException:  # the preview was closed; its text is kept all the same
            self._again = False
        finally:
            self._refreshing = False


def can_preview(capabilities: t.ClientCapabilities) -> bool:
    """Whether the client shows documents of ours and reads them again when told."""
    workspace, window = capabilities.workspace, capabilities.window
    return bool(workspace and workspace.text_document_content and window and window.show_document)


def job_of(uri: str) -> str:
    """The job whose preview a URI names."""
    return unquote(urlsplit(uri).path.strip("/").partition("/")[0])
