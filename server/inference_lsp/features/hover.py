"""Hover: what the selection, or the passage at the position, is about, and whether this server wrote it.

Knows `textDocument/hover` and both ways clients send a range with it. Knows no insight by name. Insights run side by
side under one deadline; what is ready is shown, what failed is a line, what is not served is said in the foot.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace

from lsprotocol import types as t

from hf_inference import InferenceError
from inference_lsp import problems
from inference_lsp.backend import Backend
from inference_lsp.document.passages import paragraph_at, sentence_at
from inference_lsp.document.snapshot import PROSE_LANGUAGES
from inference_lsp.features import hover_text
from inference_lsp.insights import INSIGHTS, Insight, Row, Section
from inference_lsp.lsp import LanguageServer, TextDocument, hover_range
from inference_lsp.session import Session
from inference_lsp.settings import Settings

BUDGET = 0.7
"""Seconds all insights have together."""
LONGEST = 20_000
"""Characters a hover looks at."""
REMEMBERED = 256
SAMPLE = "The first hover of a session would wait for what this one loads."


def register(server: LanguageServer, session: Session) -> None:
    memory = Memory()
    session.when_warming(lambda: _explained(session, "", SAMPLE, session.embedded(), memory))

    @server.feature(t.TEXT_DOCUMENT_HOVER)
    async def hover(params: t.HoverParams) -> t.Hover | None:
        await session.ready()
        uri = params.text_document.uri
        document = session.document(uri)
        if document is None or session.settings_of(uri).hover.scope == "off" or session.is_private(uri):
            return None
        start, end = _passage(session, document, params)
        text = document.source[start:end].strip()
        written = session.provenance.within(uri, start, end)
        if not text and not written:
            return None
        if not text:  # where no passage is asked for, what this server wrote is still worth a word
            start, end = written[0].start, written[0].end
        where, version = document.range_at(start, end), document.version
        # of a file that is to stay private, nothing goes out unasked
        backend = session.embedded() if session.is_private(uri) else session.backend(uri, automatic=True)
        explained = await _explained(session, uri, text, backend, memory)
        shown = hover_text.Shown(
            text=text,
            is_cut=len(text) > LONGEST,
            seconds=explained.seconds,
            sections=(*explained.sections, *map(hover_text.written_by, written)),
            backend=backend,
        )
        links = hover_text.links(session, uri, where, version) if text else ""
        return t.Hover(hover_text.content(session.capabilities, shown, links), where)


class Memory:
    """What was found about the newest passages, by everything an answer depends on."""

    def __init__(self) -> None:
        self._found: dict[Hashable, Section | None] = {}

    def get(self, key: Hashable) -> tuple[bool, Section | None]:
        """Whether it is known, and what it is."""
        if key not in self._found:
            return False, None
        self._found[key] = found = self._found.pop(key)  # the newest last
        return True, found

    def keep(self, key: Hashable, found: Section | None) -> None:
        self._found[key] = found
        if len(self._found) > REMEMBERED:
            del self._found[next(iter(self._found))]


@dataclass(frozen=True, slots=True)
class _Explained:
    sections: Sequence[Section] = ()
    seconds: float | None = None
    """What finding them took, None if all of it was known."""


async def _explained(session: Session, uri: str, text: str, backend: Backend, memory: Memory) -> _Explained:
    if not text:
        return _Explained()
    text, began = text[:LONGEST], asyncio.get_running_loop().time()
    settings, local = session.settings_of(uri), session.embedded()
    known: dict[str, Section | None] = {}
    asking: dict[str, asyncio.Task[Section | None]] = {}
    wanted = [insight for insight in INSIGHTS if insight.wanted(settings)]
    for insight in wanted:
        asked = local if insight.is_local else backend
        key = _key(insight, text, asked, settings)
        is_known, section = memory.get(key)
        if is_known:
            known[insight.name] = section
        else:
            asking[insight.name] = asyncio.create_task(_explain(insight, text, asked, settings, memory, key))
    if asking:
        await _within_budget(asking.values())
    found = [known[one.name] if one.name in known else _result(one, asking[one.name]) for one in wanted]
    seconds = asyncio.get_running_loop().time() - began if asking else None
    return _Explained([section for section in found if section is not None], seconds)


async def _within_budget(tasks: Collection[asyncio.Task[Section | None]]) -> None:
    """Until all are done or the time is up; what is not done then is stopped."""
    try:
        await asyncio.wait(tasks, timeout=BUDGET)
    finally:
        unfinished = [task for task in tasks if not task.done()]
        for task in unfinished:
            task.cancel()
        if unfinished:
            await asyncio.wait(unfinished)


def _result(insight: Insight, task: asyncio.Task[Section | None]) -> Section | None:
    if task.cancelled():
        return Section(title=insight.title, rows=(Row(f"no answer within {BUDGET:g} s"),))
    return task.result()


async def _explain(
    insight: Insight, text: str, backend: Backend, settings: Settings, memory: Memory, key: Hashable
) -> Section | None:
    if not backend.serves(insight.task):
        unserved = f"no {insight.title.lower()}: {backend.label} does not serve {insight.task}"
        return Section(title=insight.title, foot=unserved)
    shortened: list[str] = []
    asked = replace(backend.impatient(), on_shortened=lambda: shortened.append(hover_text.BEGINNING))
    try:
        section = await insight.explain(text, asked, settings)
    except InferenceError as error:
        return Section(title=insight.title, rows=(Row(problems.sentence(error)),))
    if section is not None and shortened:
        section = replace(section, foot=", ".join(filter(None, [section.foot, *shortened])))
    memory.keep(key, section)
    return section


def _key(insight: Insight, text: str, backend: Backend, settings: Settings) -> Hashable:
    asked = (backend.label, backend.client.target.base_url, *sorted(backend.models.items()))
    return (insight.name, *settings.hover.labels, *asked, hashlib.sha256(text.encode()).digest())


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
    scope = session.settings_of(params.text_document.uri).hover.scope
    if scope == "auto":
        scope = "sentence" if (document.language_id or "") in PROSE_LANGUAGES else "selection"
    if scope == "sentence":
        return sentence_at(document.source, place)
    return paragraph_at(document.source, place) if scope == "paragraph" else (place, place)
