"""Patterns that can be checked: addresses, numbers with units, dates, versions, paths; each find is validated.

Knows the spelling of each kind and where in code it may stand; `entity_checks.py` knows what makes a find false.
Knows no people and no places. Every pattern is bounded, so time grows in line with the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hf_inference.engines.embedded import entity_checks as checks
from hf_inference.engines.embedded.entity_units import UNIT_PATTERN


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A find before overlaps are settled; the lower `rank` wins."""

    group: str
    score: float
    start: int
    end: int
    rank: int


def candidates(text: str, spoken: Sequence[tuple[int, int]] | None) -> Iterator[Candidate]:
    """Every valid find of every kind. `spoken`: the spans of comments and strings if `text` is code, else None."""
    for rank, kind in enumerate(_KINDS):
        if not any(mark in text for mark in kind.needs):
            continue
        for match in kind.pattern.finditer(text):
            start, end = match.span(kind.part)
            if kind.check is not None:
                checked = kind.check(text, match)
                if checked is None:
                    continue
                score, end = checked
            else:
                score = kind.score
            if spoken is not None and not kind.in_code and not _inside(spoken, start, end):
                continue
            yield Candidate(group=kind.group, score=score, start=start, end=end, rank=rank)


def spoken_spans(code: str) -> list[tuple[int, int]]:
    """The spans of comments and string literals in `code`, whatever its language, in order."""
    return [match.span() for match in _SPOKEN.finditer(code) if match.end() - match.start() > 2]


