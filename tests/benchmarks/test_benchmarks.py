"""The benchmarks run and tell what they saw; no figure of theirs is asserted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import embedded_completion, report, servers
from benchmarks.backend import LINE, started, written
from benchmarks.editor import Editor, place, session
from benchmarks.section import Spread, ms, times
from benchmarks.sections import SECTIONS
from benchmarks.sections.growth import slope
from benchmarks.sections.streams import STREAMS, parsed


def test_sections_have_names_of_their_own() -> None:
    assert len({section.name for section in SECTIONS}) == len(SECTIONS)


def test_spreads_and_slopes_are_what_they_are_called() -> None:
    seen = Spread.of([value / 1000 for value in range(1, 101)])
    assert (seen.p50, seen.p95, seen.p99, seen.count) == (0.0505, 0.096, 0.1, 100)
    assert [ms(0.0012), ms(0.012), ms(1.2)] == ["1.20 ms", "12.0 ms", "1,200 ms"]
    assert times(1.0, 2.0) == "0.50×"
    assert slope([1, 2, 4, 8], [3, 6, 12, 24]) == pytest.approx(1)
    assert slope([1, 2, 4, 8], [5, 5, 16, 64]) == pytest.approx(2)


@pytest.mark.parametrize("stand_in", [servers.bare_pygls, servers.stdlib_loop])
def test_bare_servers_answer_what_they_are_compared_by(stand_in: Any, tmp_path: Any) -> None:
    with session(stand_in(str(tmp_path))) as editor:
        editor.open("file:///a.py", "text", "python")
        assert editor.ask("textDocument/hover", place("file:///a.py", 0, 1))["contents"]["value"] == "text"
        asked = {**place("file:///a.py", 0, 1), "context": {"triggerKind": 1}}
        assert editor.ask(editor.server.completion, asked)["items"][0]["insertText"] == "text"


@pytest.mark.parametrize("waits", [True, False])
def test_both_ways_show_all_of_what_the_backend_wrote_and_it_says_when(waits: bool, tmp_path: Any) -> None:
    text = "".join(written(2 * LINE))
    with started(first=0, rate=0, tokens=2 * LINE) as backend:
        settings = {"target": "endpoint", "url": backend.url, "automatic": {"remote": True}}
        server = servers.whole_answer(str(tmp_path), backend.url) if waits else servers.ours(str(tmp_path))
        with session(server, {} if waits else settings) as editor:
            editor.open("file:///a.py", "return", "python")
            asked = {**place("file:///a.py", 0, 6), "context": {"triggerKind": 1}}
            shown = editor.ask(editor.server.completion, asked)["items"][0]["insertText"]
            if not waits:
                shown = editor.until("inference/inlineUpdate", lambda update: update["done"])[1]["text"]
            stamp = backend.next_stamp()
    assert shown.strip() == text.strip()
    assert stamp["first"] <= stamp["line"] <= stamp["last"]


def test_an_editor_says_that_its_server_ended(tmp_path: Any) -> None:
    editor = Editor(servers.ours(str(tmp_path)))
    try:
        editor.initialize()
        editor.notify("exit")
        with pytest.raises(RuntimeError, match="inference-lsp ended"):
            editor.until("never/sent")
    finally:
        editor.end()


@pytest.mark.parametrize("name", ["messages", "start"])
def test_a_section_measures_and_tells(name: str) -> None:
    (section,) = (section for section in SECTIONS if section.name == name)
    result = json.loads(json.dumps(section.measure(True)))
    told = section.tell(result)
    assert "| --- |" in told
    assert "nan" not in told


def test_the_streams_of_another_program_are_read_from_what_it_prints() -> None:
    printed = (
        "20,000 events, median of 5\n                    events/s   CPU µs/event\n"
        "raw socket, tgi              8,755,000            0.1\nhf_inference async, chat       136,000            7.3\n"
        "one request, sync, median: httpx 300 µs, hf_inference 393 µs; overhead 93 µs\n"
    )
    told = STREAMS.tell(parsed(printed))
    assert "| raw socket | 8,755,000 | 0.1 | – | – |" in told
    assert "| hf_inference async | – | – | 136,000 | 7.3 |" in told
    assert told.endswith("- one request, sync, median: httpx 300 µs, hf_inference 393 µs; overhead 93 µs\n")


def test_the_completion_is_measured_beside_its_baseline(tmp_path: Any) -> None:
    for number in range(6):
        body = "".join(f"def f_{number}_{part}(value):\n    return compute(value, {part})\n\n\n" for part in range(60))
        (tmp_path / f"m{number}.py").write_text(body)
    files = embedded_completion.package(tmp_path)
    told = embedded_completion.measured(files, megabytes=1, held_out=2, samples=3)
    assert (told["held_out"], told["places"], told["files"]) == (2, 6, 4)
    assert [row["name"] for row in told["rows"]][-1].startswith("baseline")
    assert all(0 <= row["right"] <= 1 for row in told["rows"])


def test_the_readme_gets_three_figures_between_its_marks() -> None:
    results: dict[str, Any] = {
        "start": {"servers": {"inference-lsp": {"initialize": [0.13], "initialize_mib": [30]}}},
        "first_letter": {"servers": {"inference-lsp": {"letter": [0.001]}, "whole answer": {"letter": [1.0]}}},
        "typing_storm": {"servers": {"inference-lsp": {"change": [0.001]}}, "hover": {"streaming": [0.002]}},
    }
    before = "a\n<!-- figures: generated -->\nold\n<!-- end of figures -->\nb\n"
    after = report.with_figures(before, results)
    assert after.startswith("a\n<!--")
    assert after.endswith("-->\nb\n")
    assert "old" not in after
    assert "1.00 ms after it, not 1,000 ms" in after
    assert report.with_figures(after, results) == after
    with pytest.raises(ValueError, match="marks"):
        report.with_figures("no marks", results)
