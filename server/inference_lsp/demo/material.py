"""What the demo shows its work on: real files, a passage to select, and places to complete.

Knows this project's files, from a checkout or as installed, and where text is prose. Knows no server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from inference_lsp.demo.document import Document

LONGEST_PASSAGE = 1_500
"""Characters a person would select to have them summarized."""
LARGEST_FILE = 2_000_000


class NoMaterial(Exception):
    """The file cannot be shown; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The folder the editor opens, and what in it. `is_ours`: the files are known, so every action must succeed."""

    folder: Path
    prose: Document
    code: Document
    is_ours: bool


def choose_material(file: str | None) -> Material:
    """Material from the file a person names, or from this project. Raises `NoMaterial`."""
    if file is not None:
        path = Path(file).resolve()
        project = next((folder for folder in path.parents if (folder / ".git").exists()), path.parent)
        document = _read(path, project)
        return Material(folder=project, prose=document, code=document, is_ours=False)
    package = Path(__file__).parents[1]
    checkout = package.parents[1]
    if (checkout / "pyproject.toml").is_file():
        prose = _read(checkout / "README.md", checkout)
        return Material(folder=checkout, prose=prose, code=_read(package / _CODE, checkout), is_ours=True)
    return Material(folder=package, prose=_installed_readme(), code=_read(package / _CODE, package), is_ours=True)


def passage(document: Document) -> tuple[int, int]:
    """The first paragraphs of a text, or all of it where it is code: start and end."""
    if document.language not in _PROSE:
        return 0, len(document.text)
    paragraphs = _paragraphs(document)
    start = paragraphs[0][0]
    return start, max(end for begin, end in paragraphs if begin == start or end - start <= LONGEST_PASSAGE)


def first_paragraph(document: Document) -> tuple[int, int]:
    return _paragraphs(document)[0]


def places(document: Document) -> Iterator[tuple[int, int]]:
    """Where a person may be typing: the middle and the end of lines that are long enough to have a middle."""
    start = 0
    for line in document.text.splitlines(keepends=True):
        words = list(_WORD.finditer(line.rstrip()))
        if len(words) >= 5 and not line.startswith(_NOT_TYPED):
            yield start + words[len(words) // 2].start(), start + len(line.rstrip())
        start += len(line)


def _read(path: Path, folder: Path) -> Document:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise NoMaterial(f"{path} has more than {LARGEST_FILE:,} bytes")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise NoMaterial(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise NoMaterial(f"{path} is no UTF-8 text") from error
    if not text.strip():
        raise NoMaterial(f"{path} has no text")
    name = path.relative_to(folder).as_posix()
    return Document(uri=path.as_uri(), name=name, language=_LANGUAGES.get(path.suffix.lower(), "plaintext"), text=text)


def _installed_readme() -> Document:
    """The README as the package carries it, opened as an editor opens a file that is not saved."""
    try:
        _, _, text = (metadata.distribution("inference-lsp").read_text("METADATA") or "").partition("\n\n")
    except metadata.PackageNotFoundError:
        text = ""
    if not text.strip():
        raise NoMaterial("this installation has no README; name a text file of your own")
    return Document(uri="untitled:README.md", name="README.md", language="markdown", text=text)


def _paragraphs(document: Document) -> list[tuple[int, int]]:
    """Blocks of prose, or any blocks where there is no prose."""
    blocks = [match.span() for match in _BLOCK.finditer(document.text)]
    return [span for span in blocks if _is_prose(document.text[slice(*span)])] or blocks


def _is_prose(block: str) -> bool:
    return len(block.split()) >= 12 and not block.startswith(("#", "|", "```", "~~~", "<", "[!", "!", "    "))


_CODE = Path("insights", "entities.py")
_NOT_TYPED = ("import ", "from ", "#", '"', "'")
_BLOCK = re.compile(r"\S(?:.|\n(?!\s*\n))*")
_WORD = re.compile(r"\w+")
_PROSE = frozenset({"markdown", "plaintext", "restructuredtext", "latex"})
_LANGUAGES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".rst": "restructuredtext",
    ".tex": "latex",
    ".py": "python",
    ".pyi": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".jsx": "javascriptreact",
    ".ts": "typescript",
    ".tsx": "typescriptreact",
    ".rs": "rust",
    ".go": "go",
    ".java": "java",
    ".c": "c",
    ".h": "c",
    ".cpp": "cpp",
    ".cs": "csharp",
    ".rb": "ruby",
    ".php": "php",
    ".sh": "shellscript",
    ".html": "html",
    ".css": "css",
    ".json": "json",
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
}
