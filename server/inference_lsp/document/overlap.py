"""A continuation without what already stands behind the cursor.

Knows two texts. Knows no model.
"""

from __future__ import annotations


def without_overlap(text: str, after: str) -> str:
    """`text` without the longest end of it that is the beginning of the line after the place: `foo(` + `)` + `)`."""
    rest = after.partition("\n")[0].rstrip("\r")
    for size in range(min(len(text), len(rest)), 0, -1):
        if text.endswith(rest[:size]) and rest[:size].strip():
            return text[:-size]
    return text
