"""Which text of a document this server put there: by which action, model and target, and when.

Knows the passages of each open document, followed through every change of it. Knows no protocol; the clock is handed
in. It is memory of this session and nothing else: no mark is left in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime

from inference_lsp.document.relocation import common_prefix, common_suffix

MOST = 100
"""Passages of one document; the oldest are forgotten."""
MOST_GONE = 10
"""Passages of them that were taken out of the text, which a redo may bring back."""
TELLING = 12
"""Characters from which on the very same words, found once in a document, are taken for the passage."""

SLACK = 16
"""Characters by which the place of a change is uncertain, since what stands around it may look alike."""
LONGEST_WORD = 24
"""Characters of a parameter that is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who wrote a text."""

    action: str
    """As menus name it: `Summarize`."""
    target: str
    """Where it came from: `router.huggingface.co`, `embedded engine`."""
    models: tuple[str, ...] = ()
    """What computed it: models, or methods of the embedded engine."""
    parameters: str = ""
    """`max_new_tokens=160, …`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """`text[start:end]` of a document, in code points; empty while the words are not in it (undone, say)."""

    start: int
    end: int
    words: str
    """As they were inserted."""
    origin: Origin
    at: datetime
    edited: bool = False
    """Whether they are no longer what was inserted."""


class Provenance:
    """The passages of all open documents."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._documents: dict[str, _Document] = {}

    def inserted(self, uri: str, text: str, start: int, end: int, origin: Origin, *, goes_on: bool = False) -> None:
        """`text[start:end]` has just come from `origin`; `text` is the whole document with it. `goes_on`: if it stands
        behind the newest text of the same origin it is one with that, as ghost text is that is taken word by word."""
        words = text[start:end].strip()
        if not words:
            return
        start = text.index(words, start)
        self.changed(uri, text)
        passages = self._documents[uri].passages if uri in self._documents else ()
        passages = tuple(one for one in passages if (one.start, one.words) != (start, words))  # taken, undone, taken
        last = passages[-1] if passages else None
        follows = goes_on and last is not None and last.origin == origin and last.start < last.end <= start
        if last is not None and follows and not text[last.end : start].strip():
            words, start, passages = text[last.start : start + len(words)], last.start, passages[:-1]
        passage = Passage(start=start, end=start + len(words), words=words, origin=origin, at=self._now())
        self._documents[uri] = _Document(text, (*passages, passage)[-MOST:])

    def changed(self, uri: str, text: str) -> None:
        """A document's whole text is another now."""
        known = self._documents.get(uri)
        if known is not None and known.text != text:
            self._documents[uri] = _Document(text, _followed(known, text))

    def forget(self, uri: str) -> None:
        """A document was closed."""
        self._documents.pop(uri, None)

    def within(self, uri: str, start: int, end: int) -> tuple[Passage, ...]:
        """The passages that share text with a range, or that hold a place (start == end); the newest first."""
        known = self._documents.get(uri)
        if known is None:
            return ()
        end = max(end, start + 1)
        return tuple(one for one in reversed(known.passages) if max(start, one.start) < min(end, one.end))


def described(call: object) -> str:
    """The parameters of a call that a person would recognise: numbers, switches and short words; never a text."""
    parameters = getattr(call, "parameters", None)
    if is_dataclass(parameters):
        parameters = {member.name: getattr(parameters, member.name) for member in fields(parameters)}
    if not isinstance(parameters, Mapping):
        return ""
    return ", ".join(f"{name}={value}" for name, value in parameters.items() if _is_short(name, value))


@dataclass(frozen=True, slots=True)
class _Document:
    text: str
    passages: tuple[Passage, ...]


def _is_short(name: str, value: object) -> bool:
    if isinstance(value, str):
        return name not in _TEXTS and 0 < len(value) <= LONGEST_WORD and value.isprintable()
    return isinstance(value, bool | int | float)


def _followed(known: _Document, text: str) -> tuple[Passage, ...]:
    """Where the passages are after one change: all that differs lies between what both texts begin and end with."""
    prefix = common_prefix(known.text, text)
    suffix = min(common_suffix(known.text, text), min(len(known.text), len(text)) - prefix)
    change = (prefix, len(known.text) - suffix, len(text) - len(known.text))
    moved = [_moved(passage, known.text, text, *change) for passage in known.passages]
    gone = [passage for passage in moved if passage.start == passage.end]
    return tuple(passage for passage in moved if passage not in gone[:-MOST_GONE])


def _moved(passage: Passage, old: str, text: str, changed_from: int, changed_to: int, shift: int) -> Passage:
    start, end = passage.start, passage.end
    if start < end <= changed_from:
        return passage
    if changed_to <= start < end:
        return replace(passage, start=start + shift, end=end + shift)
    is_gone = start == end
    start = start if start <= changed_from else max(changed_to, start) + shift
    end = start if is_gone else max(start, end + shift if end >= changed_to else changed_from)
    place = _found(passage, old, text, start)
    if place is not None:
        return replace(passage, start=place, end=place + len(passage.words), edited=False)
    return replace(passage, start=start, end=end, edited=True)


def _found(passage: Passage, old: str, text: str, near: int) -> int | None:
    """Where the very words are: at their place, or the only ones in the document where there were no others before."""
    words = passage.words
    place = text.find(words, max(0, near - SLACK), near + len(words) + SLACK)
    if place >= 0:
        return place
    own = int(old.startswith(words, passage.start) and passage.start < passage.end)
    if len(words) < TELLING or text.count(words) != 1 or old.count(words) != own:
        return None
    return text.index(words)


_TEXTS = frozenset({"suffix", "path"})
"""Parameters that hold the document, not a choice."""
