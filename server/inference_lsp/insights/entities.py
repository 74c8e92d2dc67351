"""Entities: what the passage names, grouped by kind.

Knows entity groups and scores. Knows no protocol.
"""

from __future__ import annotations

from hf_inference import TokenClassificationArgs
from inference_lsp.backend import Backend, method_of
from inference_lsp.insights.insight import Row, Section
from inference_lsp.settings import Settings

SHOWN = 12
"""Different entities at most; how many more there are is said."""


class Entities:
    name = "entities"
    title = "Entities"
    task = "token-classification"
    is_local = False

    def wanted(self, settings: Settings) -> bool:
        return True

    async def explain(self, text: str, backend: Backend, settings: Settings) -> Section | None:
        answer = await backend.answer(TokenClassificationArgs(text))
        best: dict[tuple[str, str], float] = {}
        for found in answer.output:
            key = (found.entity_group or found.entity or "?", found.word)
            best[key] = max(found.score, best.get(key, 0.0))
        if not best:
            return None
        groups = sorted(best.items(), key=lambda item: (item[0][0], -item[1]))
        rows = [Row(f"{group} {word}", score) for (group, word), score in groups[:SHOWN]]
        if len(groups) > SHOWN:
            rows.append(Row(f"and {len(groups) - SHOWN} more"))
        return Section(title=self.title, rows=tuple(rows), method=method_of(answer))
