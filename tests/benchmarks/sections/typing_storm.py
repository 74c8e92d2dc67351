"""A person who types: ten keys a second, each with a completion that the next key cancels, while a model streams; and
hovers while ten streams run.

What a server does with a key is seen from outside: a request it has no method for follows the change at once, and its
answer comes when the change is done.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from contextlib import ExitStack
from typing import Any

from benchmarks import servers
from benchmarks.backend import started
from benchmarks.editor import Editor, place, session, span
from benchmarks.section import Result, Section, Spread, ms, table
from benchmarks.servers import Server

KEYS_A_SECOND = 10
TEXT = "import os\n\n\ndef read(path):\n    return "
URI = "file:///storm/example.py"


def measure(quick: bool) -> Result:
    turns, keys = (1, 10) if quick else (4, 50)
    seen: dict[str, dict[str, Any]] = {}
    with servers.empty_home() as home, started() as backend:
        settings = {"target": "endpoint", "url": backend.url, "automatic": {"remote": True}}
        ways: list[tuple[Server | None, dict[str, Any]]] = [
            (servers.ours(home), settings),
            (servers.tabby_agent(home, backend.url), {}),
            (servers.whole_answer(home, backend.url), {}),
        ]
        for _ in range(turns):
            for server, of_server in ways:
                if server is not None:
                    with session(server, of_server) as editor:
                        told = _type(editor, keys)
                    into = seen.setdefault(server.name, {"change": [], "answer": [], "cpu": [], "keys": 0, "once": 0})
                    for name, value in told.items():
                        into[name] += value
    return {"turns": turns, "keys": keys, "servers": seen, "hover": _hovers(100 if quick else 400)}


def _type(editor: Editor, keys: int) -> dict[str, Any]:
    """Seconds each change took, seconds from each completion's request to its answer, of whatever kind, processor time
    for a key, and how many requests were answered exactly once."""
    editor.open(URI, TEXT, "python")
    editor.ask("benchmark/ping", may_fail=True)
    line, character = 4, len("    return ")
    changes, sent = [], {}
    cpu, begun, last = editor.cpu, time.perf_counter(), 0
    for key in range(keys):
        time.sleep(max(0.0, begun + key / KEYS_A_SECOND - time.perf_counter()))
        if last and not editor.has_answer(last):
            editor.notify("$/cancelRequest", {"id": last})
        at = time.perf_counter()
        editor.insert(URI, key + 2, line, character + key, "abcdefgh_"[key % 9])
        editor.ask("benchmark/ping", may_fail=True)
        changes.append(editor.arrived - at)
        asked = {**place(URI, line, character + key + 1), "context": {"triggerKind": 2}}
        last = editor.start(editor.server.completion, asked)
        sent[last] = time.perf_counter()
    spent = (editor.cpu - cpu) / keys
    answers = []
    for id, at in sent.items():
        editor.result(id, may_fail=True)
        answers.append(editor.arrived - at)
    counts = Counter(editor.answered)
    once = sum(counts[id] == 1 for id in sent)
    return {"change": changes, "answer": answers, "cpu": [spent], "keys": keys, "once": once}


def _hovers(count: int) -> Result:
    """Hovers on ever new text with no stream running and with ten, in one session."""
    paragraphs = [f"On {n} March 2026 Ada paid ${n} for the excellent index of example.org/{n}." for n in range(count)]
    told: Result = {"streams": 10}
    with ExitStack() as opened:
        home, backend = opened.enter_context(servers.empty_home()), opened.enter_context(started(tokens=100_000))
        settings = {"target": "endpoint", "url": backend.url}
        editor = opened.enter_context(session(servers.ours(home), settings))
        for name, streams in (("idle", 0), ("streaming", 10)):
            uri = f"file:///storm/{name}.md"
            editor.open(uri, "\n\n".join(paragraphs), "markdown")
            jobs = {_stream(editor, f"file:///storm/stream_{number}.txt") for number in range(streams)}
            for job in jobs:
                _until_it_writes(editor, job)
            editor.take("inference/job")
            taken = []
            for number, paragraph in enumerate(paragraphs):
                asked = {**place(uri, number * 2, 0), "range": span(number * 2, 0, len(paragraph))}
                taken.append(editor.timed("textDocument/hover", asked))
            updated = {update["job"] for _, update in editor.take("inference/job")}
            assert updated == jobs, "a stream has ended"
            told[name] = taken[10:]
    return told


def _until_it_writes(editor: Editor, job: str) -> None:
    editor.until("inference/job", lambda update: update["job"] == job and update["text"])


def _stream(editor: Editor, uri: str) -> str:
    editor.open(uri, "Once upon a time")
    run = {"action": "complete", "uri": uri, "version": 1, "range": span(0, 16, 16)}
    asked = {"command": "inference.run", "arguments": [run]}
    job: str = editor.ask("workspace/executeCommand", asked)["job"]
    return job


def tell(result: Result) -> str:
    rows = []
    for name, seen in result["servers"].items():
        change, answer = Spread.of(seen["change"]), Spread.of(seen["answer"])
        rows.append(
            [
                name,
                f"{ms(change.p50)}, {ms(change.p99)}",
                f"{ms(answer.p50)}, {ms(answer.p99)}",
                ms(statistics.median(seen["cpu"])),
                f"{seen['once']} of {seen['keys']}",
            ]
        )
    hover = result["hover"]
    idle, streaming = Spread.of(hover["idle"]), Spread.of(hover["streaming"])
    return (
        f"{KEYS_A_SECOND} keys a second, {result['turns']} × {result['keys']} keys, in turns; the model writes 60 "
        "tokens a second after 50 ms. An answer is whatever ends a request: text, nothing, a cancel.\n\n"
        + table(["", "didChange, p50, p99", "answer, p50, p99", "processor time a key", "answered once"], rows)
        + f"\nHover on new text: p50 {ms(idle.p50)}, p99 {ms(idle.p99)}; with {hover['streams']} streams running, 60 "
        f"tokens a second each: p50 {ms(streaming.p50)}, p99 {ms(streaming.p99)} (N = {streaming.count}).\n"
    )


def plot(result: Result, figure: Any) -> None:
    axes = figure.subplots()
    for name, seen in result["servers"].items():
        ordered = [value * 1e3 for value in sorted(seen["change"])]
        axes.plot(ordered, [(index + 1) / len(ordered) for index in range(len(ordered))], label=name)
    axes.set_xscale("log")
    axes.set_xlabel("ms until a typed key is done with")
    axes.set_ylabel("share of keys")
    axes.legend(fontsize=8)
    axes.set_title("Typing ten keys a second, a completion with each", fontsize=10)


TYPING_STORM = Section(name="typing_storm", title="Typing", measure=measure, tell=tell, plot=plot)
