"""The language server protocol, spoken right: the one place where pygls is mended.

Knows the protocol's transport, life cycle, errors and text positions.
Refuses to know any feature of this server, and anything of Hugging Face.
"""

from inference_lsp.lsp.converter import hover_range, make_converter
from inference_lsp.lsp.errors import (
    ContentModified,
    InvalidParams,
    RequestCancelled,
    RequestFailed,
    ResponseException,
    ServerCancelled,
)
from inference_lsp.lsp.language_server import LanguageServer
from inference_lsp.lsp.text_document import TextDocument, Workspace

__all__ = [
    "ContentModified",
    "InvalidParams",
    "LanguageServer",
    "RequestCancelled",
    "RequestFailed",
    "ResponseException",
    "ServerCancelled",
    "TextDocument",
    "Workspace",
    "hover_range",
    "make_converter",
]
