"""The one shape of a section: what it is called, how it is measured, how it is told, what is drawn.

Knows how rows of figures become Markdown. Knows no section. A new one is a file in `sections/` and a line there.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Result: TypeAlias = dict[str, Any]
"""What was measured, as JSON: times in seconds, sizes in the unit their name says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    name: str
    title: str
    measure: Callable[[bool], Result]
    """Given whether this is but a check that it works (a few rounds of everything)."""
    tell: Callable[[Result], str]
    """As Markdown, without the title."""
    plot: Callable[[Result, Any], None] | None = None
    """Draws on a matplotlib figure."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Some times of one thing, in seconds."""

    p5: float
    p50: float
    p95: float
    p99: float
    count: int

    @staticmethod
    def of(times: Sequence[float]) -> Spread:
        ordered = sorted(times)

        def at(share: float) -> float:
            return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

        return Spread(at(0.05), statistics.median(ordered), at(0.95), at(0.99), len(ordered))


def ms(seconds: float) -> str:
    """As milliseconds, with as many digits as mean something."""
    value = seconds * 1e3
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.1f} ms" if value >= 10 else f"{value:.2f} ms"


def spread(times: Sequence[float]) -> str:
    """A median with what lies five percent from the ends."""
    seen = Spread.of(times)
    return f"{ms(seen.p50)} ({ms(seen.p5)} – {ms(seen.p95)})"


def times(of: float, to: float) -> str:
    """A ratio, e.g. `1.28×`."""
    return f"{of / to:.2f}×" if to else "–"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"
