"""Much text: a hundred documents of a megabyte, one document of five that is edited everywhere."""

from __future__ import annotations

import time

from benchmarks import servers
from benchmarks.editor import Editor, place, session, span
from benchmarks.section import Result, Section, Spread, ms, table

LINE = "The quick brown fox jumps over the lazy dog, the 7th time this week, says example.org.\n"


def text_of(size: int) -> str:
    """Prose of about so many characters."""
    return "".join(f"{number} {LINE}" for number in range(size // (len(LINE) + 6)))


def measure(quick: bool) -> Result:
    rounds, count = (10, 5) if quick else (200, 100)
    with servers.empty_home() as home:
        with session(servers.ours(home)) as editor:
            text, before, begun = text_of(1_000_000), editor.resident_mib, time.perf_counter()
            for number in range(count):
                editor.open(f"file:///many/{number}.md", text, "markdown")
            editor.ask("benchmark/ping", may_fail=True)
            told: Result = {
                "count": count,
                "opened": editor.arrived - begun,
                "mib": editor.resident_mib - before,
                "many": edited(editor, [f"file:///many/{number}.md" for number in range(count)], text, rounds),
            }
        with session(servers.ours(home)) as editor:
            text = text_of(5_000_000)
            editor.open("file:///large/5.md", text, "markdown")
            editor.ask("benchmark/ping", may_fail=True)
            told["large"] = edited(editor, ["file:///large/5.md"], text, rounds)
    return told


def edited(editor: Editor, uris: list[str], text: str, rounds: int) -> dict[str, list[float]]:
    """Seconds for a key somewhere else than the last, for one behind it, and for what is asked there, all over
    documents that hold `text`; the first round is not counted."""
    lines, version = text.count("\n"), 1
    seen: dict[str, list[float]] = {name: [] for name in ("a key", "a key elsewhere", "code action", "hover")}
    for turn in range(rounds):
        uri, line = uris[turn % len(uris)], turn * 7919 % (lines - 1)
        told = {}
        for name, character in (("a key elsewhere", 0), ("a key", 1)):
            begun, version = time.perf_counter(), version + 1
            editor.insert(uri, version, line, character, "x")
            editor.ask("benchmark/ping", may_fail=True)
            told[name] = editor.arrived - begun
        whole = {"textDocument": {"uri": uri}, "range": span(line, 0, 60)}
        told["code action"] = editor.timed("textDocument/codeAction", {**whole, "context": {"diagnostics": []}})
        told["hover"] = editor.timed("textDocument/hover", {**place(uri, line, 3), "range": span(line, 0, 60)})
        for name, value in told.items() if turn else ():
            seen[name].append(value)
    return seen


def tell(result: Result) -> str:
    count = result["count"]
    rows = []
    for title, key in ((f"{count} documents of 1 MB", "many"), ("one document of 5 MB", "large")):
        for name, values in result[key].items():
            seen = Spread.of(values)
            rows.append([f"{title}: {name}", ms(seen.p50), ms(seen.p95), ms(seen.p99)])
    opened = f"{count} documents of 1 MB are opened in {ms(result['opened'])} and take {result['mib']:.0f} MiB."
    return f"{opened}\n\n" + table(["", "p50", "p95", "p99"], rows)


DOCUMENTS = Section(name="documents", title="Large documents", measure=measure, tell=tell)
