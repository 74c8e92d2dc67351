"""From a backend's first token to a letter in the editor, and to a whole line, beside servers that wait for the end.

The backend writes its first token after 50 ms, then 60 a second, 60 in all: a second of a small model on a laptop. Its
process stamps each answer on the clock this one reads.
"""

from __future__ import annotations

import statistics
from contextlib import ExitStack
from typing import Any

from benchmarks import servers
from benchmarks.backend import Backend, started, written
from benchmarks.editor import Editor, place, session
from benchmarks.section import Result, Section, ms, spread, table, times
from benchmarks.servers import Server

TEXT = "import os\n\n\ndef f(value):\n    return"
URI = "file:///letters/example.py"
OURS, STANDARD = "inference-lsp", "inference-lsp, an editor without inlineUpdate"


def measure(quick: bool) -> Result:
    rounds = 2 if quick else 25
    seen: dict[str, dict[str, list[float]]] = {}
    curves: dict[str, list[list[float]]] = {}
    with servers.empty_home() as home, started() as backend:
        settings = {"target": "endpoint", "url": backend.url, "automatic": {"remote": True}}
        ways: list[tuple[str, Server | None, dict[str, Any], bool]] = [
            (OURS, servers.ours(home), settings, True),
            (STANDARD, servers.ours(home), settings, False),
            ("whole answer", servers.whole_answer(home, backend.url), {}, False),
            ("tabby-agent", servers.tabby_agent(home, backend.url), {}, False),
        ]
        with ExitStack() as opened:
            editors: dict[str, Editor] = {}
            for name, server, of_server, grows in ways:
                if server is not None:
                    editors[name] = opened.enter_context(session(server, of_server, grows=grows))
                    editors[name].open(URI, TEXT, "python")
            for turn in range(rounds + 1):
                for name, editor in editors.items():
                    told, curve = _once(editor, backend, turn, grows=name == OURS)
                    for key, value in told.items() if turn else ():
                        seen.setdefault(name, {}).setdefault(key, []).append(value)
                    curves[name] = curve
    return {"rounds": rounds, "tokens": 60, "servers": seen, "curves": curves}


def _once(editor: Editor, backend: Backend, turn: int, *, grows: bool) -> tuple[dict[str, float], list[list[float]]]:
    """Seconds since the first token to the first letter and to a whole line; and the letters visible by time."""
    editor.insert(URI, turn + 2, 0, 0, f"# {turn}\n")  # another text each time: nothing comes from a cache
    backend.forget_stamps()
    editor.take("inference/inlineUpdate")
    id = editor.start(editor.server.completion, {**place(URI, 5 + turn, 10), "context": {"triggerKind": 1}})
    answer = editor.result(id)
    seen = [(editor.arrived, _text(answer))]
    stamp = backend.next_stamp()
    while grows:
        at, update = editor.until("inference/inlineUpdate")
        seen.append((at, update["text"]))
        grows = not update["done"]
    seen = sorted((at, text) for at, text in seen if text.strip())
    line = len("".join(written(12)).strip())

    told = {
        "letter": seen[0][0] - stamp["first"],
        "line": next(at for at, text in seen if len(text.strip()) >= line) - stamp["first"],
        "line_sent": stamp["line"] - stamp["first"],
        "all_sent": stamp["last"] - stamp["first"],
    }
    return told, [[at - stamp["first"], len(text)] for at, text in seen]


def _text(answer: Any) -> str:
    """The text an answer shows, of either request."""
    item = (answer["items"] or [{}])[0]
    edit = item.get("textEdit", {}).get("newText", "")
    text: str = item.get("insertText") or edit
    return text


def tell(result: Result) -> str:
    rows = []
    for name, seen in result["servers"].items():
        letter, line = statistics.median(seen["letter"]), statistics.median(seen["line"])
        ours = result["servers"][OURS]
        rows.append(
            [
                name,
                spread(seen["letter"]),
                spread(seen["line"]),
                times(letter, statistics.median(ours["letter"])),
                times(line, statistics.median(ours["line"])),
            ]
        )
    sent = result["servers"][OURS]
    return (
        f"{result['tokens']} tokens, 60 a second, {result['rounds']} rounds in turns; times from the backend's first "
        f"token, median (5 % – 95 %). The backend had sent a line after {ms(statistics.median(sent['line_sent']))} "
        f"and everything after {ms(statistics.median(sent['all_sent']))}. *whole answer* is a stand-in that waits for "
        "the end as llm-ls and lsp-ai do, on the same stack; tabby-agent does so by itself.\n\n"
        + table(["", "first visible letter", "a whole line", "letter / ours", "line / ours"], rows)
    )


def plot(result: Result, figure: Any) -> None:
    axes = figure.subplots()
    for name, curve in result["curves"].items():
        at = [0.0, *(point[0] for point in curve), 1.15]
        letters = [0.0, *(point[1] for point in curve), curve[-1][1]]
        axes.step(at, letters, where="post", label=name, linewidth=2 if name == OURS else 1.2)
    axes.set_xlabel("seconds since the model's first token")
    axes.set_ylabel("letters the editor can show")
    axes.legend(fontsize=8)
    axes.set_title("Ghost text while the model writes 60 tokens a second", fontsize=10)


FIRST_LETTER = Section(name="first_letter", title="The first visible letter", measure=measure, tell=tell, plot=plot)
