"""What an insight is: one section of a hover.

Knows text, scores and Markdown. Knows no protocol and no HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from inference_lsp.backend import Backend
from inference_lsp.document.markup import bar, escape
from inference_lsp.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What an insight found: lines of a label, an optional score 0 to 1, and a remark. `method` says who found it."""

    title: str
    rows: tuple[Row, ...] = ()
    """None: the section is not shown, only what it says in the head and the foot."""
    method: str = ""
    head: str = ""
    """What belongs in the hover's head line."""
    foot: str = ""
    """A remark for the hover's foot."""

    def markdown(self) -> str:
        lines = [f"**{escape(self.title)}**", ""]
        lines += [f"- {row.markdown()}" for row in self.rows]
        return "\n".join(lines)

    def plain(self) -> str:
        return "\n".join([f"{self.title}:", *(f"  {row.plain()}" for row in self.rows)])


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    score: float | None = None
    remark: str = ""

    def markdown(self) -> str:
        score = "" if self.score is None else f" `{bar(self.score)}` {self.score:.2f}"
        return escape(self.label) + score + (f" — {escape(self.remark)}" if self.remark else "")

    def plain(self) -> str:
        score = "" if self.score is None else f" {self.score:.2f}"
        return self.label + score + (f" ({self.remark})" if self.remark else "")


class Insight(Protocol):
    """One question about a passage. Objects hold no state."""

    name: str
    title: str
    task: str
    """The Hub task that a backend must serve for it."""
    is_local: bool
    """Whether only the embedded engine is asked, whatever the target is."""

    def wanted(self, settings: Settings) -> bool:
        """Whether the settings ask for it."""

    async def explain(self, text: str, backend: Backend, settings: Settings) -> Section | None:
        """What was found, None if there is nothing to show. Raises `hf_inference.InferenceError`."""
