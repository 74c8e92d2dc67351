"""What one message costs: hovers and code actions back to back, beside servers that answer with a constant.

Hovers of the server do work: each text is new to it. The embedded engine's own time for the same text, measured in this
process, is told beside it.
"""

from __future__ import annotations

import time
from contextlib import ExitStack

from benchmarks import servers
from benchmarks.editor import Editor, place, session, span
from benchmarks.section import Result, Section, Spread, ms, table
from hf_inference import targets

URI = "file:///messages/text.md"
HOVER = (
    ("text-classification", "embedded/language"),
    ("text-classification", "embedded/lexicon"),
    ("token-classification", "embedded/patterns"),
)


def measure(quick: bool) -> Result:
    rounds = 20 if quick else 500
    texts = [f"On {n} March 2026 Ada paid ${n} for the excellent index of example.org/{n}." for n in range(rounds)]
    engine = targets.embedded().engine
    assert engine is not None
    seen: dict[str, list[float]] = {}
    with servers.empty_home() as home, ExitStack() as opened:
        ours = opened.enter_context(session(servers.ours(home)))
        bare = opened.enter_context(session(servers.bare_pygls(home)))
        loop = opened.enter_context(session(servers.stdlib_loop(home)))
        for editor in (ours, bare, loop):
            editor.open(URI, "\n\n".join(texts), "markdown")
        for number, text in enumerate(texts):
            whole = {"textDocument": {"uri": URI}, "range": span(number * 2, 0, len(text))}
            hover = {**whole, "position": {"line": number * 2, "character": 0}}
            told = {
                "code action": _timed(ours, "textDocument/codeAction", {**whole, "context": {"diagnostics": []}}),
                "hover, never seen before": _timed(ours, "textDocument/hover", hover),
                "hover, seen before": _timed(ours, "textDocument/hover", hover),
                "a method nobody has": _timed(ours, "benchmark/ping", {}),
                "bare pygls: hover, a constant": _timed(bare, "textDocument/hover", place(URI, number * 2, 0)),
                "stdlib loop: hover, a constant": _timed(loop, "textDocument/hover", place(URI, number * 2, 0)),
            }
            begun = time.perf_counter()
            for task, model in HOVER:
                engine.run(task, text, {}, model)
            told["the engine's own time for a hover"] = time.perf_counter() - begun
            for name, value in told.items() if number > rounds // 20 else ():
                seen.setdefault(name, []).append(value)
    return {"rounds": rounds, "seen": seen}


def _timed(editor: Editor, method: str, params: object) -> float:
    return editor.timed(method, params, may_fail=True)


def tell(result: Result) -> str:
    rows = []
    for name, values in result["seen"].items():
        seen = Spread.of(values)
        rows.append([name, ms(seen.p50), ms(seen.p95), ms(seen.p99)])
    return f"{result['rounds']} of each, one after another, in turns.\n\n" + table(["", "p50", "p95", "p99"], rows)


MESSAGES = Section(name="messages", title="Messages", measure=measure, tell=tell)
