"""Every example of the documentation, run as it stands: what it prints is what its `# →` comments say.

Whatever host an example names, one fake answers (`support/docs_hub.py`). Blocks marked `console` install or stay, and
are not run; `sh` blocks are, by a shell, a command at a time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import docs_hub
from support.fake_hub import FakeHub
from support.one_host.sitecustomize import send_everything_to

ROOT = Path(__file__).parents[3]
DOCUMENTS = ("inference/README.md", "README.md")
PROMISE = re.compile(r"#\s*→ (.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One block of a document."""

    document: str
    line: int
    language: str
    source: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def examples(*languages: str) -> list[Example]:
    found = []
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        for block in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
            line = text[: block.start()].count("\n") + 2
            found.append(Example(document=document, line=line, language=block[1], source=block[2]))
    assert {example.language for example in found} <= {"python", "sh", "console"}
    return [example for example in found if example.language in languages]


@pytest.fixture(scope="module")
def hub() -> Iterator[FakeHub]:
    with FakeHub.in_thread() as hub:
        hub.on("*", docs_hub.answer)
        yield hub


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that examples name."""
    (tmp_path / "cat.png").write_bytes(docs_hub.PNG)
    (tmp_path / "speech.flac").write_bytes(docs_hub.FLAC)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_example")
    for name in os.environ:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    return tmp_path


@pytest.mark.parametrize("example", examples("python"), ids=str)
def test_an_example_in_python_prints_what_it_says(
    example: Example,
    hub: FakeHub,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    send_everything_to(hub.url, monkeypatch.setattr)
    # "hf_…" stands for a token, and a header cannot carry an ellipsis
    source = "\n" * (example.line - 1) + example.source.replace("hf_…", "hf_example")
    exec(compile(source, str(example), "exec"), {"__name__": "__main__"})
    promised = [found[1] for found in PROMISE.finditer(example.source)]
    if promised:
        assert capsys.readouterr().out.splitlines() == promised


def commands() -> list[tuple[str, str]]:
    """Each command of the shell examples that is about this client, with its place."""
    found = []
    for example in examples("sh"):
        joined = example.source.replace("\\\n", " ")
        found += [(str(example), line) for line in joined.splitlines() if "hf_inference" in line]
    return found


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh")
@pytest.mark.parametrize(("place", "command"), commands())
def test_a_command_succeeds_and_says_something(place: str, command: str, hub: FakeHub, folder: Path) -> None:
    environment = {
        **os.environ,
        "DOCS_HUB": hub.url,
        "PYTHONPATH": str(ROOT / "tests" / "support" / "one_host"),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
    }
    run = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, f"{place}: {command}\n{run.stderr}"
    assert run.stdout or "written to" in run.stderr


def test_there_are_examples_of_every_kind() -> None:
    assert len(examples("python")) > 10
    assert len(commands()) > 5
