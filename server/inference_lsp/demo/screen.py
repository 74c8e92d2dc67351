"""What the demo prints: passages, menus, growing text, diffs, ghost text and a table of times.

Knows rich and the width of the terminal. Knows no protocol; without a terminal the same words come out plain.
"""

from __future__ import annotations

import difflib

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segments
from rich.table import Table
from rich.text import Text

from inference_lsp.demo.document import Document

SHOWN_LINES = 4
"""Lines of a passage that are shown."""
SHOWN_CHANGES = 12


class Screen:
    """A terminal, written from top to bottom."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._streamed = ""

    def title(self, text: str, remark: str) -> None:
        self._console.print(Text.assemble((text, "bold"), ("  " + remark, "dim")))

    def heading(self, title: str, where: str = "") -> None:
        """A step begins."""
        label = Text.assemble((title, "bold cyan"), (f"  {where}" if where else "", "dim"))
        self._console.print()
        self._console.print(Rule(label, style="cyan", align="left"))

    def passage(self, text: str) -> None:
        """The selection, in brief."""
        lines = [line for line in text.splitlines() if line.strip()]
        for line in lines[:SHOWN_LINES]:
            self._line(Text.assemble(("▌ ", "blue"), line))
        if len(lines) > SHOWN_LINES:
            self._line(Text.assemble(("▌ ", "blue"), (f"… {len(lines) - SHOWN_LINES} more lines", "dim")))

    def menu(self, titles: list[str]) -> None:
        """The light bulb's entries."""
        for number, title in enumerate(titles):
            self._console.print(Text.assemble(("💡 " if number == 0 else "   ", ""), (title, "yellow")))

    def stream(self, text: str) -> None:
        """All of a text so far; what is new of it is printed."""
        self._console.out(text[len(self._streamed) :], style="green", end="")
        self._streamed = text

    def end_stream(self) -> None:
        if self._streamed and not self._streamed.endswith("\n"):
            self._console.out("")
        self._streamed = ""

    def note(self, sentence: str) -> None:
        self._console.print(Text.assemble(("✓ ", "green"), (sentence, "dim")))

    def refusal(self, sentence: str) -> None:
        self._console.print(Text.assemble(("✗ ", "red"), (sentence, "red")))

    def diff(self, before: Document, after: Document) -> None:
        """An edit, as a unified diff; long lines are cut."""
        changes = list(
            difflib.unified_diff(
                before.text.splitlines(),
                after.text.splitlines(),
                f"{before.name} (version {before.version})",
                f"{after.name} (version {after.version})",
                lineterm="",
                n=1,
            )
        )
        for change in changes[:SHOWN_CHANGES]:
            self._line(Text(change, style=_DIFF_STYLES.get(change[:1], "dim")))
        if len(changes) > SHOWN_CHANGES:
            self._line(Text(f"… {len(changes) - SHOWN_CHANGES} more lines", style="dim"))

    def hover(self, markdown: str) -> None:
        """A hover's Markdown, without the blank lines an editor has room for."""
        options = self._console.options.update(width=self._console.width - 2)
        for line in self._console.render_lines(Markdown(markdown), options, pad=False):
            if any(segment.text.strip() for segment in line):
                self._console.print(Padding(Segments([*line]), (0, 0, 0, 2)))

    def ghost_text(self, above: list[str], typed: str, ghost: str, removed: str) -> None:
        """The line under the cursor with what the editor would show grey behind it."""
        for line in above:
            self._line(Text(line, style="dim"))
        self._console.print(Text.assemble(typed, ("▏", "bold"), (ghost, "italic black on bright_cyan")))
        same = ghost.rstrip() == removed.rstrip()
        said = "exactly what the author had written" if same else f"the author had written: {removed.strip()}"
        self._console.print(Text.assemble(("✓ " if same else "≠ ", "green" if same else "yellow"), (said, "dim")))

    def times(self, rows: list[tuple[str, float | None, float]]) -> None:
        """Of each step the seconds to its first text, if it has one, and to its end."""
        table = Table(box=None, header_style="bold cyan", pad_edge=False)
        table.add_column("step")
        table.add_column("first text", justify="right")
        table.add_column("done", justify="right")
        for name, first, done in rows:
            table.add_row(name, "" if first is None else f"{first * 1e3:.1f} ms", f"{done * 1e3:.1f} ms")
        self._console.print(table)

    def failure(self, step: str, reason: str) -> None:
        self.end_stream()
        self._console.print(Text.assemble(("The demo failed at: ", "bold red"), (f"{step}\n", "bold"), reason))

    def _line(self, text: Text) -> None:
        self._console.print(text, no_wrap=True, overflow="ellipsis", crop=True)


_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}
