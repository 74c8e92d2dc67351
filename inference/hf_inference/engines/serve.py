"""An engine on a port of this machine, by uvicorn.

Knows addresses and what may be opened to whom. Knows no route: the application is in `asgi.py`. Needs the extra
`serve`.
"""

from __future__ import annotations

import ipaddress
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
    listening = _listen(host, port)
    try:
        server = new_server(engine, any_network=not is_loopback(host))
        bound, number = listening.getsockname()[:2]
        announce(f"http://[{bound}]:{number}" if ":" in bound else f"http://{bound}:{number}")
        server.run(sockets=[listening])
    finally:
        listening.close()


def new_server(engine: Engine, *, any_network: bool = False) -> uvicorn.Server:
    """A server that is given its sockets: `await server.serve(sockets=[…])`."""
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
    return uvicorn.Server(config)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    host = host.strip("[]")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise InputError(f"{host}:{port} cannot be listened on: {error}") from None
