"""Translate document: the whole text in another language, its markup and code untouched.

Knows that it is Translate applied to everything. Knows no protocol.
"""

from __future__ import annotations

from inference_lsp.actions.translate import Translate
from inference_lsp.actions.whole_document import WholeDocument


class TranslateDocument(WholeDocument):
    name = "translateDocument"
    kind = "source.inference.translateDocument"
    label = "Translate document"
    verb = Translate()
