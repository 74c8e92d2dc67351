"""The settings, commands and actions as tables, made from the code that implements them.

Knows how documentation spells a setting. Knows no setting by name. `python -m inference_lsp.manifest --write` puts the
tables between the marks of server/README.md, `--check` fails where they differ.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from inference_lsp import protocol
from inference_lsp.actions import ACTIONS
from inference_lsp.insights import INSIGHTS
from inference_lsp.settings import SECTION, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One setting as documentation shows it."""

    name: str
    type: str
    default: Any
    meaning: str
    machine: bool


def settings_rows(settings: Any = None, path: str = SECTION) -> Iterator[SettingRow]:
    """Every setting by its full name, in the order of the code."""
    settings = Settings() if settings is None else settings
    hints = get_type_hints(type(settings))
    for member in fields(settings):
        value, name = getattr(settings, member.name), f"{path}.{member.name}"
        if is_dataclass(value):
            yield from settings_rows(value, name)
        else:
            yield SettingRow(
                name=name,
                type=_type(hints[member.name]),
                default=value,
                meaning=member.metadata["meaning"],
                machine=member.metadata["machine"],
            )


def tables() -> Mapping[str, str]:
    """Each generated table as Markdown, by the name its marks have."""
    settings = [
        (f"`{row.name}`", row.type, f"`{json.dumps(row.default)}`", row.meaning + (" *machine*" if row.machine else ""))
        for row in settings_rows()
    ]
    actions = [(action.label, f"`{action.name}`", f"`{action.kind}`", _summary(action)) for action in ACTIONS]
    insights = [(insight.title, f"`{insight.name}`", _summary(insight)) for insight in INSIGHTS]
    commands = [(f"`{name}`", meaning) for name, meaning in protocol.COMMANDS.items()]
    return {
        "settings": _table(("setting", "type", "default", "meaning"), settings),
        "actions": _table(("action", "name", "kind", "does"), actions),
        "insights": _table(("section", "name", "shows"), insights),
        "commands": _table(("command", "does"), commands),
    }


def filled(document: str) -> str:
    """A document with the tables between its marks brought up to date."""
    for name, table in tables().items():
        mark = re.compile(rf"(<!-- {name}: generated -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        if not mark.search(document):
            raise ValueError(f"the document has no marks for the table of {name}")
        document = mark.sub(lambda found, table=table: found[1] + table + found[2], document)  # type: ignore[misc]
    return document


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the tables; 1 if `--check` finds a difference."""
    parser = argparse.ArgumentParser("python -m inference_lsp.manifest")
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", action="store_true", help="bring server/README.md up to date")
    choice.add_argument("--check", action="store_true", help="fail if it is not")
    chosen = parser.parse_args(arguments)
    path = Path(__file__).parents[1] / "README.md"
    document = path.read_text(encoding="utf-8")
    wanted = filled(document)
    if chosen.write:
        path.write_text(wanted, encoding="utf-8", newline="\n")
    elif document != wanted:
        sys.stderr.write(f"{path.name} is out of date: run python -m inference_lsp.manifest --write\n")
        return 1
    return 0


def _type(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(hint))
    return {str: "string", bool: "boolean", int: "whole number", float: "number"}.get(hint, "object")


def _summary(thing: object) -> str:
    """The first sentence of the module that implements it, which begins with its name."""
    module = sys.modules[type(thing).__module__]
    sentence = (module.__doc__ or "").partition("\n\n")[0].replace("\n", " ").partition(":")[2].strip()
    return sentence[:1].upper() + sentence[1:]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
