"""Structured output: from a Python class to the `response_format` that asks for it, and to each provider's dialect.

Knows JSON schema's words for type hints, and the four ways servers want a schema wrapped. Knows no provider by name.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hf_inference.core.errors import InputError


def response_format_of(wanted: Mapping[str, Any] | type[Any]) -> Mapping[str, Any]:
    """OpenAI's `response_format`: as given, or made of a dataclass or of a class with `model_json_schema`."""
    if isinstance(wanted, Mapping):
        return wanted
    own = getattr(wanted, "model_json_schema", None)
    schema = own() if callable(own) else json_schema(wanted)
    return {"type": "json_schema", "json_schema": {"name": wanted.__name__, "schema": schema, "strict": True}}


def json_schema(hint: Any) -> dict[str, Any]:
    """The JSON schema of a dataclass or another hint made of JSON's types; `InputError` for what JSON has no word."""
    if hint in _SCALARS:
        return dict(_SCALARS[hint])
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return {"anyOf": [json_schema(argument) for argument in arguments]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [member.value for member in hint]}
    if origin in (list, tuple, Sequence) or hint is list:
        return {"type": "array", "items": json_schema(arguments[0])} if arguments else {"type": "array"}
    if origin in (dict, Mapping) or hint is dict:
        values = json_schema(arguments[1]) if arguments else {}
        return {"type": "object", "additionalProperties": values or True}
    if is_dataclass(hint):
        return _object(hint)
    raise InputError(f"{hint!r} has no JSON schema: use a dataclass of JSON types, a pydantic model, or a mapping")


def standard(wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """OpenAI's form, which most servers take."""
    return wanted


def as_object_with_schema(wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """`{type: json_object, schema}`."""
    schema = _schema_in(wanted)
    return wanted if schema is None else {"type": "json_object", "schema": schema}


def as_object_with_value(wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """`{type: json_object, value}`: TGI's grammar."""
    schema = _schema_in(wanted)
    return wanted if schema is None else {"type": "json_object", "value": schema}


def as_flat_schema(wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """`{type: json_schema, schema}`, without the wrapper that names it."""
    schema = _schema_in(wanted)
    return wanted if schema is None else {"type": "json_schema", "schema": schema}


def _schema_in(wanted: Mapping[str, Any]) -> Any | None:
    inner = wanted.get("json_schema")
    return inner.get("schema") if wanted.get("type") == "json_schema" and isinstance(inner, Mapping) else None


def _object(record: Any) -> dict[str, Any]:
    hints = get_type_hints(record)
    members: tuple[Field[Any], ...] = fields(record)
    return {
        "type": "object",
        "properties": {member.name: json_schema(hints[member.name]) for member in members},
        "required": [
            member.name for member in members if member.default is MISSING and member.default_factory is MISSING
        ],
        "additionalProperties": False,
    }


_SCALARS: Mapping[Any, Mapping[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    type(None): {"type": "null"},
    None: {"type": "null"},
    Any: {},
    object: {},
}
