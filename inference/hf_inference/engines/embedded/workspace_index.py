"""Where in many files a run of tokens occurs, nearest file first.

Knows, for every symbol, the files that hold it (posting lists of files, as in Glimpse), and each file as a string
with one character a token, so that a search inside a file is `str.find`. Knows no disk, no ignore rule and no
statistics.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import PurePath

from hf_inference.engines.embedded.tokens import END, symbols, tokens

UNKNOWN = "\U0010ffff"
"""The code of every symbol for which a full vocabulary had no code left. Nothing is copied from such a place."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shard:
    """One text: `codes` has one character a token; `line_ends` are the indices of its line ends, `lines` (one longer)
    the line numbers, from 1, of what follows the start of the text and each of them."""

    label: str
    codes: str
    line_ends: array[int]
    lines: array[int]
    size: int = 0

    def line_of(self, token: int) -> int:
        """The line, from 1, in which the token with this index stands; a line end stands in the line that it ends."""
        return self.lines[bisect_right(self.line_ends, token - 1)]


class Vocabulary:
    """Symbols numbered in the order met. Only `add` learns, in one thread at a time; all else is for any thread."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {END: END}
        self._symbols: list[str] = [END]

    def add(self, named: Sequence[str]) -> str:
        """The codes of `named`, new symbols included. A full vocabulary gives the code of no symbol at all."""
        codes = self._codes
        for symbol in dict.fromkeys(named):
            if symbol not in codes:
                code = chr(len(self._symbols))
                if code >= _FIRST_PRIVATE:
                    break
                # The list first: a reader that finds a code must find its symbol.
                self._symbols.append(symbol)
                codes[symbol] = code
        return "".join([codes.get(symbol, UNKNOWN) for symbol in named])

    def code(self, symbol: str) -> str | None:
        """The code of a symbol that some file holds, or None."""
        return self._codes.get(symbol)

    def symbol(self, code: str) -> str:
        """The symbol of a code."""
        return self._symbols[ord(code)]

    def starting_with(self, text: str) -> list[str]:
        """The codes of the symbols that start with `text`."""
        return [chr(at) for at, symbol in enumerate(self._symbols[:]) if symbol.startswith(text)]


class Dialect:
    """The vocabulary of one request: the workspace's, and private codes for what only the open document holds."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._codes = _PrivateCodes(vocabulary)
        self._names: dict[str, str] = {}

    def encode(self, named: Sequence[str]) -> str:
        """The codes of `named`."""
        return "".join(map(self._codes.__getitem__, named))

    def symbol(self, code: str) -> str:
        """The symbol of a code."""
        if code < _FIRST_PRIVATE:
            return self._vocabulary.symbol(code)
        return "" if code == UNKNOWN else self._codes.private[ord(UNKNOWN) - 1 - ord(code)]

    def name(self, code: str) -> str:
        """The word that a code stands for, without the blank before it; empty if it stands for no word."""
        found = self._names.get(code)
        if found is None:
            word = self.symbol(code).lstrip(" ")
            found = self._names[code] = word if word[:1].isalpha() or word[:1] == "_" else ""
        return found

    def is_word(self, code: str) -> bool:
        """Whether a token may go on where it ends: a word or a number."""
        last = self.symbol(code)[-1:]
        return last.isalnum() or last == "_"

    def starting_with(self, text: str) -> list[str]:
        """The codes of the workspace's symbols that start with `text`."""
        return self._vocabulary.starting_with(text)


