"""The errors a handler raises on purpose: answered as they are, logged as one quiet line.

Knows LSP's error codes (https://microsoft.github.io/language-server-protocol, "errorCodes").
Refuses to know what went wrong in a feature.
"""

from __future__ import annotations

from pygls.exceptions import (
    JsonRpcContentModified,
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcParseError,
    JsonRpcRequestCancelled,
    JsonRpcServerNotInitialized,
)


class RequestFailed(JsonRpcException):
    """The request was right and could not be served; the message is meant to be read by a person."""

    CODE = -32803
    MESSAGE = "Request Failed"


class ServerCancelled(JsonRpcException):
    """The server gave up a request that may be asked again, say because newer work replaced it."""

    CODE = -32802
    MESSAGE = "Server Cancelled"


ContentModified = JsonRpcContentModified
InternalError = JsonRpcInternalError
InvalidParams = JsonRpcInvalidParams
InvalidRequest = JsonRpcInvalidRequest
MethodNotFound = JsonRpcMethodNotFound
ParseError = JsonRpcParseError
RequestCancelled = JsonRpcRequestCancelled
ResponseException = JsonRpcException
ServerNotInitialized = JsonRpcServerNotInitialized
