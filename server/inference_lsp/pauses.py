"""How automatic features leave a backend alone: not while the person is still typing, and not while it fails.

Knows times, failures and their sentences, by a key: a backend, or a backend's model. Knows no request; the clock is
handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hf_inference import AuthenticationError, BackendError, InferenceError, ModelNotFoundError, PaymentRequiredError

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
UNTIL_CHANGED = 600.0
"""What no waiting mends: a token, an account, a model. Changed settings or credentials end the pause at once."""
SHORTEST_DEBOUNCE = 0.075
LONGEST_DEBOUNCE = 0.3


@dataclass(frozen=True, slots=True)
class _Record:
    failures: int = 0
    until: float = 0.0
    reason: str = ""
    latency: float = 0.25
    """Seconds to the first text, a moving average."""
    most: int = 0
    """Characters it takes at once, 0 if it never refused any."""


class Pauses:
    """What is known of each key."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._records: dict[str, _Record] = {}

    def left(self, key: str) -> float:
        """Seconds for which automatic requests pause, 0 if they may go."""
        return max(0.0, self._record(key).until - self._clock())

    def reason(self, key: str) -> str:
        """The sentence about the failure that caused the last pause."""
        return self._record(key).reason

    def debounce(self, key: str) -> float:
        """Seconds to wait for the next key before asking: a third of what an answer takes."""
        return min(LONGEST_DEBOUNCE, max(SHORTEST_DEBOUNCE, self._record(key).latency / 3))

    def failed(self, key: str, error: InferenceError, reason: str) -> None:
        """Pause: as long as the backend asked for, else twice as long at each failure in a row."""
        record = self._record(key)
        asked = error.retry_after if isinstance(error, BackendError) else None
        pause = asked or min(LONGEST_PAUSE, FIRST_PAUSE * 2**record.failures)
        if isinstance(error, AuthenticationError | PaymentRequiredError | ModelNotFoundError):
            pause = UNTIL_CHANGED
        until = self._clock() + pause
        self._records[key] = replace(record, failures=record.failures + 1, until=until, reason=reason)

    def takes(self, key: str, most: int) -> None:
        """It refused more than so many characters at once."""
        self._records[key] = replace(self._record(key), most=most)

    def most(self, key: str) -> int:
        """Characters it takes at once, 0 if that is not known."""
        return self._record(key).most

    def well(self, key: str) -> None:
        """There was an answer: what failed before is forgotten."""
        self._records[key] = replace(self._record(key), failures=0, until=0.0, reason="")

    def took(self, key: str, seconds: float) -> None:
        """The first text came after so long."""
        record = self._record(key)
        self._records[key] = replace(record, latency=record.latency * 0.7 + seconds * 0.3)

    def forgive(self) -> None:
        """Settings or credentials are others now: everything may be tried again."""
        self._records = {key: _Record(latency=record.latency) for key, record in self._records.items()}

    def _record(self, key: str) -> _Record:
        return self._records.get(key, _Record())
