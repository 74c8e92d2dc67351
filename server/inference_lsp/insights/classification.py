"""Classification: the labels a text classification model gives the passage, sentiment by default.

Knows labels and scores. Knows no protocol.
"""

from __future__ import annotations

from hf_inference import TextClassificationArgs
from inference_lsp.backend import Backend, method_of
from inference_lsp.insights.insight import Row, Section

SURE = 0.6
"""A best score below this is called unsure."""
SHOWN = 3


class Classification:
    name = "classification"
    title = "Classification"
    is_local = False

    async def explain(self, text: str, backend: Backend) -> Section | None:
        answer = await backend.answer(TextClassificationArgs(text))
        best = sorted(answer.output, key=lambda value: -value.score)[:SHOWN]
        if not best:
            return None
        rows = [Row(value.label, value.score) for value in best]
        if best[0].score < SURE:
            rows[0] = Row(best[0].label, best[0].score, "unsure")
        return Section(title=self.title, rows=tuple(rows), method=method_of(answer))
