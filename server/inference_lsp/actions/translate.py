"""Translate: the selection in another language.

Knows which language is meant and who is asked. Knows no protocol.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from hf_inference import TranslationArgs, TranslationOutputValue, TranslationParameters
from inference_lsp.actions import prompts
from inference_lsp.actions.action import Note, Offer, Piece
from inference_lsp.backend import Backend, note_of
from inference_lsp.document.edits import Edit, insert_below, replace
from inference_lsp.document.languages import language_name
from inference_lsp.document.snapshot import Snapshot


class Translate:
    name = "translate"
    kind = "refactor.rewrite.inference.translate"
    label = "Translate"

    def offer(self, snapshot: Snapshot, backend: Backend) -> Offer:
        how = "translation memory, no model" if backend.is_embedded else backend.label
        title = f"Translate to {language_name(target_language(snapshot))} ({how})"
        return Offer(title, "" if snapshot.has_text else "Select the text to translate first.")

    async def run(self, snapshot: Snapshot, backend: Backend) -> AsyncGenerator[Piece]:
        text = snapshot.selected.strip()
        language = target_language(snapshot)
        if backend.prefers("translation"):
            answer = await backend.answer(TranslationArgs(text, TranslationParameters(tgt_lang=language)))
            output = answer.output
            values = [output] if isinstance(output, TranslationOutputValue) else output
            yield "\n".join(value.translation_text for value in values)
            if note := note_of(answer):
                yield Note(note)
        else:
            prompt = prompts.translate(text, language_name(language))
            async for piece in backend.generate(prompt, {"max_new_tokens": 64 + len(text)}):
                yield piece.token.text

    def edit(self, snapshot: Snapshot, text: str) -> Edit:
        return insert_below(snapshot, text) if snapshot.settings.edit.apply == "below" else replace(snapshot, text)


def target_language(snapshot: Snapshot) -> str:
    """The setting's language, else the editor's, else English: an ISO 639 code."""
    chosen = snapshot.settings.translate.to or snapshot.locale or "en"
    return chosen.replace("_", "-").partition("-")[0].lower()
