"""Hover: what the selection, or the passage at the position, is about.

Knows `textDocument/hover` and both ways clients send a range with it. Knows no insight by name. Insights run side by
side under one deadline; what is ready is shown, what failed is a line.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Hashable

from lsprotocol import types as t

from hf_inference import InferenceError
from inference_lsp import problems
from inference_lsp.backend import Backend
from inference_lsp.document.markup import escape
from inference_lsp.document.passages import paragraph_at, sentence_at
from inference_lsp.document.snapshot import PROSE_LANGUAGES
from inference_lsp.insights import INSIGHTS, Insight, Row, Section
from inference_lsp.lsp import LanguageServer, TextDocument, hover_range
from inference_lsp.session import Session

BUDGET = 0.7
"""Seconds all insights have together."""
LONGEST = 20_000
"""Characters a hover looks at."""
REMEMBERED = 256


def register(server: LanguageServer, session: Session) -> None:
    remembered: dict[Hashable, Section | None] = {}

    @server.feature(t.TEXT_DOCUMENT_HOVER)
    async def hover(params: t.HoverParams) -> t.Hover | None:
        await session.ready()
        document = session.document(params.text_document.uri)
        if document is None or session.settings.hover.scope == "off":
            return None
        start, end = _passage(session, document, params)
        text = document.source[start:end].strip()[:LONGEST]
        if not text:
            return None
        where = document.range_at(start, end)
        local, chosen = session.embedded(), session.backend(automatic=True)
        tasks = [
            asyncio.create_task(_explain(insight, text, local if insight.is_local else chosen, remembered))
            for insight in INSIGHTS
        ]
        try:
            await asyncio.wait(tasks, timeout=BUDGET)
            sections = [
                task.result() if task.done() else _late(insight) for task, insight in zip(tasks, INSIGHTS, strict=True)
            ]
        finally:
            unfinished = [task for task in tasks if not task.done()]
            for task in unfinished:
                task.cancel()
            if unfinished:
                await asyncio.wait(unfinished)
        return t.Hover(_content(session, text, [section for section in sections if section], chosen), where)


async def _explain(
    insight: Insight, text: str, backend: Backend, remembered: dict[Hashable, Section | None]
) -> Section | None:
    key = (insight.name, backend.label, *sorted(backend.models.items()), hashlib.sha256(text.encode()).digest())
    if key in remembered:
        return remembered[key]
    try:
        section = await insight.explain(text, backend.impatient())
    except InferenceError as error:
        return Section(title=insight.title, rows=(Row(problems.sentence(error)),), method="")
    remembered[key] = section
    while len(remembered) > REMEMBERED:
        del remembered[next(iter(remembered))]
    return section


def _late(insight: Insight) -> Section:
    return Section(title=insight.title, rows=(Row(f"no answer within {BUDGET:g} s"),), method="")


def _passage(session: Session, document: TextDocument, params: t.HoverParams) -> tuple[int, int]:
    """The range to explain, in order: the request's, the last code action's if it holds the place, the scope's."""
    place = document.offset_at(params.position)
    asked = hover_range(params)
    if asked is not None:
        start, end = sorted((document.offset_at(asked.start), document.offset_at(asked.end)))
        if start < end:
            return start, end
    version, start, end = session.selections.get(params.text_document.uri, (None, 0, 0))
    if version == document.version and start < end and start <= place <= end:
        return start, end
    scope = session.settings.hover.scope
    if scope == "auto":
        scope = "sentence" if (document.language_id or "") in PROSE_LANGUAGES else "selection"
    if scope == "sentence":
        return sentence_at(document.source, place)
    return paragraph_at(document.source, place) if scope == "paragraph" else (place, place)


def _content(session: Session, text: str, sections: list[Section], backend: Backend) -> t.MarkupContent:
    words = len(text.split())
    head = f"{len(text)} characters, {words} words"
    methods = ", ".join(dict.fromkeys(section.method for section in sections if section.method))
    foot = f"{methods or backend.label}" + (" (patterns and lexicon, no model)" if backend.is_embedded else "")
    if _prefers_markdown(session.capabilities):
        parts = [f"**Inference** — {head}", *(section.markdown() for section in sections), f"*{escape(foot)}*"]
        return t.MarkupContent(t.MarkupKind.Markdown, "\n\n".join(parts))
    return t.MarkupContent(t.MarkupKind.PlainText, "\n".join([head, *(s.plain() for s in sections), foot]))


def _prefers_markdown(capabilities: t.ClientCapabilities) -> bool:
    hover = capabilities.text_document.hover if capabilities.text_document else None
    return bool(hover and hover.content_format and hover.content_format[0] == t.MarkupKind.Markdown)
