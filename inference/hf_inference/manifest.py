"""The tasks and errors as tables, made from the code that implements them.

Knows how documentation spells a type. Knows no task and no error by name. `python -m hf_inference.manifest --write`
puts the tables between the marks of inference/README.md, `--check` fails where they differ.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from hf_inference.commands.exits import exit_code
from hf_inference.commands.tasks import Task, all_tasks
from hf_inference.core import errors
from hf_inference.core.binary import Binary


def tables() -> Mapping[str, str]:
    """Each generated table as Markdown, by the name its marks have."""
    tasks = [
        (f"`{task.name}`", task.summary, ", ".join(f"`{name}`" for name in _takes(task)), f"`{_type(task.output)}`")
        for task in all_tasks().values()
    ]
    tree = [
        (f"{'&emsp;' * depth}`{error.__name__}`", _first_paragraph(error), str(exit_code(error)) if depth else "")
        for depth, error in _errors(errors.InferenceError)
    ]
    return {
        "tasks": _table(("method", "does", "takes", "gives"), tasks),
        "errors": _table(("error", "meaning", "exit code"), tree),
    }


def filled(document: str) -> str:
    """A document with the tables between its marks brought up to date."""
    for name, table in tables().items():
        before, mark, rest = document.partition(f"<!-- {name}: generated -->\n")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
        if not mark or not end:
            raise ValueError(f"the document has no marks for the table of {name}")
        document = before + mark + table + end + after
    return document


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the tables; 1 if `--check` finds a difference."""
    parser = argparse.ArgumentParser("python -m hf_inference.manifest")
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", action="store_true", help="bring inference/README.md up to date")
    choice.add_argument("--check", action="store_true", help="fail if it is not")
    chosen = parser.parse_args(arguments)
    path = Path(__file__).parents[1] / "README.md"
    document = path.read_text(encoding="utf-8")
    wanted = filled(document)
    if chosen.write:
        path.write_text(wanted, encoding="utf-8", newline="\n")
    elif document != wanted:
        sys.stderr.write(f"{path.name} is out of date: run python -m hf_inference.manifest --write\n")
        return 1
    return 0


def _takes(task: Task) -> list[str]:
    """The task's own arguments; of a chat's many only those it cannot do without."""
    names = [member.name for member in task.own]
    return names if len(names) <= _MANY else [names[0], "…"]


def _type(hint: Any) -> str:
    if get_origin(hint) is list:
        return f"list[{_type(get_args(hint)[0])}]"
    if hint is Binary:
        return "Binary"
    if get_args(hint):
        if get_origin(hint) in (dict, Mapping):
            return f"dict[{', '.join(map(_type, get_args(hint)))}]"
        return " or ".join(map(_type, get_args(hint)))
    return getattr(hint, "__name__", str(hint))


def _errors(error: type[errors.InferenceError], depth: int = 0) -> Iterator[tuple[int, type[errors.InferenceError]]]:
    yield depth, error
    for leaf in error.__subclasses__():
        if leaf.__module__ == errors.__name__:
            yield from _errors(leaf, depth + 1)


def _first_paragraph(thing: type[Any]) -> str:
    text = " ".join((thing.__doc__ or "").partition("\n\n")[0].split())
    return re.sub(r"\|", r"\\|", text)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"


_MANY = 6

if __name__ == "__main__":
    sys.exit(main())
