"""What becomes of a result that waits: in previews, in messages where there are none, and by commands anywhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException

from support.fake_hub import Exchange, FakeHub, Json, Reply
from support.lsp_client import EditorClient
from support.model_backends import ENDPOINT
from support.server_process import JOB_CAPABILITY, Asked, Lend, ServerProcess, end_of, growing, start_job

TEXT = "One fish.\n\nTwo fish swim here.\n\nRed fish."
SELECTED = "Two fish swim here."
PLAIN: dict[str, Any] = {**JOB_CAPABILITY, "workspace": {"textDocumentContent": None}}
"""An editor that shows no documents of ours."""
TRANSLATED = TEXT.replace(SELECTED, "ZWEI FISCHE")
BELOW = TEXT.replace(SELECTED, f"{SELECTED}\n\nZWEI FISCHE")


def clicks(editor: EditorClient, *titles: str) -> list[tuple[str, list[str]]]:
    """The person presses these, one a message, and nothing after them; every message with its buttons."""
    shown: list[tuple[str, list[str]]] = []
    wanted = list(titles)

    def choose(params: t.ShowMessageRequestParams) -> t.MessageActionItem | None:
        shown.append((params.message, [action.title for action in params.actions or ()]))
        return t.MessageActionItem(wanted.pop(0)) if wanted else None

    editor.choose = choose
    return shown


async def waiting(editor: EditorClient, hub: FakeHub, uri: str, text: str = "ZWEI FISCHE") -> str:
    """A translation that is done and waits to be decided on."""
    await editor.open(uri, TEXT, "markdown")
    ENDPOINT.streams(hub, text)
    job = await start_job(editor, uri, SELECTED, "translate")
    assert (await end_of(editor, job))["state"] == "done"
    assert editor.documents[uri].text == TEXT, "nothing is inserted before it is decided"
    return job


def preview_of(editor: EditorClient) -> str:
    (shown,) = editor.requests[t.WINDOW_SHOW_DOCUMENT]
    uri: str = shown.uri
    return uri


async def content(editor: EditorClient, uri: str) -> str:
    answer = await editor.ask(t.WORKSPACE_TEXT_DOCUMENT_CONTENT, t.TextDocumentContentParams(uri))
    text: str = answer.text
    return text


# Previews.


async def test_a_preview_is_shown_beside_the_text_and_grows_with_it(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub, edit={"apply": "preview"}))
    document = await editor.open(uri, TEXT, "markdown")
    gate = hub.gate()
    ENDPOINT.streams(hub, "ZWEI FISCHE", gate)
    job = await start_job(editor, uri, SELECTED, "translate")
    gate.open()  # the first of its two words
    await growing(editor, job, "ZWEI")
    await editor.until(lambda: editor.requests[t.WINDOW_SHOW_DOCUMENT], "the preview")
    preview = preview_of(editor)
    assert preview.startswith("inference-preview:/")
    assert (await content(editor, preview)).startswith("ZWEI")
    before = editor.refreshes[t.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH]
    gate.stay_open()
    await end_of(editor, job)
    await editor.until(lambda: editor.refreshes[t.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH] > before, "a refresh")
    assert await content(editor, preview) == "ZWEI FISCHE"
    assert document.text == TEXT
    assert editor.edits == []
    await editor.execute("inference.apply", preview)
    assert document.text == TRANSLATED
    assert len(editor.edits) == 1


async def test_a_preview_says_that_its_source_has_changed_and_apply_asks(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub, edit={"apply": "preview"}))
    await waiting(editor, hub, uri)
    preview, document = preview_of(editor), editor.documents[uri]
    before = editor.refreshes[t.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH]
    await editor.change(uri, "One big fish", "One fish")
    await editor.change(uri, "three", "swim")
    await editor.until(lambda: editor.refreshes[t.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH] > before, "a refresh")
    assert (await content(editor, preview)).startswith("(The text this was made from has changed since")
    shown = clicks(editor, "Apply anyway")
    await editor.execute("inference.apply", preview)
    await editor.until(lambda: editor.edits, "the edit")
    assert shown == [
        (
            "Translate: the text this was made from has changed since.",
            ["Apply anyway", "Insert below", "Run again"],
        )
    ]
    assert document.text == TRANSLATED.replace("One fish", "One big fish")


@pytest.mark.parametrize(("chosen", "after"), [("Insert below", "Two fish three here.\n\nZWEI FISCHE"), ("", "")])
async def test_a_changed_source_is_left_alone_unless_the_person_says_so(
    chosen: str, after: str, lend: Lend, hub: FakeHub, uri: str
) -> None:
    editor = await lend(**ENDPOINT.settings(hub, edit={"apply": "preview"}))
    job = await waiting(editor, hub, uri)
    await editor.change(uri, "three", "swim")
    shown = clicks(editor, *([chosen] if chosen else []))
    await editor.execute("inference.apply", job)
    await editor.until(lambda: shown, "the question")
    changed = TEXT.replace("swim", "three")
    if chosen:
        await editor.until(lambda: editor.edits, "the edit")
        assert editor.documents[uri].text == changed.replace("Two fish three here.", after)
    else:
        await editor.execute("inference.cancel")
        assert editor.documents[uri].text == changed


# Messages, where there are no previews.


DECISIONS = {"Apply": TRANSLATED, "Insert below": BELOW, "Discard": TEXT}


@pytest.mark.parametrize("chosen", DECISIONS)
async def test_an_editor_without_previews_shows_the_result_in_a_message_and_asks(
    chosen: str, lend: Lend, hub: FakeHub, uri: str
) -> None:
    editor = await lend(PLAIN, **ENDPOINT.settings(hub, edit={"apply": "preview"}))
    shown = clicks(editor, chosen)
    await editor.open(uri, TEXT, "markdown")
    ENDPOINT.streams(hub, "ZWEI FISCHE")
    job = await start_job(editor, uri, SELECTED, "translate")
    await end_of(editor, job)
    await editor.until(lambda: shown and (editor.edits or chosen == "Discard"), "what was chosen")
    assert shown == [("Translate:\nZWEI FISCHE", ["Apply", "Insert below", "Run again", "Discard"])]
    assert editor.documents[uri].text == DECISIONS[chosen]
    assert editor.requests[t.WINDOW_SHOW_DOCUMENT] == []
    if chosen == "Discard":
        await editor.execute("inference.cancel")  # the answer to the message was there before this
        with pytest.raises(JsonRpcException, match="This result is gone"):
            await editor.execute("inference.copy", job)


async def test_run_again_in_a_message_runs_again(lend: Lend, hub: FakeHub, uri: str, asked: Asked) -> None:
    editor = await lend(PLAIN, **ENDPOINT.settings(hub, edit={"apply": "preview"}))
    shown = clicks(editor, "Run again", "Apply")
    await editor.open(uri, TEXT, "markdown")
    ENDPOINT.streams(hub, "ZWEI FISCHE")
    await start_job(editor, uri, SELECTED, "translate")
    await editor.until(lambda: editor.edits, "the edit of the second run")
    assert len(shown) == 2
    assert len(asked()) == 2
    assert editor.documents[uri].text == TRANSLATED


async def test_a_message_shows_the_beginning_of_a_long_result(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(PLAIN, **ENDPOINT.settings(hub, edit={"apply": "preview"}))
    shown = clicks(editor)
    job = await waiting(editor, hub, uri, "wort " * 1_000)
    await editor.until(lambda: shown, "the message")
    assert 1_500 < len(shown[0][0]) < 1_600
    assert len(await editor.execute("inference.copy", job)) > 4_000, "all of it is there to be copied"


async def test_an_editor_that_has_no_buttons_shows_the_message_all_the_same(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(PLAIN, **ENDPOINT.settings(hub, edit={"apply": "preview"}))

    def refuse(params: t.ShowMessageRequestParams) -> None:
        raise RuntimeError("method not found: window/showMessageRequest")

    editor.choose = refuse
    job = await waiting(editor, hub, uri)
    await editor.until(lambda: editor.notifications[t.WINDOW_SHOW_MESSAGE], "the message")
    assert editor.notifications[t.WINDOW_SHOW_MESSAGE][0].message == "Translate:\nZWEI FISCHE"
    await editor.execute("inference.apply", job)
    assert editor.documents[uri].text == TRANSLATED


# Commands, with a job's id and without.


@pytest.mark.parametrize("named", [True, False])
async def test_every_decision_is_a_command_that_means_the_newest_result_unless_one_is_named(
    named: bool, lend: Lend, hub: FakeHub, uri: str
) -> None:
    editor = await lend(PLAIN, **ENDPOINT.settings(hub, edit={"apply": "preview"}))
    clicks(editor)
    document = await editor.open(uri, TEXT, "markdown")
    ENDPOINT.streams(hub, "ZWEI FISCHE")
    job = await start_job(editor, uri, SELECTED, "translate")
    await end_of(editor, job)
    arguments = [job] if named else []
    assert await editor.execute("inference.copy", *arguments) == "ZWEI FISCHE"
    await editor.execute("inference.applyBelow", *arguments)
    assert document.text == BELOW
    again = (await editor.execute("inference.retry", *arguments))["job"]
    await end_of(editor, again)
    await editor.execute("inference.apply", *([again] if named else []))
    assert document.text == BELOW.replace(SELECTED, "ZWEI FISCHE")
    await editor.execute("inference.discard", *([again] if named else []))
    with pytest.raises(JsonRpcException, match="This result is gone"):
        await editor.execute("inference.apply", again)


async def test_without_any_result_a_command_says_so(own_server: ServerProcess) -> None:
    editor = await own_server.start()
    for command in ("apply", "applyBelow", "discard", "retry", "copy"):
        with pytest.raises(JsonRpcException, match="There is no result yet"):
            await editor.execute(f"inference.{command}")


async def test_the_result_of_a_closed_document_can_still_be_copied(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(PLAIN, **ENDPOINT.settings(hub, edit={"apply": "preview"}))
    clicks(editor)
    job = await waiting(editor, hub, uri)
    await editor.close(uri)
    assert await editor.execute("inference.copy", job) == "ZWEI FISCHE"
    with pytest.raises(JsonRpcException, match="The document is closed"):
        await editor.execute("inference.apply", job)


async def test_a_document_closed_amid_a_stream_leaves_what_there_was_to_be_copied(
    lend: Lend, hub: FakeHub, uri: str
) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    await editor.open(uri, TEXT, "markdown")
    gate = hub.gate()
    ENDPOINT.streams(hub, "ZWEI FISCHE SCHWIMMEN HIER", gate)
    job = await start_job(editor, uri, SELECTED, "translate")
    gate.open(2)
    await growing(editor, job, "ZWEI")
    await editor.close(uri)
    assert (await end_of(editor, job))["state"] == "cancelled"
    assert (await editor.execute("inference.copy", job)).startswith("ZWEI")


# The language, the model, less at once, and how the server is.


@pytest.mark.parametrize("locale", ["", "en"])
async def test_the_language_is_asked_for_once_where_nothing_names_it(
    locale: str, own_server: ServerProcess, hub: FakeHub
) -> None:
    """No setting, and an editor whose language is unknown, or is the text's already."""
    editor = await own_server.spawn("--stdio")
    editor.configuration = {"inference": ENDPOINT.settings(hub)}
    editor.locale = locale or None
    await editor.start(capabilities=JOB_CAPABILITY)
    text = "The fish are swimming in the river, and they are looking for something to eat."
    await editor.open("file:///a.md", text, "markdown")
    shown = clicks(editor)
    end = await end_of(editor, await start_job(editor, "file:///a.md", text, "translate"))
    assert (end["state"], end["message"]) == ("cancelled", "nothing was chosen, so nothing was done.")
    ((question, answers),) = shown
    assert ("The text is in English already." in question) == (locale == "en")
    assert ("English" in answers) == (locale == "")
    shown = clicks(editor, "German")
    ENDPOINT.streams(hub, "FISCHE")
    end = await end_of(editor, await start_job(editor, "file:///a.md", text, "translate"))
    assert end["state"] == "done"
    assert "into German" in [each for each in hub.exchanges if each.method == "POST"][-1].json()["inputs"]
    titles = [action.title for action in await editor.select_code_actions("file:///a.md", "FISCHE")]
    assert any(title.startswith("Translate to German") for title in titles), titles
    assert len(shown) == 1


