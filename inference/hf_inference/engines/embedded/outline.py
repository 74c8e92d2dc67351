"""Tells code from prose and outlines code: what is declared, what it says of itself, what it returns and raises.

Knows Python's own grammar through `ast`, and the shape of declarations and doc comments in other languages. Knows
no meaning: it repeats the author's words and names, and gives None where it finds no declaration.
"""

from __future__ import annotations

import ast
import re
import textwrap
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from hf_inference.engines.embedded.prose import read_prose


@dataclass(frozen=True, slots=True)
class Outline:
    """`text` has one line a declaration; `language` names the language for people."""

    text: str
    language: str


def is_code(text: str, language_id: str | None = None) -> bool:
    """Whether `text` is to be read as source code.

    `language_id` (LSP) decides where it names a prose format; in a code file a selected comment or docstring is
    still prose. Without it, only text that clearly is code counts.
    """
    if language_id in _PROSE_LANGUAGES:
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return False
    if all(_COMMENT_LINE.match(line) for line in lines):
        return False
    marks = sum(_is_code_line(line) for line in lines)
    if language_id:
        return marks >= 0.2 * len(lines) or _has_statements(_parse_python(text, language_id))
    if marks >= 0.4 * len(lines):
        return True
    # A Python file may be mostly docstrings.
    return bool(_PYTHON_HINT.search(text)) and _parse_python(text, "python") is not None


def _has_statements(tree: ast.Module | None) -> bool:
    """Whether there is more than names and strings: a selected word or docstring parses too."""
    statements = tree.body if tree else []
    return any(not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call) for node in statements)


def _is_code_line(line: str) -> bool:
    if line.rstrip()[-1] in ";{}":
        # Prose may end in a semicolon too, but not in so few words or with such signs.
        return len(line.split()) <= 4 or any(sign in line for sign in "=(){}")
    return bool(_CODE_LINE.search(line))


def outline(text: str, language_id: str | None = None) -> Outline | None:
    """Outline `text`, or None where no declaration is found."""
    tree = _parse_python(text, language_id)
    if tree is not None and (lines := list(_python_lines(tree))):
        return Outline("\n".join(lines), "Python")
    lines = list(_declaration_lines(text))
    if not lines:
        return None
    return Outline("\n".join(lines), language_id or "source")


# --- Python ----------------------------------------------------------------------------------------------------


def _parse_python(text: str, language_id: str | None) -> ast.Module | None:
    if language_id not in (None, "python") or len(text) > _MOST_CODE:
        return None
    with _PARSING, warnings.catch_warnings():
        # Parsing warns of bad escapes in the user's code, which is none of our business here; filters are
        # process-wide, hence the lock.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(textwrap.dedent(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _python_lines(tree: ast.Module) -> Iterator[str]:
    declarations = [node for node in tree.body if isinstance(node, _Declaration)]
    if doc := _first_paragraph(ast.get_docstring(tree)):
        yield doc
    if len(declarations) == 1 and not doc:
        yield from _one_declaration(declarations[0])
        return
    for node in declarations[:_MOST_LINES]:
        yield _headline(node)
        if isinstance(node, ast.ClassDef):
            yield from (f"  {_headline(method)}" for method in _public_methods(node)[:_MOST_METHODS])
    if len(declarations) > _MOST_LINES:
        yield f"… and {len(declarations) - _MOST_LINES} more declarations"


def _one_declaration(node: _Def) -> Iterator[str]:
    yield _headline(node)
    if isinstance(node, ast.ClassDef):
        yield from (f"  {_headline(method)}" for method in _public_methods(node)[:_MOST_LINES])
        return
    if rest := _behaviour(node):
        yield rest


def _headline(node: _Def) -> str:
    """`def f(a, b) -> int: what its docstring says first`."""
    doc = _first_sentence(ast.get_docstring(node))
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        signature = f"class {node.name}({bases})" if bases else f"class {node.name}"
    else:
        start = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        signature = f"{start} {node.name}({_shortened(ast.unparse(node.args), 100)}){returns}"
    return f"{signature}: {doc}" if doc else signature


