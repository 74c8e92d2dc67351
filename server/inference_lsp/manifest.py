"""What the server has, as tables, as VS Code's package.json and as the answer to `initialize`, made from the code.

Knows how documentation and VS Code spell a setting. Knows no setting by name.
`python -m inference_lsp.manifest --write` brings server/README.md (between its marks), capabilities.json and
vscode-extension/package.json up to date, `--check` fails where they differ.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from lsprotocol import types as t

from inference_lsp import protocol
from inference_lsp.actions import ACTIONS
from inference_lsp.app import create_server
from inference_lsp.insights import INSIGHTS
from inference_lsp.lsp import make_converter
from inference_lsp.quick_start import CAPABILITIES
from inference_lsp.settings import SECTION, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One setting as documentation shows it."""

    name: str
    type: str
    default: Any
    meaning: str
    machine: bool
    schema: Mapping[str, Any]
    """Its type as JSON Schema."""


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
                type=_type(hints[member.name], _choices(member.metadata)),
                default=list(value) if isinstance(value, tuple) else value,
                meaning=member.metadata["meaning"],
                machine=member.metadata["machine"],
                schema=_schema(hints[member.name], _choices(member.metadata)),
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


def packaged(package: dict[str, Any]) -> dict[str, Any]:
    """VS Code's package.json with what the server decides brought up to date; everything else stays, in its order.

    That is: the settings (the first section of `contributes.configuration`), which of them a workspace that is not
    trusted may not set, and a command for each action, also in the submenu of the editor's context menu.
    """
    contributes = package["contributes"]
    own, *others = contributes["configuration"]
    names = [f"{SECTION}.{action.name}" for action in ACTIONS]
    commands = [
        {"command": name, "title": action.label, "category": _CATEGORY, "enablement": f"{SECTION}.running"}
        for name, action in zip(names, ACTIONS, strict=True)
    ]
    entries = [{"command": name, "group": f"1_actions@{index}"} for index, name in enumerate(names, 1)]
    properties = {row.name: _property(row) for row in settings_rows()}
    machine = [name for section in others for name, one in section["properties"].items() if one["scope"] == "machine"]
    restricted = [name for name, one in properties.items() if one["scope"] == "machine" or name in _RESTRICTED]
    untrusted = {**package["capabilities"]["untrustedWorkspaces"], "restrictedConfigurations": restricted + machine}
    menus = contributes["menus"]
    return {
        **package,
        "capabilities": {**package["capabilities"], "untrustedWorkspaces": untrusted},
        SECTION: {"actions": [action.name for action in ACTIONS]},
        "contributes": {
            **contributes,
            "configuration": [{**own, "properties": properties}, *others],
            "commands": commands + [one for one in contributes["commands"] if not _generated(one, package)],
            "menus": {
                **menus,
                _CONTEXT_MENU: entries + [one for one in menus[_CONTEXT_MENU] if not _generated(one, package)],
            },
        },
    }


def capabilities(client: t.ClientCapabilities | None = None) -> dict[str, Any]:
    """What the server says of itself in the answer to `initialize`, as JSON, without the position encoding."""
    of_server = create_server().protocol.capabilities_for(client or t.ClientCapabilities(), "utf-16")
    declared: dict[str, Any] = make_converter().unstructure(of_server)
    del declared["positionEncoding"]
    return declared


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the tables; 1 if `--check` finds a difference."""
    parser = argparse.ArgumentParser("python -m inference_lsp.manifest")
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", action="store_true", help="bring the generated files up to date")
    choice.add_argument("--check", action="store_true", help="fail if they are not")
    chosen = parser.parse_args(arguments)
    status = 0
    for path, generate in _generated_files().items():
        document = path.read_text(encoding="utf-8")
        wanted = generate(document)
        if chosen.write:
            path.write_text(wanted, encoding="utf-8", newline="\n")
        elif document != wanted:
            sys.stderr.write(f"{path.name} is out of date: run python -m inference_lsp.manifest --write\n")
            status = 1
    return status


def _generated_files() -> Mapping[Path, Callable[[str], str]]:
    server = Path(__file__).parents[1]
    return {
        server / "README.md": filled,
        CAPABILITIES: lambda _: _json(capabilities()),
        server.parent / "vscode-extension" / "package.json": lambda text: _json(packaged(json.loads(text))),
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _generated(entry: Mapping[str, Any], package: Mapping[str, Any]) -> bool:
    """Whether a command or menu entry was written here before, for an action of then."""
    return entry["command"] in {f"{SECTION}.{name}" for name in package[SECTION]["actions"]}


def _property(row: SettingRow) -> dict[str, Any]:
    scope = "machine" if row.machine else "resource"  # a folder may have its own
    default = int(row.default) if isinstance(row.default, float) and row.default.is_integer() else row.default
    return {**row.schema, "default": default, "scope": scope, "markdownDescription": row.meaning}


def _choices(metadata: Mapping[str, Any]) -> Sequence[str]:
    return metadata["choices"]() if metadata["choices"] is not None else ()


def _schema(hint: Any, choices: Sequence[str] = ()) -> dict[str, Any]:
    if get_origin(hint) is Literal or choices:
        return {"type": "string", "enum": list(choices or get_args(hint))}
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        return {
            "type": "array",
            "items": {**_schema(item), **({"minLength": 1} if item is str else {})},
            "uniqueItems": True,
        }
    simple: Mapping[Any, dict[str, Any]] = {
        str: {"type": "string"},
        bool: {"type": "boolean"},
        int: {"type": "integer", "minimum": 1},
        float: {"type": "number", "exclusiveMinimum": 0},
    }
    return simple.get(hint, {"type": "object", "additionalProperties": {"type": "string"}})


def _type(hint: Any, choices: Sequence[str] = ()) -> str:
    if get_origin(hint) is Literal or choices:
        return ", ".join(f"`{choice}`" for choice in choices or get_args(hint))
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        return "list of strings" if item is str else f"list of {_type(item)}"
    return {str: "string", bool: "boolean", int: "whole number", float: "number"}.get(hint, "object")


def _summary(thing: object) -> str:
    """The first sentence of the module that implements it, which begins with its name."""
    module = sys.modules[type(thing).__module__]
    sentence = (module.__doc__ or "").partition("\n\n")[0].replace("\n", " ").partition(":")[2].strip()
    return sentence[:1].upper() + sentence[1:]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"


_CATEGORY = "Inference"
_CONTEXT_MENU = f"{SECTION}.context"
_RESTRICTED = (f"{SECTION}.models",)
"""No address, but it decides who reads the text."""


if __name__ == "__main__":
    sys.exit(main())
