"""A call as a value: which task, with which inputs, and how its reply becomes an output.

Knows the shape every task shares. Knows no URL, token rule, retry or clock, and does no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar, Generic, Literal, Self, TypeAlias, TypeVar

from hf_inference.core.binary import BinaryInput, Body
from hf_inference.core.decoding import Reply
from hf_inference.core.options import Options

Out = TypeVar("Out", covariant=True)

OutputType: TypeAlias = Literal["blob", "dataUrl", "url", "json"]
"""How the file that a backend makes is given: its bytes, a `data:` URL that holds them, the address where the backend
keeps it, or the backend's reply as it is."""


@dataclass(frozen=True, kw_only=True)
class Call(Generic[Out]):
    """The arguments of one task: subclasses add its fields, named as on the wire."""

    task: ClassVar[str]
    """The Hub's id of the task, for example `text-classification`."""
    reply: ClassVar[Reply[Any]]
    """Reads the Hub's JSON reply."""
    binary: ClassVar[str] = ""
    """Where the call holds its image, sound or film: `data`, `inputs` or `inputs.image`. "" if it has none."""
    output_type: ClassVar[OutputType] = "blob"
    """What an output that is a file is given as."""

    model: str | None = None
    """A model id on the Hub, or the full URL of an endpoint; None asks for the target's default."""
    access_token: str | None = field(default=None, repr=False)
    """Overrides the client's token for this call."""
    options: Options | None = None
    """Lie over the client's default options, field by field."""

    def decode(self, value: Any) -> Out:
        """The output of the Hub's reply: its JSON, or a `Binary` where `reply` takes one."""
        output: Out = self.reply.decode(value)
        return output

    def binary_input(self) -> BinaryInput | None:
        """The image, sound or film of the call: a `Body` once the call is being made, None if there is none."""
        field_name, _, key = self.binary.partition(".")
        value = getattr(self, field_name, None) if field_name else None
        if key:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def with_binary(self, body: Body) -> Self:
        """This call with its binary input read."""
        field_name, _, key = self.binary.partition(".")
        value: Any = {**getattr(self, field_name), key: body} if key else body
        changed: dict[str, Any] = {field_name: value}
        return replace(self, **changed)

    def payload(self) -> dict[str, Any]:
        """The call's own fields as the Hub's JSON body, in order, without those that are None."""
        return {
            member.name: plain(value)
            for member in fields(self)
            if member.name not in _ENVELOPE and (value := getattr(self, member.name)) is not None
        }


BaseArgs = Call
"""The seed API's name of what the arguments of all tasks have in common."""


@dataclass(frozen=True, kw_only=True)
class StreamCall(Call[Out]):
    """A call whose answer comes in pieces: `Out` is the type of one piece."""


def plain(value: Any) -> Any:
    """A dataclass as a dict of its fields that are not None (wire names); mappings and lists likewise."""
    if isinstance(value, Body):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {
            member.metadata.get("wire", member.name): plain(item)
            for member in fields(value)
            if (item := getattr(value, member.name)) is not None
        }
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


_ENVELOPE = frozenset({"model", "access_token", "options"})
