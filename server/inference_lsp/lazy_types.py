"""lsprotocol's 554 classes, each built when it is first used: building all of them was half of the server's start.

Knows that lsprotocol declares its classes by `@attrs.define`, and what attrs puts on a class that it builds.
Refuses to know any class by name. A class that is declared in another way is built at once, as without this: slower,
never different.
"""

from __future__ import annotations

import importlib
import sys
import threading
import typing
from typing import Any

import attrs


def import_lsprotocol() -> None:
    """Imports lsprotocol with its classes unbuilt, unless it is imported already.

    To be called while no other thread uses attrs. A class is built by whatever needs it built: making an instance,
    asking attrs or cattrs for its fields, deriving from it.
    """
    if "lsprotocol.types" in sys.modules:
        return
    define, building = attrs.define, threading.RLock()

    def define_later(cls: type | None = None, **options: Any) -> Any:
        if cls is None or options:
            return define(cls, **options)
        for name in _WHEN_BUILT:
            setattr(cls, name, _Unbuilt(cls, name, building))
        return cls

    attrs.define = define_later  # type: ignore[assignment]
    try:
        importlib.import_module("lsprotocol.types")
    finally:
        attrs.define = define
    # It would build all of them to resolve their annotations, which is done here for one at a time.
    importlib.import_module("lsprotocol._hooks")._resolved_forward_references = True  # type: ignore[attr-defined]


class _Unbuilt:
    """Stands for what attrs puts on a class, and has the class built when it is looked up."""

    def __init__(self, cls: type, name: str, building: threading.RLock) -> None:
        self._cls = cls
        self._name = name
        self._building = building

    def __get__(self, instance: object, owner: type) -> Any:
        with self._building:
            if self._cls.__dict__[self._name] is self:  # else another thread was first
                _build(self._cls)
        return getattr(owner if instance is None else instance, self._name)


def _build(cls: Any) -> None:
    # Resolved before, so that nobody ever sees fields whose types are strings.
    cls.__annotations__ = typing.get_type_hints(cls, include_extras=True)
    # Without slots: those take a new class, and this is the one everybody has. `init`, or it would find its own.
    attrs.define(cls, slots=False, init=True)
    cls.__attrs_types_resolved__ = cls


_WHEN_BUILT = ("__init__", "__attrs_attrs__")
