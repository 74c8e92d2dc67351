"""The commands and messages this server adds to LSP: their names and shapes, once.

Knows what travels. Knows nothing of what a message causes. A client that speaks only LSP needs none of the
notifications: they are sent to clients that list them in `capabilities.experimental.inference`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeGuard

from lsprotocol import types as t

from inference_lsp.lsp import InvalidParams

RUN = "inference.run"
CANCEL = "inference.cancel"
APPLY = "inference.apply"
APPLY_BELOW = "inference.applyBelow"
DISCARD = "inference.discard"
RETRY = "inference.retry"
COPY = "inference.copy"
MODELS = "inference.models"
SELECT_MODEL = "inference.selectModel"
REPORT = "inference.report"

COMMANDS = {
    RUN: "starts an action on a range (`RunAction`); answers `{job}` at once",
    CANCEL: "cancels the job whose id it is given, or all of them; answers how many",
    APPLY: "puts a result (a job's id, or its preview's URI; nothing: the newest) into its document",
    APPLY_BELOW: "puts a result below the selection it was made from",
    DISCARD: "drops a result, stopping its job if it still runs",
    RETRY: "runs the action again on the text as it is now; answers `{job}`",
    COPY: "answers a result's text, kept for ten minutes even if the document was closed",
    MODELS: "answers the ids of the models that the target serves for `{task}`",
    SELECT_MODEL: "asks which model shall answer `{task}`, or first which task; it does until settings change",
    REPORT: "answers, as text, how the server is: what runs, what is paused, who answers each task",
}
"""Each command of `workspace/executeCommand`, with what it does."""

JOB = "inference/job"
"""Notification: a `JobUpdate`, for clients whose `experimental.inference.job` is true."""

INLINE_UPDATE = "inference/inlineUpdate"
"""Notification: an `InlineUpdate`, for clients whose `experimental.inference.inlineUpdate` is true."""

INLINE_DISMISSED = "inference/inlineDismissed"
"""Notification from the client: the ghost text of `{session}` is not wanted any more (Esc, or other words typed), so
that the model need not write on."""

STATUS = "inference/status"
"""Notification: a `StatusUpdate`, for clients whose `experimental.inference.status` is true."""

CREDENTIAL = "inference/credential"
"""Request to the client, if its `experimental.inference.credential` is true: `{origin}`, answered with
`{credential}`, a string or null from its secret store. With `ask: true` the person wants to set one now, and the client
may ask them for it."""
CREDENTIAL_CHANGED = "inference/credentialChanged"
"""Notification from the client: the credential of `{origin}` is another now, or gone."""

HOVER_COMMANDS = "inference/hoverCommands"
"""No message: a client whose `experimental.inference.hoverCommands` is true runs `inference.run` from `command:` links
in our hovers."""

JobState = Literal["running", "done", "stale", "cancelled", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAction:
    """What to run on which text. `version` is the document's as the client saw it when it chose the range."""

    action: str
    uri: str
    range: t.Range
    version: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "action": self.action,
            "uri": self.uri,
            "range": {"start": _position(self.range.start), "end": _position(self.range.end)},
            "version": self.version,
        }

    @classmethod
    def from_json(cls, value: object) -> RunAction:
        """The argument of `inference.run`, or `InvalidParams` that says what is wrong with it."""
        if not isinstance(value, Mapping):
            raise InvalidParams(f"{RUN} takes one object with action, uri and range")
        action, uri, version = value.get("action"), value.get("uri"), value.get("version")
        if not isinstance(action, str) or not isinstance(uri, str):
            raise InvalidParams(f"{RUN}: action and uri must be strings")
        if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
            raise InvalidParams(f"{RUN}: version must be a whole number or null")
        span = value.get("range")
        if not isinstance(span, Mapping):
            raise InvalidParams(f"{RUN}: range must be an object with start and end")
        start, end = _read_position(span.get("start")), _read_position(span.get("end"))
        return cls(action=action, uri=uri, range=t.Range(start, end), version=version)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobUpdate:
    """Where a job stands. Sent as text grows (`text` is all of it so far), and once at its end."""

    job: str
    action: str
    uri: str
    sequence: int
    """Counts up by one an update of this job."""
    state: JobState
    text: str
    message: str = ""
    """A sentence for a person: what it waits for, or how it ended."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineUpdate:
    """How far a ghost text has grown. `text` is all of it, from `position` on in `version` of the document; what the
    person has typed since from there is for the client to take off."""

    session: str
    sequence: int
    """Counts up by one an update of this session."""
    uri: str
    version: int | None
    position: t.Position
    text: str
    done: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "session": self.session,
            "sequence": self.sequence,
            "uri": self.uri,
            "version": self.version,
            "position": _position(self.position),
            "text": self.text,
            "done": self.done,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUpdate:
    """How the server is. `remedy` names what would help: `token`, `model`, `log`, "" for nothing."""

    state: Literal["idle", "busy", "attention"]
    message: str = ""
    remedy: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def wants(capabilities: t.ClientCapabilities, message: str) -> bool:
    """Whether the client declared one of our notifications: `experimental: {"inference": {"job": true}}`."""
    experimental = capabilities.experimental
    declared = experimental.get("inference") if isinstance(experimental, Mapping) else None
    return isinstance(declared, Mapping) and declared.get(message.removeprefix("inference/")) is True


def _position(position: t.Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}


def _read_position(value: object) -> t.Position:
    if isinstance(value, Mapping):
        line, character = value.get("line"), value.get("character")
        if _is_count(line) and _is_count(character):
            return t.Position(line, character)
    raise InvalidParams(f"{RUN}: a position is an object with line and character, whole numbers from 0")


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
