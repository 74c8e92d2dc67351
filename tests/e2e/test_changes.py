"""What a person types while a job runs is never lost, and a result goes where its text is now, or nowhere."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from lsprotocol import types as t

from support.editor_documents import EditorDocument
from support.fake_hub import FakeHub, Gate, Json, Sse, tgi_events
from support.lsp_client import EditorClient
from support.model_backends import ENDPOINT
from support.server_process import Lend, end_of, growing, start_job

BEFORE = "First 漢字 line.\r\n\r\nThe 🤗 text to translate.\r\n\r\nLast line."
SELECTED = "The 🤗 text to translate."


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Typing over the first occurrence of a text, or over everything."""

    over: str | None
    text: str
    after: str
    state: str = "done"
    says: str = "the selected text was changed meanwhile, so nothing was inserted."
    keeps: str = "TRANSLATED"


CHANGES = {
    "a line before": Edit(
        over="First", text="🤗🤗\r\nFirst", after="🤗🤗\r\nFirst 漢字 line.\r\n\r\nTRANSLATED\r\n\r\nLast line."
    ),
    "deleted before": Edit(over="First 漢字 line.\r\n\r\n", text="", after="TRANSLATED\r\n\r\nLast line."),
    "right before": Edit(
        over="\r\n\r\nThe",
        text="\r\n\r\n>The",
        after="First 漢字 line.\r\n\r\n>TRANSLATED\r\n\r\nLast line.",
    ),
    "after": Edit(
        over="Last", text="Very last 🤗", after="First 漢字 line.\r\n\r\nTRANSLATED\r\n\r\nVery last 🤗 line."
    ),
    "right after": Edit(
        over="translate.\r\n", text="translate.!\r\n", after="First 漢字 line.\r\n\r\nTRANSLATED!\r\n\r\nLast line."
    ),
    "inside": Edit(
        over="text to",
        text="words to",
        after="First 漢字 line.\r\n\r\nThe 🤗 words to translate.\r\n\r\nLast line.",
        state="stale",
    ),
    "all of it deleted": Edit(  # there is nothing left to go on for
        over=SELECTED,
        text="",
        after="First 漢字 line.\r\n\r\n\r\n\r\nLast line.",
        state="stale",
        says="the selected text was deleted, so nothing was inserted.",
        keeps="TRANS",
    ),
    "everything replaced": Edit(over=None, text="Another document.", after="Another document.", state="stale"),
    "everything replaced by itself and more": Edit(
        over=None, text=BEFORE + "\r\nMore.", after=BEFORE.replace(SELECTED, "TRANSLATED") + "\r\nMore."
    ),
}


@pytest.mark.parametrize("case", CHANGES)
async def test_the_result_follows_its_text_or_leaves_a_changed_one_alone(
    case: str, lend: Lend, hub: FakeHub, uri: str
) -> None:
    change = CHANGES[case]
    editor, document, job, gate = await _translate_at_a_gate(lend, hub, uri)
    await editor.change(uri, change.text, change.over)
    gate.stay_open()
    end = await end_of(editor, job)
    assert (end["state"], document.text) == (change.state, change.after)
    assert len(editor.edits) == (change.state == "done")
    if change.state == "stale":
        assert end["message"] == change.says
        assert [message.type for message in editor.messages] == [t.MessageType.Warning]
        assert end["text"] == change.keeps, "the result is kept for the client to offer"


