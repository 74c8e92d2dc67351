"""The sections of a hover, one file each. A new one is a file and a line here."""

from inference_lsp.insights.classification import Classification
from inference_lsp.insights.entities import Entities
from inference_lsp.insights.insight import Insight, Row, Section
from inference_lsp.insights.labels import Labels
from inference_lsp.insights.language import Language

INSIGHTS: tuple[Insight, ...] = (Language(), Classification(), Labels(), Entities())

__all__ = ["INSIGHTS", "Insight", "Row", "Section"]
