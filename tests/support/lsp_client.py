"""The editor at the other end of an end-to-end test: documents, edits, settings, and a record of all that came.

Knows what an editor does with each message a server may send, and pytest-lsp. Refuses to know the server.
`config=ClientServerConfig(server_command=[...], client_factory=make_client)` is how a fixture gets one.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Union

import cattrs
from lsprotocol import types as t
from lsprotocol.converters import get_converter
from pygls.protocol import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES
from pytest_lsp.protocol import LanguageClientProtocol

from support.editor_documents import AppliedEdit, Change, EditorDocument, EditRefusedError, check, document_edits
from support.vscode_capabilities import vscode_capabilities

PATIENCE = 60.0
"""Seconds after which a test that waits gives up: only ever reached when something hangs."""


def make_client() -> EditorClient:
    """For pytest-lsp's `client_factory`."""
    return EditorClient()


class EditorClient(LanguageClient):
    """An editor. What a server sends is recorded before a test sees it; nothing here sleeps."""

    def __init__(self) -> None:
        super().__init__(protocol_cls=_Protocol, converter_factory=_make_converter)
        self.documents: dict[str, EditorDocument] = {}
        self.edits: list[AppliedEdit] = []
        """One entry for each step of undo the server made."""
        self.notifications: defaultdict[str, list[Any]] = defaultdict(list)
        """Every notification by method; parameters of custom ones are plain dicts."""
        self.requests: defaultdict[str, list[Any]] = defaultdict(list)
        """Every request of the server by method."""
        self.progress: defaultdict[str | int, list[Any]] = defaultdict(list)  # type: ignore[assignment]
        """Every `$/progress` value by token, as it came: work done or partial result, of any shape.
        (It hides pygls' sender of progress; an editor sends none.)"""
        self.configuration: dict[str, Any] = {}
        """Settings by dotted section; a section may also be found inside a shorter one."""
        self.folder_configuration: dict[str, dict[str, Any]] = {}
        """The same for a folder, by its URI; a folder that is not here has no settings of its own."""
        self.registrations: dict[str, t.Registration] = {}
        self.refreshes: Counter[str] = Counter()
        self.choose: Callable[[t.ShowMessageRequestParams], t.MessageActionItem | None] = lambda params: None
        """What the person clicks in a message with buttons."""
        self.before_edit: Callable[[t.ApplyWorkspaceEditParams], None] = lambda params: None
        """Called when an edit arrives, before it is looked at: the place to type in between."""
        self.server_ended = False
        self.position_encoding = "utf-16"
        self.locale: str | None = None
        """The language the editor is shown in."""
        self._waiting: set[asyncio.Future[None]] = set()
        _register_features(self)

    # Sessions.

    async def start(
        self,
        *,
        folder: Path | None = None,
        options: Any = None,
        capabilities: Mapping[str, Any] | None = None,
    ) -> t.InitializeResult:
        """initialize and initialized as VS Code would; `capabilities` are laid over its own (None removes)."""
        folders = [t.WorkspaceFolder(folder.as_uri(), folder.name)] if folder else None
        params = t.InitializeParams(
            capabilities=vscode_capabilities(capabilities),
            root_uri=folder.as_uri() if folder else None,
            workspace_folders=folders,
            initialization_options=options,
            client_info=t.ClientInfo("Visual Studio Code", "1.107.0"),
            locale=self.locale,
        )
        return await self.initialize_session(params)

    async def initialize_session(self, params: t.InitializeParams) -> t.InitializeResult:
        result = await super().initialize_session(params)
        encoding = result.capabilities.position_encoding or t.PositionEncodingKind.Utf16
        self.position_encoding = t.PositionEncodingKind(encoding).value
        return result

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Waits for a condition, looked at after every message; fails if the server ends without it."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    assert not self.server_ended, f"the server ended without {what or 'it'}; {self._state()}"
                    waiting = loop.create_future()
                    self._waiting.add(waiting)
                    try:
                        await waiting
                    finally:
                        self._waiting.discard(waiting)
        except TimeoutError:
            raise AssertionError(f"waited {PATIENCE} s in vain for {what or 'it'}; {self._state()}") from None

    async def ask(self, method: str, params: Any = None, *, id: str | None = None) -> Any:
        """Any request; pass an `id` to be able to cancel it. Errors are raised as JsonRpcException."""
        return await self.protocol.send_request_async(method, params, msg_id=id)  # type: ignore[no-untyped-call]

    def cancel(self, id: str) -> None:
        self.protocol.notify(t.CANCEL_REQUEST, t.CancelParams(id))

    # Documents.

    async def open(self, uri: str, text: str, language: str = "plaintext", version: int = 1) -> EditorDocument:
        document = EditorDocument(
            uri=uri, language=language, version=version, text=text, encoding=self.position_encoding
        )
        self.documents[uri] = document
        item = t.TextDocumentItem(uri=uri, language_id=language, version=version, text=text)
        self.text_document_did_open(t.DidOpenTextDocumentParams(item))
        return document

    async def change(self, uri: str, text: str, range: t.Range | str | None = None) -> EditorDocument:
        """Types `text` over a range, over the first occurrence of a string, or over everything."""
        document = self.documents[uri]
        if isinstance(range, str):
            range = document.range_of(range)
        self._edit(document, [t.TextEdit(range or document.whole(), text)])
        return document

    async def close(self, uri: str) -> None:
        del self.documents[uri]
        self.text_document_did_close(t.DidCloseTextDocumentParams(t.TextDocumentIdentifier(uri)))

    async def undo(self, uri: str) -> None:
        """Takes the server's last edit of a document back."""
        last = next(edit for edit in reversed(self.edits) if edit.uri == uri)
        self.edits.remove(last)
        document = self.documents[uri]
        assert document.text == last.after, "the document changed since"
        self._edit(document, [t.TextEdit(document.whole(), last.before)])

    async def select_code_actions(
        self, uri: str, selection: t.Range | str, *, only: Sequence[str] | None = None
    ) -> list[t.CodeAction | t.Command]:
        """What the lightbulb offers for a range, or for the first occurrence of a string."""
        range = self.documents[uri].range_of(selection) if isinstance(selection, str) else selection
        context = t.CodeActionContext(diagnostics=[], only=only, trigger_kind=t.CodeActionTriggerKind.Invoked)
        params = t.CodeActionParams(t.TextDocumentIdentifier(uri), range, context)
        return list(await self.text_document_code_action_async(params) or ())

    async def run(self, action: t.CodeAction | t.Command) -> Any:
        """What choosing an action does: its edit, then its command; the command's result."""
        if isinstance(action, t.CodeAction):
            if action.edit is not None:
                result = self.apply_edit(t.ApplyWorkspaceEditParams(action.edit, label=action.title))
                assert result.applied, result.failure_reason
            if action.command is None:
                return None
            action = action.command
        return await self.execute(action.command, *(action.arguments or ()))

    async def execute(self, command: str, *arguments: Any) -> Any:
        """workspace/executeCommand; its result."""
        params = t.ExecuteCommandParams(command=command, arguments=list(arguments))
        return await self.workspace_execute_command_async(params)

    def apply_edit(self, params: t.ApplyWorkspaceEditParams) -> t.ApplyWorkspaceEditResult:
        """All of an edit or none of it; the server hears of the change before it hears of the result."""
        self.before_edit(params)
        try:
            edits = document_edits(params.edit)
            check(edits, self.documents)
            staged = deepcopy(self.documents)
            for edit in edits:
                staged[edit.text_document.uri].apply(edit.edits)
        except EditRefusedError as reason:
            return t.ApplyWorkspaceEditResult(applied=False, failure_reason=str(reason))
        for edit in edits:
            document = self.documents[edit.text_document.uri]
            before = document.text
            self._edit(document, edit.edits)
            self.edits.append(AppliedEdit(uri=document.uri, before=before, after=document.text, label=params.label))
        return t.ApplyWorkspaceEditResult(applied=True)

    def setting(self, section: str | None, scope: str | None = None) -> Any:
        """The value of a dotted section, for a folder or for none; `None` if there is none."""
        configuration = self.folder_configuration.get(scope or "", self.configuration)
        if not section:
            return configuration
        if section in configuration:
            return configuration[section]
        value: Any = configuration
        for name in section.split("."):
            if not isinstance(value, Mapping) or name not in value:
                return None
            value = value[name]
        return value

    # What pytest-lsp calls.

    async def server_exit(self, server: asyncio.subprocess.Process) -> None:
        self.server_ended = True
        self.wake()
        await super().server_exit(server)

    def wake(self) -> None:
        """Something came: every `until` looks again."""
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    def _edit(self, document: EditorDocument, edits: Sequence[Any]) -> None:
        changes: list[Change] = document.apply(edits)
        identifier = t.VersionedTextDocumentIdentifier(version=document.version, uri=document.uri)
        self.text_document_did_change(t.DidChangeTextDocumentParams(identifier, changes))

    def _state(self) -> str:
        counts = {method: len(params) for method, params in self.notifications.items()}
        return f"it sent {counts}, asked {list(self.requests)}, said {[m.message for m in self.messages]}"


