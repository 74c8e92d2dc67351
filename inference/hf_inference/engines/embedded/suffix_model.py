"""Which token comes next: what followed the longest suffixes of the text, where the texts have them too.

Knows a context, the open document and a view of the workspace's index. A place matches by the tokens before it; up to
two names may differ if renaming them makes the rest equal, and then what is copied is renamed too. Orders are blended
with Witten and Bell's estimate of the unseen (IEEE Trans. Inf. Theory 37(4), 1991, method C).
Knows no line, no request and no parameter of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from hf_inference.engines.embedded.tokens import END
from hf_inference.engines.embedded.workspace_index import UNKNOWN, Dialect, Shard, View, places


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The likeliest next token: its code, its probability, and the place (shard and token index) copied from."""

    code: str
    probability: float
    shard: Shard
    at: int


class SuffixModel:
    """Predicts one token after another behind `context` (codes).

    `document` holds the shards of the open document, nearest first; `late()` tells that the time for looking through
    the workspace is over for this token.
    """

    def __init__(
        self, context: str, *, document: tuple[Shard, ...], view: View, dialect: Dialect, late: Callable[[], bool]
    ) -> None:
        self._context = context
        self._document = document
        self._view = view
        self._dialect = dialect
        self._late = late
        self._matches: dict[tuple[int, int], _Match] = {}
        self._ended = False

    def predict(self, accept: Callable[[str], bool] | None = None) -> Prediction | None:
        """The likeliest of the codes that `accept` admits (all, if it is None); None where nothing similar is known, or
        where all that was copied ends at the cursor."""
        if self._ended:
            return None
        # Matches that went along with the tokens so far are enough; else the shortest suffix that is looked for decides
        # which lengths are found at all. The last resort is to take the last word for a renamed one.
        for length in _LENGTHS:
            if not self._matches and length <= len(self._context):
                self._search(length, accept)
        for length in _LENGTHS_BEFORE_A_NAME:
            if not self._matches and length < len(self._context):
                self._search(length, accept, renaming=1)
        return _likeliest(self._matches.values())

    def recall(self, start: str, accept: Callable[[str], bool]) -> Prediction | None:
        """The most frequent word, whatever stands before it, that starts with `start` and that `accept` admits."""
        counts: dict[str, int] = {}
        for shard in self._document:
            for code, count in Counter(shard.codes).items():
                if code not in (END, UNKNOWN) and accept(code):
                    counts[code] = counts.get(code, 0) + count * _DOCUMENT_WEIGHT
        if not counts and not self._late():
            counts = {code: self._view.holders(code) for code in self._dialect.starting_with(start)}
        for code in sorted(counts, key=counts.__getitem__, reverse=True):
            in_document = ((shard, at) for shard in self._document for at in places(shard, code))
            for shard, behind in chain(in_document, self._view.find(code, self._late)):
                # As likely as not it is a word never seen: nothing but its start speaks for it.
                probability = counts[code] / (sum(counts.values()) + len(counts)) / 2
                return Prediction(code=code, probability=probability, shard=shard, at=behind - 1)
        return None

    def advance(self, code: str) -> None:
        """Take `code` as the next token of the context."""
        self._context += code
        followed = [match for match in self._matches.values() if match.code == code]
        # A copy that has caught up with the cursor is at its end: to go on would be to copy itself again and again.
        self._ended = bool(followed) and all(m.shard is self._document[0] for m in followed)
        self._matches = {}
        for match in followed:
            self._take(match.shard, match.at + 1, match.length + 1, match.weight, match.renamed, None)
        self._ended = self._ended and not self._matches

    def _search(self, length: int, accept: Callable[[str], bool] | None, *, renaming: int = 0) -> None:
        """Find places behind the last `length` tokens, or behind those before the last one, taken for renamed."""
        end = len(self._context) - renaming
        needle = self._context[end - length : end]
        for shard in self._document:
            # From the end: what stands next to the cursor tells more than the start of the document.
            found = ((shard, at) for at in places(shard, needle, nearest_last=True))
            self._meet_all(found, length, _DOCUMENT_WEIGHT, accept, renaming)
        self._meet_all(self._view.find(needle, self._late), length, 1, accept, renaming)

    def _meet_all(
        self,
        found: Iterable[tuple[Shard, int]],
        length: int,
        weight: int,
        accept: Callable[[str], bool] | None,
        renaming: int,
    ) -> None:
        taken = 0
        for shard, at in islice(found, _MOST_SEEN):
            # What `accept` refuses does not count, so that a common needle cannot crowd out the acceptable.
            taken += self._meet(shard, at, length, weight, accept, renaming)
            if taken >= _MOST:
                break

    def _meet(
        self, shard: Shard, at: int, length: int, weight: int, accept: Callable[[str], bool] | None, renaming: int
    ) -> bool:
        """Judge one place; whether it is one to copy from."""
        if (id(shard), at + renaming) in self._matches:
            return True
        renamed: dict[str, str] = {}
        matched = float(length)
        if renaming:
            if at >= len(shard.codes) or not self._rename(renamed, shard.codes[at], self._context[-1]):
                return False
            at, matched = at + 1, _RENAMED_ONLY
        else:
            matched, renamed = self._walk_back(shard.codes, at, length)
        return self._take(shard, at, matched, weight, renamed, accept)

    def _take(
        self,
        shard: Shard,
        at: int,
        length: float,
        weight: int,
        renamed: Mapping[str, str],
        accept: Callable[[str], bool] | None,
    ) -> bool:
        if at >= len(shard.codes) or shard.codes[at] == UNKNOWN:
            return False
        code = self._renamed(shard.codes[at], renamed) if renamed else shard.codes[at]
        if accept is not None and not accept(code):
            return False
        self._matches[id(shard), at] = _Match(shard, at, code, length, weight, renamed)
        return True

    def _walk_back(self, codes: str, at: int, matched: int) -> tuple[float, dict[str, str]]:
        """How long a suffix of the context stands before `at`, less what renaming costs, and the names it takes."""
        context = self._context
        best, score = float(matched), float(matched)
        renamed: dict[str, str] = {}
        trial: dict[str, str] = {}
        for back in range(matched + 1, min(_LONGEST, len(context), at) + 1):
            theirs, mine = codes[at - back], context[-back]
            if theirs == mine:
                score += 1
            elif len(trial) < _MOST_RENAMED and self._rename(trial, theirs, mine):
                score -= _COST_OF_RENAMING
            else:
                break
            if score >= best:
                best, renamed = score, dict(trial)
        return best, renamed

    def _rename(self, renamed: dict[str, str], theirs: str, mine: str) -> bool:
        """Note that what they call `theirs` is called `mine` here, unless these are no names."""
        old, new = self._dialect.name(theirs).strip("_"), self._dialect.name(mine).strip("_")
        if not old or not new or old == new or renamed.get(old, new) != new:
            return False
        renamed[old] = new
        return True

    def _renamed(self, code: str, renamed: Mapping[str, str]) -> str:
        """The code for what `code` is called here. `_name` follows `name`."""
        core = self._dialect.name(code).strip("_")
        if core not in renamed:
            return code
        return self._dialect.encode([self._dialect.symbol(code).replace(core, renamed[core])])


