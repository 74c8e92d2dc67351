"""From what a command line gives (a text, a file, JSON) to a call.

Knows how a task's dataclass tells where a text or a file belongs. Knows no single task but what a chat's text means.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, is_typeddict

from hf_inference.commands.tasks import Task
from hf_inference.core.binary import Binary
from hf_inference.core.call import Call
from hf_inference.core.errors import InputError
from hf_inference.core.media_types import HEAD, sniff
from hf_inference.core.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the person gave. `stdin` reads what is piped in, None at a terminal."""

    text: str | None = None
    file: Path | None = None
    parameters: Mapping[str, Any] | None = None
    arguments: Mapping[str, Any] | None = None
    stdin: Callable[[], bytes] | None = None
    model: str | None = None
    options: Options | None = None


def build_call(task: Task, given: Given) -> Call[Any]:
    """The call, or `InputError` that says what is missing or cannot be used."""
    names = [member.name for member in task.own]
    values: dict[str, Any] = {}
    if given.parameters is not None:
        values.update({"parameters": given.parameters} if "parameters" in names else given.parameters)
    values.update(given.arguments or {})
    _place_inputs(task, given, values)
    unknown = [name for name in values if name not in names]
    if unknown:
        raise InputError(f"{task.name} has no argument {', '.join(unknown)}; it has {', '.join(names) or 'none'}")
    missing = [member.name for member in task.own if _is_required(member) and member.name not in values]
    if missing:
        raise InputError(
            f"{task.name} needs {', '.join(missing)}: give {'it' if len(missing) == 1 else 'them'} as "
            f"--arguments '{{\"{missing[0]}\": …}}'"
        )
    return task.args(**values, model=given.model, options=given.options)


def _place_inputs(task: Task, given: Given, values: dict[str, Any]) -> None:
    """Put the text and the file where they belong, reading standard input if something is needed and nothing given."""
    primary = task.own[0].name if task.own else ""
    place, _, key = task.args.binary.partition(".")
    text, file = given.text, given.file
    if not primary and (text is not None or file is not None):
        raise InputError(f"{task.name} takes no inputs")
    if not place:
        if text is None and file is not None:
            text = _decoded(_read(file), str(file))
        if text is None and primary not in values and task.own and _is_required(task.own[0]):
            text = _decoded(_piped(task, given, "--inputs TEXT or --data FILE"), "standard input")
            text = text.removesuffix("\n").removesuffix("\r")
        if text is not None:
            values[primary] = _value(task, primary, text)
        return
    binary: Any = file
    if file is None and not {place, primary} & values.keys() and (text is None or key) and _needs_file(task, place):
        data = _piped(task, given, "--data FILE")
        binary = Binary(data, sniff(data[:HEAD]))
    if key:
        rest = _beside(task, place, key, text)
        values[place] = {**rest, **({key: binary} if binary is not None else {}), **values.get(place, {})}
        return
    if binary is not None:
        values[place] = binary
    if text is not None:
        _place_text(task, place, text, values)


def _place_text(task: Task, place: str, text: str, values: dict[str, Any]) -> None:
    """A text for a task whose main input is a file: an input of its own, or the prompt."""
    if task.own[0].name != place:
        values[task.own[0].name] = _value(task, task.own[0].name, text)
    elif _has_prompt(task):
        values["parameters"] = {"prompt": text, **(values.get("parameters") or {})}
    else:
        raise InputError(f"{task.name} takes a file, not a text: --data FILE")


def _beside(task: Task, place: str, key: str, text: str | None) -> dict[str, Any]:
    """The inputs that accompany an image: JSON, or the text of the only other one."""
    if text is None:
        return {}
    others = [name for name in task.hints[place].__annotations__ if name != key]
    value = _json_or_none(text)
    if isinstance(value, dict):
        return value
    if len(others) != 1:
        raise InputError(f"{task.name} takes {', '.join(others) or 'nothing'} beside {key}")
    return {others[0]: text}


def _value(task: Task, name: str, text: str) -> Any:
    """A text as the value of an argument: itself where the task takes text, else JSON."""
    if name == "messages":
        listed = _json_or_none(text)
        return listed if isinstance(listed, list) else [{"role": "user", "content": text}]
    choices = _choices(task.hints[name])
    if str in choices:
        return text
    value = _json_or_none(text)
    if Any in choices:
        return text if value is None else value
    if value is None:
        shape = next((list(choice.__annotations__) for choice in choices if is_typeddict(choice)), None)
        wanted = f"an object with {', '.join(shape)}" if shape else "a value"
        raise InputError(f"{task.name} takes its {name} as JSON: {wanted}")
    return value


def _choices(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _needs_file(task: Task, place: str) -> bool:
    """Whether there is no call without the file. A custom call has either a text or a file."""
    return task.own[0].name != place or _is_required(task.own[0])


def _has_prompt(task: Task) -> bool:
    return any(
        is_dataclass(choice) and any(member.name == "prompt" for member in fields(choice))
        for choice in _choices(task.hints.get("parameters"))
    )


def _is_required(member: Any) -> bool:
    return member.default is MISSING and member.default_factory is MISSING


def _piped(task: Task, given: Given, hint: str) -> bytes:
    data = b"" if given.stdin is None else given.stdin()
    if not data:
        raise InputError(f"{task.name} has nothing to work on: give {hint}, or pipe it in")
    return data


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from None


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{name} is no text in UTF-8") from None


def _json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
