"""Labels: how well each label of `inference.hover.labels` fits the passage, by a zero-shot model.

Knows labels and scores. Knows no protocol; which backends have such a model is for the hover to ask.
"""

from __future__ import annotations

from hf_inference import ZeroShotClassificationArgs, ZeroShotClassificationParameters
from inference_lsp.backend import Backend, method_of
from inference_lsp.insights.classification import ranked
from inference_lsp.insights.insight import Section
from inference_lsp.settings import Settings

MOST = 20
"""Labels that are asked for: a model reads the passage once for each."""


class Labels:
    name = "labels"
    title = "Labels"
    task = "zero-shot-classification"
    is_local = False

    def wanted(self, settings: Settings) -> bool:
        return bool(settings.hover.labels)

    async def explain(self, text: str, backend: Backend, settings: Settings) -> Section | None:
        labels = list(dict.fromkeys(settings.hover.labels))
        # one label alone would always get all of the probability
        parameters = ZeroShotClassificationParameters(candidate_labels=labels[:MOST], multi_label=len(labels) == 1)
        answer = await backend.answer(ZeroShotClassificationArgs(text, parameters))
        if not answer.output:
            return None
        rows = ranked(zip(answer.output[0].labels, answer.output[0].scores, strict=False))
        left_out = f"only the first {MOST} labels are asked for" if len(labels) > MOST else ""
        return Section(title=self.title, rows=rows, method=method_of(answer), foot=left_out)
