"""What holds for requests nobody asked for: they pause while a backend fails, and only the status tells of it.

Knows which failures are a model's and which are the whole backend's. Knows no feature; nothing here ever shows a
message.
"""

from __future__ import annotations

import logging

from hf_inference import (
    BackendUnreachableError,
    BadRequestError,
    InferenceError,
    InferenceOutputError,
    ModelLoadingError,
    ModelNotFoundError,
    NotImplementedByBackendError,
    RateLimitedError,
    UnsupportedTaskError,
)
from inference_lsp import problems
from inference_lsp.pauses import Pauses
from inference_lsp.status import Status

_log = logging.getLogger(__name__)


class PausedError(InferenceError):
    """Nothing was sent: the backend failed lately and is left alone for a while."""


class AutomaticGuard:
    """The rules for one backend. `insists`: the request goes though the backend is paused, since somebody asked."""

    def __init__(self, pauses: Pauses, status: Status, label: str, *, insists: bool = False) -> None:
        self._pauses = pauses
        self._status = status
        self._label = label
        self._insists = insists

    def check(self, task: str, model: str) -> None:
        """`PausedError` while the backend or its model is left alone."""
        keys = (self._label, self._key(task, model))
        left, key = max((self._pauses.left(key), key) for key in keys)
        if left and not self._insists:
            raise PausedError(f"{self._label} is left alone for {left:.0f} s: {self._pauses.reason(key)}")

    def answered(self, task: str, model: str) -> None:
        for key in (self._label, self._key(task, model)):
            self._pauses.well(key)
        self._status.works(self._label)

    def failed(self, task: str, model: str, error: InferenceError) -> None:
        if isinstance(error, BadRequestError):
            return  # this text's fault: another one may be answered
        is_models = isinstance(error, _OF_A_MODEL)
        key = self._key(task, model) if is_models else self._label
        said = problems.sentence(error)
        self._pauses.failed(key, error, said)
        who = f"{model or task} at {self._label}" if is_models else self._label
        offline = "Offline. " if isinstance(error, BackendUnreachableError) and error.before_sending else ""
        message = f"{offline}Nothing is sent unasked to {who} for {self._pauses.left(key):.0f} s: {said}"
        self._status.pausing(self._label, message, problems.remedy(error))

    def takes(self, most: int) -> None:
        self._pauses.takes(self._label, most)
        _log.info("%s takes less text: what nobody asked for sends it %d characters at once", self._label, most)

    def _key(self, task: str, model: str) -> str:
        return f"{self._label} {task} {model}"


_OF_A_MODEL = (
    InferenceOutputError,
    ModelLoadingError,
    ModelNotFoundError,
    NotImplementedByBackendError,
    RateLimitedError,
    UnsupportedTaskError,
)
