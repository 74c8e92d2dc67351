"""Inline completion the way llm-ls and lsp-ai do it: ask for the whole answer, wait for it, show it. On the same
stack as ours (pygls, httpx), so that what differs is the waiting."""

from __future__ import annotations

import sys

import httpx
from lsprotocol import types as t
from pygls.lsp.server import LanguageServer

server = LanguageServer("whole-answer", "1")
client = httpx.AsyncClient(base_url=sys.argv[1], timeout=None)


@server.feature(t.TEXT_DOCUMENT_INLINE_COMPLETION, t.InlineCompletionOptions())
async def complete(params: t.InlineCompletionParams) -> t.InlineCompletionList:
    document = server.workspace.get_text_document(params.text_document.uri)
    prefix = document.source[: document.offset_at_position(params.position)]
    reply = await client.post("/generate", json={"inputs": prefix, "parameters": {"max_new_tokens": 60}})
    return t.InlineCompletionList(items=[t.InlineCompletionItem(insert_text=reply.json()["generated_text"])])


server.start_io()
