"""A wait is counted down in words."""

from __future__ import annotations

import pytest

from hf_inference import BackendError, InferenceError, ModelLoadingError, RateLimitedError
from inference_lsp import problems

LOADING = ModelLoadingError("no", status=503, host="h", detail="loading", retry_after=21.0)
LIMITED = RateLimitedError("no", status=429, host="h", retry_after=30.0)
BROKEN = BackendError("h answered 502", status=502, host="h")


@pytest.mark.parametrize(
    ("reason", "seconds", "passed", "says"),
    [
        (LOADING, 10.0, 0, "The model is loading, about 21 s"),
        (LOADING, 10.0, 4, "The model is loading, about 17 s"),
        (LIMITED, 30.0, 0, "Rate limited, waiting 30 s"),
        (LIMITED, 30.0, 29, "Rate limited, waiting 1 s"),
        (LIMITED, 0.5, 1, "Rate limited, waiting 0 s"),
        (BROKEN, 8.0, 3, "h answered 502. Asking again in 5 s"),
    ],
)
def test_what_is_left_of_a_wait_is_said(reason: InferenceError, seconds: float, passed: float, says: str) -> None:
    assert problems.waiting(seconds, reason, passed) == says


@pytest.mark.parametrize(
    ("status", "elsewhere"),
    [
        *((status, False) for status in (400, 401, 402, 403, 404, 410, 413, 422)),
        *((status, True) for status in (429, 500, 502, 503, 504, 520)),
    ],
)
def test_only_what_is_the_backends_fault_may_be_asked_elsewhere(status: int, elsewhere: bool) -> None:
    assert problems.may_be_asked_elsewhere(BackendError("no", status=status)) is elsewhere
