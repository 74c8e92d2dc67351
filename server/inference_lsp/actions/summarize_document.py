"""Summarize document: the whole text, shorter, at its end.

Knows that it is Summarize applied to everything. Knows no protocol.
"""

from __future__ import annotations

from inference_lsp.actions.summarize import Summarize
from inference_lsp.actions.whole_document import WholeDocument


class SummarizeDocument(WholeDocument):
    name = "summarizeDocument"
    kind = "source.inference.summarizeDocument"
    label = "Summarize document"
    verb = Summarize()
