"""Classification: the labels a text classification model gives the passage, sentiment by default.

Knows labels and scores. Knows no protocol.
"""

from __future__ import annotations

from collections.abc import Iterable

from hf_inference import TextClassificationArgs
from inference_lsp.backend import Backend, method_of
from inference_lsp.insights.insight import Row, Section
from inference_lsp.settings import Settings

SURE = 0.6
"""A best score below this is called unsure."""
SHOWN = 3


class Classification:
    name = "classification"
    title = "Classification"
    task = "text-classification"
    is_local = False

    def wanted(self, settings: Settings) -> bool:
        return True

    async def explain(self, text: str, backend: Backend, settings: Settings) -> Section | None:
        answer = await backend.answer(TextClassificationArgs(text))
        best = sorted(answer.output, key=lambda value: -value.score)[:SHOWN]
        rows = ranked((value.label, value.score) for value in best)
        return Section(title=self.title, rows=rows, method=method_of(answer)) if rows else None


def ranked(scores: Iterable[tuple[str, float]]) -> tuple[Row, ...]:
    """Labels, the best first, as rows; a best one that is hardly better than chance says so."""
    rows = [Row(label, score) for label, score in sorted(scores, key=lambda pair: -pair[1])]
    if rows and (rows[0].score or 0.0) < SURE:
        rows[0] = Row(rows[0].label, rows[0].score, "unsure")
    return tuple(rows)
