"""An engine on a port of this machine, by uvicorn.

Knows addresses and what may be opened to whom. Knows no route: the application is in `asgi.py`. Needs the extra
`serve`.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from hf_inference.core.errors import InputError
from hf_inference.engines.asgi import LOOPBACK_NAMES, application
from hf_inference.engines.engine import Engine

if TYPE_CHECKING:
    import uvicorn

REQUESTS_AT_A_TIME = 64
"""Further ones are answered 503 at once."""


def serve(engine: Engine, *, host: str, port: int, any_network: bool = False, announce: Callable[[str], None]) -> None:
    """Serve until a signal ends the process. `announce` gets the URL once it can be asked.

    `InputError` for a host that is not this machine's own without `any_network`, for a port that cannot be had, and
    where uvicorn is not installed.
    """
    if not is_loopback(host) and not any_network:
        raise InputError(
            f"{host} can be reached from other machines, and whoever reaches it can ask the engine about the folders "
            "it has read. If that is meant, say --any-network."
        )
    listening = listen(host, port)
    try:
        bound, number = listening.getsockname()[:2]
        url = f"http://[{bound}]:{number}" if ":" in bound else f"http://{bound}:{number}"
        server = new_server(engine, any_network=not is_loopback(host), started=lambda: announce(url))
        server.run(sockets=[listening])
    finally:
        listening.close()


def new_server(
    engine: Engine, *, any_network: bool = False, started: Callable[[], None] = lambda: None
) -> uvicorn.Server:
    """A server that is given its sockets: `await server.serve(sockets=[…])`. `started` is called once it can be asked,
    and once an interrupt ends it in order."""
    try:
        import uvicorn
    except ImportError:
        raise InputError("Serving needs uvicorn: pip install 'inference-lsp[serve]'") from None
    app = application(engine, hosts=None if any_network else LOOPBACK_NAMES)
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=REQUESTS_AT_A_TIME,
        timeout_graceful_shutdown=2,
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

    return Server(config)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, or `InputError`."""
    host = host.strip("[]")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # the protocol is named because asyncio turns off Nagle's algorithm only where it reads it off the socket;
        # with it on, each reply would wait some 40 ms for the client to acknowledge its head
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            if os.name == "posix":  # elsewhere this option lets two servers share a port
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host, port))
            listening.listen(REQUESTS_AT_A_TIME)
        except BaseException:
            listening.close()
            raise
    except (OSError, OverflowError) as error:
        raise InputError(f"{host}:{port} cannot be listened on: {error}") from None
    return listening


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
