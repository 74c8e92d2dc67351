"""The editor's verbs, one file each. A new one is a file and a line here."""

from inference_lsp.actions.action import Action
from inference_lsp.actions.complete import Complete
from inference_lsp.actions.summarize import Summarize
from inference_lsp.actions.translate import Translate

ACTIONS: tuple[Action, ...] = (Summarize(), Translate(), Complete())

__all__ = ["ACTIONS", "Action"]
