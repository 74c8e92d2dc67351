"""Language: which human language the passage is written in, found on this machine; a row of its own if in doubt.

Knows the embedded engine's model of that name. Knows no protocol.
"""

from __future__ import annotations

from dataclasses import replace

from hf_inference import TextClassificationArgs
from inference_lsp.backend import Backend, method_of
from inference_lsp.document.languages import language_name
from inference_lsp.insights.insight import Row, Section
from inference_lsp.settings import Settings

SURE = 0.5
CERTAIN = 0.9
"""From here on the language's name in the head line says enough."""


class Language:
    name = "language"
    title = "Language"
    task = "text-classification"
    is_local = True

    def wanted(self, settings: Settings) -> bool:
        return True

    async def explain(self, text: str, backend: Backend, settings: Settings) -> Section | None:
        asked = replace(backend, models={"text-classification": "embedded/language"})
        answer = await asked.answer(TextClassificationArgs(text))
        if not answer.output:
            return None
        best = answer.output[0]
        name, unsure = language_name(best.label), "" if best.score >= SURE else "unsure"
        rows = () if best.score >= CERTAIN else (Row(name, best.score, unsure),)
        return Section(title=self.title, rows=rows, method=method_of(answer), head="" if unsure else name)
