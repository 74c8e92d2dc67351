"""A closed document ends what ran on it, and what was remembered of it; a changed one moves what is remembered.

Knows `textDocument/didClose` and that a change was made; opening and changing are pygls' own. Knows no action.
"""

from __future__ import annotations

from lsprotocol import types as t

from inference_lsp.lsp import LanguageServer
from inference_lsp.session import Session


def register(server: LanguageServer, session: Session) -> None:
    @server.feature(t.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: t.DidCloseTextDocumentParams) -> None:
        session.closed(params.text_document.uri)

    @server.feature(t.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: t.DidChangeTextDocumentParams) -> None:
        document = session.document(params.text_document.uri)
        if document is not None:
            session.changed(params.text_document.uri, document.source)
