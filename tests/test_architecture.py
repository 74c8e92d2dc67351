"""The house stands: who may import whom, where names live, and what a module may hold.

Each rule is a function from a tree of modules to complaints; beside the real tree it is shown a tiny one that breaks
it, so that a rule which finds nothing any more is noticed. The exceptions, with their reasons, are at the foot."""

from __future__ import annotations

import ast
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.loopback import BeyondLoopbackError
from support.source_tree import Module, Tree, circles, module_level, read_tree, tree_of

ROOT = Path(__file__).parents[1]
Rule = Callable[[Tree], list[str]]


def pure_core(tree: Tree) -> list[str]:
    """I1: `core`, `tasks` and `providers` do no I/O, know no clock, no chance and no thread."""
    return [
        f"{module.name} imports {name}"
        for module in tree.below(*(f"hf_inference.{part}" for part in ("core", "tasks", "providers")))
        for name in sorted(module.roots & NOT_PURE)
        if (module.name, name) not in IMPURITIES
    ]


def httpx_at_the_edge(tree: Tree) -> list[str]:
    """I2: httpx is known to the shells and the engines' transport."""
    return [
        f"{module.name} imports httpx" for module in tree if "httpx" in module.roots and module.name not in KNOW_HTTPX
    ]


def verbs_know_no_protocol(tree: Tree) -> list[str]:
    """I3: documents, actions and insights know neither pygls nor lsprotocol, nor the features that use them."""
    protocol = ("pygls", "lsprotocol", "inference_lsp.lsp", "inference_lsp.features", "inference_lsp.session")
    return [
        f"{module.name} imports {name}"
        for module in tree.below(*(f"inference_lsp.{part}" for part in ("document", "actions", "insights")))
        for name in sorted(module.imports)
        if _is_in(name, *protocol)
    ]


def client_by_its_face(tree: Tree) -> list[str]:
    """I4: the server imports `hf_inference` itself, nothing within it; the client does not know the server."""
    inward = [
        f"{module.name} imports {name}"
        for module in tree.below("inference_lsp")
        for name in sorted(module.imports)
        if name in tree.names or name.startswith("hf_inference.targets.")
        if name.startswith("hf_inference.") and name not in FACE and (module.name, name) not in PAST_THE_FACE
    ]
    outward = [
        f"{module.name} imports {name}"
        for module in tree.below("hf_inference")
        for name in sorted(module.imports)
        if _is_in(name, "inference_lsp", "pygls", "lsprotocol")
    ]
    return inward + outward


def no_circles(tree: Tree) -> list[str]:
    """I5: no module reaches itself, imports for types and in functions included."""
    return [" → ".join(circle) for circle in circles(tree)]


def nothing_imports_upward(tree: Tree) -> list[str]:
    """I5: data goes down; a layer imports those below it only."""
    complaints = []
    for module in tree:
        for package, above in UPWARD.items():
            root = package.partition(".")[0]
            forbidden = tuple(f"{root}.{part}" for part in above.split())
            if _is_in(module.name, package):
                upward = (name for name in sorted(module.imports) if _is_in(name, *forbidden))
                complaints += [f"{module.name} imports {name}" for name in upward]
    return complaints


def no_mutable_globals(tree: Tree) -> list[str]:
    """I6: what a module holds from import on is a constant by its name or its type, and nothing assigns to a global."""
    complaints = []
    for module in tree:
        for name, value in module_level(module.syntax):
            if _is_mutable(value) and not _is_constant(name):
                complaints.append(f"{module.name}.{name} can be changed")
        for node in ast.walk(module.syntax):
            if isinstance(node, ast.Global):
                complaints.append(f"{module.name} assigns to the global {', '.join(node.names)}")
    return complaints


def constants_stay(tree: Tree) -> list[str]:
    """I6: no function writes into a table of its module."""
    complaints = []
    for module in tree:
        tables = {name for name, value in module_level(module.syntax) if _is_mutable(value)}
        complaints += [f"{module.name} line {line} changes {name}" for line, name in _writes(module.syntax, tables)]
    return complaints


def no_work_at_import(tree: Tree) -> list[str]:
    """I6: importing a module opens, starts and asks nothing."""
    return [
        f"{module.name} line {node.lineno} calls {called}"
        for module in tree
        for node in _import_time_calls(module.syntax)
        if (called := ast.unparse(node.func)) in WORK or called.partition(".")[0] in {"subprocess", "socket"}
    ]


def edits_carry_versions(tree: Tree) -> list[str]:
    """I8: every `TextDocumentEdit` is made of an identifier with a version."""
    complaints = []
    for module in tree.below("inference_lsp"):
        for node in ast.walk(module.syntax):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            if name == "OptionalVersionedTextDocumentIdentifier":
                version = next((word.value for word in node.keywords if word.arg == "version"), None)
                if version is None or (isinstance(version, ast.Constant) and version.value is None):
                    complaints.append(f"{module.name} line {node.lineno} makes an edit of no version")
    return complaints


