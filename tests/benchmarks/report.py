"""A run's results as RESULTS.md, as plots and as the figures in the project's README.

Knows where these are kept and which three figures matter to a person. Knows no way to measure.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.section import Result, Spread, ms
from benchmarks.sections import SECTIONS
from benchmarks.servers import HERE, ROOT

RESULTS, PLOTS, README = HERE / "RESULTS.md", HERE / "plots", ROOT / "README.md"
TOLD_BY_TESTS = (ROOT / "tests/proof/RESULTS.md", ROOT / "tests/vscode/RESULTS.md")
"""Figures that tests print, which people write there by hand."""
MARKS = re.compile(r"(<!-- figures: generated -->\n).*?(<!-- end of figures -->)", re.DOTALL)


def told(run: Mapping[str, Any]) -> str:
    """RESULTS.md."""
    machine = run["machine"]
    lines = [
        "# Figures\n",
        "Written by `./scripts/benchmark`, which anybody can run: it installs what is compared by its ordinary clients "
        "and measures all sides in turns. Compare ratios, not times: they hold on other machines. Raw results: "
        "[results.json](results.json).\n",
        f"- {machine['machine']}",
        f"- {machine['versions']}\n",
    ]
    for section in SECTIONS:
        if section.name in run["results"]:
            lines.append(f"## {section.title}\n\n{run['made'][section.name]}.\n")
            if section.plot is not None:
                lines.append(f"![{section.title}](plots/{section.name}.png)\n")
            lines.append(section.tell(run["results"][section.name]))
    for path in TOLD_BY_TESTS:
        lines.append("#" + path.read_text(encoding="utf-8"))
    return "\n".join(lines) + "\n"


def figures(results: Mapping[str, Result]) -> str:
    """The three that a person feels, for README.md."""
    start, letters, storm = (results[name] for name in ("start", "first_letter", "typing_storm"))
    ours = start["servers"]["inference-lsp"]
    peers = [name for name in ("tabby-agent", "bare pygls") if name in start["servers"]]
    beside = [
        f"{name} {ms(statistics.median(start['servers'][name]['initialize']))} and "
        f"{statistics.median(start['servers'][name]['initialize_mib']):.0f} MiB"
        for name in peers
    ]
    letter = statistics.median(letters["servers"]["inference-lsp"]["letter"])
    whole = statistics.median(letters["servers"]["whole answer"]["letter"])
    change = Spread.of(storm["servers"]["inference-lsp"]["change"])
    hover = Spread.of(storm["hover"]["streaming"])
    return (
        f"- **It is there at once**: {ms(statistics.median(ours['initialize']))} from its start to its answer and "
        f"{statistics.median(ours['initialize_mib']):.0f} MiB of memory; {', '.join(beside)}.\n"
        f"- **The first letter comes with the model's first token**: {ms(letter)} after it, not {ms(whole)} "
        "as where the whole of a 60-token completion is waited for.\n"
        f"- **Typing stays light**: at ten keys a second, each with a completion, a key takes {ms(change.p50)} "
        f"(p99 {ms(change.p99)}); a hover while ten streams run takes {ms(hover.p50)} (p99 {ms(hover.p99)}).\n\n"
        "![Letters on the screen by time](tests/benchmarks/plots/first_letter.png)\n\n"
        "Measured beside each other by `./scripts/benchmark`, which you can run; everything it measures is in\n"
        "[tests/benchmarks/RESULTS.md](tests/benchmarks/RESULTS.md).\n"
    )


def with_figures(readme: str, results: Mapping[str, Result]) -> str:
    """README.md with its figures brought up to date."""
    if not MARKS.search(readme):
        raise ValueError("README.md has no marks for the figures")
    return MARKS.sub(lambda found: found[1] + figures(results) + found[2], readme)


def draw(results: Mapping[str, Result], folder: Path) -> None:
    """A PNG for each section that has something to draw."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(exist_ok=True)
    for section in SECTIONS:
        if section.plot is None or section.name not in results:
            continue
        figure = pyplot.figure(figsize=(9, 6 if section.name == "growth" else 3.2))
        section.plot(results[section.name], figure)
        figure.tight_layout()
        figure.savefig(folder / f"{section.name}.png", dpi=100)
        pyplot.close(figure)
