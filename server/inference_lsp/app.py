"""The one place that puts a server together.

Knows every feature. Knows nothing of what they do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference_lsp import __version__
from inference_lsp.features import (
    code_action,
    configuration,
    documents,
    hover,
    inline_completion,
    models,
    preview,
    report,
    run_action,
    secret_store,
)
from inference_lsp.lsp import LanguageServer
from inference_lsp.secrets import Credentials
from inference_lsp.session import Session

if TYPE_CHECKING:
    from hf_inference import Target


def create_server(credentials: Credentials | None = None, router: Target | None = None) -> LanguageServer:
    """A server with all features, not yet serving. Any number of them can live in one process. `router` stands for
    the Hugging Face router, say a mirror of it."""
    server = LanguageServer(
        "inference-lsp",
        __version__,
        content_schemes=[preview.SCHEME],
        experimental={"hoverRange": True, "rangeHoverProvider": True},
    )
    add_features(server, credentials or Credentials(), router)
    return server


def add_features(server: LanguageServer, credentials: Credentials, router: Target | None = None) -> None:
    """Give a server all features."""
    session = Session(server, credentials, router)
    for feature in _FEATURES:
        feature.register(server, session)
    server.on_shutdown(session.close)


_FEATURES = (
    configuration,
    secret_store,
    documents,
    code_action,
    run_action,
    preview,
    models,
    report,
    hover,
    inline_completion,
)
