"""Where a range of an older text is in a newer one.

Knows two texts and nothing of the edits between them: what stayed the same at both ends says enough, whatever the
editor sent (single edits, many at once, or the whole text), and there is no state that could get out of step.
"""

from __future__ import annotations


def relocate(old: str, new: str, start: int, end: int) -> tuple[int, int] | None:
    """(start, end) of `old[start:end]` in `new` if everything that changed lies before or after it, else None.

    An insertion exactly at either border counts as outside.
    """
    if common_suffix(old, new) >= len(old) - start:  # all from the range on is as it was
        shift = len(new) - len(old)
        return start + shift, end + shift
    if common_prefix(old, new) >= end:  # all up to its end is
        return start, end
    return None


def moved(old: str, new: str, offset: int) -> int:
    """Where a place of `old` is in `new`; the end of what was changed for a place within that."""
    prefix = common_prefix(old, new)
    suffix = min(common_suffix(old, new), min(len(old), len(new)) - prefix)
    if offset <= prefix:
        return offset
    return max(offset, len(old) - suffix) + len(new) - len(old)


def was_deleted(old: str, new: str, start: int, end: int) -> bool:
    """Whether `old[start:end]`, which is not empty, was taken out, and nothing put in its place."""
    prefix = common_prefix(old, new)
    suffix = min(common_suffix(old, new), min(len(old), len(new)) - prefix)
    return start < end and prefix + suffix == len(new) and prefix <= start and end <= len(old) - suffix


def common_prefix(left: str, right: str) -> int:
    """How many characters two texts begin alike. Halving, so that long equal parts compare as memory."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_suffix(left: str, right: str) -> int:
    """How many characters two texts end alike."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[len(left) - middle : len(left) - low] == right[len(right) - middle : len(right) - low]:
            low = middle
        else:
            high = middle - 1
    return low
