"""How parameters become lsprotocol's types, where lsprotocol alone loses something.

Knows two hover extensions: rust-analyzer's (`position` is a range), and that of Metals and Sublime (`range`); and what
lsprotocol lets through that is no value of its type.
Refuses to know what a hover answers.
"""

from __future__ import annotations

from types import NoneType
from typing import Any, cast, get_args

import attrs
import cattrs
from lsprotocol import converters
from lsprotocol import types as t


@attrs.define
class _HoverParams(t.HoverParams):
    range: t.Range | None = None


def hover_range(params: t.HoverParams) -> t.Range | None:
    """The selection a hover asks about, if the editor said one; `params.position` is always a position."""
    return params.range if isinstance(params, _HoverParams) else None


def make_converter() -> cattrs.Converter:
    """lsprotocol's converter, with hovers over a selection read whole."""
    converter = converters.get_converter()
    structure_standard = converter.get_structure_hook(t.HoverParams)

    def structure_hover(params: Any, _: type) -> t.HoverParams:
        selection = None
        if isinstance(params, dict):
            selection, position = params.get("range"), params.get("position")
            if isinstance(position, dict) and "start" in position:
                selection = selection or position
                params = {**params, "position": position["start"]}
        hover: t.HoverParams = structure_standard(params, t.HoverParams)
        return _HoverParams(
            text_document=hover.text_document,
            position=hover.position,
            range=None if selection is None else converter.structure(selection, t.Range),
            work_done_token=hover.work_done_token,
        )

    def structure_cancel(params: Any, _: type) -> t.WorkDoneProgressCancelParams:
        token = params["token"]
        if not isinstance(token, str | int):  # lsprotocol takes anything, and pygls looks it up
            raise TypeError(f"a token is a string or a whole number, not {type(token).__name__}")
        return t.WorkDoneProgressCancelParams(token)

    def structure_initialize(params: Any, kind: type[t.InitializeParams]) -> t.InitializeParams:
        try:
            return cast(t.InitializeParams, _structured_once(params, kind, converter))
        except Exception:  # noqa: BLE001 what does not fit is said better by the usual way
            return converters.get_converter().structure(params, kind)

    converter.register_structure_hook(t.InitializeParams, structure_initialize)
    converter.register_structure_hook(t.HoverParams, structure_hover)
    converter.register_structure_hook(t.WorkDoneProgressCancelParams, structure_cancel)
    return converter


def _structured_once(value: Any, kind: Any, converter: cattrs.Converter) -> Any:
    """What `converter` makes of this, without the code cattrs would first write and compile for each class: that is
    a tenth of the time to the answer, for an editor's capabilities, which come once."""
    if attrs.has(kind):
        given = {}
        for field in attrs.fields(kind):
            first, *others = field.name.removesuffix("_").split("_")
            name = first + "".join(map(str.title, others))
            if name in value:
                given[field.alias] = _structured_once(value[name], field.type, converter)
        return kind(**given)
    match get_args(kind):
        case (inner, none) if none is NoneType and attrs.has(inner):
            return None if value is None else _structured_once(value, inner, converter)
    return converter.structure(value, kind)


def describe(error: Exception) -> str:
    """What did not fit, as a path and a type, with none of the values."""
    if isinstance(error, cattrs.ClassValidationError):
        return "; ".join(cattrs.transform_error(error, path="params")[:3])
    return f"params have another shape ({type(error).__name__})"
