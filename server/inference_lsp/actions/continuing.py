"""What comes next at a place in a text: how a model is asked, and its answer cut to fit there.

Knows what surrounds the place, and that a server either continues text as it is, fills in, or only chats. Knows no
command and no protocol.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol

from hf_inference import BadRequestError, Call, Opened
from inference_lsp.actions import prompts
from inference_lsp.actions.action import Note
from inference_lsp.actions.infill import infill_of
from inference_lsp.backend import Backend
from inference_lsp.document.continuation_cuts import ChatEdges, OverlapCutter, RepetitionCutter
from inference_lsp.document.graphemes import boundary_after, boundary_before
from inference_lsp.document.snapshot import Snapshot
from inference_lsp.document.stops import StopCutter

LONGEST_BEFORE = 8_000
"""Characters before the place that are sent to a model on the network; the nearest ones."""
LONGEST_AFTER = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One question in both forms: `prompt` for what continues text, `chat_prompt` for what only chats."""

    prompt: str
    chat_prompt: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    stops: tuple[str, ...] = ()


def asking(snapshot: Snapshot, backend: Backend, most_tokens: int) -> Asking:
    """How `backend` is asked for what comes at the end of the selection."""
    if backend.is_embedded:  # it reads the whole document, and learns from what stands below, too
        hints = {"suffix": snapshot.after, "path": snapshot.path or None}
        return Asking(prompt=snapshot.before, parameters={"max_new_tokens": most_tokens, **hints})
    before, after = surroundings(snapshot, backend.most)
    model = backend.model("text-generation") or next(iter(backend.known.models), None)
    infill = infill_of(model) if after.strip() else None
    stops = infill.stops if infill else ()
    return Asking(
        prompt=infill.prompt(before, after) if infill else before,
        chat_prompt=prompts.continue_text(before, after, snapshot.language),
        parameters={
            "max_new_tokens": most_tokens,
            "return_full_text": False,
            **({"stop": list(stops)} if stops else {}),
        },
        stops=stops,
    )


def surroundings(snapshot: Snapshot, most: int = 0) -> tuple[str, str]:
    """What stands nearest before and after the place, whole lines where there are any: the usual room for both, or
    `most` characters for the two together."""
    text, place = snapshot.text, snapshot.end
    room = min(LONGEST_AFTER, most // 5) if most else LONGEST_AFTER
    end = min(len(text), place + room)
    if end < len(text):
        line_end = max(text.rfind("\n", place, end), text.rfind("\r", place, end))
        end = line_end + 1 if line_end >= place + room // 2 else boundary_before(text, end, place)
    room = min(LONGEST_BEFORE, max(1, most - (end - place))) if most else LONGEST_BEFORE
    start = max(0, place - room)
    if start:
        near = start + room // 2  # a border further off would cost more than it is worth
        border = _LINE_END.search(text, start, near) or _BLANKS.search(text, start, near)
        start = border.end() if border else boundary_after(text, start)
    return text[start:place], text[place:end]


async def continued(
    snapshot: Snapshot, backend: Backend, most_tokens: int, hints: Mapping[str, Any] | None = None
) -> AsyncGenerator[str | Note]:
    """The continuation as it is written: without stop sequences, loops, fences of a chat, and what stands behind the
    place already. `hints`: further parameters. The last may be a note of where it comes from. What nobody asked for is
    asked once more with less around the place where a server says that it is too much."""
    begun = False
    try:
        async with aclosing(_continued(snapshot, backend, most_tokens, hints)) as pieces:
            async for piece in pieces:
                begun = True
                yield piece
        return
    except BadRequestError as error:
        sent = "".join(surroundings(snapshot, backend.most))
        if begun or not backend.may_shorten(error, sent):
            raise
    async with aclosing(_continued(snapshot, backend.shortened(len(sent)), most_tokens, hints)) as pieces:
        async for piece in pieces:
            yield piece


async def _continued(
    snapshot: Snapshot, backend: Backend, most_tokens: int, hints: Mapping[str, Any] | None
) -> AsyncGenerator[str | Note]:
    asked = asking(snapshot, backend, most_tokens)
    forms: list[str] = []
    source = None
    cutters: list[Cutter] = []

    def learn(call: Call[Any], opened: Opened) -> None:
        forms.append(opened.form)
        if backend.on_answer is not None:
            backend.on_answer(call, opened)

    parameters = {**asked.parameters, **(hints or {})}
    tokens = backend.watched(learn).generate(asked.prompt, parameters, chat_prompt=asked.chat_prompt)
    async with aclosing(tokens) as pieces:
        async for piece in pieces:
            cutters = cutters or _cutters(snapshot, asked, backend, is_chat="chat" in forms)
            source = piece.details.source if piece.details is not None else source
            if text := _through(cutters, piece.token.text):
                yield text
            if any(getattr(cutter, "stopped", False) for cutter in cutters):
                break
    if text := _rest(cutters):
        yield text
    if source:
        yield Note(f"continues as {source} does")


class Cutter(Protocol):
    """Takes pieces, gives back what is certain; `stopped`, where it has one, says that nothing more will come."""

    def feed(self, piece: str) -> str:
        """What is certain with one more piece."""

    def finish(self) -> str:
        """What was held back and stays."""


def _cutters(snapshot: Snapshot, asked: Asking, backend: Backend, *, is_chat: bool) -> list[Cutter]:
    overlap = OverlapCutter(snapshot.after)
    if backend.is_embedded:  # to repeat is what it is for, and it ends by itself
        return [overlap]
    edges: list[Cutter] = [ChatEdges(snapshot.before)] if is_chat else []
    return [*edges, StopCutter(asked.stops), RepetitionCutter(snapshot.before), overlap]


def _through(cutters: list[Cutter], text: str) -> str:
    for cutter in cutters:
        text = cutter.feed(text)
    return text


def _rest(cutters: list[Cutter]) -> str:
    """What each still holds, through those behind it."""
    text = ""
    for number, cutter in enumerate(cutters):
        text += _through(cutters[number + 1 :], cutter.finish())
    return text


_LINE_END = re.compile(r"\r\n|\n|\r")
_BLANKS = re.compile(r"\s+")
