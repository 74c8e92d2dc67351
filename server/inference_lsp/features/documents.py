"""A closed document ends what ran on it, and what was remembered of it.

Knows `textDocument/didClose`; opening and changing are pygls' own. Knows no action.
"""

from __future__ import annotations

from lsprotocol import types as t

from inference_lsp.lsp import LanguageServer
from inference_lsp.session import Session


def register(server: LanguageServer, session: Session) -> None:
    @server.feature(t.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: t.DidCloseTextDocumentParams) -> None:
        session.closed(params.text_document.uri)
