"""Exit codes, and errors as one line for a person.

Knows the error tree and what may not be shown. Knows no command.
"""

from __future__ import annotations

import re

from hf_inference.core.errors import (
    BackendError,
    CancelledCallError,
    InferenceError,
    InferenceOutputError,
    InputError,
    UnexpectedContentError,
)

DONE = 0
MISUSED = 2
"""The arguments or the input cannot be used as they are; nothing was sent."""
REFUSED = 3
"""The backend answered no."""
UNREACHABLE = 4
"""No answer, or not all of it: refused, timed out, cut off."""
UNEXPECTED = 5
"""An answer that is not the task's."""
INTERRUPTED = 130
"""Ctrl-C."""


def exit_code(error: type[InferenceError]) -> int:
    """The exit code of a call that failed so."""
    return next(code for kinds, code in _CODES if issubclass(error, kinds))


def sentence(error: BaseException) -> str:
    """An error on one line, with nothing that steers a terminal and no credential that a URL held."""
    said = " ".join(str(error).split()) or type(error).__name__
    return _USER_IN_URL.sub("", visible(said))


def visible(text: str) -> str:
    """Text that a terminal only shows: a model's answer may hold sequences that would steer it."""
    return text.translate(_CONTROLS)


_USER_IN_URL = re.compile(r"(?<=://)[^/?#\s'\"@]+@")

_CONTROLS = {code: 0xFFFD for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)}

_CODES: tuple[tuple[tuple[type[InferenceError], ...], int], ...] = (
    ((InputError,), MISUSED),
    ((InferenceOutputError, UnexpectedContentError), UNEXPECTED),
    ((BackendError,), REFUSED),
    ((CancelledCallError,), INTERRUPTED),
    ((InferenceError,), UNREACHABLE),
)
"""The first that fits holds."""
