"""Decides whether a written date is one that a calendar has.

Knows ISO 8601, slashed and dotted numbers, and English month names. Knows no relative dates ("next Friday").
"""

from __future__ import annotations

import re
from datetime import date


def is_calendar_date(written: str) -> bool:
    """Whether `written` can be read as a real day (or month of a year); both orders of day and month are tried."""
    if named := _NAMED.search(written):
        return _is_named_date(written, named[0][:3].lower())
    numbers = [int(n) for n in re.findall(r"\d+", written[:10])]
    if len(numbers) != 3:
        return False
    if numbers[0] > 31:
        year, month, day = numbers
        clock = re.match(r"[T ](\d{2}):(\d{2})", written[10:])
        return _exists(year, month, day) and (clock is None or (int(clock[1]) <= 24 and int(clock[2]) <= 59))
    first, second, year = numbers
    return _exists(year, second, first) or ("/" in written and _exists(year, first, second))


def _is_named_date(written: str, month: str) -> bool:
    numbers = [int(n) for n in re.findall(r"\d+", written)]
    years = [n for n in numbers if n > 31]
    days = [n for n in numbers if n <= 31]
    if len(years) > 1 or len(days) > 1 or (years and not 1000 <= years[0] <= 2999):
        return False
    # Without a year, a leap year: 29 February is a day.
    return _exists(years[0] if years else 2024, _MONTHS.index(month) + 1, days[0] if days else 1)


def _exists(year: int, month: int, day: int) -> bool:
    if not 1000 <= year <= 2999:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(r"Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec")
