"""`serve`: the embedded engine on a port of this machine, for other clients.

Knows the arguments and what to print. Knows no route.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from hf_inference.commands import exits
from hf_inference.core.errors import InputError
from hf_inference.engines.embedded import EmbeddedEngine
from hf_inference.engines.serve import is_loopback, serve


def serve_command(arguments: Sequence[str], program: str) -> int:
    """Serve until interrupted; the exit code."""
    parser = argparse.ArgumentParser(
        program,
        description="Serve the embedded engine with the routes of the Hub, of TGI and of OpenAI.",
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8711, help="0 for any free one (default: %(default)s)")
    parser.add_argument(
        "--folder", type=Path, action="append", default=[], help="a folder to learn from; may be given several times"
    )
    parser.add_argument("--any-network", action="store_true", help="allow a --host that other machines can reach")
    chosen = parser.parse_args(arguments)
    missing = [str(folder) for folder in chosen.folder if not folder.is_dir()]
    engine = EmbeddedEngine(chosen.folder)

    def announce(url: str) -> None:
        if not is_loopback(chosen.host):
            sys.stderr.write(f"warning: other machines can reach {url} and ask about {_named(chosen.folder)}\n")
        sys.stdout.write(f"The {engine.name} engine is served at {url}\n")
        sys.stdout.flush()

    try:
        if missing:
            raise InputError(f"{', '.join(missing)}: no such folder")
        serve(engine, host=chosen.host, port=chosen.port, any_network=chosen.any_network, announce=announce)
    except InputError as error:
        sys.stderr.write(f"{program}: {exits.sentence(error)}\n")
        return exits.MISUSED
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    finally:
        engine.close()
    return exits.DONE


def _named(folders: Sequence[Path]) -> str:
    return ", ".join(map(str, folders)) or "the catalogs of this machine"
