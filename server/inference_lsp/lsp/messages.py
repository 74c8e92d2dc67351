"""One JSON-RPC message as a value, told apart by shape alone.

Knows JSON-RPC 2.0's envelope (https://www.jsonrpc.org/specification) and that LSP has no batches.
Refuses to know methods, parameter types and the state of the session; parameters stay plain dicts and lists.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeGuard

from inference_lsp.lsp.errors import InvalidRequest, ParseError, ResponseException

MessageId = int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    id: MessageId
    method: str
    params: Any


@dataclass(frozen=True, slots=True)
class Notification:
    method: str
    params: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    id: MessageId | None
    result: Any
    error: Any


@dataclass(frozen=True, slots=True)
class Refused:
    """A message nobody needs to see: what to answer, and to which id (`None` if it had none to speak of)."""

    id: MessageId | None
    error: ResponseException


Message = Request | Notification | Response | Refused


def read_message(body: bytes) -> Message:
    """The message in one frame. Never raises: what cannot be read is `Refused`."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        return Refused(None, ParseError(f"Parse Error: {_reason(error)}"))
    if not isinstance(data, dict):
        return Refused(None, InvalidRequest("Invalid Request: a message is one JSON object"))
    id = data.get("id")
    if id is not None and not is_message_id(id):
        return Refused(None, InvalidRequest("Invalid Request: an id is an integer or a string"))
    if data.get("jsonrpc") != "2.0":
        return Refused(id, InvalidRequest('Invalid Request: "jsonrpc" must be "2.0"'))
    if "method" not in data:
        return _response(id, data)
    method = data["method"]
    if not isinstance(method, str):
        return Refused(id, InvalidRequest("Invalid Request: a method is a string"))
    if id is not None:
        return Request(id=id, method=method, params=data.get("params"))
    if "id" in data:
        return Refused(None, InvalidRequest("Invalid Request: an id is an integer or a string, not null"))
    return Notification(method, data.get("params"))


def is_message_id(value: object) -> TypeGuard[MessageId]:
    """Whether JSON-RPC takes this for an id; `True` equals 1 in a dict, so booleans must be kept out."""
    return isinstance(value, int | str) and not isinstance(value, bool)


def _response(id: MessageId | None, data: dict[str, Any]) -> Message:
    if "result" in data or "error" in data:
        return Response(id=id, result=data.get("result"), error=data.get("error"))
    return Refused(id, InvalidRequest("Invalid Request: neither a method nor a result nor an error"))


def _reason(error: Exception) -> str:
    """Where reading stopped, without a word of what was read."""
    match error:
        case json.JSONDecodeError():
            return f"{error.msg} at character {error.pos}"
        case UnicodeDecodeError():
            return f"not UTF-8 at byte {error.start}"
        case RecursionError():
            return "nested too deeply"
        case _:
            return "not JSON"
