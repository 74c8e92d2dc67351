"""A token planted in every path leaves by none: no log line, no message, no argument, no request to a stranger."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.fake_hub import BrokenJson, Exchange, FakeHub, Json, Reply, Sse, tgi_events
from support.server_process import clean_environment
from support.wire import Wire, spawned

URI = "file:///secrets.md"
ENVIRONMENT = "hf_" + "EnvironmentToken" * 2
TOKEN_FILE = "hf_" + "TokenOfTheFile00" * 2
OPTIONS = "hf_" + "InitializeOption" * 2
SETTING = "hf_" + "SettingsValue000" * 2
DOCUMENT = "hf_" + "DocumentsOwnText" * 2
PARAMS = "hf_" + "CustomParameters" * 2
PLANTED = (ENVIRONMENT, TOKEN_FILE, OPTIONS, SETTING, PARAMS, DOCUMENT)
EVERYWHERE_BUT_THE_TEXT = PLANTED[:-1]

TEXT = f"Some text with {DOCUMENT} in it. It goes on. And on it goes, for a while, until it ends."
CONTEXT = {"textDocument": {"uri": URI}}
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": len(TEXT)}}


@dataclass(frozen=True, slots=True)
class Run:
    """One server's whole life: what it was sent to say, and what came out of it anywhere."""

    messages: list[dict[str, Any]]
    stderr: str
    argv: bytes | None
    requests: list[Exchange]


@pytest.fixture(scope="module", params=["environment", "token file"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Everything that can go wrong goes wrong, with tokens lying about, at the most talkative log level."""
    home: Path = tmp_path_factory.mktemp("home")
    environment = clean_environment(home)
    token_file = home / ".cache" / "huggingface" / "token"
    token_file.parent.mkdir(parents=True)
    token_file.write_text(TOKEN_FILE + "\n")
    if request.param == "environment":
        environment["HF_TOKEN"] = ENVIRONMENT
    command = [sys.executable, "-m", "inference_lsp", "--stdio", "--log-level", "DEBUG"]
    with FakeHub.in_thread() as hub:
        hub.on("*", _echo)
        with spawned(command, env=environment, cwd=home) as (wire, process):
            argv = Path(f"/proc/{process.pid}/cmdline")
            arguments = argv.read_bytes() if argv.exists() else None
            _live(wire, hub)
            assert wire.ask("shutdown")["result"] is None
            wire.notify("exit")
            assert process.wait(60) == 0
            assert process.stderr is not None
            stderr = process.stderr.read().decode()
        return Run(list(wire.received), stderr, arguments, list(hub.exchanges))


def test_the_run_was_one_in_which_much_went_wrong(run: Run) -> None:
    assert len([message for message in run.messages if message.get("method") == "window/showMessage"]) >= 10
    assert "<redacted>" in run.stderr, "the log was quiet; this proves nothing"
    assert len(run.requests) >= 6


def test_no_log_line_holds_a_token(run: Run) -> None:
    assert [token for token in PLANTED if token in run.stderr] == []


def test_no_argument_of_the_process_holds_a_token(run: Run) -> None:
    if run.argv is None:
        pytest.skip("this system does not show arguments in /proc")
    assert [token for token in PLANTED if token.encode() in run.argv] == []


def test_no_message_to_the_editor_holds_a_token_but_the_texts_own(run: Run) -> None:
    for message in run.messages:
        assert [token for token in EVERYWHERE_BUT_THE_TEXT if token in json.dumps(message)] == [], message
    shown = [message["params"]["message"] for message in run.messages if message.get("method") == "window/showMessage"]
    assert [text for text in shown if DOCUMENT in text] == []
    assert any("<redacted>" in text for text in shown), "an echo is shown, masked"


def test_a_backend_that_is_not_hugging_face_gets_no_token_but_the_texts_own(run: Run) -> None:
    for exchange in run.requests:
        assert "authorization" not in exchange.headers
        sent = f"{exchange.target} {exchange.headers} {exchange.body.decode()}"
        assert [token for token in EVERYWHERE_BUT_THE_TEXT if token in sent] == [], exchange


def _live(wire: Wire, hub: FakeHub) -> None:
    options = {"token": OPTIONS, "inference": {"timeout": OPTIONS, "url": OPTIONS, "target": "endpoint"}}
    wire.open_session(
        {"workspace": {"applyEdit": True}, "experimental": {"inference": {"job": True}}},
        initializationOptions=options,
        clientInfo={"name": "editor", "version": OPTIONS},
    )
    item = {"uri": URI, "languageId": "markdown", "version": 1, "text": TEXT}
    wire.notify("textDocument/didOpen", {"textDocument": item})
    wrong: list[dict[str, Any]] = [
        {"target": SETTING, "url": SETTING, "timeout": SETTING, "inline": SETTING, "token": SETTING},
        {"target": "endpoint", "url": SETTING},
        {"target": "openai", "url": f"ftp://{SETTING}@host/"},
        {"models": {"summarization": [SETTING]}, "hover": {"scope": SETTING}},
    ]
    for settings in wrong:
        _configure(wire, settings)
    for address in (hub.url + "/echo", hub.url + "/broken", hub.url + "/stream"):
        remote = {"target": "endpoint", "url": address, "automatic": {"remote": True}}
        _configure(wire, remote)
        for action in ("summarize", "translate", "complete"):
            _run(wire, action)
        wire.ask("textDocument/hover", {**CONTEXT, "position": {"line": 0, "character": 3}})
        place = {"line": 0, "character": len(TEXT)}
        wire.ask("textDocument/inlineCompletion", {**CONTEXT, "position": place, "context": {"triggerKind": 1}})
    for method in ("inference/nothing", "textDocument/hover", "workspace/executeCommand", "initialize"):
        assert "error" in wire.ask(method, {"token": PARAMS, "position": PARAMS})
    wire.ask("workspace/executeCommand", {"command": "inference.run", "arguments": [_argument(PARAMS)]})
    wire.ask("workspace/executeCommand", {"command": "inference.cancel", "arguments": [{"token": PARAMS}]})
    wire.notify("textDocument/didChange", {"token": PARAMS})
    wire.notify("inference/nothing", {"token": PARAMS})


def _configure(wire: Wire, settings: dict[str, Any]) -> None:
    given = {"translate": {"to": "en"}, **settings}
    wire.notify("workspace/didChangeConfiguration", {"settings": {"inference": given}})


def _run(wire: Wire, action: str) -> None:
    """Runs an action to its end, whatever that is."""
    params = {"command": "inference.run", "arguments": [_argument(action)]}
    job = wire.ask("workspace/executeCommand", params)["result"]["job"]
    wire.until(
        lambda message: (
            message.get("method") == "inference/job"
            and message["params"]["job"] == job
            and message["params"]["state"] != "running"
        )
    )


def _argument(action: str) -> dict[str, Any]:
    return {"action": action, "uri": URI, "range": WHOLE}


def _echo(exchange: Exchange) -> Reply:
    """A backend that repeats in its errors all it was sent, and every token there is."""
    everything = f"{exchange.headers} {exchange.body.decode()} {' '.join(PLANTED)}"
    match exchange.path:
        case "/broken":
            return BrokenJson(b'{"error": "' + " ".join(PLANTED).encode())
        case "/stream":
            return Sse([*tgi_events("a b")[:1], {"error": f"Bearer {ENVIRONMENT} is wrong: {' '.join(PLANTED)}"}])
        case _:
            return Json({"error": f"{PLANTED[0]} not allowed: {everything}"}, 403, headers={"x-request-id": SETTING})