async def test_typing_between_every_two_tokens_does_not_hold_anything_up(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    document = await editor.open(uri, "Start\n\nOnce", "plaintext")
    gate = hub.gate()
    ENDPOINT.streams(hub, " a b c d e f g h", gate)
    job = await start_job(editor, uri, "Once", "complete")
    text = ""
    for letter in "abcdefgh":
        gate.open()
        text += " " + letter
        if letter != "h":
            await growing(editor, job, text)
        await editor.change(uri, letter.upper() + "\n", t.Range(t.Position(0, 0), t.Position(0, 0)))
    gate.stay_open()
    assert (await end_of(editor, job))["state"] == "done"
    assert document.text == "H\nG\nF\nE\nD\nC\nB\nA\nStart\n\nOnce a b c d e f g h"


async def test_an_edit_refused_once_is_sent_again_for_the_new_version(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor, document, job, gate = await _translate_at_a_gate(lend, hub, uri)

    def type_in_between(params: t.ApplyWorkspaceEditParams) -> None:
        editor.before_edit = lambda params: None
        editor._edit(document, [t.TextEdit(t.Range(t.Position(0, 0), t.Position(0, 0)), "NEW ")])

    editor.before_edit = type_in_between
    gate.stay_open()
    assert (await end_of(editor, job))["state"] == "done"
    assert document.text == "NEW " + BEFORE.replace(SELECTED, "TRANSLATED")
    assert len(editor.requests[t.WORKSPACE_APPLY_EDIT]) == 2
    assert len(editor.edits) == 1


async def test_a_person_who_types_on_does_not_lose_the_result(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor, document, job, gate = await _translate_at_a_gate(lend, hub, uri)
    letters = list("12345")

    def type_in_between(params: t.ApplyWorkspaceEditParams) -> None:
        if letters:
            editor._edit(document, [t.TextEdit(t.Range(t.Position(0, 0), t.Position(0, 0)), letters.pop())])

    editor.before_edit = type_in_between
    gate.stay_open()
    assert (await end_of(editor, job))["state"] == "done"
    assert document.text == "12345" + BEFORE.replace(SELECTED, "TRANSLATED")
    assert len(editor.requests[t.WORKSPACE_APPLY_EDIT]) == 6
    assert len(editor.edits) == 1


async def test_an_edit_refused_twice_is_given_up_and_said_so(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor, document, job, gate = await _translate_at_a_gate(lend, hub, uri)
    editor.before_edit = lambda params: editor.documents.clear()  # an editor that has lost the document, and says so
    gate.stay_open()
    end = await end_of(editor, job)
    editor.documents[uri] = document
    assert end["state"] == "failed"
    assert "refused the edit: " in end["message"]
    assert "is not open" in end["message"]
    assert end["text"] == "TRANSLATED"
    assert len(editor.requests[t.WORKSPACE_APPLY_EDIT]) == 2
    assert document.text == BEFORE
    assert editor.edits == []


async def test_a_document_closed_while_its_edit_is_on_the_way_stays_as_it_was(
    lend: Lend, hub: FakeHub, uri: str
) -> None:
    editor, document, job, gate = await _translate_at_a_gate(lend, hub, uri)

    def close_in_between(params: t.ApplyWorkspaceEditParams) -> None:
        del editor.documents[uri]
        editor.text_document_did_close(t.DidCloseTextDocumentParams(t.TextDocumentIdentifier(uri)))

    editor.before_edit = close_in_between
    gate.stay_open()
    assert (await end_of(editor, job))["state"] == "stale"
    assert (document.text, editor.edits) == (BEFORE, [])


async def test_a_job_cancelled_while_its_edit_is_on_the_way_says_what_became_of_the_edit(
    lend: Lend, hub: FakeHub, uri: str
) -> None:
    editor, document, job, gate = await _translate_at_a_gate(lend, hub, uri)

    def cancel_in_between(params: t.ApplyWorkspaceEditParams) -> None:
        # sent at once, so that the server hears of it before it hears that the edit was applied
        editor.workspace_execute_command(t.ExecuteCommandParams("inference.cancel", [job]))

    editor.before_edit = cancel_in_between
    gate.stay_open()
    assert (await end_of(editor, job))["state"] == "done"
    assert document.text == BEFORE.replace(SELECTED, "TRANSLATED")
    assert len(editor.edits) == 1


async def test_an_editor_that_tells_of_typing_only_after_it_has_refused_is_asked_again(
    lend: Lend, hub: FakeHub, uri: str
) -> None:
    """As Emacs does: what was typed is sent when the person pauses, and an edit of the older version is an error."""
    editor, document, job, gate = await _translate_at_a_gate(lend, hub, uri)
    typing: list[asyncio.Task[EditorDocument]] = []

    def refuse_and_tell(params: t.ApplyWorkspaceEditParams) -> None:
        if not typing:
            place = t.Range(t.Position(0, 0), t.Position(0, 0))
            typing.append(asyncio.ensure_future(editor.change(uri, "typed ", place)))
            raise RuntimeError("the edit is of version 1, and this is version 2")

    editor.before_edit = refuse_and_tell
    gate.stay_open()
    assert (await end_of(editor, job))["state"] == "done"
    assert document.text == "typed " + BEFORE.replace(SELECTED, "TRANSLATED")
    assert len(editor.requests[t.WORKSPACE_APPLY_EDIT]) == 2


async def test_an_editor_that_answers_an_edit_with_an_error_is_told_in_a_sentence(
    lend: Lend, hub: FakeHub, uri: str
) -> None:
    editor, document, job, gate = await _translate_at_a_gate(lend, hub, uri)

    def fail(params: t.ApplyWorkspaceEditParams) -> None:
        raise RuntimeError("the editor broke")

    editor.before_edit = fail
    gate.stay_open()
    end = await end_of(editor, job)
    assert end["state"] == "failed"
    assert end["message"].startswith("the editor refused the edit: ")
    assert document.text == BEFORE


async def test_two_jobs_in_one_document_each_find_their_text(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    document = await editor.open(uri, "One.\n\nTwo.\n\nThree.", "plaintext")
    gate = hub.gate()
    ENDPOINT.streams(hub, "Übersetzt, und länger.", gate)
    jobs = [await start_job(editor, uri, text, "translate") for text in ("One.", "Three.")]
    await hub.until(lambda: gate.waiting == 2)
    gate.stay_open()
    assert [(await end_of(editor, job))["state"] for job in jobs] == ["done", "done"]
    assert document.text == "Übersetzt, und länger.\n\nTwo.\n\nÜbersetzt, und länger."


async def test_of_two_jobs_on_one_text_the_newer_takes_the_place_of_the_older(
    lend: Lend, hub: FakeHub, uri: str
) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    document = await editor.open(uri, "One.\n\nTwo.", "plaintext")
    gate = hub.gate()
    ENDPOINT.streams(hub, "Eins.", gate)
    first = await start_job(editor, uri, "One.", "translate")
    second = await start_job(editor, uri, "One.", "translate")
    gate.stay_open()
    assert [(await end_of(editor, job))["state"] for job in (first, second)] == ["cancelled", "done"]
    assert document.text == "Eins.\n\nTwo."


async def test_a_summary_waits_for_nothing_but_its_own_text(lend: Lend, hub: FakeHub, uri: str) -> None:
    editor = await lend(**ENDPOINT.settings(hub))
    document = await editor.open(uri, "One.\nTwo.\n\nThree.", "markdown")
    ENDPOINT.answers(hub, Json([{"summary_text": "Short."}]))
    editor.before_edit = lambda params: None
    job = await start_job(editor, uri, "One.", "summarize")
    assert (await end_of(editor, job))["state"] == "done"
    assert document.text == "One.\n\nShort.\n\nTwo.\n\nThree."


async def _translate_at_a_gate(lend: Lend, hub: FakeHub, uri: str) -> tuple[EditorClient, EditorDocument, str, Gate]:
    """A job whose backend has said half of the result and waits at a gate."""
    editor = await lend(**ENDPOINT.settings(hub))
    document = await editor.open(uri, BEFORE, "plaintext")
    gate = hub.gate()
    half, *rest = tgi_events("TRANS LATED")
    rest[-1]["token"]["text"] = "LATED"
    ENDPOINT.answers(hub, Sse([half, gate, *rest]))
    job = await start_job(editor, uri, SELECTED, "translate")
    await growing(editor, job, "TRANS")
    return editor, document, job, gate
