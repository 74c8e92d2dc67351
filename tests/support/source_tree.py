"""Python source as modules and what they import, in every way of importing.

Knows syntax and names. Knows no rule."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Module:
    """One file. `imports` are full names, of modules and of what is taken out of them, wherever the import stands."""

    name: str
    is_package: bool
    syntax: ast.Module
    imports: frozenset[str] = field(default_factory=frozenset)

    @property
    def roots(self) -> frozenset[str]:
        """The first words of the imports: `os` of `os.path`."""
        return frozenset(name.partition(".")[0] for name in self.imports)


class Tree:
    """Modules by name."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._modules = {module.name: module for module in modules}

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._modules)

    def below(self, *packages: str) -> Iterator[Module]:
        """The modules of these packages."""
        for module in self:
            if any(module.name == package or module.name.startswith(package + ".") for package in packages):
                yield module

    def edges(self, module: Module) -> frozenset[str]:
        """The modules of this tree that a module imports: of `from a import b` it is `a.b` if that is a module."""
        taken_from = {name.rpartition(".")[0] for name in module.imports if name in self._modules}
        found = set()
        for name in module.imports:
            if name in self._modules:
                if name not in taken_from or any(self._takes_name(module, name)):
                    found.add(name)
            elif (parent := name.rpartition(".")[0]) in self._modules:
                found.add(parent)
        return frozenset(found - {module.name})

    def _takes_name(self, module: Module, package: str) -> Iterator[bool]:
        """For each name taken out of a package, whether it is the package's own and no submodule."""
        for name in module.imports:
            parent, _, taken = name.rpartition(".")
            if parent == package and taken:
                yield name not in self._modules


def read_tree(*folders: Path) -> Tree:
    """All modules below packages, each named from its package on."""
    return Tree(
        _module(_name(folder, path), path.name == "__init__.py", path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
        if not _NOT_OURS & set(path.parts)
    )


def tree_of(sources: Mapping[str, str]) -> Tree:
    """A tree of text by module name."""
    return Tree(_module(name, False, source) for name, source in sources.items())


def module_level(syntax: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The names a module assigns when it is imported, with their values."""
    for node in syntax.body:
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def circles(tree: Tree) -> list[list[str]]:
    """Each set of modules that reach one another, sorted: the strongly connected components of more than one."""
    edges = {module.name: tree.edges(module) for module in tree}
    reached = {name: _reached(name, edges) for name in edges}
    groups = {frozenset({name, *(other for other in reached[name] if name in reached[other])}) for name in edges}
    return sorted(sorted(group) for group in groups if len(group) > 1)


def _reached(start: str, edges: Mapping[str, frozenset[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = edges[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


def _module(name: str, is_package: bool, source: str) -> Module:
    syntax = ast.parse(source)
    return Module(name, is_package, syntax, frozenset(_imports(name, is_package, syntax)))


def _imports(name: str, is_package: bool, syntax: ast.Module) -> Iterator[str]:
    package = name if is_package else name.rpartition(".")[0]
    for node in ast.walk(syntax):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _name(folder: Path, path: Path) -> str:
    parts = (folder.name, *path.relative_to(folder).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


_NOT_OURS = {"conformance", "node_modules"}
"""Folders of data and of other people's programs."""
