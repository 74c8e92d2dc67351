"""What one completion is asked for: the parameters of text generation that the embedded engine understands, checked.

Knows the names and limits of the parameters (TGI's, and the few of this engine). Knows no text and no model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hf_inference.engines.engine import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionRequest:
    """The parameters of one completion."""

    max_new_tokens: int = 64
    stop: tuple[str, ...] = ()
    suffix: str = ""
    """The text after the cursor."""
    path: Path | None = None
    """The file that prompt and suffix come from; its copy on disk is stale and does not count."""
    min_confidence: float = 0.05
    """Refuse below this probability of the first line, 0 to 1."""
    return_full_text: bool = False


def read_request(parameters: Mapping[str, Any]) -> CompletionRequest:
    """Read `parameters`; None means left out, and what other engines understand is passed over.

    Raises `Refusal` (422, `validation`) for a value that makes no sense.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    stop = given.get("stop", given.get("stop_sequences", ()))
    fields = {
        "max_new_tokens": given.get("max_new_tokens", 64),
        "stop": (stop,) if isinstance(stop, str) else tuple(stop) if isinstance(stop, list | tuple) else stop,
        "suffix": given.get("suffix", ""),
        "path": Path(given["path"]) if isinstance(given.get("path"), str) else given.get("path"),
        "min_confidence": given.get("min_confidence", 0.05),
        "return_full_text": given.get("return_full_text", False),
    }
    for name, (sensible, wanted) in _SENSE.items():
        if not sensible(fields[name]):
            raise Refusal(f"`{name}` must be {wanted}, not {fields[name]!r}", status=422, error_type="validation")
    return CompletionRequest(**fields)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_SENSE: Mapping[str, tuple[Any, str]] = {
    "max_new_tokens": (lambda v: isinstance(v, int) and not isinstance(v, bool) and v > 0, "a whole number above 0"),
    "stop": (lambda v: isinstance(v, tuple) and all(isinstance(s, str) and s for s in v), "a list of texts"),
    "suffix": (lambda v: isinstance(v, str), "a text"),
    "path": (lambda v: v is None or isinstance(v, Path), "the path of a file"),
    "min_confidence": (lambda v: _is_number(v) and 0 <= v <= 1, "a number from 0 to 1"),
    "return_full_text": (lambda v: isinstance(v, bool), "true or false"),
}
