"""The editor's verbs, one file each. A new one is a file and a line here."""

from inference_lsp.actions.action import Action
from inference_lsp.actions.complete import Complete
from inference_lsp.actions.summarize import Summarize
from inference_lsp.actions.summarize_document import SummarizeDocument
from inference_lsp.actions.translate import Translate
from inference_lsp.actions.translate_document import TranslateDocument

ACTIONS: tuple[Action, ...] = (Summarize(), Translate(), Complete(), SummarizeDocument(), TranslateDocument())

__all__ = ["ACTIONS", "Action"]
