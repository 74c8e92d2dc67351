"""Who answers, end to end: the default, failover that says so, servers that do not write, and what a failure offers."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types as t

from support.fake_hub import Exchange, FakeHub, Html, Json, Reply, Reset, Sse, Unauthorized, tgi_events
from support.lsp_client import EditorClient
from support.model_backends import COMPLETIONS, ENDPOINT
from support.server_process import JOB_CAPABILITY, Asked, Lend, ServerProcess, end_of, start_job

TEXT = "The bridge in Sydney was opened in 1932. It is made of steel. Many people walk over it every day."
MODELS: dict[str, Any] = {"experimental": {"inference": {"job": True, "credential": True, "status": True}}}


def _clicks(editor: EditorClient, *titles: str) -> list[list[str]]:
    """The person clicks these, one a message; what each message offered."""
    offered: list[list[str]] = []
    wanted = list(titles)

    def choose(params: t.ShowMessageRequestParams) -> t.MessageActionItem | None:
        offered.append([action.title for action in params.actions or ()])
        return t.MessageActionItem(wanted.pop(0)) if wanted else None

    editor.choose = choose
    return offered


async def _jobs_ended(editor: EditorClient, count: int) -> list[dict[str, Any]]:
    """The last updates of so many jobs."""

    def ended() -> list[dict[str, Any]]:
        return [update for update in editor.notifications["inference/job"] if update["state"] != "running"]

    await editor.until(lambda: len(ended()) >= count, f"the end of {count} jobs")
    return ended()


async def test_without_a_token_and_a_setting_the_embedded_engine_answers_and_says_so(lend: Lend, uri: str) -> None:
    editor = await lend()
    await editor.open(uri, TEXT, "markdown")
    job = await start_job(editor, uri, TEXT, "summarize")
    assert (await end_of(editor, job))["state"] == "done"
    (titles,) = ([value["title"] for value in values if "title" in value] for values in editor.progress.values())
    assert titles == ["Summarize (embedded engine)"]


async def test_with_a_token_auto_is_the_hub_and_titles_say_so(own_server: ServerProcess) -> None:
    editor = await own_server.start(environment={"HF_TOKEN": "hf_abcdefghijklmnop"})
    await editor.open("file:///a.md", TEXT, "markdown")
    titles = [action.title for action in await editor.select_code_actions("file:///a.md", TEXT)]
    assert titles
    assert all("router.huggingface.co" in title for title in titles), titles
    hover = await editor.text_document_hover_async(
        t.HoverParams(t.TextDocumentIdentifier("file:///a.md"), t.Position(0, 2))
    )
    assert isinstance(hover, t.Hover)
    assert isinstance(hover.contents, t.MarkupContent)
    assert "no model" in hover.contents.value, "what nobody asked for stays here"


@pytest.mark.parametrize(
    ("reply", "because"),
    [
        (Json({"error": "out of memory"}, 500), "answered 500: out of memory"),
        (Json({"error": "slow down"}, 429, headers={"retry-after": "3600"}), "takes no more requests"),
    ],
)
async def test_where_the_target_fails_the_next_one_answers_and_the_result_says_so(
    reply: Reply, because: str, lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub, failover=["embedded"]))
    document = await editor.open(uri, TEXT, "markdown")
    ENDPOINT.answers(hub, reply)
    job = await start_job(editor, uri, TEXT, "summarize")
    end = await end_of(editor, job)
    assert end["state"] == "done"
    assert end["message"].startswith("embedded engine answered, since 127.0.0.1")
    assert because in end["message"]
    assert document.text != TEXT
    assert len(asked()) == 1
    assert editor.messages == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_fault_of_the_request_is_not_taken_elsewhere(
    status: int, lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub, failover=["embedded"]))
    document = await editor.open(uri, TEXT, "markdown")
    ENDPOINT.answers(hub, Json({"error": f"no {status}"}, status))
    end = await end_of(editor, await start_job(editor, uri, TEXT, "summarize"))
    assert (end["state"], document.text) == ("failed", TEXT)


async def test_a_server_of_embeddings_is_not_offered_to_summarize(
    own_server: ServerProcess, hub: FakeHub, uri: str, asked: Asked
) -> None:
    hub.on("/tei/info", Json({"model_id": "BAAI/bge", "model_type": {"embedding": {"pooling": "cls"}}}))
    editor = await own_server.start({"target": "endpoint", "url": hub.url + "/tei"})
    await editor.open(uri, TEXT, "markdown")
    await editor.select_code_actions(uri, TEXT)
    await hub.until(lambda: any(one.path == "/tei/info" and not one.in_flight for one in hub.exchanges))
    offered: list[Any] = []
    while not (offered and all(action.disabled for action in offered)):  # it is learnt beside the light bulb
        offered = await editor.select_code_actions(uri, TEXT)
    host = hub.url.removeprefix("http://")
    why = f"{host} does embeddings only (BAAI/bge). Choose another target for what writes text."
    assert {action.disabled.reason for action in offered} == {why}
    assert asked() == []


async def test_a_gone_model_is_explained_and_the_one_chosen_instead_answers(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**COMPLETIONS.settings(hub, models={"text-generation": "gone/model"}))
    document = await editor.open(uri, "Once", "plaintext")

    def reply(exchange: Exchange) -> Reply:
        if exchange.json()["model"] == "gone/model":
            return Json({"error": "the model gone/model does not exist"}, 404)
        return Sse(COMPLETIONS.events(" upon a time"))

    hub.on(COMPLETIONS.generates, reply)
    hub.on(COMPLETIONS.base + "/chat/completions", reply)
    hub.on(COMPLETIONS.base + "/models", Json({"data": [{"id": "gone/model"}, {"id": "new/model"}]}))
    offered = _clicks(editor, "Choose another model", "new/model")
    await start_job(editor, uri, "Once", "complete")
    first, second = await _jobs_ended(editor, 2)
    assert (first["state"], second["state"]) == ("failed", "done")
    assert offered == [["Choose another model"], ["new/model"]]
    assert document.text == "Once upon a time"
    assert list(await editor.execute("inference.models", {"task": "text-generation"})) == ["gone/model", "new/model"]


async def test_a_stream_that_was_cut_goes_on_from_where_it_broke(
    lend: Lend, hub: FakeHub, uri: str, asked: Asked
) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    document = await editor.open(uri, "Once", "plaintext")
    hub.on(ENDPOINT.generates, [Sse(tgi_events(" upon a time")[:2], "cut"), Sse(tgi_events(" there was a bridge"))])
    offered = _clicks(editor, "Continue from here")
    await start_job(editor, uri, "Once", "complete")
    first, second = await _jobs_ended(editor, 2)
    assert first["state"] == "failed"
    assert offered == [["Continue from here", "Insert below", "Run again"]]
    assert second["state"] == "done"
    assert second["text"] == first["text"] + " there was a bridge"
    assert document.text == "Once" + second["text"]
    assert asked()[-1].json()["inputs"] == "Once" + first["text"]


async def test_a_refused_token_can_be_set_and_the_action_runs_again(own_server: ServerProcess, hub: FakeHub) -> None:
    given: list[Any] = []
    editor = own_server.editor

    def credential(params: Any) -> dict[str, str | None]:
        given.append(params)
        return {"credential": "my-own-key" if params.get("ask") else None}

    editor.feature("inference/credential")(credential)
    await own_server.start(ENDPOINT.settings(hub), capabilities=MODELS)
    document = await editor.open("file:///a.txt", "Once", "plaintext")

    def reply(exchange: Exchange) -> Reply:
        known = exchange.headers.get("authorization") == "Bearer my-own-key"
        return Sse(tgi_events(" upon a time")) if known else Unauthorized()

    hub.on(ENDPOINT.generates, reply)
    offered = _clicks(editor, "Set token")
    await start_job(editor, "file:///a.txt", "Once", "complete")
    first, second = await _jobs_ended(editor, 2)
    assert (first["state"], second["state"]) == ("failed", "done")
    assert offered == [["Set token"]]
    assert document.text == "Once upon a time"
    assert {params["origin"] for params in given} == {hub.url}
    states = [update["state"] for update in editor.notifications["inference/status"]]
    assert "attention" in states
    assert states[-1] == "idle"


async def test_the_same_failure_is_told_once(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub, timeout=41))
    await editor.open(uri, "Once", "plaintext")
    ENDPOINT.answers(hub, Json({"error": "told only once"}, 500))
    for _ in range(3):
        end = await end_of(editor, await start_job(editor, uri, "Once", "complete"))
        assert "told only once" in end["message"]
    (message,) = editor.messages
    assert "told only once" in message.message


AUTOMATIC: dict[str, Reply] = {
    "too many requests": Json({"error": "no"}, 429, headers={"retry-after": "900"}),
    "a model that loads": Json({"error": "loading", "estimated_time": 600}, 503),
    "no token": Unauthorized(),
    "no permission": Json({"error": "gated"}, 403),
    "no such model": Json({"error": "no such model"}, 404),
    "a server that fails": Json({"error": "out of memory"}, 500),
    "a web page": Html(502),
    "a connection that breaks": Reset(),
    "a stream that breaks": Sse([], "cut"),
}


@pytest.mark.parametrize("case", AUTOMATIC)
async def test_an_automatic_feature_fails_in_silence_pauses_and_the_status_tells(
    case: str, own_server: ServerProcess, hub: FakeHub, asked: Asked
) -> None:
    editor = await own_server.start(
        ENDPOINT.settings(hub, automatic={"remote": True}),
        capabilities={"experimental": {"inference": {"job": True, "status": True}}},
    )
    await editor.open("file:///a.txt", "Once upon a time", "plaintext")
    hub.on(ENDPOINT.generates, AUTOMATIC[case])
    await _type_unasked(editor)
    before = len(asked())
    assert before >= 1
    await _type_unasked(editor)
    assert len(asked()) == before, "it was not left alone"
    assert editor.messages == []
    (told,) = editor.notifications["inference/status"]
    assert told["state"] == "attention"
    assert "Nothing is sent unasked to" in told["message"]


@pytest.mark.parametrize("status", [413, 422])
async def test_an_automatic_feature_sends_a_text_that_is_too_long_once_more_and_shorter(
    status: int, own_server: ServerProcess, hub: FakeHub, asked: Asked
) -> None:
    editor = await own_server.start(ENDPOINT.settings(hub, automatic={"remote": True}))
    await editor.open("file:///a.txt", "Once upon a time", "plaintext")
    hub.on(ENDPOINT.generates, Json({"error": "too long"}, status))
    await _type_unasked(editor)
    assert [exchange.json()["inputs"] for exchange in asked()] == ["Once upon a time", "a time"]
    await _type_unasked(editor)
    assert asked()[2].json()["inputs"] == "a time", "what it takes is remembered"
    assert editor.messages == []


async def _type_unasked(editor: EditorClient) -> None:
    """What an editor asks when a key was typed; nothing comes of it."""
    context = t.InlineCompletionContext(trigger_kind=t.InlineCompletionTriggerKind.Automatic)
    place = t.TextDocumentIdentifier("file:///a.txt")
    params = t.InlineCompletionParams(context=context, text_document=place, position=t.Position(0, 16))
    answer = await editor.ask(t.TEXT_DOCUMENT_INLINE_COMPLETION, params)
    assert list(answer.items) == []


async def test_a_file_of_secrets_is_sent_only_if_the_person_says_so(lend: Lend, hub: FakeHub, asked: Asked) -> None:
    """The endpoint of the tests is on this machine, so it is told of by another name."""
    capabilities = JOB_CAPABILITY
    url = hub.url.replace("127.0.0.1", "0.0.0.0") + "/tgi"
    editor = await lend(dict(capabilities), target="endpoint", url=url)
    document = await editor.open("file:///project/.env", "PASSWORD=1", "plaintext")
    hub.on("/tgi", Sse(tgi_events("23")))
    offered = _clicks(editor)
    end = await end_of(editor, await start_job(editor, document.uri, "PASSWORD=1", "complete"))
    assert (end["state"], end["message"]) == ("cancelled", "nothing was sent.")
    assert offered == [["Send it"]]
    assert asked() == []
    _clicks(editor, "Send it")
    end = await end_of(editor, await start_job(editor, document.uri, "PASSWORD=1", "complete"))
    assert end["state"] == "done"
    assert len(asked()) == 1


@pytest.mark.parametrize("name", [".env", "id_rsa", "server.pem"])
async def test_nothing_automatic_looks_at_a_file_of_secrets(name: str, lend: Lend, hub: FakeHub, asked: Asked) -> None:
    editor = await lend(**ENDPOINT.settings(hub, automatic={"remote": True}))
    document = await editor.open(f"file:///project/{name}", TEXT, "plaintext")
    place = t.TextDocumentIdentifier(document.uri)
    assert await editor.text_document_hover_async(t.HoverParams(place, t.Position(0, 2))) is None
    for kind in t.InlineCompletionTriggerKind:
        context = t.InlineCompletionContext(trigger_kind=kind)
        params = t.InlineCompletionParams(context=context, text_document=place, position=t.Position(0, len(TEXT)))
        assert list((await editor.ask(t.TEXT_DOCUMENT_INLINE_COMPLETION, params)).items) == []
    assert asked() == []
