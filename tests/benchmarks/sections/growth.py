"""How cost grows: with a document's size, the number of open ones, the workspace's size, the number of jobs at once.

Each sweep multiplies one size and holds the others. The slope of cost over size on a log-log scale is 1 where cost is
proportional and below where a part of it is fixed; what is above 1.2 is worse than linear and says so.
"""

from __future__ import annotations

import math
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import servers
from benchmarks.backend import started
from benchmarks.editor import session, span
from benchmarks.section import Result, Section, ms, table
from benchmarks.sections.documents import edited, text_of

SUPERLINEAR = 1.2


def measure(quick: bool) -> Result:
    few = 2 if quick else None
    rounds = 4 if quick else 25
    return {
        "document size, MB": _sizes((0.01, 0.04, 0.16, 0.64, 2.5, 10.0)[:few], rounds),
        "open documents": _many((1, 4, 16, 64, 256, 1024)[:few], rounds),
        "workspace, MB": _workspaces((0.25, 0.5, 1.0, 2.0, 4.0, 8.0)[:few], rounds),
        "jobs at once": _jobs((1, 2, 4, 8, 16, 32, 64)[:few], 1 if quick else 3),
    }


def _sizes(sizes: Sequence[float], rounds: int) -> Result:
    """What is typed and asked in one document."""
    rows = []
    with servers.empty_home() as home:
        for size in sizes:
            with session(servers.ours(home)) as editor:
                text, uri = text_of(int(size * 1e6)), "file:///growth/document.md"
                begun = time.perf_counter()
                editor.open(uri, text, "markdown")
                editor.ask("benchmark/ping", may_fail=True)
                opened = editor.arrived - begun
                edited(editor, [uri], text, 3)
                seen = {name: statistics.median(of) for name, of in edited(editor, [uri], text, rounds).items()}
                whole = {"textDocument": {"uri": uri}, "position": {"line": text.count("\n") // 2, "character": 9}}
                asked = {**whole, "context": {"triggerKind": 1}}
                ghost = statistics.median(
                    editor.timed("textDocument/inlineCompletion", asked) for _ in range(min(rounds, 5))
                )
            rows.append({"size": size, "open": opened, **seen, "inline completion": ghost})
    return {"rows": rows}


def _many(counts: Sequence[int], rounds: int) -> Result:
    """A key in one of many documents of 20 kB, and what they take."""
    rows, text = [], text_of(20_000)
    with servers.empty_home() as home:
        for count in counts:
            with session(servers.ours(home)) as editor:
                uris = [f"file:///growth/{number}.md" for number in range(count)]
                before, begun = editor.resident_mib, time.perf_counter()
                for uri in uris:
                    editor.open(uri, text, "markdown")
                editor.ask("benchmark/ping", may_fail=True)
                opened = editor.arrived - begun
                edited(editor, uris, text, 3)
                seen = {name: statistics.median(of) for name, of in edited(editor, uris, text, rounds).items()}
                mib = editor.resident_mib - before
            rows.append({"size": count, "open all": opened, **seen, "mib": mib})
    return {"rows": rows}


def _workspaces(sizes: Sequence[float], rounds: int) -> Result:
    """A server's processor time until a workspace is indexed, which it does in the background, and a completion."""
    rows = []
    for size in sizes:
        with servers.empty_home() as home, tempfile.TemporaryDirectory() as folder:
            _write_workspace(Path(folder), int(size * 1e6))
            with session(servers.ours(home), folder=Path(folder).as_uri()) as editor:
                cpu = editor.cpu
                uri = (Path(folder) / "new.py").as_uri()
                editor.open(uri, "def total_3(values_3):\n    result_3 = ", "python")
                place = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 15}}
                asked = {**place, "context": {"triggerKind": 1}}
                editor.ask("textDocument/inlineCompletion", asked)
                taken = []
                for turn in range(rounds):
                    editor.insert(uri, turn + 2, 0, 0, f"# {turn}\n")
                    asked["position"] = {"line": turn + 2, "character": 15}
                    taken.append(editor.timed("textDocument/inlineCompletion", asked))
                rows.append(
                    {
                        "size": size,
                        "start and index (processor time)": cpu,
                        "inline completion": statistics.median(taken),
                        "mib": editor.resident_mib,
                    }
                )
    return {"rows": rows}


