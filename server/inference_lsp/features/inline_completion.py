"""Ghost text: the continuation at the cursor, by the standard request.

Knows `textDocument/inlineCompletion`. Knows no model. One request a document is under way: a newer one ends the older,
which is answered with nothing, since the client has moved on.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from lsprotocol import types as t

from hf_inference import InferenceError
from inference_lsp.actions.complete import continuation
from inference_lsp.backend import Backend
from inference_lsp.document.overlap import without_overlap
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.lsp import LanguageServer
from inference_lsp.session import Session

SURE = 0.3
"""What is offered unasked is about as often right as wrong at this confidence; below it would annoy."""


def register(server: LanguageServer, session: Session) -> None:
    under_way: dict[str, asyncio.Task[str]] = {}

    @server.feature(t.TEXT_DOCUMENT_INLINE_COMPLETION, t.InlineCompletionOptions())
    async def inline_completion(params: t.InlineCompletionParams) -> t.InlineCompletionList:
        nothing = t.InlineCompletionList(items=[])
        await session.ready()
        uri = params.text_document.uri
        if not session.settings.inline.enabled or session.document(uri) is None:
            return nothing
        automatic = params.context.trigger_kind == t.InlineCompletionTriggerKind.Automatic
        place, typed = t.Range(params.position, params.position), ""
        chosen = params.context.selected_completion_info
        if chosen is not None:  # the suggest widget's text comes first, and ours goes on from it
            place, typed = chosen.range, chosen.text
        snapshot = session.snapshot(uri, place)
        if uri in under_way:
            under_way[uri].cancel()
        backend = session.backend(automatic=True).impatient()
        task = under_way[uri] = asyncio.create_task(_line(snapshot, typed, backend, automatic))
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
            if under_way.get(uri) is task:
                del under_way[uri]
        if task.cancelled() or not (line := task.result()).strip():
            return nothing
        return t.InlineCompletionList(items=[t.InlineCompletionItem(insert_text=typed + line, range=place)])


async def _line(snapshot: Snapshot, typed: str, backend: Backend, automatic: bool) -> str:
    """The rest of the line, "" where nothing is sure enough or the backend fails: nobody asked, so nobody is told."""
    before = snapshot.text[: snapshot.start] + typed
    if not before.strip():
        return ""
    asked = Snapshot(
        uri=snapshot.uri,
        path=snapshot.path,
        version=snapshot.version,
        language=snapshot.language,
        text=before + snapshot.after,
        start=len(before),
        end=len(before),
        settings=snapshot.settings,
    )
    prompt, parameters = continuation(asked, backend, snapshot.settings.inline.maxTokens)
    if backend.is_embedded and automatic:
        parameters = {**parameters, "min_confidence": SURE}
    line = ""
    try:
        async with aclosing(backend.generate(prompt, parameters)) as pieces:
            async for piece in pieces:
                line += piece.token.text
                if "\n" in line.lstrip("\r\n"):
                    break
    except InferenceError:
        return ""
    return without_overlap(_first_line(line), snapshot.after)


def _first_line(text: str) -> str:
    """Up to the end of the first line that has text, leading line ends included."""
    body = text.lstrip("\r\n")
    return text[: len(text) - len(body)] + body.partition("\n")[0].rstrip("\r")
