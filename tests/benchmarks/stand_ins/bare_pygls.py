"""pygls with a hover and an inline completion that return constants: what the stack itself costs."""

from __future__ import annotations

from lsprotocol import types as t
from pygls.lsp.server import LanguageServer

server = LanguageServer("bare", "1")


@server.feature(t.TEXT_DOCUMENT_HOVER)
def hover(params: t.HoverParams) -> t.Hover:
    return t.Hover(contents=t.MarkupContent(t.MarkupKind.Markdown, "text"))


@server.feature(t.TEXT_DOCUMENT_INLINE_COMPLETION, t.InlineCompletionOptions())
def complete(params: t.InlineCompletionParams) -> t.InlineCompletionList:
    return t.InlineCompletionList(items=[t.InlineCompletionItem(insert_text="text")])


server.start_io()
