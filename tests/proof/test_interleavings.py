"""Whatever is typed while a model writes, the editor's text and the server's are one, and a result lands whole, once,
right behind its selection, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from inference_lsp.app import create_server
from inference_lsp.lsp import LanguageServer
from inference_lsp.secrets import Credentials
from support.fake_hub import FakeHub, Sse, tgi_events
from support.wire import serving
from support.wire_editor import WireEditor

LETTERS = st.lists(st.sampled_from(["a", "b", " ", "é", "漢", "🤗", "\u0301", "\n", "\r\n"]), max_size=8).map("".join)
WRITTEN = " and so it ends"
_numbers = count(1)

Bench = tuple[LanguageServer, WireEditor]


class Interleaving(RuleBasedStateMachine):
    """One document, one job, and everything a person may do before it has ended."""

    hub: FakeHub
    benches: dict[str, Bench]
    outcomes: Counter[str]

    @initialize(before=LETTERS, after=LETTERS, encoding=st.sampled_from(["utf-8", "utf-16", "utf-32"]))
    def begin(self, before: str, after: str, encoding: str) -> None:
        self.server, self.editor = self.benches[encoding]
        self.editor.forget()
        number = next(_numbers)
        self.uri = f"file:///interleaved-{number}.txt"
        self.selected = f"⟦selection {number} 🤗⟧"
        self.gate = self.hub.gate()
        self.hub.on("/m", Sse(tgi_events(WRITTEN), gate=self.gate))
        self.editor.open(self.uri, before + self.selected + after)
        self.sides: set[str] = set()
        self.to_refuse = self.refused = 0
        self.editor.before_edit = self._may_be_edited
        self.is_cancelled = False
        self.job = self.editor.run(self.uri, "complete", len(before), len(before) + len(self.selected))

    @property
    def text(self) -> str:
        return self.editor.documents[self.uri].text

    @rule(typed=LETTERS, start=st.integers(0, 20), end=st.integers(0, 20))
    def type_before(self, typed: str, start: int, end: int) -> None:
        limit = self.text.find(self.selected)
        if limit >= 0:
            start, end = sorted((min(start, limit), min(end, limit)))
            self._type(start, end, typed, "before")

    @rule(typed=LETTERS, start=st.integers(0, 20), end=st.integers(0, 20))
    def type_after(self, typed: str, start: int, end: int) -> None:
        at = self.text.find(self.selected)
        if at >= 0:
            first = at + len(self.selected)
            start, end = sorted((min(first + start, len(self.text)), min(first + end, len(self.text))))
            self._type(start, end, typed, "after")

    @precondition(lambda self: self.selected in self.text)
    @rule(typed=LETTERS, at=st.integers(1, 8))
    def type_inside(self, typed: str, at: int) -> None:
        start = self.text.index(self.selected) + at
        self._type(start, start + 1, typed, "inside")

    @rule()
    def delete_everything(self) -> None:
        self._type(0, len(self.text), "", "inside")

    @rule(tokens=st.integers(1, 3))
    def let_the_model_write(self, tokens: int) -> None:
        self.gate.open(tokens)

    @rule()
    def listen(self) -> None:
        """A round trip: what the server has sent so far is handled."""
        self.editor.ask("workspace/executeCommand", {"command": "inference.cancel", "arguments": ["no such job"]})

    @rule(times=st.integers(1, 2))
    def refuse_edits(self, times: int) -> None:
        self.to_refuse = times

    @rule(luck=st.integers(0, 5))
    def cancel(self, luck: int) -> None:
        if luck:
            return
        self.is_cancelled = True
        self.editor.ask("workspace/executeCommand", {"command": "inference.cancel", "arguments": [self.job]})

    def teardown(self) -> None:
        if not hasattr(self, "job"):
            return
        self.gate.stay_open()
        end = self.editor.end_of(self.job)
        self.listen()
        document = self.server.workspace.get_text_document(self.uri)
        assert document.source == self.text, "the server and the editor hold different texts"
        assert document.version == self.editor.documents[self.uri].version
        self._check(end)
        self.outcomes[end["state"]] += 1
        self.editor.close(self.uri)

    def _check(self, end: dict[str, Any]) -> None:
        edits = [edit for edit in self.editor.applied if edit[0] == self.uri]
        assert [update["state"] for update in self.editor.updates[self.job]].count("running") == len(
            self.editor.updates[self.job]
        ) - 1, "one last word"
        if end["state"] == "done":
            ((_, before, after),) = edits
            at = before.index(self.selected) + len(self.selected)
            assert after == before[:at] + WRITTEN + before[at:]
        else:
            assert edits == []
            assert end["state"] in {"stale", "cancelled", "failed"}
            assert WRITTEN not in self.text
        if self.is_cancelled:
            assert end["state"] in {"done", "cancelled", "stale", "failed"}
        elif self.refused < 2 and len(self.sides) <= 1 and "inside" not in self.sides:
            assert end["state"] == "done", f"typing only {self.sides} must not lose the result: {end['message']}"

    def _may_be_edited(self) -> bool:
        if not self.to_refuse:
            return True
        self.to_refuse -= 1
        self.refused += 1
        return False

    def _type(self, start: int, end: int, typed: str, side: str) -> None:
        if self.text[start:end] == typed:
            return
        self.sides.add(side)
        self.editor.replace(self.uri, start, end, typed)


@pytest.fixture(scope="module")
def benches(hub: FakeHub) -> Iterator[dict[str, Bench]]:
    remote = {"target": "endpoint", "url": f"{hub.url}/m"}
    with ExitStack() as stack:
        found: dict[str, Bench] = {}
        for encoding in ("utf-8", "utf-16", "utf-32"):
            server = create_server(Credentials({}))
            found[encoding] = server, WireEditor(stack.enter_context(serving(server)), remote, encoding)
        yield found


def test_no_interleaving_of_edits_and_streams_corrupts_a_text(
    hub: FakeHub, benches: dict[str, Bench], length: Callable[[int, int], int], told: Callable[[str], None]
) -> None:
    outcomes: Counter[str] = Counter()
    machine = type("OneInterleaving", (Interleaving,), {"hub": hub, "benches": benches, "outcomes": outcomes})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=length(60, 1000),
            stateful_step_count=14,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert outcomes["done"], "some results must land"
    told(f"{outcomes.total()} interleavings of edits and streams, 0 corruptions: {dict(outcomes)}")