async def test_a_model_is_chosen_in_messages(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub, timeout=23))
    hub.on(ENDPOINT.base + "/v1/models", Json({"data": [{"id": "one/model"}, {"id": "two/model"}]}))
    shown = clicks(editor, "text-generation", "two/model")
    await editor.execute("inference.selectModel")
    await editor.until(lambda: len(editor.messages) == 3, "the last word")
    assert [message for message, _ in shown] == [
        "Of which task do you want to choose the model?",
        "Which model shall answer text-generation for now? To keep one, name it in inference.models.",
    ]
    assert '{"text-generation": "two/model"}' in editor.messages[-1].message
    await editor.open(uri, "Once", "plaintext")
    ENDPOINT.streams(hub, " upon")
    assert (await end_of(editor, await start_job(editor, uri, "Once", "complete")))["state"] == "done"


async def test_the_embedded_engine_has_no_models_to_choose(lend: Lend) -> None:
    editor = await lend()
    with pytest.raises(JsonRpcException, match="has no models to choose from"):
        await editor.execute("inference.selectModel", {"task": "summarization"})


async def test_the_report_says_who_answers_and_what_is_wrong(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub, timeout=24))
    await editor.open(uri, "Once", "plaintext")
    ENDPOINT.answers(hub, Json({"error": "out of paper"}, 500))
    await end_of(editor, await start_job(editor, uri, "Once", "complete"))
    report = await editor.execute("inference.report")
    host = hub.url.removeprefix("http://")
    assert f"Complete: {host}" in report
    assert "State: attention:" in report
    assert "out of paper" in report


