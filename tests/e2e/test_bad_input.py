"""Whatever an editor sends, it gets one answer that says what is wrong, and the server and the text live on."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException

from support.fake_hub import FakeHub, Json
from support.lsp_client import EditorClient
from support.model_backends import ENDPOINT
from support.server_process import Lend, ServerProcess, end_of, start_job

TEXT = "Some text.\n\n \t \n"
INVALID_PARAMS, CONTENT_MODIFIED, REQUEST_FAILED = -32602, -32801, -32803


def ranged(start: tuple[int, int], end: tuple[int, int]) -> dict[str, Any]:
    keys = ("line", "character")
    return {"start": dict(zip(keys, start, strict=True)), "end": dict(zip(keys, end, strict=True))}


def run(**changes: Any) -> dict[str, Any]:
    """The argument of a good run of `summarize` with some of its members changed; None takes one away."""
    good = {"action": "summarize", "uri": "URI", "range": ranged((0, 0), (0, 10)), "version": 1}
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


MALFORMED: dict[str, tuple[list[Any], str]] = {
    "no argument": ([], "takes one object"),
    "null": ([None], "takes one object"),
    "a string": (["summarize"], "takes one object"),
    "a list": ([["summarize"]], "takes one object"),
    "no action": ([run(action=None)], "action and uri must be strings"),
    "an action that is a number": ([run(action=3)], "action and uri must be strings"),
    "no uri": ([run(uri=None)], "action and uri must be strings"),
    "an unknown action": ([run(action="dance")], "no such action; there are summarize, translate, complete"),
    "a version that is a string": ([run(version="1")], "version must be a whole number"),
    "a version that is true": ([run(version=True)], "version must be a whole number"),
    "no range": ([run(range=None)], "range must be an object"),
    "a range that is a list": ([run(range=[0, 1])], "range must be an object"),
    "a range with no end": ([run(range={"start": {"line": 0, "character": 0}})], "a position is an object"),
    "a negative line": ([run(range=ranged((-1, 0), (0, 1)))], "whole numbers from 0"),
    "a column that is a fraction": ([run(range=ranged((0, 0.5), (0, 1)))], "whole numbers from 0"),  # type: ignore[arg-type]
    "a line that is true": ([run(range=ranged((True, 0), (1, 1)))], "whole numbers from 0"),
}


@pytest.mark.parametrize("case", MALFORMED)
async def test_a_malformed_command_is_refused_with_what_is_wrong(case: str, lend: Lend, uri: str) -> None:
    arguments, says = MALFORMED[case]
    editor = await lend()
    document = await editor.open(uri, TEXT, "markdown")
    error = await _refusal(editor, "inference.run", *(_with_uri(argument, uri) for argument in arguments))
    assert error.code == INVALID_PARAMS
    assert says in error.message
    assert (document.text, editor.edits) == (TEXT, [])


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "no selection": (run(range=ranged((0, 3), (0, 3))), REQUEST_FAILED, "Select the text to summarize first."),
    "only white space": (run(range=ranged((1, 0), (3, 0))), REQUEST_FAILED, "Select the text to summarize first."),
    "nothing before the cursor": (
        run(action="complete", range=ranged((0, 0), (0, 0))),
        REQUEST_FAILED,
        "There is no text to continue yet.",
    ),
    "a document that is not open": (run(uri="file:///not/open.md"), REQUEST_FAILED, "is not open in the editor"),
    "an address that is none": (run(uri=":::"), REQUEST_FAILED, "is not open in the editor"),
    "another version": (run(version=7), CONTENT_MODIFIED, "The text has changed since"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_cannot_be_done_is_said_and_not_tried(case: str, lend: Lend, uri: str) -> None:
    argument, code, says = REFUSED[case]
    editor = await lend()
    document = await editor.open(uri, TEXT, "markdown")
    error = await _refusal(editor, "inference.run", _with_uri(argument, uri))
    assert (error.code, says in error.message) == (code, True), error
    assert (document.text, editor.edits, editor.progress) == (TEXT, [], {})


async def test_a_range_beyond_the_text_means_the_text_to_its_end(lend: Lend, uri: str) -> None:
    editor = await lend()
    document = await editor.open(
        uri, "The sky is blue. The sky is wide. The sea is blue, too, like the sky.", "markdown"
    )
    argument = run(uri=uri, range=ranged((9_999, 9_999), (0, 0)))
    end = await end_of(editor, (await editor.execute("inference.run", argument))["job"])
    assert end["state"] == "done"
    assert document.text == "The sky is blue. The sky is wide. The sea is blue, too, like the sky.\n\n" + end["text"]


async def test_a_command_of_a_closed_document_is_refused(lend: Lend, uri: str) -> None:
    editor = await lend()
    await editor.open(uri, TEXT, "markdown")
    await editor.close(uri)
    error = await _refusal(editor, "inference.run", run(uri=uri))
    assert (error.code, "is not open" in error.message) == (REQUEST_FAILED, True)


async def test_the_light_bulb_shows_why_an_action_cannot_run(lend: Lend, uri: str) -> None:
    editor = await lend()
    document = await editor.open(uri, TEXT, "markdown")
    start = document.position(0)
    offered = await editor.select_code_actions(uri, t.Range(start, start))
    reasons = [action.disabled.reason for action in offered if isinstance(action, t.CodeAction) and action.disabled]
    assert reasons == [
        "Select the text to summarize first.",
        "Select the text to translate first.",
        "There is no text to continue yet.",
    ]


@pytest.mark.parametrize("only", [["quickfix"], ["source.organizeImports"], ["refactor.rewrite.inferences"]])
async def test_other_kinds_of_action_are_not_answered(only: list[str], lend: Lend, uri: str) -> None:
    editor = await lend()
    await editor.open(uri, TEXT, "markdown")
    assert await editor.select_code_actions(uri, "Some text.", only=only) == []


@pytest.mark.parametrize(("only", "count"), [(None, 3), (["refactor"], 3), (["refactor.rewrite"], 3), ([""], 3)])
async def test_kinds_are_trees(only: list[str] | None, count: int, lend: Lend, uri: str) -> None:
    editor = await lend()
    await editor.open(uri, TEXT, "markdown")
    assert len(await editor.select_code_actions(uri, "Some text.", only=only)) == count


def _junk() -> str:
    """Text that was a binary file: every code point up to U+00FF, then some of each plane, no surrogate."""
    chooser = random.Random(7)
    points = [*range(256), *(chooser.choice((0x2028, 0xFEFF, 0xFFFF, 0x1F917, 0x10FFFF, 7)) for _ in range(4_000))]
    return "".join(map(chr, points))


DOCUMENTS = {
    "one line of 200 kB": "word " * 40_000,
    "one line of 200 kB with no space": "x" * 200_000,
    "binary junk": _junk(),
    "white space": " \r\n\t\f\v\u2028\r" * 100,
    "nothing": "",
}


@pytest.mark.parametrize("action", ["summarize", "translate", "complete"])
@pytest.mark.parametrize("case", DOCUMENTS)
async def test_a_strange_document_is_worked_on_or_refused_and_stays_intact(
    case: str, action: str, lend: Lend, uri: str
) -> None:
    editor = await lend()
    document = await editor.open(uri, DOCUMENTS[case], "plaintext")
    before = document.text
    if not before.strip():
        with pytest.raises(JsonRpcException) as refused:
            await start_job(editor, uri, document.whole(), action)
        assert refused.value.code == REQUEST_FAILED
        return
    job = await start_job(editor, uri, document.whole(), action)
    end = await end_of(editor, job)
    assert end["state"] in ("done", "failed")
    assert end["message"] or end["state"] == "done"
    if end["state"] == "failed":
        assert document.text == before
    elif action == "summarize":
        assert document.text.startswith(before.rstrip("\r\n"))
    assert len(editor.edits) == (end["state"] == "done")


@pytest.mark.parametrize("case", DOCUMENTS)
async def test_hover_and_inline_completion_stand_any_document(case: str, lend: Lend, uri: str) -> None:
    editor = await lend()
    document = await editor.open(uri, DOCUMENTS[case], "plaintext")
    for index in {0, len(document.text) // 2, len(document.text)}:
        position = document.position(index)
        identifier = t.TextDocumentIdentifier(uri)
        hover = await editor.text_document_hover_async(t.HoverParams(identifier, position))
        assert hover is None or isinstance(hover.contents, t.MarkupContent)
        context = t.InlineCompletionContext(trigger_kind=t.InlineCompletionTriggerKind.Invoked)
        items = await editor.text_document_inline_completion_async(
            t.InlineCompletionParams(context, identifier, position)
        )
        assert isinstance(items, t.InlineCompletionList)


async def test_cancelling_what_does_not_exist_cancels_nothing(lend: Lend, uri: str) -> None:
    editor = await lend()
    assert await editor.execute("inference.cancel", "job-99999") == 0
    error = await _refusal(editor, "inference.cancel", 7)
    assert (error.code, "takes a job's id" in error.message) == (INVALID_PARAMS, True)
    editor.cancel("no-such-request")
    editor.window_work_done_progress_cancel(t.WorkDoneProgressCancelParams("no-such-token"))
    await editor.open(uri, TEXT, "markdown")
    assert await editor.select_code_actions(uri, "Some text.")


WRONG_SETTINGS: dict[str, tuple[Any, str]] = {
    "a number": (7, "inference must be an object, not a number"),
    "a list": ([1], "inference must be an object, not a list"),
    "an unknown key": ({"telepathy": True}, "inference.telepathy is no setting"),
    "a target that is none": ({"target": "moon"}, "inference.target must be one of 'auto', 'hub', 'endpoint'"),
    "a timeout in words": ({"timeout": "long"}, "inference.timeout must be a number above 0, not a string; 60.0 holds"),
    "a nested one": ({"hover": {"scope": 3}}, "inference.hover.scope must be one of 'auto'"),
    "a group that is a string": ({"inline": "off"}, "inference.inline must be an object, not a string"),
    "an endpoint without an address": ({"target": "endpoint"}, "inference.url must be the http(s) address"),
    "an address that is none": ({"target": "openai", "url": "http://[::1"}, "inference.url must be the http(s)"),
}


@pytest_asyncio.fixture(scope="module")
async def pulled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EditorClient]:
    server = ServerProcess(tmp_path_factory.mktemp("home"))
    yield await server.start()
    await server.stop()


@pytest_asyncio.fixture(scope="module")
async def pushed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EditorClient]:
    server = ServerProcess(tmp_path_factory.mktemp("home"))
    yield await server.start(capabilities={"workspace": {"configuration": None}})
    await server.stop()


@pytest.mark.parametrize("case", WRONG_SETTINGS)
@pytest.mark.parametrize("way", ["pulled", "pushed"])
async def test_wrong_settings_are_named_and_the_defaults_hold(
    case: str, way: str, pulled: EditorClient, pushed: EditorClient, uri: str
) -> None:
    settings, says = WRONG_SETTINGS[case]
    editor = pulled if way == "pulled" else pushed
    editor.messages.clear()
    editor.configuration = {"inference": settings}
    editor.workspace_did_change_configuration(
        t.DidChangeConfigurationParams(None if way == "pulled" else {"inference": settings})
    )
    await _complains(editor, says, uri)


async def test_wrong_initialization_options_are_named_and_the_defaults_hold(
    own_server: ServerProcess, uri: str
) -> None:
    options = {"timeout": "long", "hover": {"scope": "all"}, "nonsense": 1}
    editor = await own_server.start(options=options, capabilities={"workspace": {"configuration": None}})
    await _complains(editor, "inference.timeout must be a number above 0", uri)
    assert "inference.hover.scope must be one of" in editor.messages[0].message
    assert "inference.nonsense is no setting" in editor.messages[0].message


async def test_settings_changed_under_way_hold_for_the_next_job_and_leave_the_running_one(
    own_server: ServerProcess, hub: FakeHub, uri: str
) -> None:
    editor = await own_server.start(ENDPOINT.settings(hub))
    document = await editor.open(uri, "Once\n\nTwice", "plaintext")
    gate = hub.gate()
    ENDPOINT.streams(hub, " upon a time", gate)
    job = await start_job(editor, uri, "Once", "complete")
    gate.open()
    await hub.until(lambda: gate.waiting)
    hub.on("/other", Json([{"summary_text": "Other."}]))
    editor.configuration = {"inference": ENDPOINT.settings(hub, url=hub.url + "/other", edit={"apply": "below"})}
    asked_before = len(editor.requests[t.WORKSPACE_CONFIGURATION])
    editor.workspace_did_change_configuration(t.DidChangeConfigurationParams(None))
    await editor.until(lambda: len(editor.requests[t.WORKSPACE_CONFIGURATION]) > asked_before, "a pull")
    second = await start_job(editor, uri, "Twice", "summarize")
    assert (await end_of(editor, second))["text"] == "Other."
    gate.stay_open()
    end = await end_of(editor, job)
    assert (end["state"], end["text"]) == ("done", " upon a time")
    assert document.text == "Once upon a time\n\nTwice\n\nOther."


async def test_an_editor_that_will_not_give_its_settings_is_served_with_the_defaults(
    own_server: ServerProcess, uri: str
) -> None:
    editor = own_server.editor

    def refuse(section: str | None, scope: str | None = None) -> Any:
        raise RuntimeError("no settings here")

    editor.setting = refuse  # type: ignore[method-assign]
    await own_server.start()
    await editor.open(uri, "Only one sentence.", "markdown")
    end = await end_of(editor, await start_job(editor, uri, "Only one sentence.", "summarize"))
    assert "already short" in end["message"]
    await own_server.stop()
    assert "the editor gave no settings" in own_server.stderr
    assert "Traceback" not in own_server.stderr


async def _complains(editor: EditorClient, says: str, uri: str) -> None:
    """One warning names what is wrong, and the server goes on with the default target."""
    await editor.until(lambda: editor.messages, "the complaint")
    (message,) = editor.messages
    assert message.type == t.MessageType.Warning
    assert message.message.startswith("Inference settings: ")
    assert says in message.message
    await editor.open(uri, "Only one sentence.", "markdown")
    offered = await editor.select_code_actions(uri, "Only one sentence.")
    assert offered[0].title == "Summarize (picks sentences, no model)"


async def _refusal(editor: EditorClient, command: str, *arguments: Any) -> JsonRpcException:
    with pytest.raises(JsonRpcException) as refused:
        await editor.execute(command, *arguments)
    return refused.value


def _with_uri(argument: Any, uri: str) -> Any:
    """The argument with the test's document in place of the mark."""
    return {**argument, "uri": uri} if isinstance(argument, dict) and argument.get("uri") == "URI" else argument