class _Protocol(LanguageClientProtocol):
    """pytest-lsp's protocol, recording, and reading a message once it is whole instead of dict by dict."""

    _server: EditorClient

    def structure_message(self, data: dict[str, Any]) -> Any:
        return data

    def handle_message(self, message: Any) -> None:
        super().handle_message(super().structure_message(message))
        self._server.wake()

    def _handle_request(self, msg_id: int | str, method_name: str, params: Any) -> None:
        self._server.requests[method_name].append(params)
        super()._handle_request(msg_id, method_name, params)  # type: ignore[no-untyped-call]

    def _handle_notification(self, method_name: str, params: Any) -> None:
        self._server.notifications[method_name].append(params)
        super()._handle_notification(method_name, params)  # type: ignore[no-untyped-call]


def _make_converter() -> cattrs.Converter:
    converter = get_converter()

    def structure_action(value: Any, _: Any) -> t.Command | t.CodeAction:
        # Both have a `command`: a Command's is a string.
        if isinstance(value.get("command"), str):
            return converter.structure(value, t.Command)
        return converter.structure(value, t.CodeAction)

    def structure_plain(value: dict[str, Any], kind: Any) -> Any:
        missing = "result" if kind is JsonRPCResponseMessage else "params"
        return kind(**{missing: None, **value})

    converter.register_structure_hook(Union[t.Command, t.CodeAction], structure_action)  # noqa: UP007
    for kind in (JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage):
        converter.register_structure_hook(kind, structure_plain)
    return converter


