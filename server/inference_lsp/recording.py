"""Recording what is exchanged with a backend, and replaying it in its place: what the two settings mean.

Knows how a backend is named while that goes on, so that nobody takes a replay for a model. Knows no HTTP and no file:
`hf_inference.Network` writes and reads recordings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hf_inference import Network
from inference_lsp.settings import Settings

PLACEHOLDER = "hf_replayed"
"""Stands for a Hub token while a recording answers: a call finds its way by a token's kind. It is sent nowhere."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Where exchanges are written to, or answered from; a replay is not recorded."""

    record: str = ""
    replay: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Recording:
        return cls("" if settings.replay else settings.record, settings.replay)

    def network(self, known_secrets: Callable[[], Iterable[str]]) -> Network | None:
        """How a client reaches its backend then; None: as always."""
        if self.replay:
            return Network(replay=self.replay, secrets=known_secrets)
        return Network(record=self.record, secrets=known_secrets) if self.record else None

    def marked(self, label: str) -> str:
        """A backend's name for titles, progress and hovers."""
        if self.replay:
            return f"replay of {label}"
        return f"{label}, recorded" if self.record else label

    def credential(self, credential: str) -> str:
        """The credential a client is made with."""
        return credential or PLACEHOLDER if self.replay else credential
