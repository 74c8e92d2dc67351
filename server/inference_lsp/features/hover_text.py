"""How a hover reads: the same sections as Markdown, or as plain text for clients that show no other.

Knows Markdown, `command:` links and the order of things. Knows no insight by name. All text of a document or a model
is escaped; the only links are to our own commands, and only for clients that said they run them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote

from lsprotocol import types as t

from inference_lsp.actions import ACTIONS
from inference_lsp.backend import Backend
from inference_lsp.document.markup import escape
from inference_lsp.insights import Row, Section
from inference_lsp.protocol import HOVER_COMMANDS, RUN, RunAction, wants
from inference_lsp.provenance import Passage
from inference_lsp.session import Session

BEGINNING = "only the beginning was looked at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What there is to show of a passage."""

    text: str
    is_cut: bool
    """Whether only its beginning was looked at."""
    seconds: float | None
    """What finding it out took, None if it was known."""
    sections: tuple[Section, ...]
    backend: Backend


def content(capabilities: t.ClientCapabilities, shown: Shown, links: str) -> t.MarkupContent:
    """The whole hover, in the kind of text the client prefers."""
    head, foot = _head(shown), _foot(shown)
    sections = [section for section in shown.sections if section.rows]
    if _prefers_markdown(capabilities):
        parts = [f"**Inference** — {escape(head)}", *(section.markdown() for section in sections), links]
        parts.append("  \n".join(f"*{escape(line)}*" for line in foot))
        return t.MarkupContent(t.MarkupKind.Markdown, "\n\n".join(part for part in parts if part))
    lines = [head, *(section.plain() for section in sections), *foot]
    return t.MarkupContent(t.MarkupKind.PlainText, "\n".join(lines))


def links(session: Session, uri: str, where: t.Range, version: int | None) -> str:
    """Links that run the actions offered for a range, for clients that follow them; "" for the rest."""
    if not wants(session.capabilities, HOVER_COMMANDS):
        return ""
    snapshot, backend = session.snapshot(uri, where), session.backend(uri)
    offered = [action for action in ACTIONS if _rewrites(action.kind) and not action.offer(snapshot, backend).disabled]
    return " · ".join(
        f"[{escape(action.label)}]({_command(RunAction(action=action.name, uri=uri, range=where, version=version))})"
        for action in offered
    )


def written_by(passage: Passage) -> Section:
    """A section that says who wrote a passage this server inserted."""
    origin = passage.origin
    makers = ", ".join(maker for maker in origin.models if maker != origin.target)
    source = f"{makers} ({origin.target})" if makers else origin.target
    when = passage.at.strftime("%Y-%m-%d %H:%M")
    remarks = [when, origin.parameters, "changed since" if passage.edited else ""]
    rows = (Row(f"{origin.action}: {source}", None, ", ".join(filter(None, remarks))),)
    return Section(title="Inserted by this server", rows=rows)


def _head(shown: Shown) -> str:
    if not shown.text:
        return "text of this session"
    facts = [f"{len(shown.text)} characters", f"{len(shown.text.split())} words"]
    facts += [section.head for section in shown.sections if section.head]
    facts.append("cached" if shown.seconds is None else f"{shown.seconds * 1000:.0f} ms")
    return ", ".join(facts)


def _foot(shown: Shown) -> list[str]:
    """Who found it, and what could not be found."""
    if not shown.text:
        return []
    methods = ", ".join(dict.fromkeys(section.method for section in shown.sections if section.method))
    backend = shown.backend
    made = " (patterns and lexicon, no model)" if backend.is_embedded else f" ({backend.label})" if methods else ""
    lines = [(methods or backend.label) + made, *(section.foot for section in shown.sections if section.foot)]
    return list(dict.fromkeys([*lines, BEGINNING] if shown.is_cut else lines))


def _rewrites(kind: str) -> bool:
    return kind.startswith("refactor.")


def _command(run: RunAction) -> str:
    """The link of a command as VS Code reads it: its arguments as JSON, percent-encoded to the last bracket."""
    return f"command:{RUN}?{quote(json.dumps([run.to_json()]), safe='')}"


def _prefers_markdown(capabilities: t.ClientCapabilities) -> bool:
    hover = capabilities.text_document.hover if capabilities.text_document else None
    return bool(hover and hover.content_format and hover.content_format[0] == t.MarkupKind.Markdown)
