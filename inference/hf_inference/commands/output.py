"""Showing an output: as text, as JSON, or as a file.

Knows what of an output a person wants to see, told by its dataclass. Knows no task and no wire.
"""

from __future__ import annotations

import base64
import errno
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

from hf_inference.commands.exits import visible
from hf_inference.core.binary import Binary
from hf_inference.core.decoding import Blob
from hf_inference.core.errors import InputError
from hf_inference.tasks.nlp.chat_completion import ChatCompletionOutput
from hf_inference.tasks.nlp.chat_completion_stream import ChatCompletionStreamOutput
from hf_inference.tasks.nlp.text_generation_stream import TextGenerationStreamOutput

T = TypeVar("T")


class ReaderGone(Exception):
    """Whoever read what is written here (`| head`) has had enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """Where an output goes: a file if there is one, else standard output."""

    stdout: TextIO
    file: Path | None
    as_json: bool

    @property
    def is_terminal(self) -> bool:
        return self.file is None and self.stdout.isatty()

    def check(self, reply: Any) -> None:
        """Refuse, before anything is asked and paid for, what could not be shown."""
        if isinstance(reply, Blob) and self.is_terminal and not self.as_json:
            raise InputError(_NOT_ON_A_TERMINAL)

    def show(self, output: Any) -> str:
        """Write a whole output. A sentence for standard error, "" if there is nothing to say."""
        if isinstance(output, Binary):
            return self._binary(output)
        text = json_text(output) if self.as_json else readable(output)
        self._write_whole(text if text.endswith("\n") else text + "\n")
        return "" if self.file is None else f"written to {self.file}"

    def show_stream(self, pieces: Any) -> str:
        """Write pieces as they come, each shown before the next is waited for."""
        if self.file is None:
            self._pieces(pieces, self._write)
            return ""
        with _opened(self.file) as file:
            self._pieces(pieces, lambda text: _do(lambda: (file.write(text), file.flush()), self.file))
        return f"written to {self.file}"

    def _pieces(self, pieces: Any, write: Callable[[str], object]) -> None:
        ends_line = True
        try:
            for piece in pieces:
                text = json_text(piece, indent=None) + "\n" if self.as_json else piece_text(piece)
                if text:
                    ends_line = text.endswith("\n")
                    write(text)
        finally:
            if not ends_line:
                write("\n")

    def _binary(self, output: Binary) -> str:
        if self.file is not None:
            saved = _do(lambda: output.save(self.file or ""), self.file)
            if self.as_json:
                value = {"media_type": output.media_type, "bytes": len(output), "file": str(saved)}
                self._write(json.dumps(value, ensure_ascii=False) + "\n")
            return f"{len(output)} bytes of {output.media_type or 'unknown type'} written to {saved}"
        if self.as_json:
            self._write(json_text(output) + "\n")
        elif self.is_terminal:
            raise InputError(_NOT_ON_A_TERMINAL)
        else:
            _do(lambda: (self.stdout.buffer.write(output.data), self.stdout.buffer.flush()))
        return ""

    def _write_whole(self, text: str) -> None:
        if self.file is None:
            self._write(text)
            return
        with _opened(self.file) as file:
            _do(lambda: (file.write(text), file.flush()), self.file)

    def _write(self, text: str) -> None:
        shown = visible(text) if self.is_terminal else text
        _do(lambda: (self.stdout.write(shown), self.stdout.flush()))


def readable(output: Any) -> str:
    """An output for a person: the text it is about, else a line a value, else JSON."""
    if isinstance(output, bool) or output is None:
        return {True: "yes", False: "no", None: "nothing"}[output]
    if isinstance(output, str):
        return output
    if isinstance(output, ChatCompletionOutput):
        return output.message.content or json_text(output.message)
    if (text := _main_text(output)) is not None:
        return text
    if isinstance(output, list) and output and all(is_dataclass(item) for item in output):
        lines = [_main_text(item) or _row(item) for item in output]
        if all(line is not None for line in lines):
            return "\n".join(str(line) for line in lines)
    return json_text(output)


def piece_text(piece: Any) -> str:
    """The text that a piece of a stream adds."""
    match piece:
        case TextGenerationStreamOutput():
            return "" if piece.token.special else piece.token.text
        case ChatCompletionStreamOutput():
            return piece.text
        case _:
            return json_text(piece, indent=None) + "\n"


def json_text(output: Any, indent: int | None = 2) -> str:
    """An output as JSON under the wire's names; bytes are base64 beside their media type."""
    return json.dumps(_plain(output), ensure_ascii=False, indent=indent)


def _plain(value: Any) -> Any:
    if isinstance(value, Binary):
        return {"media_type": value.media_type, "data": base64.b64encode(value.data).decode()}
    if is_dataclass(value) and not isinstance(value, type):
        return {
            member.metadata.get("wire", member.name): _plain(getattr(value, member.name)) for member in fields(value)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None  # JSON has no such number
    return value


def _main_text(output: Any) -> str | None:
    for name in _TEXTS:
        if is_dataclass(output) and isinstance(text := getattr(output, name, None), str):
            return text
    return None


def _row(item: Any) -> str | None:
    """A flat dataclass on one line, None for one that holds more than texts and numbers."""
    values = [getattr(item, member.name) for member in fields(item)]
    if not all(value is None or isinstance(value, str | int | float) for value in values):
        return None
    if any(isinstance(value, str) and len(value) > _LONGEST_CELL for value in values):
        return None  # base64 of a sound or a mask
    texts = [" ".join(value.split()) for value in values if isinstance(value, str)]
    numbers = {
        member.name: value
        for member, value in zip(fields(item), values, strict=True)
        if value is not None and not isinstance(value, str)
    }
    named = [f"{value:.4g}" if len(numbers) == 1 else f"{name}={value:.4g}" for name, value in numbers.items()]
    return "\t".join((*texts, *named))


def _opened(path: Path) -> TextIO:
    return _do(lambda: path.open("w", encoding="utf-8", newline="\n"), path)


def _do(write: Callable[[], T], path: Path | None = None) -> T:
    """Write to a file, or to standard output, which may be a pipe that was closed: Windows says so with `EINVAL`."""
    try:
        return write()
    except OSError as error:
        if path is None and error.errno in (errno.EPIPE, errno.EINVAL):
            raise ReaderGone(str(error)) from None
        raise InputError(f"{path or 'standard output'} cannot be written: {error.strerror or error}") from None


_TEXTS = ("summary_text", "translation_text", "generated_text", "answer", "text")
"""The member that an output is about, where it has one of these."""

_LONGEST_CELL = 400

_NOT_ON_A_TERMINAL = "the answer is binary and would garble the terminal: name a file with --output, or use a pipe"