def _register_features(client: EditorClient) -> None:
    def register(params: t.RegistrationParams) -> None:
        client.registrations.update({registration.id: registration for registration in params.registrations})

    def unregister(params: t.UnregistrationParams) -> None:
        for registration in params.unregisterations:
            del client.registrations[registration.id]

    def ask_person(params: t.ShowMessageRequestParams) -> t.MessageActionItem | None:
        client.messages.append(t.ShowMessageParams(params.type, params.message))
        return client.choose(params)

    def create_progress(params: t.WorkDoneProgressCreateParams) -> None:
        assert params.token not in client.progress, f"the progress token {params.token} is used twice"
        client.progress[params.token] = []

    features: dict[str, Callable[[Any], Any]] = {
        t.PROGRESS: lambda params: client.progress[params.token].append(params.value),
        t.WINDOW_WORK_DONE_PROGRESS_CREATE: create_progress,
        t.WINDOW_SHOW_MESSAGE_REQUEST: ask_person,
        t.WORKSPACE_APPLY_EDIT: lambda params: client.apply_edit(params),
        t.WORKSPACE_CONFIGURATION: lambda params: [
            client.setting(item.section, item.scope_uri) for item in params.items
        ],
        t.WORKSPACE_WORKSPACE_FOLDERS: lambda params: [],
        t.CLIENT_REGISTER_CAPABILITY: register,
        t.CLIENT_UNREGISTER_CAPABILITY: unregister,
        **{method: _count(client, method) for method in _REFRESHES},
    }
    # pytest-lsp's own handlers are functions that pygls marks: a fresh client needs fresh ones.
    for method, handler in DEFAULT_CLIENT_FEATURES.items():
        features.setdefault(method, _bound(client, handler))
    for method, feature in features.items():
        client.feature(method)(feature)


def _count(client: EditorClient, method: str) -> Callable[[Any], None]:
    def refresh(params: Any) -> None:
        client.refreshes[method] += 1

    return refresh


def _bound(client: EditorClient, handler: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda params: handler(client, params)


_REFRESHES = (
    t.WORKSPACE_CODE_LENS_REFRESH,
    t.WORKSPACE_INLAY_HINT_REFRESH,
    t.WORKSPACE_INLINE_VALUE_REFRESH,
    t.WORKSPACE_SEMANTIC_TOKENS_REFRESH,
    t.WORKSPACE_FOLDING_RANGE_REFRESH,
    t.WORKSPACE_DIAGNOSTIC_REFRESH,
    t.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH,
)