class WorkspaceIndex:
    """The shards of a workspace. One thread may `update` and `forget` while others `look` and search."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        # One for writers, who take their time; one for the tables of shards, held for a moment by all.
        self._writing = threading.Lock()
        self._tables = threading.Lock()
        self._shards: dict[int, Shard] = {}
        self._numbers: dict[PurePath, int] = {}
        self._holders: dict[str, array[int]] = {}
        self._next = 0
        self._seen: tuple[tuple[str, ...], dict[int, int]] | None = None
        self.size = 0
        """Characters of the texts indexed."""

    def __len__(self) -> int:
        return len(self._shards)

    def __contains__(self, path: PurePath) -> bool:
        return path in self._numbers

    def update(self, path: PurePath, text: str, *, label: str = "") -> None:
        """Index `text` as what `path` now holds; `label` is what a match in it is called."""
        pieces = tokens(text)
        with self._writing:
            self._drop(path)
            codes = self.vocabulary.add(symbols(pieces)) + END
            number = self._next
            self._next += 1
            for code in set(codes):
                holders = self._holders.get(code)
                if holders is None:
                    self._holders[code] = array("I", (number,))
                else:
                    holders.append(number)
            shard = shard_of(pieces, codes, label=label or str(path), size=len(text))
            with self._tables:
                self._shards[number] = shard
                self._numbers[path] = number
                self._seen = None
                self.size += shard.size

    def forget(self, path: PurePath) -> None:
        """Drop what is indexed of `path`, if anything."""
        with self._writing:
            self._drop(path)

    def paths(self) -> list[PurePath]:
        """The files indexed."""
        with self._tables:
            return list(self._numbers)

    def farthest_first(self, path: PurePath) -> list[PurePath]:
        """The files that share no directory with `path`, those that are most steps away first."""
        here = path.parts[:-1]
        with self._tables:
            away = [(_steps(here, other.parts[:-1]), number, other) for other, number in self._numbers.items()]
        return [other for steps, _, other in sorted(away, reverse=True) if steps]

    def look(self, path: PurePath | None = None) -> View:
        """The index as it stands, seen from `path`: without that file, those in the nearest directories first."""
        here = path.parts[:-1] if path is not None else ()
        with self._tables:
            if self._seen is None or self._seen[0] != here:
                self._seen = here, _nearest_first(here, self._numbers)
            hidden = self._numbers.get(path) if path is not None else None
            return View(self._seen[1], hidden, self._shards, self._holders)

    def _drop(self, path: PurePath) -> None:
        with self._tables:
            number = self._numbers.pop(path, None)
            if number is None:
                return
            self._seen = None
            self.size -= self._shards.pop(number).size
        # Posting lists keep the numbers of dropped shards until those outnumber the living: rebuilding is linear.
        if self._next > _DEAD_AT_LEAST + 2 * len(self._shards):
            self._renumber()

    def _renumber(self) -> None:
        paths = sorted(self._numbers, key=self._numbers.__getitem__)
        shards = {new: self._shards[self._numbers[path]] for new, path in enumerate(paths)}
        holders: dict[str, array[int]] = {}
        for number, shard in shards.items():
            for code in set(shard.codes):
                holders.setdefault(code, array("I")).append(number)
        with self._tables:
            # New tables, not new contents: a view in use keeps the old ones.
            self._numbers = {path: new for new, path in enumerate(paths)}
            self._shards, self._holders, self._next, self._seen = shards, holders, len(paths), None


class View:
    """What one request sees of the index: an order of the shards, and all but the hidden one."""

    def __init__(
        self,
        rank: Mapping[int, int],
        hidden: int | None,
        shards: Mapping[int, Shard],
        holders: Mapping[str, array[int]],
    ) -> None:
        self._rank = rank
        self._hidden = hidden
        self._shards = shards
        self._holders = holders

    def find(self, needle: str, late: Callable[[], bool]) -> Iterator[tuple[Shard, int]]:
        """The places just behind each `needle`, nearest file first, until `late()`."""
        for number in self._holding(needle):
            if late():
                return
            shard = self._shards.get(number)
            if shard is not None and number != self._hidden:
                for at in places(shard, needle):
                    yield shard, at

    def holders(self, code: str) -> int:
        """In how many files a code occurs, roughly: files dropped a while ago may still count."""
        return len(self._holders.get(code, ()))

    def _holding(self, needle: str) -> Iterable[int]:
        """The shards that hold the rarest code of `needle`, nearest first."""
        nowhere: Sequence[int] = ()
        rarest = min((self._holders.get(code, nowhere) for code in set(needle)), key=len)
        if 2 * len(rarest) > len(self._rank):
            return self._rank
        # A copy, because the indexing thread may lengthen the list meanwhile.
        return sorted((number for number in rarest[:] if number in self._rank), key=self._rank.__getitem__)


def places(shard: Shard, needle: str, *, nearest_last: bool = False) -> Iterator[int]:
    """The token indices just behind each `needle` in one shard, from its start, or from its end."""
    codes, length = shard.codes, len(needle)
    if nearest_last:
        at = codes.rfind(needle)
        while at >= 0:
            yield at + length
            at = codes.rfind(needle, 0, at + length - 1)
        return
    at = codes.find(needle)
    while at >= 0:
        yield at + length
        at = codes.find(needle, at + 1)


def shard_of(pieces: Sequence[str], codes: str, *, label: str, first_line: int = 1, size: int = 0) -> Shard:
    """The shard of a text cut into `pieces`, which starts in line `first_line` and is encoded as `codes`."""
    line_ends = array("I", (at for at, piece in enumerate(pieces) if "\n" in piece))
    lines = array("I", accumulate((pieces[at].count("\n") for at in line_ends), initial=first_line))
    return Shard(label=label, codes=codes, line_ends=line_ends, lines=lines, size=size)


class _PrivateCodes(dict[str, str]):
    """Codes looked up in the vocabulary once, and made up, from the last code down, for symbols it does not have."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.private: list[str] = []
        self._vocabulary = vocabulary

    def __missing__(self, symbol: str) -> str:
        code = self._vocabulary.code(symbol)
        if code is None:
            code = chr(ord(UNKNOWN) - 1 - len(self.private))
            self.private.append(symbol)
        self[symbol] = code
        return code


def _nearest_first(here: tuple[str, ...], numbers: Mapping[PurePath, int]) -> dict[int, int]:
    """The rank of each shard by the steps from directory `here` to its own, then by age in the index."""
    ordered = sorted((_steps(here, path.parts[:-1]) if here else 0, number) for path, number in numbers.items())
    return {number: rank for rank, (_, number) in enumerate(ordered)}


def _steps(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Directories to leave and to enter on the way from `one` to `other`."""
    shared = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        shared += 1
    return len(one) + len(other) - 2 * shared


_FIRST_PRIVATE = "\U000f0000"
_DEAD_AT_LEAST = 64
