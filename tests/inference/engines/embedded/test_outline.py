"""Telling code from prose, and outlining code of several languages."""

from __future__ import annotations

import warnings

import pytest

from hf_inference.engines.embedded.outline import is_code, outline

FUNCTION = '''
    async def fetch(url: str, *, retries: int = 3) -> bytes:
        """Fetch a page. It may be slow.

        More about it.
        """
        for attempt in range(retries):
            try:
                return await get(url)
            except OSError:
                log.warning(attempt)
        if retries:
            raise TimeoutError(url)
        return b""
'''

MODULE = '''"""Shelves of books."""
import os

class Shelf(list):
    """A row of books."""
    def __init__(self, name): self.name = name
    def add(self, book):
        """Put a book at its place. Slow."""
    def _sort(self): pass

def count(shelf): return len(shelf)
'''


def test_one_python_function_is_described_by_its_facts() -> None:
    found = outline(FUNCTION, "python")
    assert found is not None
    assert found.text.splitlines() == [
        "async def fetch(url: str, *, retries: int=3) -> bytes: Fetch a page.",
        "Returns `await get(url)`, `b''`; raises `TimeoutError`; calls `range`, `get`, `log.warning`, `TimeoutError`; "
        "2 branches, 1 loop.",
    ]


def test_a_python_module_is_described_by_its_declarations() -> None:
    found = outline(MODULE)
    assert found is not None
    assert found.language == "Python"
    assert found.text.splitlines() == [
        "Shelves of books.",
        "class Shelf(list): A row of books.",
        "  def __init__(self, name)",
        "  def add(self, book): Put a book at its place.",
        "def count(shelf)",
    ]


@pytest.mark.parametrize(
    ("language", "code", "lines"),
    [
        (
            "typescript",
            "/** Adds. Slowly. */\nexport async function add(a: number): Promise<number> {\n  if (a) { return a; }\n"
            "}\nclass Foo extends Bar {\n  /** Runs it. */\n  run(x) {\n    for (const a of x) { a(); }\n  }\n}\n"
            "const f = (x) => x + 1;\n",
            [
                "export async function add(a: number): Promise<number>: Adds.",
                "class Foo extends Bar",
                "  run(x): Runs it.",
                "const f = (x) => x + 1",
            ],
        ),
        (
            "go",
            "package shop\n\n// Sell sells one.\nfunc (s *Shop) Sell(n int) error {\n\treturn nil\n}\n"
            "type Shop struct {\n}\n",
            ["func (s *Shop) Sell(n int) error: Sell sells one.", "type Shop struct"],
        ),
        (
            "rust",
            "/// Parses.\n#[inline]\npub fn parse<'a>(s: &'a str) -> Option<u8> {\n    None\n}\n"
            "impl Foo for Bar {\n}\n",
            ["pub fn parse<'a>(s: &'a str) -> Option<u8>: Parses.", "impl Foo for Bar"],
        ),
        (
            "java",
            "public class Main {\n    /** Entry. */\n    public static void main(String[] args) {\n"
            "        run();\n    }\n}\n",
            ["public class Main", "  public static void main(String[] args): Entry."],
        ),
        (
            "c",
            "#include <stdio.h>\n/* Says hello. */\nint main(int argc, char **argv) {\n    while (1) {\n    }\n}\n",
            ["int main(int argc, char **argv): Says hello."],
        ),
        ("shellscript", "# Deploys it.\ndeploy() {\n  echo hi\n}\n", ["deploy(): Deploys it."]),
        ("sql", "-- All orders.\nCREATE TABLE orders (\n  id int\n);\n", ["CREATE TABLE orders (: All orders."]),
    ],
)
def test_other_languages_are_described_by_declarations_and_their_comments(
    language: str, code: str, lines: list[str]
) -> None:
    found = outline(code, language)
    assert found is not None
    assert found.text.splitlines() == lines


@pytest.mark.parametrize("code", ["x = 1\nprint(x)\n", "{}", "a; b; c;"])
def test_code_without_a_declaration_has_no_outline(code: str) -> None:
    assert outline(code) is None


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("def f(): pass", None, True),
        ("import os\nprint(os)", None, True),
        ("int main() {\n  return 0;\n}", None, True),
        ("a = 5\nb = 6\nc = a % b", None, True),
        ("This is prose.\nIt has two lines.", None, False),
        ("Dear Bob,\n\nimport duties are up. Return the form;\nThanks,\nJo", None, False),
        ("The function foo(bar) returns a value.\nUse it well.", None, False),
        ("- one item\n- another item", None, False),
        ("# A comment in Python\n# over two lines.", "python", False),
        ('"""A docstring. It goes on.\n\nAnd on."""', "python", False),
        ("resize(image)", "python", True),
        ("resize", "python", False),
        ("int x = 5;", "markdown", False),
        ("", "python", False),
    ],
)
def test_code_is_told_from_prose(text: str, language: str | None, expected: bool) -> None:
    assert is_code(text, language) is expected


def test_hostile_code_neither_warns_nor_crashes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert outline("def f():\n    return '\\d'\n", "python") is not None
    assert outline("(" * 5000, "python") is None
    assert outline("def f(:\n  x\0", "python") is not None  # the regular expressions still see it
    assert is_code("{" * 200_000) is True
