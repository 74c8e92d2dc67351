"""Text as Markdown that shows just that text.

Knows Markdown's special characters. Knows nothing of what is shown: a model's words and a document's are data, and
neither a link, an image nor HTML in them may come alive in a hover.
"""

from __future__ import annotations

import re


def escape(text: str) -> str:
    """The text on one line, every character of it shown as it is."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split())).replace("<", "&lt;").replace("://", ":\u200b//")


def bar(score: float, width: int = 10) -> str:
    """A score from 0 to 1 as a bar of eighths."""
    eighths = round(max(0.0, min(1.0, score)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + ("▏▎▍▌▋▊▉"[rest - 1] if rest else "")).ljust(width, "░")


_SPECIAL = re.compile(r"[\\`*_{}\[\]()#+!|>~&]")
