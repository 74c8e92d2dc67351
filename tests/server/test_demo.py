"""The demo as a person runs it: a process, its output and its exit code; and what it makes of a broken server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from inference_lsp.demo.document import Document
from inference_lsp.demo.failure import StepFailed
from inference_lsp.demo.material import Material, choose_material, passage, places
from inference_lsp.demo.screen import Screen
from inference_lsp.demo.script import play

PROSE = """# Minutes

We met in Berlin on 12 March 2026 to plan the release, and the mood was excellent. Ada Lovelace presented the new
index, which is twice as fast as the old one and costs $250 a month. Everybody was happy with it.

The translation of the manual is late because two of the three translators are ill. We decided to ship the release
without the manual and to publish it one week later at https://example.org/manual. Nobody objected to that plan.

Next meeting: 19 March 2026. Please send topics to minutes@example.org until the evening before that day.
"""

SHAPE = """
class {name}:
    def __init__(self, {size}: float) -> None:
        self.{size} = {size}

    def describe(self, language: str, digits: int) -> str:
        return format(self.{size}, f".{{digits}}f")
"""
FIRST = "".join(SHAPE.format(name=name, size=f"{name.lower()}_size") for name in ("Square", "Cube", "Star", "Moon"))
SECOND = SHAPE.format(name="Circle", size="radius")


def demo(*arguments: str, home: Path, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    own = {"HOME": str(home), "USERPROFILE": str(home), "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "inference_lsp", "demo", *arguments],
        env={**inherited, **own, **(environment or {})},
        cwd=home,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def in_order(output: str, *marks: str) -> None:
    at = 0
    for mark in marks:
        found = output.find(mark, at)
        assert found >= 0, f"no {mark!r} behind character {at} of\n{output}"
        at = found + len(mark)


def test_on_this_projects_files_every_step_is_shown_and_nothing_is_written(tmp_path: Path) -> None:
    material = choose_material(None)
    files = [material.folder / document.name for document in (material.prose, material.code)]
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in files]
    shown = demo(home=tmp_path)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    in_order(shown.stdout, f"Select  {material.prose.name}", "Summarize (picks sentences, no model)", "Complete here")
    in_order(shown.stdout, "Hover", "English", "Classification", "Entities")
    in_order(shown.stdout, "Summarize (picks sentences, no model) ──", "\n@@", "\n+", "one undo takes it back")
    in_order(shown.stdout, "Translate to Spanish", "Cancel", "Ghost text", material.code.name, "▏", "Complete here")
    in_order(shown.stdout, "Ghost text", "continues as ", ".py:", "Times", "spawn → initialize", "ghost text", " ms")
    assert [(file.read_bytes(), file.stat().st_mtime_ns) for file in files] == before
    assert "\x1b" not in shown.stdout, "without a terminal there are no colours"


def test_a_file_of_ones_own_is_worked_on_instead(tmp_path: Path) -> None:
    file = tmp_path / "minutes.md"
    file.write_text(PROSE, encoding="utf-8")
    shown = demo(str(file), home=tmp_path)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    in_order(shown.stdout, "Select  minutes.md:3", "Hover", "English", "minutes@example.org", "12 March 2026")
    in_order(shown.stdout, "Summarize (", "+++ minutes.md (version 2)", "sentences; one edit")
    assert file.read_text(encoding="utf-8") == PROSE


def test_ghost_text_is_what_the_folders_other_file_does(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text(FIRST, encoding="utf-8")
    (tmp_path / "second.py").write_text(SECOND, encoding="utf-8")
    shown = demo("second.py", home=tmp_path)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    in_order(shown.stdout, "Ghost text  second.py:", "▏", "exactly what the author had written")
    in_order(shown.stdout, "Complete here (", "continues as first.py:")


def test_without_a_translator_the_refusal_is_shown_and_is_no_failure(tmp_path: Path) -> None:
    """No catalog of any machine knows these sentences, and Apertium is not on this search path."""
    file = tmp_path / "minutes.md"
    file.write_text(PROSE, encoding="utf-8")
    shown = demo(str(file), home=tmp_path, environment={"PATH": str(tmp_path)})
    assert shown.returncode == 0, shown.stdout + shown.stderr
    in_order(shown.stdout, "Translate to Spanish", "✗ ", "configure a translation model", "Cancel")
    in_order(shown.stdout, "Times", "Translate to Spanish: refused")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"", "has no text"),
        (b" \n\t\n", "has no text"),
        (b"\x00\xff\xfe", "is no UTF-8 text"),
        (b"x" * 2_000_001, "has more than 2,000,000 bytes"),
    ],
)
def test_a_file_that_cannot_be_shown_is_said_to_be_so(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "file.txt"
    if content is not None:
        file.write_bytes(content)
    shown = demo(str(file), home=tmp_path)
    assert shown.returncode == 2
    assert shown.stderr.startswith("The demo cannot begin: ")
    assert said in shown.stderr
    assert len(shown.stderr.splitlines()) == 1


def test_without_rich_it_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "rich.py").write_text("raise ModuleNotFoundError('No module named rich', name='rich')\n")
    shown = demo(home=tmp_path, environment={"PYTHONPATH": str(tmp_path)})
    assert shown.returncode == 2
    assert "pip install 'inference-lsp[demo]'" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_server_that_cannot_start_fails_the_demo_with_what_it_said(tmp_path: Path) -> None:
    (tmp_path / "pygls").mkdir()
    (tmp_path / "pygls" / "__init__.py").write_text("raise ImportError('pygls is broken on purpose')\n")
    shown = demo(home=tmp_path, environment={"PYTHONPATH": str(tmp_path)})
    assert shown.returncode == 1
    in_order(shown.stdout, "The demo failed at: start the server", "pygls is broken on purpose")


ANSWERS_ONCE = """
import sys, json
def read():
    length = 0
    while (line := sys.stdin.buffer.readline()) != b"\\r\\n":
        if not line: sys.exit()
        if line.startswith(b"Content-Length"): length = int(line.split(b":")[1])
    return json.loads(sys.stdin.buffer.read(length))