def _behaviour(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """What the body does, as counted facts: returns, yields, raises, calls, branches."""
    facts = _Facts()
    for statement in node.body:
        facts.read(statement)
    parts = []
    if facts.yields:
        parts.append("yields values")
    if facts.returns:
        parts.append(f"returns {_listed(facts.returns, 3)}")
    if facts.raises:
        parts.append(f"raises {_listed(facts.raises, 4)}")
    if facts.calls:
        parts.append(f"calls {_listed(facts.calls, 6)}")
    if facts.branches or facts.loops:
        parts.append(
            f"{facts.branches} {'branch' if facts.branches == 1 else 'branches'}, "
            f"{facts.loops} {'loop' if facts.loops == 1 else 'loops'}"
        )
    sentence = "; ".join(parts)
    return sentence[:1].upper() + sentence[1:] + "." if sentence else ""


class _Facts:
    """Gathers what a function's own body does; nested functions and classes speak for themselves."""

    def __init__(self) -> None:
        self.returns: dict[str, None] = {}
        self.raises: dict[str, None] = {}
        self.calls: dict[str, None] = {}
        self.branches = self.loops = 0
        self.yields = False

    def read(self, node: ast.AST) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                return
            case ast.Return(value=value) if value is not None:
                self.returns[_shortened(ast.unparse(value))] = None
            case ast.Raise(exc=raised) if raised is not None:
                name = raised.func if isinstance(raised, ast.Call) else raised
                self.raises[ast.unparse(name)] = None
            case ast.Call(func=ast.Name() | ast.Attribute() as called):
                self.calls[_shortened(ast.unparse(called))] = None
            case ast.If() | ast.IfExp() | ast.match_case() | ast.ExceptHandler():
                self.branches += 1
            case ast.For() | ast.AsyncFor() | ast.While() | ast.comprehension():
                self.loops += 1
            case ast.Yield() | ast.YieldFrom():
                self.yields = True
        for child in ast.iter_child_nodes(node):
            self.read(child)


def _public_methods(node: ast.ClassDef) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    methods = [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [method for method in methods if not method.name.startswith("_") or method.name == "__init__"]


def _listed(names: dict[str, None], most: int) -> str:
    shown = ", ".join(f"`{name}`" for name in list(names)[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _shortened(code: str, most: int = 60) -> str:
    one_line = " ".join(code.split())
    return one_line if len(one_line) <= most else one_line[: most - 1] + "…"


def _first_paragraph(doc: str | None) -> str:
    return " ".join(doc.strip().split("\n\n")[0].split()) if doc else ""


def _first_sentence(doc: str | None) -> str:
    sentences = read_prose(_first_paragraph(doc)).sentences
    return sentences[0] if sentences else ""


# --- other languages -------------------------------------------------------------------------------------------


def _declaration_lines(text: str) -> Iterator[str]:
    """One line a declaration, with the first sentence of the comment that stands right above it."""
    comment: list[str] = []
    found = 0
    in_block = False
    for line in text[:_MOST_CODE].splitlines():
        bare = line.strip()
        if in_block or _COMMENT_LINE.match(line):
            in_block = (in_block or bare.startswith("/*")) and "*/" not in bare
            comment.append(line)
            continue
        declaration = _DECLARATION.match(line) or _METHOD.match(line)
        if declaration and not _STATEMENT.match(bare):
            found += 1
            if found > _MOST_LINES:
                return
            indent = "  " if line[:1] in " \t" and found > 1 else ""
            doc = _first_sentence("\n".join(comment))
            signature = _shortened(bare.rstrip("{;=: ").rstrip(), 100)
            yield f"{indent}{signature}: {doc}" if doc else f"{indent}{signature}"
        if not bare.startswith(("@", "#[", "[")):
            # Decorators and attributes may stand between a comment and what it speaks of.
            comment.clear()


_Declaration = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_Def = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_PARSING = threading.Lock()
_MOST_CODE = 400_000
_MOST_LINES = 24
_MOST_METHODS = 8

_PROSE_LANGUAGES_LISTED = (
    "markdown plaintext text restructuredtext latex tex bibtex asciidoc org mail git-commit scminput html"
)
_PROSE_LANGUAGES = frozenset(_PROSE_LANGUAGES_LISTED.split())
_COMMENT_LINE = re.compile(
    r"\s{0,200}(?:#(?![!\[]|include|define|if|endif|pragma|region)|//|/\*|\*(?:[\s/]|$)|--\s|;;|\"{3}[^\"]*\"{3}\s*$)"
)
_PYTHON_HINT = re.compile(r"^[ \t]{0,40}(?:async def|def|class)\s+\w{1,80}\s{0,4}[(:]", re.MULTILINE)
_CODE_LINE = re.compile(
    r"^\s{0,200}[})\]]+[;,]?\s{0,4}$|^\s{0,200}(?:async\s+def|def|class|struct|enum|trait|impl|fn|func|function"
    r"|interface|namespace|package|import|from|pub|public|private|protected|static|const|let|var|export|return"
    r"|elif|#include|#define|using|local|end$|if\s*\(|for\s*\("
    r"|while\s*\()\b[^.!?]{0,200}[\w(){}\[\]:;,=<>*\"']\s{0,20}$"
    r"|^\s{0,200}[\w.\[\]]{1,80}\s?(?:[-+*/|&]?=|:=)\s?\S|^\s{0,200}@\w+"
    r"|^\s{0,200}[\w.]{1,80}\([^)]{0,200}\)[;:]?\s{0,4}$"
)
_MODIFIERS = (
    r"(?:(?:export|default|declare|pub(?:\([a-z]+\))?|public|private|protected|internal|static|final|abstract|sealed"
    r"|open|override|virtual|inline|constexpr|extern|unsafe|async|data|partial|local|readonly|const)\s+){0,6}"
)
_DECLARATION = re.compile(
    rf"\s{{0,80}}{_MODIFIERS}(?:function\*?|func|fun|fn|def|class|interface|struct|enum|trait|impl|union|type|module"
    r"|namespace|protocol|extension|record|object|sub|proc|procedure|macro_rules!|#define"
    r"|(?i:create\s+(?:or\s+replace\s+)?(?:table|view|function|procedure|index|trigger)))\b[\s(]+\S"
    rf"|\s{{0,80}}{_MODIFIERS}(?:const|let"
    rf"|var)\s+\w{{1,80}}\s{{0,4}}=\s{{0,4}}(?:async\s+)?(?:function\b"
    rf"|\([^)]{{0,200}}\)\s{{0,4}}(?::[^=]{{0,60}})?=>)"
    r"|[A-Za-z_]\w{0,80}\s{0,4}\(\)\s{0,4}\{"
)
_METHOD = re.compile(
    rf"\s{{0,80}}{_MODIFIERS}(?:[A-Za-z_][\w:<>,.*&\[\]?]{{0,80}}\s+){{0,3}}[*&]{{0,2}}"
    rf"[A-Za-z_~][\w:]{{0,80}}\s?\([^;{{}}]{{0,300}}\)"
    r"[^;{}=]{0,80}\{\s{0,4}$"
)
_STATEMENT = re.compile(
    r"(?:if|else|for|foreach|while|switch|catch|return|do|try|with|when|match|using|lock|}|new|throw|await)\b"
)
