"""Servers in one process are strangers to each other."""

from __future__ import annotations

from typing import Any

from inference_lsp.app import create_server
from inference_lsp.secrets import Credentials
from support.wire import Wire, serving

URI = "file:///same.md"
TEXT = "The first sentence. The second one. The third sentence is the last of them."
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": len(TEXT)}}


def test_two_servers_in_one_process_share_no_document_setting_or_job() -> None:
    with (
        serving(create_server(Credentials({}))) as first,
        serving(create_server(Credentials({}))) as second,
    ):
        first.open_session({"workspace": {"applyEdit": True}}, initializationOptions={"translate": {"to": "es"}})
        second.open_session({"workspace": {"applyEdit": True}}, initializationOptions={"translate": {"to": "fr"}})
        _open(first)
        assert second.ask("textDocument/codeAction", _code_action())["result"] == []
        _open(second)
        assert "Spanish" in _titles(first)[1]
        assert "French" in _titles(second)[1]
        run = {"action": "summarize", "uri": URI, "range": WHOLE, "version": 1}
        command = {"command": "inference.run", "arguments": [run]}
        jobs = [wire.ask("workspace/executeCommand", command)["result"]["job"] for wire in (first, second)]
        assert jobs == ["job-1", "job-1"]
        for wire in (first, second):
            edit = wire.until_method("workspace/applyEdit")
            wire.send({"jsonrpc": "2.0", "id": edit["id"], "result": {"applied": True}})
        assert first.ask("shutdown")["result"] is None
        first.notify("exit")
        first.until_ended()
        assert "French" in _titles(second)[1], "one that ends takes nothing from the other"
        assert second.ask("shutdown")["result"] is None


def _open(wire: Wire) -> None:
    item = {"uri": URI, "languageId": "markdown", "version": 1, "text": TEXT}
    wire.notify("textDocument/didOpen", {"textDocument": item})


def _titles(wire: Wire) -> list[str]:
    return [action["title"] for action in wire.ask("textDocument/codeAction", _code_action())["result"]]


def _code_action() -> dict[str, Any]:
    return {"textDocument": {"uri": URI}, "range": WHOLE, "context": {"diagnostics": []}}
