"""Sends whatever httpx sends to one address, whichever host it was meant for: documentation names real hosts.

Python imports this by itself where its folder is on PYTHONPATH; it acts where DOCS_HUB names the address. Knows httpx's
transports, below which nothing is left but the wire. Knows no project of ours."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import httpx

Patch = Callable[[Any, str, Any], object]


def send_everything_to(url: str, patch: Patch = setattr) -> None:
    """From now on, in this process. The `Host` header and the path stay as they were meant."""
    address = httpx.URL(url)

    def turned(request: httpx.Request) -> httpx.Request:
        request.url = request.url.copy_with(scheme=address.scheme, host=address.host, port=address.port)
        return request

    def turning(handle: Any) -> Any:
        return lambda transport, request: handle(transport, turned(request))

    patch(httpx.HTTPTransport, "handle_request", turning(httpx.HTTPTransport.handle_request))
    patch(httpx.AsyncHTTPTransport, "handle_async_request", turning(httpx.AsyncHTTPTransport.handle_async_request))


if address := os.environ.get("DOCS_HUB"):
    send_everything_to(address)
