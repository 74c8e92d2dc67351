"""A server that can say what it can do before it has loaded what does it.

Knows nothing else. An editor that has its answer to `initialize` is busy for a while, and so may the server be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Deferred:
    """What is registered once `initialize` is answered, and before anything else is."""

    capabilities: Mapping[str, Any]
    """`ServerCapabilities` as JSON, for any client; `positionEncoding` is put in."""
    load: Callable[[], None]
    """Registers it. What this raises ends the session."""
