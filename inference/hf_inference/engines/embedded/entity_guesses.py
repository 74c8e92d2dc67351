"""Guesses people, organisations and places in prose from the cue words beside capitalised names.

Knows titles, company forms and words that stand before places. Knows no list of names; a guess is marked with a
question mark and never scores above .7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hf_inference.engines.embedded.entity_patterns import Candidate


def guesses(text: str, min_score: float) -> Iterator[Candidate]:
    """Guessed names in `text` that score at least `min_score`, weakest last in rank."""
    for rank, (group, score, needs, pattern) in enumerate(_CUES):
        if score < min_score or not any(cue in text for cue in needs):
            continue
        for match in pattern.finditer(text):
            start, end = match.span("name")
            first = text[start:end].split(maxsplit=1)[0]
            if first.rstrip(".") in _NOT_NAMES:
                continue
            yield Candidate(group=group, score=score, start=start, end=end, rank=_AFTER_PATTERNS + rank)


_AFTER_PATTERNS = 100
_CAPITALISED = r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’]{1,30}(?:-[A-ZÀ-Þ][a-zà-ÿ]{1,30})?"
_NAME = (
    rf"{_CAPITALISED}(?: (?:(?:van|von|de|da|di|del|den|der|bin|al|la|le) ){{0,2}}(?:{_CAPITALISED}|[A-Z]\.)){{0,3}}"
)
_FULL_NAME = rf"{_CAPITALISED} (?:[A-Z]\. )?(?:(?:van|von|de|da|di|del|den|der|bin|al|la|le) ){{0,2}}{_CAPITALISED}"
_FIRM = r"(?:[A-Z][\w&'’-]{0,30} ){1,4}"

# Group, score, what must occur for the pattern to be tried, and the pattern.
_CUES: tuple[tuple[str, float, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "PER?",
        0.7,
        ("Mr", "Ms", "Dr", "Prof", "Sir ", "Dame", "Herr", "Frau", "Madame", "Monsieur", "Señor", "Sr", "Sra"),
        re.compile(rf"\b(?:Mr|Mrs|Ms|Dr|Prof|Sir|Dame|Herr|Frau|Madame|Monsieur|Señora?|Sr|Sra)\.? (?P<name>{_NAME})"),
    ),
    (
        "ORG?",
        0.7,
        ("Inc", "Ltd", "LLC", "GmbH", "Corp", "AG", "SE", "PLC", "plc", "S.A", "S.p.A", "Oy", "AB", "BV", "Co"),
        re.compile(
            rf"(?<![\w.])(?P<name>{_FIRM}(?:Inc|Ltd|LLC|GmbH|Corp|Corporation|AG|SE|PLC|plc|S\.A|S\.p\.A|Oy"
            rf"|AB|BV|Co)\b\.?)(?!\w)"
        ),
    ),
    (
        "ORG?",
        0.6,
        (
            " of ",
            "University",
            "Institut",
            "Foundation",
            "ssociation",
            "Comm",
            "Ministry",
            "Agency",
            "Bank",
            "Group",
            "Society",
            "Council",
            "Consortium",
            "Department",
        ),
        re.compile(
            rf"(?<![\w.])(?P<name>{_FIRM}(?:University|Institute|Foundation|Association|Committee|Ministry"
            rf"|Agency|Bank|Group|Society|Council|Commission|Consortium|Department)\b"
            rf"|(?:University|Institute|Ministry|Department|Bank|Bureau) of (?:the )?{_NAME})"
        ),
    ),
    (
        "PER?",
        0.6,
        (
            " said",
            " say",
            " wr",
            " told",
            " add",
            " ask",
            " expl",
            " anno",
            " join",
            " found",
            " inv",
            " is a",
            " was ",
        ),
        re.compile(
            rf"\b(?P<name>{_FULL_NAME})(?=,? (?:said|says|wrote|writes|told|added|asked|explained|announced"
            rf"|joined|founded|invented|is a|was a|was born)\b)"
        ),
    ),
    (
        "PER?",
        0.55,
        (" by ", "by: ", "uthor: "),
        re.compile(
            rf"\b(?:[Ww]ritten by|[Aa]uthored by|[Rr]eviewed by|[Rr]eported by|[Mm]aintained by|[Ff]ounded by"
            rf"|[Aa]uthor:|[Ss]igned-off-by:|[Cc]o-authored-by:) (?P<name>{_FULL_NAME})"
        ),
    ),
    (
        "LOC?",
        0.6,
        ("y of ", "n of ", "lic of ", "te of ", "ce of ", "l of ", "h of ", "t of "),
        re.compile(
            rf"\b(?:[Cc]ity of|[Tt]own of|[Rr]epublic of|[Ss]tate of|[Pp]rovince of|[Cc]apital of|[Nn]orth of"
            rf"|[Ss]outh of|[Ee]ast of|[Ww]est of) (?P<name>{_NAME})"
        ),
    ),
    (
        "LOC?",
        0.55,
        (
            "Street",
            "Avenue",
            "Road",
            "Square",
            "River",
            "Lake",
            "Mount",
            "Island",
            "Airport",
            "Bay",
            "Valley",
            "Port",
            "Cape",
        ),
        re.compile(
            rf"\b(?P<name>{_CAPITALISED} (?:Street|Avenue|Road|Square|River|Lake|Mountains?|Island|Airport"
            rf"|Bay|Valley)|(?:Lake|Mount|Port|Cape) {_CAPITALISED})\b"
        ),
    ),
    (
        "LOC?",
        0.5,
        (
            "ive in ",
            "ives in ",
            "ived in ",
            "orn in ",
            "ased in ",
            "ated in ",
            "ffice in ",
            "ffices in ",
            "ravel",
            "lew to ",
            "oved to ",
        ),
        re.compile(
            rf"\b(?:[Ll]ives? in|[Ll]ived in|[Bb]orn in|[Bb]ased in|[Ll]ocated in|[Tt]ravel(?:s|led|ling)? to"
            rf"|[Ff]lew to|[Mm]oved to|[Oo]ffices? in) (?P<name>{_NAME})"
        ),
    ),
    (
        "LOC?",
        0.4,
        (" in ", " from ", " near ", " at "),
        re.compile(rf"(?<=[a-z,] )(?:in|from|near|at) (?P<name>{_CAPITALISED})(?! {_CAPITALISED})\b"),
    ),
    ("PER?", 0.3, (" ",), re.compile(rf"(?<=[a-z,] )(?P<name>{_FULL_NAME})\b")),
)

_NOT_NAMES_LISTED = """
    The A An This That These Those It He She They We You I In On At For From With And But Or If When While As
    Our Your My His Her Their January February March April May June July August September October November
    December Monday Tuesday Wednesday Thursday Friday Saturday Sunday Who What Which Where How Why
"""
_NOT_NAMES = frozenset(_NOT_NAMES_LISTED.split())
