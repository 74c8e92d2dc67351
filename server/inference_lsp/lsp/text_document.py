"""Open documents as the editor sees them: text, version, and positions in the units it counts in.

Knows LSP's text model: lines end at LF, CRLF and CR and nowhere else; out-of-range positions have a meaning.
Refuses to know the disk (a document that is not open is empty) and what the text is about.

Edits are applied in the order they arrive and the version is whatever the editor last said, also when it went
backwards: the order on the wire is the truth, and refusing an edit would leave a text no later edit fits.
A surrogate without its partner becomes U+FFFD, as long as it was in UTF-16: the text can always be encoded.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, cast
from urllib.parse import unquote

from lsprotocol import types as t
from pygls.workspace import ServerTextPosition
from pygls.workspace import TextDocument as PyglsTextDocument
from pygls.workspace import Workspace as PyglsWorkspace

from inference_lsp.lsp.position_encoding import PositionCodec, code_points, unit_count

_log = logging.getLogger(__name__)


class TextDocument(PyglsTextDocument):
    """One document. `offset`s are code points into `source`; positions are the editor's."""

    def __init__(self, uri: str, source: str | None = None, **rest: Any) -> None:
        super().__init__(uri, None if source is None else _encodable(source), **rest)
        self._line_starts = [0]
        self._line_starts_complete = False

    @property
    def is_open(self) -> bool:
        """Whether the editor owns this text; the `source` of a document that is not open is ""."""
        return self._source is not None

    @property
    def source(self) -> str:
        return self._source or ""

    @property
    def lines(self) -> Sequence[str]:
        """Every line with its line end; the last has none and may be empty."""
        self._find_line_starts(None)
        starts, source = self._line_starts, self.source
        return [source[start:end] for start, end in zip(starts, [*starts[1:], len(source)], strict=True)]

    def offset_at(self, position: t.Position) -> int:
        """Beyond a line: its end. Beyond the last line: the end of the text. Inside a character: its end."""
        line = position.line
        self._find_line_starts(line + 1)
        starts, source = self._line_starts, self.source
        if line >= len(starts):
            return len(source)
        start = starts[line]
        end = starts[line + 1] if line + 1 < len(starts) else len(source)
        end = self._without_line_end(start, min(end, start + position.character + 2))
        return start + code_points(source[start:end], position.character, self._position_codec.encoding)

    def position_at(self, offset: int) -> t.Position:
        """Outside of the text: its nearest end. Between CR and LF: before both."""
        source = self.source
        offset = max(0, min(offset, len(source)))
        self._find_line_starts_up_to(offset)
        line = bisect_right(self._line_starts, offset) - 1
        start = self._line_starts[line]
        if source[offset - 1 : offset + 1] == "\r\n":
            offset -= 1
        return t.Position(line, unit_count(source[start:offset], self._position_codec.encoding))

    def range_at(self, start: int, end: int) -> t.Range:
        """The editor's range of `source[start:end]`."""
        return t.Range(self.position_at(start), self.position_at(end))

    def range_text(self, range: t.Range) -> str:
        """The text a range covers; its ends may come in either order."""
        start, end = self._offsets(range)
        return self.source[start:end]

    def apply_change(self, change: t.TextDocumentContentChangeEvent) -> None:
        """One change of a `didChange`, with a range or of the whole text, whatever was negotiated."""
        text = _encodable(change.text)
        if not isinstance(change, t.TextDocumentContentChangePartial):
            self._source = text
            self._keep_line_starts_before(0)
            return
        start, end = self._offsets(change.range)
        source = self.source
        self._source = source[:start] + text + source[end:]
        self._keep_line_starts_before(start)

    # What pygls computes from `lines` on every call, in terms of the index above.

    def offset_at_position(self, client_position: t.Position) -> int:
        return self.offset_at(client_position)

    def text_in_client_range(self, range: t.Range) -> str:
        return self.range_text(range)

    def client_position_at_offset(self, offset: int) -> t.Position:
        return self.position_at(offset)

    def offset_at_server_position(self, server_position: ServerTextPosition) -> int:
        self._find_line_starts(server_position.line)
        if server_position.line >= len(self._line_starts):
            return len(self.source)
        return min(self._line_starts[server_position.line] + server_position.character, len(self.source))

    def server_position_at_offset(self, offset: int) -> ServerTextPosition:
        offset = max(0, min(offset, len(self.source)))
        self._find_line_starts_up_to(offset)
        line = bisect_right(self._line_starts, offset) - 1
        return ServerTextPosition(line, offset - self._line_starts[line])

    def _offsets(self, range: t.Range) -> tuple[int, int]:
        start, end = self.offset_at(range.start), self.offset_at(range.end)
        return (start, end) if start <= end else (end, start)

    def _without_line_end(self, start: int, end: int) -> int:
        source = self.source
        if end > start and source[end - 1] == "\n":
            end -= 1
        if end > start and source[end - 1] == "\r":
            end -= 1
        return end

    # Line starts are found as far as somebody asked and kept up to the last edit: typing near the end of a
    # long document costs a few lines and not the document.

    def _keep_line_starts_before(self, offset: int) -> None:
        # Not at `offset`: a CR left before it may have become half of a CRLF.
        del self._line_starts[max(1, bisect_right(self._line_starts, offset - 1)) :]
        self._line_starts_complete = False

    def _find_line_starts_up_to(self, offset: int) -> None:
        if self._line_starts[-1] <= offset:
            self._find_line_starts(len(self._line_starts) + _FEW // 2)
        if self._line_starts[-1] <= offset:
            self._find_line_starts(None)

    def _find_line_starts(self, line: int | None) -> None:
        """Makes the starts of lines 0…`line` known, as far as there are so many; `None` means all."""
        starts, source = self._line_starts, self.source
        if self._line_starts_complete or (line is not None and line < len(starts)):
            return
        if line is not None and line - len(starts) < _FEW:
            for ending in _LINE_END.finditer(source, starts[-1]):
                starts.append(ending.end())
                if len(starts) > line:
                    return
        elif source.count("\r") == source.count("\r\n"):  # every line ends at an LF, and splitting is faster
            lengths = [len(rest) + 1 for rest in source[starts[-1] :].split("\n")]
            starts.extend(accumulate(lengths[:-1], initial=starts.pop()))
        else:
            starts.extend(ending.end() for ending in _LINE_END.finditer(source, starts[-1]))
        self._line_starts_complete = True


class Workspace(PyglsWorkspace):
    """pygls' workspace, making the documents and positions of this package."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._position_codec = PositionCodec(encoding=self._position_encoding)

    def is_open(self, uri: str) -> bool:
        """Whether the editor has this document open."""
        return unquote(uri) in self._text_documents

    def get_text_document(self, doc_uri: str) -> TextDocument:
        """The open document, or an empty one of that name."""
        return cast(TextDocument, super().get_text_document(doc_uri))

    def update_text_document(
        self, text_doc: t.VersionedTextDocumentIdentifier, change: t.TextDocumentContentChangeEvent
    ) -> None:
        if not self.is_open(text_doc.uri):
            _log.warning("ignored a change of a document that is not open")
            return
        super().update_text_document(text_doc, change)

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> TextDocument:
        return TextDocument(
            doc_uri,
            source=source,
            version=version,
            language_id=language_id,
            sync_kind=self._sync_kind,
            position_codec=self._position_codec,
        )


def _encodable(text: str) -> str:
    return text if text.isascii() else _SURROGATE.sub("�", text)


_LINE_END = re.compile(r"\r\n|\n|\r")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FEW = 64
