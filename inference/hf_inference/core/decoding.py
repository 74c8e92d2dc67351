"""From JSON values to the task's types, strictly: a wrong shape is an `InferenceOutputError` that names the place.

Knows dataclasses, type hints and JSON. Knows no task. Rules: a bool is no number, an int is a float, unknown object
members are ignored, a member may be missing only if its field has a default, null only where the type says None.
A field whose wire name is no identifier says so: `field(metadata={"wire": "content-type"})`.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Protocol, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from hf_inference.core.binary import Binary
from hf_inference.core.errors import InferenceOutputError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Reply(Protocol[T_co]):
    """How the JSON reply of a task becomes its output."""

    binary: bool = False
    """True if `decode` also takes a `Binary`, the reply whose body is no JSON."""

    def decode(self, value: Any) -> T_co:
        """The output, or `InferenceOutputError`."""


class OneOf(Reply[T]):
    """One object: the reply is the object, or a list whose first item it is (both forms are documented). A list with
    any item of another shape is refused."""

    def __init__(self, output: type[T], expected: str) -> None:
        self.output = output
        self.expected = expected

    def decode(self, value: Any) -> T:
        if isinstance(value, list):
            if not value:
                raise wrong_shape(self.expected, value, "$")
            items = [
                decode(self.output, item, expected=self.expected, path=f"$[{index}]")
                for index, item in enumerate(value)
            ]
            return items[0]
        return decode(self.output, value, expected=self.expected)


class Exactly(Reply[T]):
    """The reply is the output itself, of a hint made of JSON types."""

    def __init__(self, output: Any, expected: str) -> None:
        self.output = output
        self.expected = expected

    def decode(self, value: Any) -> T:
        return cast(T, decode(self.output, value, expected=self.expected))


class Blob(Reply[Binary]):
    """Bytes with a media type: an image, a sound or a film. JSON is none."""

    binary = True

    def decode(self, value: Any) -> Binary:
        if not isinstance(value, Binary):
            raise wrong_shape("Blob", value)
        return value


class DataUrl(Reply[str]):
    """The bytes in a `data:` URL."""

    binary = True

    def decode(self, value: Any) -> str:
        return Blob().decode(value).data_url()


class Url(Reply[str]):
    """The address of what was made, which the form has found in the reply."""

    def decode(self, value: Any) -> str:
        return decode(str, value)


class Json(Reply[dict[str, Any]]):
    """The reply as it is; bytes as `{"output": data URL}`."""

    binary = True

    def decode(self, value: Any) -> dict[str, Any]:
        return {"output": value.data_url()} if isinstance(value, Binary) else decode(dict[str, Any], value)


class ListOf(Reply[list[T]]):
    """A list of objects: the reply is the list, a bare object, or the list inside a list of one."""

    def __init__(self, item: type[T], expected: str) -> None:
        self.item = item
        self.expected = expected

    def decode(self, value: Any) -> list[T]:
        path = "$"
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
            value, path = value[0], "$[0]"
        elif isinstance(value, dict):
            value = [value]
        if not isinstance(value, list):
            raise wrong_shape(self.expected, value, path)
        return [
            decode(self.item, item, expected=self.expected, path=f"{path}[{index}]") for index, item in enumerate(value)
        ]


class OneOrMany(Reply[T | list[T]]):
    """A list of one is its item, a longer list is itself: the reply to a batch keeps the batch's length."""

    def __init__(self, item: type[T], expected: str) -> None:
        self.many = ListOf(item, expected)

    def decode(self, value: Any) -> T | list[T]:
        items = self.many.decode(value)
        return items[0] if len(items) == 1 else items


def decode(output: type[T], value: Any, *, expected: str = "", path: str = "$") -> T:
    """`value` as an `output` (a dataclass or any hint made of JSON types), or `InferenceOutputError`."""
    try:
        return cast(T, _decoder(cast(Hashable, output))(value, path))
    except _MismatchError as wrong:
        raise InferenceOutputError(
            f"Expected {expected or wrong.expected}",
            path=wrong.path,
            expected=wrong.expected,
            received=describe(wrong.value),
        ) from None


def wrong_shape(expected: str, value: Any, path: str = "$") -> InferenceOutputError:
    """The error of a reply that is not even of the outer shape."""
    return InferenceOutputError(f"Expected {expected}", path=path, expected=expected, received=describe(value))