def names_on_the_wire_live_once(tree: Tree) -> list[str]:
    """I9: our commands and messages are named in `protocol.py` and nowhere else."""
    return [
        f"{module.name} line {node.lineno} says {node.value!r}"
        for module in tree.below("inference_lsp")
        if not _is_in(module.name, *MAY_NAME_MESSAGES)
        for node in ast.walk(module.syntax)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_a_wire_name(node.value, tree)
    ]


def no_test_sleeps(tree: Tree) -> list[str]:
    """I13: no test waits for time to pass; giving way to the loop, `sleep(0)`, is none. Benchmarks keep a pace."""
    return [
        f"{module.name} line {node.lineno} sleeps"
        for module in tree
        if not _is_in(module.name, "tests.benchmarks")
        for node in ast.walk(module.syntax)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("time.sleep", "asyncio.sleep", "sleep", "anyio.sleep", "trio.sleep")
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    ]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule, the packages it holds for, and the smallest tree that breaks it."""

    rule: Rule
    packages: tuple[str, ...]
    broken: Mapping[str, str]


PRODUCT = ("inference/hf_inference", "server/inference_lsp")
TESTS = ("tests",)
CHECKS = (
    Check(pure_core, PRODUCT, {"hf_inference.core.flow": "def f():\n    import time"}),
    Check(pure_core, PRODUCT, {"hf_inference.providers.hub": "from asyncio import sleep"}),
    Check(httpx_at_the_edge, PRODUCT, {"hf_inference.surface": "import httpx"}),
    Check(verbs_know_no_protocol, PRODUCT, {"inference_lsp.actions.dance": "from lsprotocol import types as t"}),
    Check(
        verbs_know_no_protocol, PRODUCT, {"inference_lsp.insights.mood": "from inference_lsp.lsp import TextDocument"}
    ),
    Check(
        client_by_its_face,
        PRODUCT,
        {"inference_lsp.session": "from hf_inference.core import errors", "hf_inference.core.errors": ""},
    ),
    Check(client_by_its_face, PRODUCT, {"hf_inference.client": "import inference_lsp.settings"}),
    Check(no_circles, PRODUCT, {"a.x": "import a.y", "a.y": "def f():\n    from a import z", "a.z": "from . import x"}),
    Check(
        no_circles,
        PRODUCT,
        {
            "a.x": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a.y import Y",
            "a.y": "from a.x import X",
        },
    ),
    Check(
        nothing_imports_upward, PRODUCT, {"hf_inference.core.flow": "from hf_inference.tasks.nlp import summarization"}
    ),
    Check(
        nothing_imports_upward, PRODUCT, {"inference_lsp.document.edits": "from inference_lsp.actions import ACTIONS"}
    ),
    Check(no_mutable_globals, PRODUCT, {"a": "seen = []"}),
    Check(no_mutable_globals, PRODUCT, {"a": "cache: dict[str, int] = {}"}),
    Check(no_mutable_globals, PRODUCT, {"a": "server = None\ndef f():\n    global server\n    server = 1"}),
    Check(constants_stay, PRODUCT, {"a": "TABLE = {}\ndef f():\n    TABLE['x'] = 1"}),
    Check(constants_stay, PRODUCT, {"a": "_SEEN = set()\ndef f(x):\n    _SEEN.add(x)"}),
    Check(no_work_at_import, PRODUCT, {"a": "TEXT = open('x').read()"}),
    Check(no_work_at_import, PRODUCT, {"a": "class A:\n    text = subprocess.run(['x'])"}),
    Check(
        edits_carry_versions,
        PRODUCT,
        {"inference_lsp.a": "t.OptionalVersionedTextDocumentIdentifier(uri=uri, version=None)"},
    ),
    Check(edits_carry_versions, PRODUCT, {"inference_lsp.a": "t.OptionalVersionedTextDocumentIdentifier(uri)"}),
    Check(
        names_on_the_wire_live_once,
        PRODUCT,
        {"inference_lsp.protocol": "RUN = 'inference.run'", "inference_lsp.features.x": "send('inference.run')"},
    ),
    Check(no_test_sleeps, TESTS, {"tests.a": "import time\ntime.sleep(0.1)"}),
    Check(no_test_sleeps, TESTS, {"tests.a": "async def f():\n    await asyncio.sleep(delay)"}),
)
RULES = {check.rule.__name__.replace("_", " "): check for check in CHECKS}


@pytest.fixture(scope="module")
def trees() -> dict[tuple[str, ...], Tree]:
    """The real trees by their packages."""
    return {packages: read_tree(*(ROOT / package for package in packages)) for packages in (PRODUCT, TESTS)}


@pytest.mark.parametrize("name", RULES)
def test_the_tree_keeps_the_rule(name: str, trees: dict[tuple[str, ...], Tree]) -> None:
    check = RULES[name]
    tree = trees[check.packages]
    assert len(tree.names) > 20, "the tree was not found"
    assert check.rule(tree) == [], check.rule.__doc__


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.rule.__name__)
def test_the_rule_sees_what_breaks_it(check: Check) -> None:
    assert check.rule(tree_of(check.broken)) != []


def test_every_exception_is_still_needed(trees: dict[tuple[str, ...], Tree]) -> None:
    tree = trees[PRODUCT]
    by_name = {module.name: module for module in tree}
    used = {(module, name) for module, name in IMPURITIES if name in by_name[module].roots}
    assert used == IMPURITIES
    assert {(module, name) for module, name in PAST_THE_FACE if name in by_name[module].imports} == PAST_THE_FACE
    assert {name for name in KNOW_HTTPX if "httpx" in by_name[name].roots} == KNOW_HTTPX


def test_no_test_reaches_beyond_this_machine() -> None:
    with socket.socket() as reaching, pytest.raises(BeyondLoopbackError):
        reaching.connect(("192.0.2.1", 9))  # TEST-NET-1: nobody is there
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def _is_in(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
        return True
    called = ast.unparse(value.func).rpartition(".")[2] if isinstance(value, ast.Call) else ""
    return called in {"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict", "bytearray"}


def _is_constant(name: str) -> bool:
    return name.strip("_").isupper() or (name.startswith("__") and name.endswith("__"))


def _writes(syntax: ast.Module, tables: set[str]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(syntax):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _CHANGING:
                pass
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                pass
            case _:
                continue
        if name in tables:
            yield node.lineno, name


def _import_time_calls(syntax: ast.Module) -> Iterator[ast.Call]:
    """Calls that run when the module is imported: outside of functions, classes' bodies included."""
    waiting: list[ast.AST] = [syntax]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Call):
            yield node
        waiting.extend(ast.iter_child_nodes(node))


