"""What goes into providers' JSON and what comes out of it: inputs and parameters, files as text, members.

Knows calls, base64 and data URLs. Knows no provider.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from hf_inference.core.binary import Base64, Binary, Body, Joined
from hf_inference.core.call import Call
from hf_inference.core.decoding import wrong_shape
from hf_inference.core.errors import InputError
from hf_inference.core.media_types import HEAD, sniff


def inputs_of(call: Call[Any]) -> tuple[Any, dict[str, Any]]:
    """What a call puts in, and its parameters in one flat mapping, as providers want them."""
    payload = call.payload()
    inputs = payload.pop(call.binary if call.binary in payload else "inputs", None)
    parameters = payload.pop("parameters", None)
    return inputs, {**(parameters if isinstance(parameters, Mapping) else {}), **payload}


def as_data_url(file: Any, default: str = "image/png") -> Body | None:
    """An image, sound or film as a `data:` URL, None for none. Bytes of an unknown kind are called `default`."""
    if file is None:
        return None
    if not isinstance(file, Body):
        raise InputError("an image, sound or film is bytes, a path or an open file")
    head = f"data:{file.media_type or default};base64,"
    return Joined((head.encode(), Base64(file)), "text/plain")


def member(value: Any, *keys: str | int) -> Any:
    """A member of nested JSON, or `InferenceOutputError` with the place where it is missing."""
    at = "$"
    for key in keys:
        whole = value
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and len(value) > key else None
            at += f"[{key}]"
        else:
            value = value.get(key) if isinstance(value, Mapping) else None
            at += f".{key}"
        if value is None:
            raise wrong_shape(f"a member at {at}", whole, at)
    return value


def from_base64(text: Any, *, media_type: str = "", at: str = "$") -> Binary:
    """The bytes of a base64 string in a reply."""
    if not isinstance(text, str):
        raise wrong_shape("a base64 string", text, at)
    try:
        data = base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text)
    except binascii.Error:
        raise wrong_shape("a base64 string", text, at) from None
    return Binary(data, media_type_of(media_type, data))


def to_base64(data: Binary) -> str:
    """The bytes in base64, as outputs hold masks and voices."""
    return base64.b64encode(data.data).decode()


def media_type_of(said: str, data: bytes) -> str:
    """The media type that a reply says, or that its bytes tell where it says nothing in particular."""
    return said if said and not said.endswith("/octet-stream") else sniff(data[:HEAD]) or said
