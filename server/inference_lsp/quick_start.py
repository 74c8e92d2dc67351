"""The server of a process of its own: the same as `app` makes, put together in the order an editor waits for it.

Knows that `initialize` is answered from capabilities.json, which `manifest` writes, before the features are loaded.
Knows no feature. Imports lsprotocol first of all, so nothing here may be imported that does, before `create_server`.
"""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import TYPE_CHECKING

from inference_lsp import __version__

if TYPE_CHECKING:
    from inference_lsp.lsp import LanguageServer
    from inference_lsp.secrets import Credentials

CAPABILITIES = Path(__file__).with_name("capabilities.json")


def create_server(credentials: Credentials) -> LanguageServer:
    """A server that has yet to load its features, and does once it has answered `initialize`."""
    from inference_lsp.lazy_types import import_lsprotocol

    import_lsprotocol()
    from inference_lsp.lsp import LanguageServer
    from inference_lsp.lsp.deferred import Deferred

    def load() -> None:
        from inference_lsp.app import add_features

        add_features(server, credentials)
        gc.freeze()  # what is there by now stays: looking through it again would hold up a key for tens of ms

    capabilities = json.loads(CAPABILITIES.read_bytes())
    server = LanguageServer("inference-lsp", __version__, deferred=Deferred(capabilities, load))
    return server