def write(message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    sys.stdout.buffer.flush()
write({"id": read()["id"], "result": {"capabilities": {}}})
"""
ENDS_AT_THE_NEXT = """
while "id" not in read(): pass
"""
REFUSES_THE_REST = """
while True:
    if "id" in (message := read()):
        write({"id": message["id"], "error": {"code": -32603, "message": "not today"}})
"""


@pytest.mark.parametrize(
    ("server", "patience", "step", "said"),
    [
        ("import sys; sys.stdin.read()", 0.2, "start the server", "no answer within 0.2 s"),
        ("print('gone wrong', file=__import__('sys').stderr)", 60.0, "start the server", "gone wrong"),
        (ANSWERS_ONCE + ENDS_AT_THE_NEXT, 60.0, "code actions", "the server ended"),
        (ANSWERS_ONCE + REFUSES_THE_REST, 60.0, "code actions", "not today"),
    ],
    ids=["never answers", "ends at once", "ends amid", "refuses"],
)
async def test_whatever_goes_wrong_is_the_failure_of_a_step(
    tmp_path: Path, server: str, patience: float, step: str, said: str
) -> None:
    document = Document(uri="untitled:a", name="a", language="plaintext", text="one two three")
    material = Material(folder=tmp_path, prose=document, code=document, is_ours=True)
    with pytest.raises(StepFailed) as failure:
        await play(material, Screen(), server=(sys.executable, "-I", "-c", server), patience=patience)
    assert failure.value.step == step
    assert said in failure.value.reason


@pytest.mark.parametrize(
    ("text", "offset", "position"),
    [
        ("", 0, (0, 0)),
        ("ab\ncd", 4, (1, 1)),
        ("ab\r\ncd", 4, (1, 0)),
        ("ab\rcd", 3, (1, 0)),
        ("🤗é漢字x", 1, (0, 2)),
        ("🤗é漢字x", 4, (0, 5)),
        ("a\n🤗\n", 4, (2, 0)),
        ("a\u2028b\x0cc", 4, (0, 4)),
    ],
)
def test_positions_count_lines_and_utf_16_units(text: str, offset: int, position: tuple[int, int]) -> None:
    document = Document(uri="u", name="n", language="plaintext", text=text)
    line, character = position
    assert document.position(offset) == {"line": line, "character": character}
    assert document.offset({"line": line, "character": character}) == offset


def test_edits_of_one_version_do_not_shift_each_other() -> None:
    document = Document(uri="u", name="n", language="plaintext", text="🤗 one\r\ntwo")
    edits = [
        {"range": document.range(2, 5), "newText": "eins"},
        {"range": document.range(7, 10), "newText": "zwei\n"},
        {"range": document.range(0, 0), "newText": "> "},
    ]
    edited = document.edited(edits)
    assert edited.text == "> 🤗 eins\r\nzwei\n"
    assert (document.version, edited.version) == (1, 2)


def test_the_passage_is_the_first_prose_and_not_what_frames_it() -> None:
    badge, heading = "[![build](https://example.org/b.svg)](https://example.org)", "# A title"
    prose = "This paragraph has more than a dozen words, and so it is what one selects first." + " Really." * 9
    far = "Something else that is far away from the first paragraph and is never in the selection. " * 30
    document = Document(uri="u", name="n", language="markdown", text=f"{heading}\n\n{badge}\n\n{prose}\n\n{far}\n")
    start, end = passage(document)
    assert document.text[start:end] == prose


def test_places_to_complete_are_inside_lines_of_code() -> None:
    document = Document(uri="u", name="n", language="python", text=SECOND)
    for cut, end in places(document):
        line = document.position(cut)["line"]
        assert document.position(end)["line"] == line
        assert document.text[cut:end].strip()
        assert not SECOND.splitlines()[line].startswith(("import", '"'))
    assert len(list(places(document))) >= 3
