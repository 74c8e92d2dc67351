"""The editor cases as data: a document, its selection, an action, and what becomes of it. One form for every editor.

Knows the files of tests/conformance/editor, whose README has their form. Knows no editor and no server.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CASES = Path(__file__).parents[1] / "conformance" / "editor"
NAMES = sorted(path.stem for path in CASES.glob("*.txt"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file. `files` are the workspace's."""

    shows: str
    settings: dict[str, Any]
    files: dict[str, str]
    language: str
    source: str
    result: str | None
    message: str | None

    @property
    def text(self) -> str:
        """The document, without the marks of its selection."""
        return self.source.replace("«", "").replace("»", "")

    @property
    def selection(self) -> tuple[int, int]:
        """Offsets of the selection in the text."""
        return self.source.index("«"), self.source.index("»") - 1

    @property
    def expected(self) -> str:
        return self.result or self.text


def path_of(name: str) -> Path:
    return CASES / f"{name}.txt"


def load(name: str) -> Case:
    return read_case(path_of(name).read_text(encoding="utf-8"))


def kind_of(name: str) -> str:
    """The kind of the code action that a case is about."""
    action = name.partition("-")[0]
    return f"{'source' if action.endswith('Document') else 'refactor.rewrite'}.inference.{action}"


def write_files(case: Case, folder: Path) -> None:
    """Put the workspace's files of a case into a folder."""
    for file, text in case.files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text + "\n", encoding="utf-8")


def read_case(text: str) -> Case:
    """A case from its file's text; an unknown section is a mistake."""
    head, *parts = text.removesuffix("\n").split("\n--- ")
    sections = dict(part.partition("\n")[::2] for part in parts)
    assert len(sections) == len(parts), "a section stands twice"
    files = {name.removeprefix("file "): sections.pop(name) for name in tuple(sections) if name.startswith("file ")}
    case = Case(
        shows=head,
        settings=json.loads(sections.pop("settings", "{}")),
        files=files,
        language=sections.pop("language"),
        source=sections.pop("source"),
        result=sections.pop("result", None),
        message=sections.pop("message", None),
    )
    assert not sections, f"unknown sections: {list(sections)}"
    return case


def write_case(case: Case) -> str:
    """The file's text: what `read_case` reads."""
    parts = [case.shows]
    if case.settings:
        parts.append("settings\n" + json.dumps(case.settings))
    parts += [f"file {path}\n{text}" for path, text in case.files.items()]
    parts += [f"language\n{case.language}", f"source\n{case.source}"]
    parts += [f"{name}\n{value}" for name, value in (("result", case.result), ("message", case.message)) if value]
    return "\n--- ".join(parts) + "\n"