def _write_workspace(folder: Path, size: int) -> None:
    number = 0
    while size > 0:
        text = "".join(
            f"def total_{number}_{part}(values_{part}):\n    result_{part} = compute_{number}(values_{part}, "
            f"start={part})\n    return result_{part} + offset_{number % 17}\n\n\n"
            for part in range(60)
        )
        (folder / f"module_{number}.py").write_text(text)
        number, size = number + 1, size - len(text)


def _jobs(counts: Sequence[int], rounds: int) -> Result:
    """So many jobs at once, each 200 tokens that come as quickly as they are taken."""
    rows = []
    with servers.empty_home() as home, started(first=0.01, rate=0, tokens=200) as backend:
        settings = {"target": "endpoint", "url": backend.url}
        for count in counts:
            with session(servers.ours(home), settings) as editor:
                for number in range(count):
                    editor.open(f"file:///growth/{number}.txt", "Once upon a time")
                walls, cpus = [], []
                for _ in range(rounds + 1):
                    begun, cpu = time.perf_counter(), editor.cpu
                    sent = []
                    for number in range(count):
                        uri = f"file:///growth/{number}.txt"
                        run = {"action": "complete", "uri": uri, "range": span(0, 16, 16)}
                        sent.append(
                            editor.start("workspace/executeCommand", {"command": "inference.run", "arguments": [run]})
                        )
                    jobs = {editor.result(id)["job"] for id in sent}
                    while jobs:
                        at, update = editor.until("inference/job", lambda update: update["state"] != "running")
                        assert update["state"] == "done", update
                        jobs.discard(update["job"])
                    walls.append(at - begun)
                    cpus.append(editor.cpu - cpu)
            rows.append(
                {
                    "size": count,
                    "all are done": statistics.median(walls[1:]),
                    "processor time": statistics.median(cpus[1:]),
                }
            )
    return {"rows": rows}


def slope(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Of the line through the upper half of the points, both scales logarithmic."""
    half = max(2, (len(sizes) + 1) // 2)
    xs, ys = ([math.log(max(value, 1e-6)) for value in values[-half:]] for values in (sizes, costs))
    x, y = statistics.fmean(xs), statistics.fmean(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def tell(result: Result) -> str:
    told = []
    for name, swept in result.items():
        rows = swept["rows"]
        sizes = [row["size"] for row in rows]
        cells = []
        for key in (key for key in rows[0] if key != "size"):
            costs = [row[key] for row in rows]
            shown = [f"{cost:.0f} MiB" if key == "mib" else ms(cost) for cost in costs]
            grown = slope(sizes, costs)
            cells.append([key, *shown, f"{grown:.2f}{' **worse than linear**' if grown > SUPERLINEAR else ''}"])
        told.append(table([name, *(f"{size:g}" for size in sizes), "slope"], cells))
    return (
        "Medians. The slope is that of the upper half on a log-log scale: 0 does not grow, 1 is proportional.\n\n"
        + "\n".join(told)
    )


def plot(result: Result, figure: Any) -> None:
    for axes, (name, swept) in zip(figure.subplots(2, 2).flat, result.items(), strict=True):
        rows = swept["rows"]
        for key in (key for key in rows[0] if key not in ("size", "mib")):
            axes.plot([row["size"] for row in rows], [row[key] * 1e3 for row in rows], marker=".", label=key)
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks([row["size"] for row in rows], [f"{row['size']:g}" for row in rows], fontsize=7)
        axes.set_xlabel(name, fontsize=8)
        axes.set_ylabel("ms", fontsize=8)
        axes.legend(fontsize=6)
    figure.tight_layout()


GROWTH = Section(name="growth", title="How cost grows", measure=measure, tell=tell, plot=plot)
