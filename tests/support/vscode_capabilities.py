"""What VS Code's language client says it can do, with LSP 3.18's additions.

Knows the shape of ClientCapabilities. Leaves out changes of files, which the tests' editor does not do.
Refuses to know what a server does with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types as t
from lsprotocol.converters import get_converter


def vscode_capabilities(overrides: Mapping[str, Any] | None = None) -> t.ClientCapabilities:
    """VS Code's capabilities with `overrides` laid over them, as nested JSON; `None` takes one away."""
    return get_converter().structure(_merged(_VSCODE, overrides or {}), t.ClientCapabilities)


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = {key: value for key, value in base.items() if key not in over or over[key] is not None}
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(base.get(key), Mapping):
            merged[key] = _merged(base[key], value)
        elif value is not None:
            merged[key] = value
    return merged


_DYNAMIC = {"dynamicRegistration": True}
_REFRESH = {"refreshSupport": True}

_VSCODE: Mapping[str, Any] = {
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {
            "documentChanges": True,
            "failureHandling": "textOnlyTransactional",
            "normalizesLineEndings": True,
            "changeAnnotationSupport": {"groupsOnLabel": True},
            "metadataSupport": True,
            "snippetEditSupport": True,
        },
        "configuration": True,
        "didChangeConfiguration": _DYNAMIC,
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
        "executeCommand": _DYNAMIC,
        "workspaceFolders": True,
        "codeLens": _REFRESH,
        "inlayHint": _REFRESH,
        "diagnostics": _REFRESH,
        "textDocumentContent": _DYNAMIC,
    },
    "textDocument": {
        "synchronization": {
            "dynamicRegistration": True,
            "willSave": True,
            "willSaveWaitUntil": True,
            "didSave": True,
        },
        "hover": {"dynamicRegistration": True, "contentFormat": ["markdown", "plaintext"]},
        "codeAction": {
            "dynamicRegistration": True,
            "isPreferredSupport": True,
            "disabledSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit", "command"]},
            "codeActionLiteralSupport": {
                "codeActionKind": {
                    "valueSet": ["", "quickfix", "refactor", "refactor.rewrite", "source"],
                }
            },
            "honorsChangeAnnotations": True,
            "documentationSupport": True,
            "tagSupport": {"valueSet": [1]},
        },
        "codeLens": _DYNAMIC,
        "completion": {
            "dynamicRegistration": True,
            "contextSupport": True,
            "completionItem": {"snippetSupport": True, "documentationFormat": ["markdown", "plaintext"]},
        },
        "inlineCompletion": _DYNAMIC,
        "inlayHint": {"dynamicRegistration": True, "resolveSupport": {"properties": ["tooltip"]}},
        "publishDiagnostics": {"versionSupport": True, "codeDescriptionSupport": True, "dataSupport": True},
    },
    "window": {
        "workDoneProgress": True,
        "showMessage": {"messageActionItem": {"additionalPropertiesSupport": True}},
        "showDocument": {"support": True},
    },
    "general": {
        "positionEncodings": ["utf-16"],
        "markdown": {"parser": "marked", "version": "1.1.0"},
        "staleRequestSupport": {"cancel": True, "retryOnContentModified": []},
    },
}