def too_long_beyond(most: int) -> Any:
    def reply(exchange: Exchange) -> Reply:
        if len(exchange.json()["inputs"]) > most:
            return Json({"error": f"{most} characters at most"}, 413)
        return Json([{"summary_text": "short"}])

    return reply


async def test_a_text_a_server_finds_too_long_can_be_sent_in_smaller_parts(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub, timeout=25))
    text = "\n\n".join(f"Paragraph {number} says a few words of its own." for number in range(8))
    await editor.open(uri, text, "markdown")
    hub.on(ENDPOINT.generates, too_long_beyond(200))
    shown = clicks(editor, "Send less at once")
    end = await end_of(editor, await start_job(editor, uri, text, "summarize"))
    assert end["state"] == "failed"
    await editor.until(lambda: len(_ends(editor)) == 2, "the end of the second run")
    (message, buttons) = shown[0]
    assert f"{len(text)} characters were selected" in message
    assert "Send less at once" in buttons
    assert _ends(editor)[-1]["state"] == "done"
    assert re.fullmatch(r"(\d+)/\1 parts", _ends(editor)[-1]["message"])
    assert len(editor.edits) == 1


def _ends(editor: EditorClient) -> list[dict[str, Any]]:
    return [update for update in editor.notifications["inference/job"] if update["state"] != "running"]
