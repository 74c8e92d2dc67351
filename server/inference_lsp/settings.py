"""The settings, each declared once: name, type, default, meaning, and who may set it.

Knows how a client's JSON becomes values, what to say about a wrong one, and how a folder's settings lie over the
machine's. Knows no editor and does no I/O. The names are the JSON's: `inference.inline.enabled` is
`Settings.inline.enabled`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Literal, TypeAlias, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

from inference_lsp.secrets import redact

SECTION = "inference"

TargetName: TypeAlias = Literal["auto", "hub", "endpoint", "openai", "provider", "embedded"]
FailoverName: TypeAlias = Literal["hub", "endpoint", "openai", "provider", "embedded"]

T = TypeVar("T")


def setting(
    default: Any, meaning: str, *, machine: bool = False, choices: Callable[[], Sequence[str]] | None = None
) -> Any:
    """A field of a settings class. `machine`: only the person at this machine may set it, never a workspace.
    `choices`: what a string may be, where another module has the list."""
    metadata = {"meaning": meaning, "machine": machine, "choices": choices}
    if isinstance(default, dict):
        return field(default_factory=default.copy, metadata=metadata)
    return field(default=default, metadata=metadata)


def providers() -> Sequence[str]:
    """What `inference.provider` may be."""
    from hf_inference import targets  # only who asks pays for it

    return targets.providers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """What may happen without a gesture."""

    remote: bool = setting(
        False,
        "Let hovers and inline completions send text to the target. Off, they stay on this machine.",
        machine=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Translate:
    to: str = setting(
        "", "The language to translate to, as an ISO code (`es`). Empty: the editor's own, or you are asked."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    maxTokens: int = setting(160, "The most tokens an explicit completion may have.")  # noqa: N815 (its JSON name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    enabled: bool = setting(True, "Offer inline completions while typing.")
    maxTokens: int = setting(48, "The most tokens of an inline completion.")  # noqa: N815


@dataclass(frozen=True, slots=True, kw_only=True)
class Hover:
    scope: Literal["auto", "off", "selection", "sentence", "paragraph"] = setting(
        "auto",
        "What a hover explains: the selection, else the sentence or paragraph at the position. "
        "`auto` is the sentence in prose and only the selection in code.",
    )
    labels: tuple[str, ...] = setting(
        (),
        'Labels of your own to sort the passage by: `["bug", "question"]`. They need a target with a model for '
        "zero-shot classification.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EditSettings:
    apply: Literal["auto", "below", "preview"] = setting(
        "auto",
        "Where results go: `auto` replaces by a translation and puts a summary below; `below` always below; "
        "`preview` shows them, beside the text or in a message, to be applied or dropped.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one folder."""

    target: TargetName = setting(  # noqa: RUF009 (a field, as all of them)
        "auto",
        "Where text is sent: the Hugging Face router (`hub`), one `endpoint`, an OpenAI-compatible server (`openai`), "
        "one inference `provider`, or nowhere (`embedded`). `auto` is the hub if there is a token for it, else the "
        "embedded engine.",
        machine=True,
    )
    url: str = setting("", "The address of the `endpoint` or `openai` target.", machine=True)
    provider: str = setting(
        "auto", "The `provider` target's name; `auto` is any that serves the model.", machine=True, choices=providers
    )
    failover: tuple[FailoverName, ...] = setting(
        (),
        "Who is asked next, in order, where the target cannot be reached, fails, or takes no more requests: "
        '`["embedded"]`. The result says who answered.',
        machine=True,
    )
    models: Mapping[str, str] = setting({}, 'The model of each task: `{"summarization": "facebook/bart-large-cnn"}`.')
    timeout: float = setting(
        60.0, "Seconds to wait for a backend to begin to answer, and between two pieces of its answer."
    )
    record: str = setting(
        "",
        "A folder to which every exchange with the target is written, without credentials, to be replayed. Read it "
        "before you share it: it holds your texts.",
        machine=True,
    )
    replay: str = setting(
        "",
        "A recording, or a folder of them, that answers in place of the target. Nothing is sent anywhere.",
        machine=True,
    )
    automatic: Automatic = Automatic()
    translate: Translate = Translate()
    complete: Complete = Complete()
    inline: Inline = Inline()
    hover: Hover = Hover()
    edit: EditSettings = EditSettings()


