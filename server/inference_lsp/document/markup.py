"""Text as Markdown that shows just that text.

Knows Markdown's special characters and what GitHub's dialect links by itself (https://github.github.com/gfm). Knows
nothing of what is shown: a model's words and a document's are data, and neither a link, an image nor HTML in them may
come alive in a hover.
"""

from __future__ import annotations

import re


def escape(text: str) -> str:
    """The text on one line, every character of it shown as it is, also at the start of a paragraph or list item."""
    line = _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
    return _BLOCK_START.sub(r"\1\\\2", line).replace("<", "&lt;")


def bar(score: float, width: int = 10) -> str:
    """A score from 0 to 1 as a bar of eighths."""
    eighths = round(max(0.0, min(1.0, score)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + ("▏▎▍▌▋▊▉"[rest - 1] if rest else "")).ljust(width, "░")


_SPECIAL = re.compile(r"[\\`*_\[\]|~&@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""Marks of emphasis, code, links and the like; then the middle of what would be linked: `a@b`, `a://b`, `www.b`."""

_BLOCK_START = re.compile(r"^(\d{0,9})([-=+#>]|(?<=\d)[.)])")
"""A list's bullet or number, a rule, a heading or its underline, a quotation."""