@dataclass(frozen=True, slots=True)
class _Match:
    shard: Shard
    at: int
    code: str
    length: float
    weight: int
    renamed: Mapping[str, str]


def _likeliest(matches: Iterable[_Match]) -> Prediction | None:
    ranked = sorted(matches, key=lambda match: -match.length)
    if not ranked:
        return None
    # One order for each length at which the set of matches changes: counting an unchanged set again, once for every
    # length in between, would make a single match look certain.
    lengths = list(dict.fromkeys(match.length for match in ranked))
    orders = lengths if len(lengths) <= _ORDERS else [*lengths[: _ORDERS - 1], lengths[-1]]
    tables: list[dict[str, int]] = []
    counts: dict[str, int] = {}
    taken = 0
    for order in orders:
        while taken < len(ranked) and ranked[taken].length >= order:
            counts[ranked[taken].code] = counts.get(ranked[taken].code, 0) + ranked[taken].weight
            taken += 1
        tables.append(dict(counts))
    probability: dict[str, float] = {}
    for table in reversed(tables):
        total = sum(table.values()) + len(table)
        unseen = len(table) / total
        probability = {code: p * unseen for code, p in probability.items()}
        for code, count in table.items():
            probability[code] = probability.get(code, 0.0) + count / total
    # `ranked` is stable, so the first match of a code is its longest, and among those the nearest.
    first = {match.code: match for match in reversed(ranked)}
    best = max(dict.fromkeys(match.code for match in ranked), key=probability.__getitem__)
    return Prediction(code=best, probability=probability[best], shard=first[best].shard, at=first[best].at)


_LENGTHS = (4, 2, 1)
_LENGTHS_BEFORE_A_NAME = (2, 1)
_LONGEST = 16
_ORDERS = 5
_DOCUMENT_WEIGHT = 6
_MOST = 80
_MOST_SEEN = 4000
_MOST_RENAMED = 2
_COST_OF_RENAMING = 1.0
_RENAMED_ONLY = 0.5