def _is_a_wire_name(text: str, tree: Tree) -> bool:
    """Whether a string is one of the names that `protocol.py` declares."""
    protocol: Module | None = next((module for module in tree if module.name == "inference_lsp.protocol"), None)
    if protocol is None:
        return False
    declared = {
        value.value
        for _, value in module_level(protocol.syntax)
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }
    return text in {name for name in declared if name.startswith(("inference.", "inference/"))}


NOT_PURE = frozenset(
    [
        "asyncio",
        "concurrent",
        "httpx",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "select",
        "shutil",
        "signal",
        "socket",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "time",
    ]
)
IMPURITIES = {
    ("hf_inference.core.binary", "os"),  # the type PathLike: a path is named here and opened by the shells
    ("hf_inference.core.binary", "pathlib"),  # likewise
    ("hf_inference.core.options", "os"),  # likewise
    ("hf_inference.core.signal", "threading"),  # a lock: a signal is pulled from any thread
}
KNOW_HTTPX = {
    "hf_inference.aclient",
    "hf_inference.blocking",
    "hf_inference.client",
    "hf_inference.engines.replay",
    "hf_inference.engines.transport",
    "hf_inference.exchange",
    "hf_inference.http",
}
PAST_THE_FACE = {
    ("inference_lsp.__main__", "hf_inference.commands"),  # the client's command line, run by ours
}
FACE = frozenset({"hf_inference.targets"})  # a module that is one of the face's names
_SHELLS = "surface targets client aclient http exchange blocking"
UPWARD: Mapping[str, str] = {
    "hf_inference.core": f"tasks providers engines {_SHELLS}",
    "hf_inference.tasks": f"providers engines {_SHELLS}",
    "hf_inference.providers": _SHELLS,
    "inference_lsp.document": "actions insights features session backend lsp app jobs",
    "inference_lsp.lsp": "actions insights document features session backend app jobs settings",
    "inference_lsp.actions": "insights features session app jobs",
    "inference_lsp.insights": "actions features session app jobs",
    "inference_lsp.session": "features app demo doctor",
    "inference_lsp.features": "app demo doctor",
}
"""Packages, and the parts of the same tree that lie above each."""
MAY_NAME_MESSAGES = (
    "inference_lsp.protocol",
    "inference_lsp.demo",  # an editor of its own: it speaks from the other side of the wire
)
WORK = frozenset({"open", "print", "input", "exec", "eval", "asyncio.run", "logging.basicConfig", "os.makedirs"})
_CHANGING = frozenset(
    {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}
)