def _inside(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    place = bisect_right(spans, (start, 1 << 60)) - 1
    return place >= 0 and spans[place][0] <= start and end <= spans[place][1]


# --- tables ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One pattern. `needs`: one of these must occur for the pattern to be tried. `in_code`: unmistakable in code."""

    group: str
    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    check: Callable[[str, re.Match[str]], checks.Checked] | None = None
    score: float = 0.95
    part: int = 0
    in_code: bool = False


_SPOKEN = re.compile(
    r"\"\"\"(?:[^\"\\]|\\.|\"(?!\"\")){0,20000}\"\"\"|'''(?:[^'\\]|\\.|'(?!'')){0,20000}'''"
    r"|\"(?:[^\"\\\n]|\\.){0,2000}\"|'(?:[^'\\\n]|\\.){0,2000}'|`(?:[^`\\\n]|\\.){0,2000}`"
    r"|/\*(?:[^*]|\*(?!/)){0,20000}\*/|(?<![:\w])//[^\n]*|(?:(?<=\s)|^)#(?![\w{])[^\n]*|(?:(?<=\s)|^)--\s[^\n]*",
    re.MULTILINE,
)
_NUMBER = r"\d{1,3}(?:[,. \u00a0\u202f]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,6})?"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_DIGITS = tuple("0123456789")

_KINDS: tuple[_Kind, ...] = (
    _Kind(
        group="URL",
        needs=("://", "www.", "mailto:", "git@"),
        check=checks.check_url,
        in_code=True,
        pattern=re.compile(
            r"(?<![\w@])(?:(?:https?|ftps?|sftp|file|ssh|git|wss?|s3|redis|postgres(?:ql)?|mysql|mongodb)://"
            r"|mailto:|www\.|git@)"
            r"([^\s<>\"`{}|\\^]{1,2048})",
            re.IGNORECASE,
        ),
    ),
    _Kind(
        group="EMAIL",
        needs=("@",),
        check=checks.check_email,
        in_code=True,
        pattern=re.compile(
            r"(?<![\w.+%/:-])[A-Za-z0-9_][\w.+%-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,6}"
            r"[A-Za-z]{2,24}(?![\w-])"
        ),
    ),
    _Kind(
        group="UUID",
        needs=("-",),
        check=checks.check_uuid,
        in_code=True,
        pattern=re.compile(r"(?<![\w-])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-])"),
    ),
    _Kind(
        group="CVE",
        needs=("CVE-", "cve-"),
        check=checks.check_cve,
        in_code=True,
        pattern=re.compile(r"(?<![\w-])(?:CVE|cve)-(\d{4})-\d{4,19}(?!\w)"),
    ),
    _Kind(
        group="DATE",
        needs=_DIGITS,
        check=checks.check_date,
        pattern=re.compile(
            r"(?<![\w./:-])(?:\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
            r"|\d{4}/\d{2}/\d{2}|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}/\d{1,2}/\d{4})(?![\w/-]|[.:]\d)"
        ),
    ),
    _Kind(
        group="DATE",
        needs=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        check=checks.check_date,
        pattern=re.compile(
            rf"(?<![\w.-])(?:\d{{1,2}}(?:st|nd|rd|th)?\.?(?: of)?[ -]{_MONTH}\.?(?:,?[ -]\d{{4}})?(?![\w-]|\.\w)"
            rf"|{_MONTH}(?:\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?(?![\w:%-]|[.,]\d)| \d{{4}}(?![\w-]|\.\d)))"
        ),
    ),
    _Kind(
        group="IP",
        needs=(".", ":"),
        check=checks.check_ip,
        in_code=True,
        pattern=re.compile(
            r"(?<![\w.:/-])(?:(?:\d{1,3}\.){3}\d{1,3}"
            r"|(?=[0-9a-fA-F]{0,4}:)[0-9a-fA-F:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?)(?:/\d{1,3})?(?![\w:/-]|\.\d)"
        ),
    ),
    _Kind(
        group="HASH",
        needs=_DIGITS,
        check=checks.check_hash,
        in_code=True,
        pattern=re.compile(
            r"(?<![\w-])(?:(?:sha1|sha256|sha384|sha512|md5):)?(?P<digest>[0-9a-f]{7,128}|[0-9A-F]{32,128})(?![\w-])"
        ),
    ),
    _Kind(
        group="MONEY",
        needs=(
            "$",
            "€",
            "£",
            "¥",
            "₹",
            "₩",
            "USD",
            "EUR",
            "GBP",
            "JPY",
            "CHF",
            "CAD",
            "AUD",
            "INR",
            "CNY",
            "dollars",
            "euros",
        ),
        check=checks.check_money,
        pattern=re.compile(
            rf"(?<![\w$€£¥₹₩.])(?:(?:US|CA|AU|HK|NZ)?[$€£¥₹₩]\s?(?:{_NUMBER})(?:\s?(?:million|billion"
            rf"|trillion|bn|[kKMB]))?(?![\w$]|\.\d)"
            rf"|(?:USD|EUR|GBP|JPY|CHF|CAD|AUD|INR|CNY)\s(?:{_NUMBER})(?!\w)"
            rf"|(?:{_NUMBER})\s?(?:(?:million|billion|trillion|bn)\s)?(?:[€£¥₹₩]|(?:USD|EUR|GBP|JPY|CHF|CAD"
            rf"|AUD|INR|CNY|dollars|euros)\b))"
        ),
    ),
    _Kind(
        group="PERCENT",
        needs=("%", "percent", "per cent", "pct"),
        pattern=re.compile(
            rf"(?<![\w.,])[-+−]?(?:{_NUMBER})(?:\s?%(?!\s?[\w($\"'{{%])|%(?=\s[a-z])"
            rf"|\s?%(?=\s(?:[a-z]{{3,}}|of|in|to|or|is)\b(?!\s?[(\[.]\w))|\s(?:percent|per cent|pct)\b)"
        ),
    ),
    _Kind(
        group="QUANTITY",
        needs=_DIGITS,
        check=checks.check_quantity,
        pattern=re.compile(
            rf"(?<![\w.,$€£¥#:/-])[-−]?(?:{_NUMBER})(?:\s?[x×]\s?\d{{1,5}})?[ \u00a0\u202f]?"
            rf"(?P<unit>{UNIT_PATTERN})(?![\w%(\[=/-]|\.\d)"
        ),
    ),
    _Kind(
        group="TIME",
        needs=(":", "am", "pm", "AM", "PM", "a.m", "p.m"),
        check=checks.check_time,
        pattern=re.compile(
            r"(?<![\w:.,/-])(\d{1,2})(?::([0-5]\d)(?::[0-5]\d(?:\.\d{1,6})?)?)?(?<!\d\d\d)(?<=\d\d"
            r"|.\d)(?:\s?(?:[aApP]\.?[mM]\b\.?)|(?<=:\d\d)(?:\s?(?:UTC|GMT|CET|CEST|PST|PDT|EST|EDT)|Z"
            r"|[+-]\d\d:?\d\d)?)(?![\w:/-]|\.\d)"
        ),
    ),
    _Kind(
        group="VERSION",
        needs=(".",),
        check=checks.check_version,
        pattern=re.compile(
            r"(?<![\w.:/@=$€£-])(?:v\d{1,4}(?:\.\d{1,6}){1,3}|\d{1,4}\.\d{1,6}\.\d{1,6})(?:-?(?:alpha|beta"
            r"|rc|dev|post|a|b)\.?\d{0,6}|-[0-9A-Za-z.]{1,24}|\.(?:dev"
            r"|post)\d{1,4})?(?:\+[0-9A-Za-z.]{1,24})?(?![\w/:-]|\.\d)"
        ),
    ),
    _Kind(
        group="VERSION",
        needs=(
            "ersion",
            "elease",
            "ython",
            "Node",
            "Java",
            "Rust",
            "Go ",
            "Debian",
            "Ubuntu",
            "macOS",
            "Django",
            "Android",
            "iOS",
        ),
        part=1,
        score=0.9,
        pattern=re.compile(
            r"\b(?:[Vv]ersions?|[Rr]eleases?|Python|Node(?:\.js)?|Java|Rust|Go|Debian|Ubuntu|macOS|Django"
            r"|Android|iOS)\s(\d{1,4}(?:\.\d{1,6}){1,3})(?![\w%]|\.\d)"
        ),
    ),
    _Kind(
        group="ISSUE",
        needs=("#", "-"),
        check=checks.check_issue,
        pattern=re.compile(
            r"(?<![\w&#/.-])(?:(?P<repository>[A-Za-z0-9][\w-]{0,38}/[\w.-]{1,80})#\d{1,7}|#\d{1,6}"
            r"|(?P<key>[A-Z][A-Z0-9]{1,9})-\d{1,6})(?![\w-]|\.\d)"
        ),
    ),
    _Kind(
        group="PHONE",
        needs=_DIGITS,
        check=checks.check_phone,
        pattern=re.compile(
            r"(?<![\w.+/=-])(?:\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,6}|\(\d{3}\) ?\d{3}[ .-]\d{4}"
            r"|[2-9]\d{2}-[2-9]\d{2}-\d{4}"
            r"|(?<=[Tt]el: )\d[\d /-]{5,16}\d|(?<=[Pp]hone: )\d[\d /-]{5,16}\d"
            r"|(?<=[Cc]all )0\d[\d /-]{5,16}\d)(?![\w-]|\.\d)"
        ),
    ),
    _Kind(
        group="PATH",
        needs=("/", "\\"),
        check=checks.check_path,
        pattern=re.compile(
            r"(?<![\w/.\\:@<~=$)}\]*-])(?:(?:~|\.{1,2})?(?:/[\w.@+%-]{1,120}){1,40}/?"
            r"|[A-Za-z]:\\(?:[\w .@+()-]{0,80}\\){0,20}[\w.@+()-]{1,80}"
            r"|\\\\[\w.-]{1,60}(?:\\[\w.$-]{1,80}){1,20}"
            r"|(?:[\w.@+-]{1,80}/){1,20}[\w@+-]{1,80}(?:\.[\w-]{1,30}){0,3}\.[A-Za-z][A-Za-z0-9]{0,5})(?![\w/])"
        ),
    ),
)
"""In order of rank: where two finds overlap, the kind that stands first here wins."""
