"""The fence around the tests: a connection to anywhere but this machine is refused where it is made.

Knows socket addresses. Child processes are outside of it; their servers are given loopback targets only."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest


class BeyondLoopbackError(AssertionError):
    """A test tried to reach the network."""


def fence(patch: pytest.MonkeyPatch) -> None:
    """From now on, until the patch is undone."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        _check(address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        _check(address)
        return connect_ex(self, address)

    patch.setattr(socket.socket, "connect", guarded)
    patch.setattr(socket.socket, "connect_ex", guarded_ex)


def _check(address: Any) -> None:
    if not isinstance(address, tuple) or address[0] == "localhost":
        return
    try:
        if ipaddress.ip_address(address[0].partition("%")[0]).is_loopback:
            return
    except ValueError:  # a name: whom it means is not known before it is too late
        pass
    raise BeyondLoopbackError(f"a test connects to {address[0]}")
