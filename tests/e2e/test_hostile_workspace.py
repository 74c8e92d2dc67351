"""No workspace, options or server leads the token astray: everything the server sends goes through a proxy that looks.

The proxy is the fake Hub, so that any host may be named and none is looked up. What goes by TLS is only asked to be
tunnelled, which the proxy refuses: what would be sent inside is held in tests/server/test_targets.py."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types as t

from support.fake_hub import Exchange, FakeHub, Json, Redirect, Reply, Sse, tgi_events
from support.lsp_client import EditorClient
from support.server_process import ServerProcess, updates

TOKEN = "hf_" + "TheTokenOfThisMachine" * 2
FILE_TOKEN = "hf_" + "TheTokenInTheFile0000" * 2
OWN_KEY = "key-" + "ofAnotherOrigin" * 2
OWN_ORIGIN = "http://own.example"
TEXT = "Some text that is worth a summary. It has two sentences."

REMOTE: Mapping[str, Any] = {"automatic": {"remote": True}, "timeout": 5}
ADDRESSES = (
    "http://huggingface.co/x",
    "http://router.huggingface.co/v1",
    "http://huggingface.co:443/x",
    "http://huggingface.co@evil.example/x",
    "http://huggingface.co:443@evil.example/x",
    "http://huggingface.co%2f@evil.example/x",
    "http://evil.example/huggingface.co",
    "http://evil.example/https://huggingface.co",
    "http://evil.example?url=https://huggingface.co",
    "http://evil.example/#huggingface.co",
    "http://huggingface.co.evil.example/x",
    "http://evil-huggingface.co/x",
    "http://HUGGINGFACE.CO.evil.example/x",
    "http://huggingface.co./x",
    "http://xn--huggngface-p5a.co/x",
    "http://huggіngface.co/x",
    "http://endpoints.huggingface.cloud.evil.example/x",
    "http://127.0.0.1:9/huggingface.co",
    "http://[::1]:9/huggingface.co",
    "http://own.example:8080/x",
    "http://own.example.evil.example/x",
    "http://sub.own.example/x",
    "http://own.example@evil.example/x",
    "https://own.example/x",
    "https://huggingface.co.evil.example/x",
    "https://huggingface.co@evil.example/x",
    "https://huggingface.co:8443/x",
)
SETTINGS: tuple[dict[str, Any], ...] = (
    *({"target": "endpoint", "url": url} for url in ADDRESSES),
    *({"target": "openai", "url": url} for url in ADDRESSES[:8]),
    {"target": "embedded", "failover": ["endpoint"], "url": "http://evil.example/x"},
    {"target": "endpoint", "url": "http://evil.example/x", "models": {"text-generation": "http://evil.example/y"}},
    {"target": "endpoint", "url": "http://evil.example/x", "models": {"summarization": "../../@evil.example"}},
    {"target": "endpoint", "url": "http://evil.example/x", "headers": {"Authorization": "Bearer ${env:HF_TOKEN}"}},
    {"target": "endpoint", "url": "http://evil.example/x", "token": "${env:HF_TOKEN}"},
    {"target": "endpoint", "url": "http://evil.example/${env:HF_TOKEN}"},
)
WAYS = ("settings", "folder", "options", "pushed")


@pytest_asyncio.fixture(scope="module")
async def proxy() -> Any:
    async with FakeHub() as proxy:
        yield proxy


async def _begun(server: ServerProcess, proxy: FakeHub, way: str, folder: Path, settings: Any) -> EditorClient:
    """A session whose settings come by this way; the token is in the environment and in its file."""
    file = server.home / ".cache" / "huggingface" / "token"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(FILE_TOKEN, encoding="utf-8")
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    environment = {**dict.fromkeys(names, proxy.url), "NO_PROXY": "", "HF_TOKEN": TOKEN}
    capabilities: dict[str, Any] = {"experimental": {"inference": {"job": True, "credential": True}}}
    if way in ("options", "pushed"):
        capabilities["workspace"] = {"configuration": None}
    server.editor.feature("inference/credential")(
        lambda params: {"credential": OWN_KEY if params["origin"] == OWN_ORIGIN else None}
    )
    if way == "folder":
        server.editor.folder_configuration = {folder.as_uri(): {"inference": settings}}
    return await server.start(
        settings if way == "settings" else {"target": "embedded"},
        environment=environment,
        capabilities=capabilities,
        folder=folder,
        options=settings if way == "options" else None,
    )


async def _use_everything(editor: EditorClient, uri: str) -> None:
    """Each action, a hover and a ghost text, to their ends or until they only wait to try the same again."""
    document = editor.documents[uri]
    for action in ("summarize", "translate", "complete"):
        await editor.change(uri, TEXT)
        offered = await editor.select_code_actions(uri, TEXT, only=[f"refactor.rewrite.inference.{action}"])
        answer = await editor.run(offered[0])
        await editor.until(partial(_has_asked, editor, answer["job"]), "the end or the wait of a job")
        await editor.execute("inference.cancel")
        await editor.until(partial(_has_ended, editor, answer["job"]), "the end of a job")
    await editor.change(uri, TEXT)
    place = t.TextDocumentIdentifier(uri)
    await editor.text_document_hover_async(t.HoverParams(place, t.Position(0, 2)))
    context = t.InlineCompletionContext(trigger_kind=t.InlineCompletionTriggerKind.Invoked)
    params = t.InlineCompletionParams(context=context, text_document=place, position=document.position(len(TEXT)))
    await editor.ask(t.TEXT_DOCUMENT_INLINE_COMPLETION, params)


def _has_ended(editor: EditorClient, job: str) -> bool:
    return any(update["state"] != "running" for update in updates(editor, job))


def _has_asked(editor: EditorClient, job: str) -> bool:
    return any("Asking again" in update["message"] for update in updates(editor, job)) or _has_ended(editor, job)


def _leaks(exchanges: list[Exchange]) -> list[str]:
    """The requests that carry a secret to anybody."""
    return [
        f"{exchange.method} {exchange.target}"
        for exchange in exchanges
        for secret in (TOKEN, FILE_TOKEN, OWN_KEY)
        if secret in f"{exchange.target} {exchange.headers} {exchange.body!r}"
    ]


def _answer(exchange: Exchange) -> Reply:
    """A stranger that answers like a model, and now and then sends the caller elsewhere."""
    if exchange.method == "CONNECT":
        return Json({"error": "no tunnels"}, 403)
    if exchange.number % 5 == 0:
        return Redirect(("https://huggingface.co/", "http://huggingface.co/", "//evil.example/")[exchange.number % 3])
    if exchange.path.endswith(("/info", "/models", "/health")):
        return Json({"data": [{"id": "a/model"}]})
    return Sse(tgi_events(" and so on."))


@pytest.mark.parametrize("way", WAYS)
async def test_the_token_goes_to_nobody_who_is_named_by_settings(
    way: str, own_server: ServerProcess, proxy: FakeHub, tmp_path: Path
) -> None:
    assert len(SETTINGS) >= 30
    folder = tmp_path / "workspace"
    folder.mkdir()
    proxy.on("*", _answer)
    before = len(proxy.exchanges)
    editor = await _begun(own_server, proxy, way, folder, {**REMOTE, **SETTINGS[0]})
    uri = f"{folder.as_uri()}/a.md"
    for settings in SETTINGS if way != "options" else SETTINGS[:1]:
        given = {**REMOTE, **settings}
        if way == "folder":
            editor.folder_configuration = {folder.as_uri(): {"inference": given}}
        elif way == "settings":
            editor.configuration = {"inference": given}
        pushed = {"inference": given} if way == "pushed" else None
        if way != "options":
            editor.workspace_did_change_configuration(t.DidChangeConfigurationParams(settings=pushed))
            await editor.execute("inference.cancel")
        await editor.open(uri, TEXT, "markdown")
        await _use_everything(editor, uri)
        await editor.close(uri)
    sent = proxy.exchanges[before:]
    assert _leaks(sent) == []
    if way == "folder":
        assert sent == [], "a folder does not even say where text goes"
    else:
        hosts = {exchange.target.split("/")[2] for exchange in sent if exchange.target.startswith("http://")}
        assert "router.huggingface.co" in hosts or way == "options", "the attempts were not made; this proves nothing"
    assert TOKEN not in own_server.stderr
    for messages in (editor.messages, *editor.notifications.values()):
        assert TOKEN not in str(messages)
        assert OWN_KEY not in str(messages)


async def test_the_credential_of_an_origin_goes_to_it_so_the_tests_above_can_fail(
    own_server: ServerProcess, proxy: FakeHub, tmp_path: Path
) -> None:
    before = len(proxy.exchanges)
    proxy.on("*", lambda exchange: Sse(tgi_events(" and so on.")))
    settings = {**REMOTE, "target": "endpoint", "url": OWN_ORIGIN + "/x"}
    editor = await _begun(own_server, proxy, "settings", tmp_path, settings)
    await editor.open("file:///a.md", TEXT, "markdown")
    await _use_everything(editor, "file:///a.md")
    sent = proxy.exchanges[before:]
    assert sent
    assert {exchange.headers.get("authorization") for exchange in sent} == {f"Bearer {OWN_KEY}"}


async def test_with_the_token_hugging_face_is_spoken_to_by_tls_only(
    own_server: ServerProcess, proxy: FakeHub, tmp_path: Path
) -> None:
    before = len(proxy.exchanges)
    proxy.on("*", _answer)
    editor = await _begun(own_server, proxy, "settings", tmp_path, {**REMOTE, "target": "auto"})
    await editor.open("file:///a.md", TEXT, "markdown")
    await _use_everything(editor, "file:///a.md")
    sent = proxy.exchanges[before:]
    assert {(exchange.method, exchange.target) for exchange in sent} == {("CONNECT", "router.huggingface.co:443")}
    assert _leaks(sent) == []