def describe(value: Any) -> str:
    """A JSON value in a few words for an error: `object with keys a, b`, `list of 3`, `string "abc…"`."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'string "{value[:40]}{"…" if len(value) > 40 else ""}"'
        case int() | float():
            return f"number {value}"
        case list():
            return f"list of {len(value)}"
        case dict():
            return f"object with keys {', '.join(map(str, list(value)[:8])) or '(none)'}"
        case Binary():
            return f"{len(value)} bytes of {value.media_type or 'an unknown type'}"
        case _:
            return type(value).__name__


class _MismatchError(Exception):
    def __init__(self, path: str, expected: str, value: Any) -> None:
        super().__init__(path)
        self.path = path
        self.expected = expected
        self.value = value


_Decoder = Callable[[Any, str], Any]


@cache
def _decoder(hint: Any) -> _Decoder:
    """The decoder of a type hint, made once a hint."""
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is Literal:
        return _literal(arguments)
    if origin is list:
        return _list(arguments[0] if arguments else Any)
    if origin in (dict, Mapping):
        return _mapping(arguments[1] if arguments else Any)
    if is_dataclass(hint):
        return _dataclass(cast(type[Any], hint))
    raise TypeError(f"no JSON decoder for {hint!r}")


def _scalar(kind: type | types.UnionType, expected: str) -> _Decoder:
    def read(value: Any, path: str) -> Any:
        if isinstance(value, kind) and (type(value) is not bool or kind is bool):
            return value
        raise _MismatchError(path, expected, value)

    return read


def _anything(value: Any, path: str) -> Any:
    return value


def _nothing(value: Any, path: str) -> None:
    if value is not None:
        raise _MismatchError(path, "null", value)


def _union(choices: tuple[Any, ...]) -> _Decoder:
    decoders = [_decoder(choice) for choice in choices]

    def read(value: Any, path: str) -> Any:
        closest: _MismatchError | None = None
        for decoder in decoders:
            try:
                return decoder(value, path)
            except _MismatchError as wrong:  # the choice that got furthest explains best
                if closest is None or len(wrong.path) > len(closest.path):
                    closest = wrong
        assert closest is not None
        expected = " or ".join(map(_name, choices)) if closest.path == path else closest.expected
        raise _MismatchError(closest.path, expected, closest.value)

    return read


def _literal(choices: tuple[Any, ...]) -> _Decoder:
    def read(value: Any, path: str) -> Any:
        if any(type(value) is type(choice) and value == choice for choice in choices):
            return value
        raise _MismatchError(path, " or ".join(map(repr, choices)), value)

    return read


def _list(item: Any) -> _Decoder:
    decoder = _decoder(item)

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, list):
            raise _MismatchError(path, f"list of {_name(item)}", value)
        return [decoder(element, f"{path}[{index}]") for index, element in enumerate(value)]

    return read


def _mapping(item: Any) -> _Decoder:
    decoder = _decoder(item)

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            raise _MismatchError(path, f"object of {_name(item)}", value)
        return {key: decoder(element, f"{path}.{key}") for key, element in value.items()}

    return read


def _dataclass(output: type[Any]) -> _Decoder:
    hints = get_type_hints(output)
    members = [
        (
            member.name,
            member.metadata.get("wire", member.name),
            _decoder(hints[member.name]),
            member.default is MISSING and member.default_factory is MISSING,
        )
        for member in fields(output)
    ]

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            raise _MismatchError(path, f"object ({output.__name__})", value)
        found: dict[str, Any] = {}
        for name, wire, decoder, required in members:
            if wire in value:
                found[name] = decoder(value[wire], f"{path}.{wire}")
            elif required:
                raise _MismatchError(path, f"member {wire!r} ({output.__name__})", value)
        return output(**found)

    return read


def _name(hint: Any) -> str:
    if hint is type(None):
        return "null"
    return getattr(hint, "__name__", str(hint)) if get_origin(hint) is None else str(hint).replace("typing.", "")


_SCALARS: Mapping[Any, _Decoder] = {
    str: _scalar(str, "string"),
    bool: _scalar(bool, "true or false"),
    int: _scalar(int, "whole number"),
    float: _scalar(int | float, "number"),
    Any: _anything,
    object: _anything,
    type(None): _nothing,
}
