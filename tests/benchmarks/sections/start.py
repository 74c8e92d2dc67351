"""How long an editor waits from starting a server: for its capabilities, its first hover, its first ghost text.

Every server is started with the same editor, in turns, so that all see the same machine. A hover and a ghost text are
first in a session of their own. The bare servers answer with constants.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import Any

from benchmarks import servers
from benchmarks.backend import started
from benchmarks.editor import Editor, place
from benchmarks.section import Result, Section, spread, table, times
from benchmarks.servers import Server

TEXT = "import json\n\n\ndef read(path):\n    with open(path) as file:\n        return json.load(file)\n\n\ndef "
URI = "file:///start/example.py"


def measure(quick: bool) -> Result:
    rounds = 2 if quick else 15
    seen: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with servers.empty_home() as home, started(first=0, rate=0, tokens=24) as backend:
        compared: list[Server | None] = [servers.ours(home), servers.tabby_agent(home, backend.url)]
        compared += [servers.bare_pygls(home), servers.stdlib_loop(home)]
        for turn in range(rounds + 1):  # the first fills caches
            for server in filter(None, compared):
                settings = {"target": "endpoint", "url": backend.url, "automatic": {"remote": True}}
                told = _starts(server, settings if server.name == "inference-lsp" else {})
                for name, value in told.items() if turn else ():
                    seen[server.name][name].append(value)
    return {"rounds": rounds, "servers": {name: dict(figures) for name, figures in seen.items()}}


def _starts(server: Server, settings: dict[str, Any]) -> dict[str, float]:
    told: dict[str, float] = {}
    for what in ("hover", "ghost"):
        editor = Editor(server, settings)
        try:
            initialized = editor.initialize()
            if what == "hover":
                told.update(initialize=initialized, initialize_cpu=editor.cpu, initialize_mib=editor.resident_mib)
            editor.open(URI, TEXT, "python")
            if what == "hover" and server.name != "tabby-agent":  # which has no hovers
                editor.ask("textDocument/hover", place(URI, 3, 6))
                told.update(hover=editor.arrived - editor.began, hover_mib=editor.resident_mib)
            if what == "ghost" and (seconds := _ghost(editor)):
                told.update(ghost=seconds, ghost_mib=editor.resident_mib)
        finally:
            editor.end()
    return told


def _ghost(editor: Editor) -> float | None:
    """Asked for as a person does, by a key, until there is some."""
    for _ in range(50):
        asked = {**place(URI, 8, 4), "context": {"triggerKind": 1}}
        answer: Any = editor.ask(editor.server.completion, asked, may_fail=True)
        if answer and answer["items"]:
            return editor.arrived - editor.began
    return None


def tell(result: Result) -> str:
    names, ours = result["servers"], result["servers"]["inference-lsp"]
    rows = []
    for title, key in (
        ("spawn → `initialize` answered", "initialize"),
        ("… processor time", "initialize_cpu"),
        ("spawn → first hover", "hover"),
        ("spawn → first ghost text", "ghost"),
    ):
        rows.append([title, *(spread(seen[key]) if key in seen else "–" for seen in names.values())])
    for title, key in (("`initialize`", "initialize_mib"), ("first hover", "hover_mib"), ("ghost text", "ghost_mib")):
        told = (f"{statistics.median(seen[key]):.0f} MiB" if key in seen else "–" for seen in names.values())
        rows.append([f"resident after {title}", *told])
    lines = [f"{result['rounds']} interleaved starts, median (5 % – 95 %). The bare servers answer constants.\n"]
    lines.append(table(["", *names], rows))
    for name, seen in names.items():
        if name != "inference-lsp":
            start = times(statistics.median(ours["initialize"]), statistics.median(seen["initialize"]))
            memory = times(statistics.median(ours["initialize_mib"]), statistics.median(seen["initialize_mib"]))
            lines.append(f"- inference-lsp / {name}: {start} the time to `initialize`, {memory} the memory")
    return "\n".join(lines) + "\n"


def plot(result: Result, figure: Any) -> None:
    names = list(result["servers"])
    for axes, (key, title, scale) in zip(
        figure.subplots(1, 2),
        (
            ("initialize", "spawn → initialize answered, ms", 1e3),
            ("initialize_mib", "resident after initialize, MiB", 1),
        ),
        strict=True,
    ):
        values = [statistics.median(result["servers"][name][key]) * scale for name in names]
        bars = axes.barh(names, values, color=["C0" if name == "inference-lsp" else "C7" for name in names])
        axes.bar_label(bars, fmt="%.0f", padding=3)
        axes.invert_yaxis()
        axes.set_title(title, fontsize=10)
        axes.margins(x=0.15)


START = Section(name="start", title="Start-up", measure=measure, tell=tell, plot=plot)
