"""One segment's words in another language, with what is no language put aside, checked, and put back.

Knows how the three sorts of backend are asked: a translation model, a general model, the embedded engine's memory.
Knows no document.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hf_inference import Answer, TranslationArgs, TranslationOutputValue, TranslationParameters
from inference_lsp.actions import prompts
from inference_lsp.actions.translation_models import Wording
from inference_lsp.backend import Backend, note_of
from inference_lsp.document.continuation_cuts import Trimmed
from inference_lsp.document.languages import language_name
from inference_lsp.document.pieces import cut, estimated_tokens
from inference_lsp.document.protection import Protected, keeps, protect
from inference_lsp.document.segments import Segment

LONGEST_PROTECTED = 8_000
"""Characters that are searched for things to protect at a time: a segment is seldom longer, and 200 kB on one line is
no sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translator:
    """`tokens`: the longest text of one request, estimated."""

    backend: Backend
    target: str
    tokens: int
    wording: Wording = field(default_factory=Wording)

    async def live(self, segment: Segment) -> AsyncGenerator[str]:
        """A segment that a general model may be heard writing: there is nothing in it to check afterwards. Nothing is
        given if the model says nothing."""
        trimmed = Trimmed()
        breaks = 0
        async for piece in self._generated(protect(segment.words)):
            certain = trimmed.feed(piece.replace("\r", ""))
            if certain:
                yield segment.placed(certain, breaks)
                breaks += certain.count("\n")

    async def checked(self, segment: Segment) -> str | None:
        """A segment in its place, None where what came back cannot be trusted."""
        translated = []
        for part in cut(segment.words, LONGEST_PROTECTED):
            protected = protect(part.text)
            words = ""
            for piece in cut(protected.text, self.tokens, estimated_tokens):
                words += (await self._one(replace(protected, text=piece.text)) if piece.text else "") + piece.separator
            restored = protected.restored(words)
            if restored is None:
                return None
            translated.append(restored + part.separator)
        words = "".join(translated)
        return segment.placed(words) if segment.accepts(words) else None

    def is_live(self, segment: Segment) -> bool:
        """Whether `live` may be used."""
        simple = not protect(segment.words[:LONGEST_PROTECTED]).kept and not segment.guarded
        return simple and not self.backend.prefers("translation") and estimated_tokens(segment.words) <= self.tokens

    async def _one(self, protected: Protected) -> str:
        if self.backend.prefers("translation"):
            call = TranslationArgs(self.wording.prefix + protected.text, self.wording.parameters or None)
            return values(await self.backend.answer(call))[0].strip()
        trimmed = Trimmed()
        return "".join([trimmed.feed(piece) async for piece in self._generated(protected)]).replace("\r\n", "\n")

    async def _generated(self, protected: Protected) -> AsyncGenerator[str]:
        mark = f"{protected.stem}0{protected.stem}" if protected.kept else ""
        prompt = prompts.translate(protected.text, language_name(self.target), mark)
        async for piece in self.backend.generate(prompt, {"max_new_tokens": 64 + len(protected.text)}):
            yield piece.token.text


async def from_memory(backend: Backend, target: str, segments: Sequence[Segment]) -> tuple[list[str | None], str]:
    """All segments in their places by the embedded engine, at once, since it gives no half of a text; and its note.

    A catalog's messages have placeholders as they are, so the words go as they are first; only where those did not
    come back, as from Apertium, they go once more with marks.
    """
    parameters = TranslationParameters(tgt_lang=target)
    answer = await backend.answer(TranslationArgs([segment.words for segment in segments], parameters))
    placed: list[str | None] = []
    for segment, words in zip(segments, values(answer), strict=True):
        protected = protect(segment.words)
        found: str | None = words
        if not keeps(words, protected.kept):
            again = await backend.answer(TranslationArgs(protected.text, parameters))
            found = protected.restored(values(again)[0])
        placed.append(segment.placed(found) if found is not None and segment.accepts(found) else None)
    return placed, note_of(answer)


def values(answer: Answer[Any]) -> list[str]:
    """The texts of a translation's answer."""
    output = answer.output
    found = [output] if isinstance(output, TranslationOutputValue) else output
    return [value.translation_text for value in found]