def read_settings(value: object) -> tuple[Settings, list[str]]:
    """The settings in a client's JSON and a sentence for each value that is wrong; those keep their default."""
    complaints: list[str] = []
    if value is None:
        return Settings(), complaints
    settings = _read(Settings(), value, SECTION, complaints)
    models = {task: model for task, model in settings.models.items() if "://" not in model}
    if len(models) < len(settings.models):
        # a workspace may choose models, and an address would be one that the credential is sent to
        complaints.append(f"{SECTION}.models takes names of models; an address belongs into {SECTION}.url")
        settings = replace(settings, models=models)
    named = (settings.target, *settings.failover)
    homeless = [name for name in ("endpoint", "openai") if name in named and not is_web_address(settings.url)]
    if homeless:
        # not shown: what stands in place of an address may be a secret
        who = "the embedded engine answers instead" if settings.target in homeless else "it is left out"
        complaints.append(f"{SECTION}.url must be the http(s) address of the {homeless[0]} target; {who}")
        left = tuple(name for name in settings.failover if name not in homeless)
        target: TargetName = "embedded" if settings.target in homeless else settings.target
        settings = replace(settings, target=target, failover=left, url="")
    return settings, complaints


def over_machine(folder: T, machine: T) -> T:
    """A folder's settings with every setting that only the person may set taken from the machine's."""
    changes: dict[str, Any] = {}
    for member in fields(folder):  # type: ignore[arg-type]
        own, theirs = getattr(machine, member.name), getattr(folder, member.name)
        if is_dataclass(own):
            changes[member.name] = over_machine(theirs, own)
        elif member.metadata["machine"]:
            changes[member.name] = own
    return replace(folder, **changes)  # type: ignore[type-var]


def is_web_address(url: str) -> bool:
    """Whether a URL is one that can be sent to: http(s), a host, a port that can be."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that does not close
        return False


def _read(settings: T, value: object, path: str, complaints: list[str]) -> T:
    if not isinstance(value, Mapping):
        complaints.append(f"{path} must be an object, not {_shown(value)}; the defaults hold")
        return settings
    hints = get_type_hints(type(settings))
    members = {member.name: member for member in fields(settings)}  # type: ignore[arg-type]
    known = tuple(members)
    complaints.extend(f"{path}.{_named(name)} is no setting of this server" for name in value if name not in known)
    changes: dict[str, Any] = {}
    for name in known:
        given = value.get(name)
        current = getattr(settings, name)
        if given is None:  # left out
            continue
        if is_dataclass(current):
            changes[name] = _read(current, given, f"{path}.{name}", complaints)
        elif (wrong := _wrong(hints[name], given, members[name].metadata["choices"])) is not None:
            holds = repr(current) if isinstance(current, str | bool) else json.dumps(current)
            complaints.append(f"{path}.{name} must be {wrong}, not {_shown(given)}; {holds} holds")
        else:
            changes[name] = tuple(given) if isinstance(given, list) else given
    return replace(settings, **changes)  # type: ignore[type-var]


def _wrong(hint: Any, value: object, choices: Callable[[], Sequence[str]] | None = None) -> str | None:
    """What a value of this type must be, if this one is not."""
    if get_origin(hint) is Literal:
        allowed = get_args(hint)
        good = isinstance(value, str) and value in allowed
        return None if good else "one of " + ", ".join(map(repr, allowed))
    if hint is bool:
        return None if isinstance(value, bool) else "true or false"
    if hint in (int, float):
        number = isinstance(value, int if hint is int else int | float) and not isinstance(value, bool)
        return None if number and value > 0 else "a whole number above 0" if hint is int else "a number above 0"  # type: ignore[operator]
    if hint is str:
        if choices is not None and isinstance(value, str):
            return None if value in choices() else f"one of {', '.join(choices())}"
        return None if isinstance(value, str) else "a string"
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        listed = isinstance(value, list | tuple)
        if listed and all(_wrong(item, one) is None and one.strip() for one in value):  # type: ignore[attr-defined]
            return None
        return "a list only of " + (", ".join(map(repr, get_args(item))) or "strings")
    good = isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values())
    return None if good else "an object of strings"


def _named(name: object) -> str:
    """A wrong name as it is only where it could be one: somebody may have put a secret in its place."""
    said = redact(str(name))
    return said if _LIKE_A_NAME.fullmatch(said) else f"(a name of {len(str(name))} characters)"


def _shown(value: object) -> str:
    """A wrong value in few characters; never more, since it may be a secret put in the wrong place."""
    return {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}.get(type(value), "a number")


_LIKE_A_NAME = re.compile(r"[A-Za-z][A-Za-z_.-]{0,39}")
"""Names of settings have no digits, and tokens seldom have none."""
