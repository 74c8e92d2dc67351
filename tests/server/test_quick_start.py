"""A server that answers `initialize` before its features are loaded is the server that has them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from lsprotocol import types as t
from lsprotocol.converters import get_converter

from inference_lsp import manifest
from inference_lsp.lsp import LanguageServer
from inference_lsp.lsp.deferred import Deferred
from inference_lsp.quick_start import CAPABILITIES
from support.vscode_capabilities import vscode_capabilities
from support.wire import serving, spawned

COMMAND = [sys.executable, "-P", "-m", "inference_lsp"]


@pytest.mark.parametrize("client", [t.ClientCapabilities(), vscode_capabilities({})])
def test_what_is_written_down_is_what_the_features_make(client: t.ClientCapabilities) -> None:
    made = manifest.capabilities(client)
    for name in ("willSave", "willSaveWaitUntil"):  # said to editors that have it, and false all the same
        assert made["textDocumentSync"].pop(name, False) is False
    assert json.loads(CAPABILITIES.read_bytes()) == made


@pytest.mark.parametrize("wanted", ["utf-8", "utf-16", "utf-32"])
def test_the_process_says_it_with_the_encoding_the_editor_wants(wanted: str) -> None:
    with spawned(COMMAND) as (wire, _):
        said = wire.open_session({"general": {"positionEncodings": [wanted]}})
        assert said == {**json.loads(CAPABILITIES.read_bytes()), "positionEncoding": wanted}


def test_requests_that_follow_at_once_are_answered_by_features() -> None:
    uri, text = "file:///a.md", "The first sentence. The second one. The third sentence is the last."
    item = {"uri": uri, "languageId": "markdown", "version": 1, "text": text}
    place = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 4}}
    with spawned(COMMAND) as (wire, _):
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": len(text)}}
        wire.send(
            _request(1, "initialize", {"processId": None, "rootUri": None, "capabilities": {}}),
            {"jsonrpc": "2.0", "method": "initialized", "params": {}},
            {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}},
            _request(2, "textDocument/codeAction", {**place, "range": whole, "context": {"diagnostics": []}}),
            _request(3, "textDocument/hover", {**place, "range": whole}),
        )
        assert wire.answer(1)["result"]["capabilities"]["hoverProvider"] is True
        assert "error" not in wire.answer(2), "nobody has the light bulb yet"
        assert "English" in json.dumps(wire.answer(3)["result"])
        assert [len(wire.answers(id)) for id in (1, 2, 3)] == [1, 1, 1]


def test_initialize_that_does_not_fit_is_refused_with_what_is_wrong() -> None:
    with spawned(COMMAND) as (wire, _):
        wrong = {"capabilities": {"general": {"positionEncodings": 7}}}
        error = wire.ask("initialize", wrong)["error"]
        assert error["code"] == -32602
        assert "positionEncodings" in error["message"] or "position_encodings" in error["message"]
        assert wire.open_session()["hoverProvider"] is True


def test_features_are_loaded_after_the_answer_and_before_the_next_message() -> None:
    order: list[str] = []

    def load() -> None:
        order.append("loaded")

        @server.feature(t.INITIALIZE)
        def initialize(params: t.InitializeParams) -> None:
            order.append(f"initialize in {params.locale}")

        @server.feature("test/ask")
        def ask(params: Any) -> str:
            order.append("asked")
            return "answer"

    server = LanguageServer("test", "1", deferred=Deferred({"hoverProvider": True}, load))
    with serving(server) as wire:
        assert wire.ask("test/ask")["error"]["code"] == -32002
        assert order == []
        wire.open_session(locale="de")
        assert wire.ask("test/ask")["result"] == "answer"
        assert order == ["loaded", "initialize in de", "asked"]
        assert wire.ask("initialize", {"capabilities": {}})["error"]["code"] == -32600
        assert order.count("loaded") == 1


def test_features_that_cannot_be_loaded_end_the_process_with_the_reason() -> None:
    script = (
        "import sys; from inference_lsp import app\n"
        "def fail(*_): raise RuntimeError('broken installation')\n"
        "app.add_features = fail\n"
        "from inference_lsp.__main__ import main; sys.exit(main([]))"
    )
    with spawned([sys.executable, "-P", "-c", script]) as (wire, process):
        wire.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        wire.until_ended()
        assert process.wait() == 1
        assert process.stderr is not None
        assert "broken installation" in process.stderr.read().decode()


def test_answering_initialize_imports_neither_a_client_nor_a_feature() -> None:
    script = (
        "import sys\nfrom inference_lsp.quick_start import create_server\n"
        "from inference_lsp.secrets import Credentials\n"
        "create_server(Credentials())\n"
        "print([n for n in sys.modules if n.split('.')[0] in ('hf_inference', 'httpx', 'httpcore', 'vaderSentiment')"
        " or n.startswith(('inference_lsp.features', 'inference_lsp.actions'))])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True)
    # whose token it may be is the client's to say, by a module that imports nothing; nothing else of it is there yet
    assert done.stdout.strip() == "['hf_inference', 'hf_inference.credentials']"


def test_what_a_server_starts_with_is_not_looked_through_for_garbage() -> None:
    script = (
        "import gc\nfrom inference_lsp.quick_start import create_server\n"
        "from inference_lsp.secrets import Credentials\n"
        "server = create_server(Credentials())\nserver.protocol.deferred.load()\n"
        "print(gc.get_freeze_count() > 10 * len(gc.get_objects()), gc.isenabled())"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def _request(id: int, method: str, params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


def test_an_editors_capabilities_are_read_as_cattrs_reads_them() -> None:
    from inference_lsp.lsp import make_converter

    capabilities = get_converter().unstructure(vscode_capabilities({"experimental": {"x": [1]}}))
    params = {
        "processId": 7,
        "rootUri": None,
        "capabilities": capabilities,
        "locale": "fr",
        "trace": "off",
        "clientInfo": {"name": "e", "version": "1"},
        "initializationOptions": {"inference": {"a": None}},
        "workspaceFolders": [{"uri": "file:///a", "name": "a"}],
    }
    assert make_converter().structure(params, t.InitializeParams) == get_converter().structure(
        params, t.InitializeParams
    )
