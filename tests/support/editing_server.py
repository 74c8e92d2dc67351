"""A server that does to an editor what servers do, for the tests of the tests' editor."""

from __future__ import annotations

import sys
from typing import Any

from lsprotocol import types as t

from inference_lsp.lsp import LanguageServer

server = LanguageServer("editing", "1", shutdown_timeout=30.0)
URI = "file:///a.txt"


@server.feature(t.TEXT_DOCUMENT_CODE_ACTION)
def code_actions(params: t.CodeActionParams) -> list[t.CodeAction | t.Command]:
    text = server.workspace.get_text_document(params.text_document.uri).range_text(params.range)
    command = t.Command(title="Shout", command="test.replace", arguments=[text, text.upper(), None])
    return [t.CodeAction(title="Shout", kind=t.CodeActionKind.RefactorRewrite, command=command), command]


@server.command("test.replace")
async def replace(ls: LanguageServer, *arguments: Any) -> Any:
    """Replaces the first argument by the second, meaning the document's version or the third."""
    old, new, version = arguments
    document = ls.workspace.get_text_document(URI)
    start = document.source.index(old)
    identifier = t.OptionalVersionedTextDocumentIdentifier(URI, version or document.version)
    edits = [t.TextEdit(document.range_at(start, start + len(old)), new)]
    edit = t.WorkspaceEdit(document_changes=[t.TextDocumentEdit(identifier, edits)])
    result = await ls.workspace_apply_edit_async(t.ApplyWorkspaceEditParams(edit, label="Replace"))
    return {"applied": result.applied, "reason": result.failure_reason, "class": {"a-b": 1}}


@server.command("test.source")
def source() -> Any:
    document = server.workspace.get_text_document(URI)
    return [document.source, document.version]


@server.command("test.tell")
async def tell(ls: LanguageServer) -> Any:
    """Everything a server may tell or ask, in a row."""
    await ls.client_register_capability_async(t.RegistrationParams([t.Registration("r", "test/x")]))
    await ls.client_unregister_capability_async(t.UnregistrationParams([t.Unregistration("r", "test/x")]))
    await ls.workspace_inlay_hint_refresh_async(None)
    await ls.window_show_document_async(t.ShowDocumentParams(URI))
    await ls.work_done_progress.create_async("w")
    ls.work_done_progress.begin("w", t.WorkDoneProgressBegin(title="Working"))
    ls.progress(t.ProgressParams("w", [{"any": "shape"}]))
    ls.progress(t.ProgressParams("partial", {"no": "kind"}))
    ls.work_done_progress.end("w", t.WorkDoneProgressEnd())
    buttons = [t.MessageActionItem("Yes"), t.MessageActionItem("No")]
    message = t.ShowMessageRequestParams(t.MessageType.Info, "Shall I?", buttons)
    choice = await ls.window_show_message_request_async(message)
    ls.window_show_message(t.ShowMessageParams(t.MessageType.Info, "Done"))
    ls.protocol.notify("test/custom", {"class": {"jsonrpc": "2.0"}, "a-b": [choice and choice.title]})
    items = [t.ConfigurationItem(section=name) for name in ("inference", "inference.hover.scope", "other")]
    return await ls.workspace_configuration_async(t.ConfigurationParams(items))


if __name__ == "__main__":
    sys.exit(server.serve_stdio())
