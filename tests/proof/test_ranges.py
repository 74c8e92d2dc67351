"""Every range of every text means the same characters to the server and to the editor, whatever units they count in."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from lsprotocol import types as t

from inference_lsp.app import create_server
from inference_lsp.lsp import TextDocument
from inference_lsp.lsp.position_encoding import PositionCodec
from inference_lsp.secrets import Credentials
from support.editor_documents import EditorDocument
from support.fake_hub import FakeHub, Json
from support.wire import serving
from support.wire_editor import WireEditor

ENCODINGS = ["utf-8", "utf-16", "utf-32"]
ENDS = ["\n", "\r\n", "\r"]
ALPHABETS = [
    "ab cd",
    "éüß",
    "漢字、。",
    "🤗👩‍👩‍👧",
    "e\u0301\u0300",
    "\u2028\u2029\x0b\x0c\x85",
    "עברית",
    "\U0010ffff\ufeff\u200d",
]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_random_ranges_cover_the_same_characters(
    encoding: str, length: Callable[[int, int], int], told: Callable[[str], None]
) -> None:
    chance = random.Random(encoding)
    checked = 0
    while checked < length(2_000, 10_000):
        text = _text(chance)
        ours = TextDocument(
            "file:///a", text, version=1, position_codec=PositionCodec(t.PositionEncodingKind(encoding))
        )
        theirs = EditorDocument(uri="file:///a", language="", version=1, text=text, encoding=encoding)
        for _ in range(20):
            start, end = _ends(chance, text)
            place = t.Range(theirs.position(start), theirs.position(end))
            assert ours.range_at(start, end) == place
            assert (ours.offset_at(place.start), ours.offset_at(place.end)) == (start, end), (text, place)
            assert ours.range_text(place) == text[start:end] == theirs.slice(place)
            checked += 1
        typed = _text(chance)[:5]
        (change,) = theirs.apply([t.TextEdit(place, typed)])
        ours.apply_change(change)
        assert ours.source == theirs.text
    told(f"{checked} random ranges in {encoding}: 0 wrong")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_random_selections_reach_the_backend_whole_and_are_replaced_exactly(
    encoding: str, hub: FakeHub, length: Callable[[int, int], int], told: Callable[[str], None]
) -> None:
    hub.on("/summary", Json([{"summary_text": "SHORT"}]))
    chance = random.Random(encoding)
    with _editor(hub, encoding) as editor:
        for number in range(length(40, 500)):
            text, uri = _text(chance), f"file:///{encoding}-{number}.txt"
            start, end = _ends(chance, text)
            if not text[start:end].strip():
                continue
            editor.open(uri, text)
            job = editor.run(uri, "summarize", start, end)
            assert editor.end_of(job)["state"] == "done"
            assert hub.exchanges[-1].json()["inputs"] == text[start:end].strip()
            ((_, before, after),) = editor.applied
            assert before == text
            assert after.replace("SHORT", "", 1).startswith(text[:end].rstrip("\r\n")), (
                "what was selected is still there"
            )
            assert _without_ends(after).replace("SHORT", "", 1) == _without_ends(text)
            editor.close(uri)
            editor.forget()
    told(f"{length(40, 500)} random selections in {encoding} through the server: 0 wrong")


def _text(chance: random.Random) -> str:
    end = chance.choice(ENDS)
    lines = [
        "".join(chance.choice(chance.choice(ALPHABETS)) for _ in range(chance.randrange(12)))
        for _ in range(chance.randrange(1, 8))
    ]
    return "".join(line + (end if chance.random() < 0.9 else chance.choice(ENDS)) for line in lines)


def _ends(chance: random.Random, text: str) -> tuple[int, int]:
    """Two places of a text, none of them between CR and LF, where LSP has no position."""
    places = [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n" or at == 0]
    start, end = sorted((chance.choice(places), chance.choice(places)))
    return start, end


def _without_ends(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


@contextmanager
def _editor(hub: FakeHub, encoding: str) -> Iterator[WireEditor]:
    settings = {"target": "endpoint", "url": f"{hub.url}/summary"}
    with serving(create_server(Credentials({}))) as wire:
        yield WireEditor(wire, settings, encoding)
