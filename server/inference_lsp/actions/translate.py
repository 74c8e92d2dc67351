"""Translate: the selection in another language.

Knows which language is meant, which words there are, and how what comes back takes their places. Knows no protocol.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from hf_inference import InputError
from inference_lsp.actions.action import Note, Offer, Piece, Progress, Question
from inference_lsp.actions.in_order import in_order
from inference_lsp.actions.spoken_language import spoken_language
from inference_lsp.actions.translation_models import NoSuchLanguage, family_of, wording
from inference_lsp.actions.translator import Translator, from_memory
from inference_lsp.backend import Backend
from inference_lsp.document.code_text import code_segments, knows_comments
from inference_lsp.document.edits import Edit, insert_below
from inference_lsp.document.languages import language_name
from inference_lsp.document.pieces import at_once
from inference_lsp.document.prose_segments import prose_segments
from inference_lsp.document.protection import has_words
from inference_lsp.document.segments import Segment
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.settings import Settings

TOKENS = 1_500
"""The longest text of one request to a general model, estimated."""


@dataclass(frozen=True, slots=True)
class Untranslated:
    """Stands for a segment that is left as it was."""


class Translate:
    name = "translate"
    kind = "refactor.rewrite.inference.translate"
    label = "Translate"

    def offer(self, snapshot: Snapshot, backend: Backend) -> Offer:
        how = "translation memory, no model" if backend.is_embedded else backend.label
        target = target_language(snapshot)
        title = f"Translate to {language_name(target)} ({how})" if target else f"Translate to … ({how})"
        return Offer(title, "" if snapshot.has_text else "Select the text to translate first.")

    async def question(self, snapshot: Snapshot) -> Question | None:
        """The language, where no setting names it and the editor's own is unknown, or the text's already."""
        if snapshot.settings.translate.to:
            return None
        target = target_language(snapshot)
        spoken = await spoken_language(await asyncio.to_thread(_first_words, snapshot)) if target else ""
        if target and spoken != target:
            return None
        already = f"The text is in {language_name(target)} already. " if target else ""
        sentence = f"{already}Which language shall it be translated to? To keep one, set inference.translate.to."
        codes = [code for code in _OFFERED if code != spoken]
        return Question(sentence, {language_name(code): translating_to(snapshot.settings, code) for code in codes})

    async def run(self, snapshot: Snapshot, backend: Backend) -> AsyncGenerator[Piece]:
        # megabytes take seconds, and the editor waits for other answers meanwhile
        segments = await asyncio.to_thread(segments_of, snapshot)
        if not segments:
            raise InputError(
                "There are no words to translate in the selection: only code, names, numbers or addresses."
            )
        if backend.is_embedded:
            placed, note = await from_memory(backend, target_language(snapshot), segments)
            for piece in _assembled(snapshot, segments, placed):
                yield piece
            if note:
                yield Note(note)
            return
        translator = await _translator(snapshot, backend, segments)
        async with aclosing(_streamed(snapshot, segments, translator)) as pieces:
            async for found in pieces:
                yield found

    def edit(self, snapshot: Snapshot, text: str) -> Edit:
        if snapshot.settings.edit.apply == "below":
            return insert_below(snapshot, text)
        return Edit(snapshot.start, snapshot.end, text)  # what lies between the words is there already, as it was


def target_language(snapshot: Snapshot) -> str:
    """The setting's language, else the editor's: an ISO 639 code, "" if neither is known."""
    chosen = snapshot.settings.translate.to or snapshot.locale
    return chosen.replace("_", "-").partition("-")[0].lower()


def translating_to(settings: Settings, language: str) -> Settings:
    """The settings with this language to translate to."""
    return replace(settings, translate=replace(settings.translate, to=language))


def segments_of(snapshot: Snapshot) -> list[Segment]:
    """What is to be translated, as offsets into the document: the words of a text, the comments of code."""
    if not snapshot.is_prose and knows_comments(snapshot.language):
        found = code_segments(snapshot.text, snapshot.language, snapshot.start, snapshot.end)
    else:
        found = prose_segments(snapshot.text, snapshot.start, snapshot.end, language=snapshot.language)
    return [segment for segment in found if has_words(segment.words)]


def _first_words(snapshot: Snapshot) -> str:
    """The words at the beginning of what is selected, enough to tell their language."""
    end = min(snapshot.end, snapshot.start + _ENOUGH)
    beginning = replace(snapshot, text=snapshot.text[:end], end=end)
    return " ".join(segment.words for segment in segments_of(beginning))


async def _translator(snapshot: Snapshot, backend: Backend, segments: Sequence[Segment]) -> Translator:
    target = target_language(snapshot)
    if not backend.prefers("translation"):
        return Translator(backend=backend, target=target, tokens=at_once(TOKENS, backend.most))
    model = backend.model("translation")
    family = family_of(model)
    source = ""
    if family.needs_source:
        source = await spoken_language(" ".join(segment.words for segment in segments[:50]))
        if source == target:
            raise InputError(f"The text is in {language_name(target)} already, as far as can be told.")
    try:
        worded = wording(model, source, target)
    except NoSuchLanguage as error:
        raise InputError(f"{error}. Choose another model in inference.models.") from None
    return Translator(backend=backend, target=target, tokens=at_once(family.tokens, backend.most), wording=worded)


async def _streamed(snapshot: Snapshot, segments: Sequence[Segment], translator: Translator) -> AsyncGenerator[Piece]:
    """The text as its segments are translated, in order, and which of them were left as they were."""
    left: list[Segment] = []
    at, current = snapshot.start, -1
    if len(segments) > 1:
        yield Progress(0, len(segments))
    # what a model wrote before it was cut off belongs to the first segment alone
    others = replace(translator, backend=replace(translator.backend, continuing=""))
    asked = [(others if number else translator, segment) for number, segment in enumerate(segments)]
    async with aclosing(in_order([partial(_translated, *each) for each in asked])) as found:
        async for number, text in found:
            segment = segments[number]
            if number != current:
                if number:
                    yield Progress(number, len(segments))
                if segment.start > at:
                    yield snapshot.text[at : segment.start]
                at, current = segment.end, number
            if isinstance(text, Untranslated):
                left.append(segment)
                yield snapshot.text[segment.start : segment.end]
            else:
                yield text
    if at < snapshot.end:
        yield snapshot.text[at : snapshot.end]
    if len(left) == len(segments):
        raise InputError("Nothing could be translated: what came back was empty, or had lost what may not change.")
    if left:
        yield Note(_left(snapshot, left, len(segments)))


async def _translated(translator: Translator, segment: Segment) -> AsyncGenerator[str | Untranslated]:
    """The text that takes a segment's place: as it is written where there is nothing in it to check, else at once."""
    if not translator.is_live(segment):
        placed = await translator.checked(segment)
        yield Untranslated() if placed is None else placed
        return
    said = False
    async with aclosing(translator.live(segment)) as pieces:
        async for piece in pieces:
            said = True
            yield piece
    if not said:
        yield Untranslated()


def _assembled(snapshot: Snapshot, segments: Sequence[Segment], placed: Sequence[str | None]) -> list[Piece]:
    parts, left, at = [], [], snapshot.start
    for segment, words in zip(segments, placed, strict=True):
        if words is None:
            left.append(segment)
            words = snapshot.text[segment.start : segment.end]
        parts += [snapshot.text[at : segment.start], words]
        at = segment.end
    parts.append(snapshot.text[at : snapshot.end])
    notes = [Note(_left(snapshot, left, len(segments)))] if left else []
    return ["".join(parts), *notes]


def _left(snapshot: Snapshot, left: Sequence[Segment], total: int) -> str:
    lines = [len(_LINE_END.findall(snapshot.text, 0, segment.start)) + 1 for segment in left[:_MOST_LINES]]
    numbers = ", ".join(str(line) for line in dict.fromkeys(lines)) + (", …" if len(left) > _MOST_LINES else "")
    return f"{total - len(left)}/{total} parts translated; left as they were: line {numbers}"


_OFFERED = ("en", "es", "fr", "de", "pt", "zh", "ja", "ar", "hi")
"""The languages a question offers; inference.translate.to takes any."""
_ENOUGH = 4_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_MOST_LINES = 8
