"""How automatic features leave a backend alone: not while the person is still typing, and not while it fails.

Knows times and failures, by the backend's label. Knows no request; the clock is handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hf_inference import BackendError, InferenceError

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
SHORTEST_DEBOUNCE = 0.075
LONGEST_DEBOUNCE = 0.3


@dataclass(frozen=True, slots=True)
class _Record:
    failures: int = 0
    until: float = 0.0
    latency: float = 0.25
    """Seconds to the first text, a moving average."""


class Pauses:
    """What is known of each backend."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._records: dict[str, _Record] = {}

    def left(self, label: str) -> float:
        """Seconds for which automatic requests to this backend pause, 0 if they may go."""
        return max(0.0, self._record(label).until - self._clock())

    def debounce(self, label: str) -> float:
        """Seconds to wait for the next key before asking: a third of what an answer takes."""
        return min(LONGEST_DEBOUNCE, max(SHORTEST_DEBOUNCE, self._record(label).latency / 3))

    def failed(self, label: str, error: InferenceError) -> None:
        """Pause: as long as the backend asked for, else twice as long at each failure in a row."""
        record = self._record(label)
        asked = error.retry_after if isinstance(error, BackendError) else None
        pause = asked or min(LONGEST_PAUSE, FIRST_PAUSE * 2**record.failures)
        self._records[label] = replace(record, failures=record.failures + 1, until=self._clock() + pause)

    def answered(self, label: str, seconds: float) -> None:
        """The backend gave its first text after so long: it is well."""
        latency = self._record(label).latency * 0.7 + seconds * 0.3
        self._records[label] = _Record(latency=latency)

    def _record(self, label: str) -> _Record:
        return self._records.get(label, _Record())
