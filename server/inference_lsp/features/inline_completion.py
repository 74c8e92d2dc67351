"""Ghost text: the continuation at the cursor, by the standard request, growing by our own notification.

Knows `textDocument/inlineCompletion`, `inference/inlineUpdate` and `inference/inlineDismissed`. Knows no model. One
session a document lives at a time: a request that types along with it is served from it, any other ends it. An ended
session's request is answered with nothing, since the client has moved on.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from lsprotocol import types as t

from hf_inference import Call, Opened
from inference_lsp.actions.continuing import continued
from inference_lsp.backend import Backend, maker_of
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.ghost import Ghost
from inference_lsp.lsp import LanguageServer
from inference_lsp.protocol import INLINE_DISMISSED, INLINE_UPDATE, InlineUpdate, wants
from inference_lsp.provenance import Origin, described
from inference_lsp.session import Session

SURE = 0.3
"""What is offered unasked is about as often right as wrong at this confidence; below it would annoy."""

INTERVAL = 0.04
"""Seconds between two updates of one ghost text."""


def register(server: LanguageServer, session: Session) -> None:
    ghosts = Ghosts(server, session)

    @server.feature(t.TEXT_DOCUMENT_INLINE_COMPLETION, t.InlineCompletionOptions())
    async def inline_completion(params: t.InlineCompletionParams) -> t.InlineCompletionList:
        await session.ready()
        uri = params.text_document.uri
        if not session.settings_of(uri).inline.enabled or session.document(uri) is None or session.is_private(uri):
            return t.InlineCompletionList(items=[])
        place, chosen = t.Range(params.position, params.position), ""
        suggestion = params.context.selected_completion_info
        if suggestion is not None:  # the suggest widget's text comes first, and ours goes on from it
            place, chosen = suggestion.range, suggestion.text
        snapshot = session.snapshot(uri, place)
        before = snapshot.text[: snapshot.start] + chosen
        asked = replace(snapshot, text=before + snapshot.after, start=len(before), end=len(before))
        automatic = params.context.trigger_kind == t.InlineCompletionTriggerKind.Automatic
        text = await ghosts.text(asked, automatic=automatic) if before.strip() else ""
        if not text.strip():
            return t.InlineCompletionList(items=[])
        return t.InlineCompletionList(items=[t.InlineCompletionItem(insert_text=chosen + text, range=place)])

    @server.feature(INLINE_DISMISSED)
    def inline_dismissed(params: Any) -> None:
        if isinstance(params, Mapping):
            ghosts.dismiss(params.get("session"))

    session.when_closed(ghosts.end)
    session.when_changed(ghosts.follow)


class Ghosts:
    """The living session of each document."""

    def __init__(self, server: LanguageServer, session: Session) -> None:
        self._server = server
        self._session = session
        self._pauses = session.backends.pauses
        self._living: dict[str, Ghost] = {}
        self._latest: dict[str, int] = {}
        self._requests = itertools.count(1)

    async def text(self, snapshot: Snapshot, *, automatic: bool) -> str:
        """What to show at the snapshot's end, "" if nothing: nobody is told of a failure nobody asked for."""
        uri = snapshot.uri
        request = self._latest[uri] = next(self._requests)
        ghost = self._living.get(uri)
        typed = ghost.typed_along(snapshot.before, snapshot.after) if ghost is not None else None
        if ghost is None or typed is None:
            self.end(uri)
            backend = self._session.backend(uri, automatic=True, insists=not automatic).impatient()
            if automatic and not backend.is_embedded:
                await asyncio.sleep(self._pauses.debounce(backend.label))
                if self._latest[uri] != request:  # a key was typed meanwhile
                    return ""
            ghost, typed = self._begin(snapshot, backend, automatic), ""
        try:
            text = await ghost.first_unit(typed)
        except asyncio.CancelledError:
            if self._latest[uri] == request:
                self.end(uri)
            raise
        return text if self._living.get(uri) is ghost else ""

    def end(self, uri: str) -> None:
        """Stop the session of a document, if it has one."""
        ghost = self._living.pop(uri, None)
        if ghost is not None:
            ghost.stop()
            self._session.jobs.background(ghost.close())

    def follow(self, uri: str, text: str) -> None:
        """The document is `text` now. What was taken of its ghost text is remembered as written by whoever wrote it."""
        ghost = self._living.get(uri)
        taken = ghost.accepted(text) if ghost is not None else None
        if ghost is not None and taken is not None and ghost.origin is not None:
            self._session.provenance.inserted(uri, text, *taken, ghost.origin, goes_on=True)

    def dismiss(self, id: object) -> None:
        """Stop the session of this id; one that is over, or never was, is none to stop."""
        for uri, ghost in tuple(self._living.items()):
            if ghost.id == id:
                self.end(uri)

    def _begin(self, snapshot: Snapshot, backend: Backend, automatic: bool) -> Ghost:
        updates = self._updates(snapshot)
        began: float | None = time.monotonic()

        def grown(ghost: Ghost) -> None:
            nonlocal began
            if began is not None and ghost.text:
                self._pauses.took(backend.label, time.monotonic() - began)
                began = None
            if updates is not None and self._living.get(snapshot.uri) is ghost:
                updates.send(ghost)

        def answered(call: Call[Any], opened: Opened) -> None:
            makers = (maker_of(opened),)
            ghost.origin = Origin(action="Ghost text", target=backend.label, models=makers, parameters=described(call))

        ghost = self._living[snapshot.uri] = Ghost(
            f"ghost-{self._latest[snapshot.uri]}",
            before=snapshot.before,
            after=snapshot.after,
            is_prose=snapshot.is_prose,
            pieces=_texts(snapshot, backend.watched(answered), automatic),
            grown=grown,
        )
        return ghost

    def _updates(self, snapshot: Snapshot) -> _Updates | None:
        """Where growth is told: to clients that asked for it, of text that is in the document as they see it."""
        document = self._session.document(snapshot.uri)
        if document is None or document.source != snapshot.text or not wants(self._session.capabilities, INLINE_UPDATE):
            return None
        return _Updates(self._server, snapshot, document.position_at(snapshot.end))


