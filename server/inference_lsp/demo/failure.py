"""How a step of the demo ends badly.

Knows a step's name and a sentence. Knows nothing of what the step does.
"""

from __future__ import annotations


class StepFailed(Exception):
    """`step` did not do what it shows, for this `reason`."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason
