"""What both clients hold: a target, a token, options, and the look-ups they remember.

Knows how a call's own arguments lie over the client's. Knows no I/O; time and chance enter the library here.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hf_inference.core.call import Call
from hf_inference.core.errors import CancelledCallError, InferenceTimeoutError
from hf_inference.core.flow import Context, Wait
from hf_inference.core.memory import Memory
from hf_inference.core.options import Options, Timeouts
from hf_inference.core.signal import Signal
from hf_inference.providers.base import Target
from hf_inference.targets import endpoint, hub, is_url

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One call, ready to be performed. `deadline` is a time of `time.monotonic`."""

    target: Target
    context: Context
    timeouts: Timeouts
    deadline: float | None

    @property
    def signal(self) -> Signal | None:
        """What may abort the call."""
        return self.context.options.signal

    @property
    def fetch(self) -> Any:
        """The caller's own httpx client for this call, if there is one."""
        return self.context.options.fetch

    @property
    def sends_cookies(self) -> bool:
        """Whether the cookies that the HTTP client holds go along."""
        return self.context.options.include_credentials not in (False, "omit")

    def left(self) -> float | None:
        """Seconds until the deadline, None if there is none."""
        return None if self.deadline is None else self.deadline - time.monotonic()

    def within(self, phase: str, since: float | None = None) -> tuple[float | None, str]:
        """The limit that applies to a wait now, in seconds, and its name: the phase's own, which began at `since`
        (now, if None), or the total's."""
        own: float | None = getattr(self.timeouts, phase)
        if own is not None and since is not None:
            own = max(0.0, own - (time.monotonic() - since))
        if self.deadline is None:
            return own, phase
        left = self.deadline - time.monotonic()
        if own is None or left < own:
            return max(0.0, left), "total"
        return own, phase

    def begin(self) -> None:
        """Called before each effect: raises if the call was aborted meanwhile."""
        if self.signal is not None and self.signal.aborted:
            raise self.aborted()

    def aborted(self) -> CancelledCallError:
        """The error of a call whose signal was pulled."""
        return CancelledCallError(f"The call to {self.target.label} was aborted")

    def announce(self, wait: Wait) -> None:
        """Tell the caller of a wait, or raise if it would end after the deadline."""
        left = self.left()
        if left is not None and left < wait.seconds:
            raise timed_out(self.target.label, "total", self.timeouts.total) from wait.reason
        if wait.reason is not None and self.context.options.on_wait is not None:
            self.context.options.on_wait(wait.seconds, wait.reason)


class Configured:
    """The part of a client that is the same in both worlds."""

    def __init__(self, access_token: str | None, default_options: Options | None, target: Target | None) -> None:
        self.target = hub() if target is None else target
        self._token = access_token or ""
        self._options = default_options or Options()
        self._memory = Memory(time.monotonic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(target={self.target!r})"

    def __reduce__(self) -> Any:
        raise TypeError(f"{type(self).__name__} holds a credential and connections, so it is not pickled")

    def _prepare(self, call: Call[Any]) -> Prepared:
        options = self._options if call.options is None else call.options.over(self._options)
        timeouts = options.timeouts or _TIMEOUTS
        context = Context(
            options=options, credential=call.access_token or self._token, memory=self._memory, jitter=_JITTER
        )
        deadline = None if timeouts.total is None else time.monotonic() + timeouts.total
        return Prepared(target=self._target_of(call), context=context, timeouts=timeouts, deadline=deadline)

    def _target_of(self, call: Call[Any]) -> Target:
        if not call.model or not is_url(call.model):
            return self.target
        return self.target.at(call.model) or endpoint(call.model)


class ConfiguredEndpoint(Configured):
    """The part that makes a client an endpoint's: whatever model a call names, the endpoint answers."""

    def _target_of(self, call: Call[Any]) -> Target:
        return self.target


def timed_out(host: str, phase: str, seconds: float | None, partial_text: str = "") -> InferenceTimeoutError:
    """The error of a limit that passed."""
    said = _PHASES[phase].format(host=host, seconds=seconds or 0.0)
    return InferenceTimeoutError(said, host=host, phase=phase, partial_text=partial_text)


_JITTER: Callable[[], float] = random.random

_TIMEOUTS = Timeouts()

_PHASES = {
    "connect": "{host} took no connection within {seconds:g} s: is the address right and the server running?",
    "first_token": "{host} sent nothing within {seconds:g} s of the request",
    "between_tokens": "{host} fell silent for {seconds:g} s amid the answer",
    "total": "{host} did not finish within the {seconds:g} s allowed for the whole call",
}
