"""The units a quantity may carry, as one alternation for a regular expression.

Knows symbols and English words of measure. Knows no conversion.
"""

from __future__ import annotations

import re
from typing import Final

_SYMBOLS = """
    kB KB MB GB TB PB KiB MiB GiB TiB kbit Mbit Gbit bps kbps Mbps Gbps ns µs μs us ms s min h hrs hr km/h mph
    m/s nm µm μm mm cm dm m km mi ft yd mg g kg lb lbs oz t ml mL cl dl l L °C °F K Pa kPa hPa bar psi Hz kHz
    MHz GHz THz V mV kV A mA W mW kW MW kWh Wh mAh J kJ kcal cal N lm lx dB px pt em rem dpi fps rpm m² m³ km²
    cm² ha
"""
_WORDS = """
    nanosecond microsecond millisecond second minute hour day week month year decade byte kilobyte megabyte
    gigabyte terabyte bit pixel line word character token page row column item meter metre kilometer kilometre
    centimeter centimetre millimeter millimetre mile foot inch yard gram kilogram ton tonne pound ounce liter
    litre watt kilowatt volt degree person request user file core thread
"""
_PLURALS = ("feet", "inches", "people")

UNIT_PATTERN: Final = "|".join(
    re.escape(unit)
    for unit in sorted(
        [*_SYMBOLS.split(), *(f"{w}s" for w in _WORDS.split()), *_WORDS.split(), *_PLURALS], key=lambda unit: -len(unit)
    )
)
"""Longest first, so that `ms` is not read as `m`."""