async def _texts(snapshot: Snapshot, backend: Backend, automatic: bool) -> AsyncGenerator[str]:
    hints = {"min_confidence": SURE} if backend.is_embedded and automatic else None
    async with aclosing(continued(snapshot, backend, snapshot.settings.inline.maxTokens, hints)) as pieces:
        async for piece in pieces:
            if isinstance(piece, str):  # a note is for who asked
                yield piece


class _Updates:
    """The notifications of one session: the first at once, then one an interval, and the last."""

    def __init__(self, server: LanguageServer, snapshot: Snapshot, position: t.Position) -> None:
        self._server = server
        self._uri = snapshot.uri
        self._version = snapshot.version
        self._position = position
        self._sequence = 0
        self._timer: asyncio.TimerHandle | None = None
        self._sent_at = 0.0

    def send(self, ghost: Ghost) -> None:
        loop = asyncio.get_running_loop()
        wait = self._sent_at + INTERVAL - loop.time()
        if ghost.done or wait <= 0:
            self._send(ghost)
        elif self._timer is None:
            self._timer = loop.call_later(wait, self._send, ghost)

    def _send(self, ghost: Ghost) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if ghost.stopped:  # while this update waited for its turn
            return
        self._sent_at = asyncio.get_running_loop().time()
        self._sequence += 1
        update = InlineUpdate(
            session=ghost.id,
            sequence=self._sequence,
            uri=self._uri,
            version=self._version,
            position=self._position,
            text=ghost.text,
            done=ghost.done,
        )
        self._server.protocol.notify(INLINE_UPDATE, update.to_json())
