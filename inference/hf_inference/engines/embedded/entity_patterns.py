"""Patterns that can be checked: addresses, numbers with units, dates, versions, paths; each find is validated.

Knows what makes a find false (a date that no calendar has, an ISBN that looks like a telephone number, `10 % 3` in
code). Knows no people and no places; every pattern is bounded, so time grows in line with the text.
"""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hf_inference.engines.embedded.entity_dates import is_calendar_date
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


# --- checks: (score, end) of a valid find, None for a false one --------------------------------------------------

_Checked = tuple[float, int] | None


def _check_url(text: str, match: re.Match[str]) -> _Checked:
    end = match.end()
    while end > match.start():
        last = text[end - 1]
        if last in ".,;:!?'\"*_~…»”’":
            end -= 1
        elif last in ")]}":
            # A closing bracket belongs to the address only if it was opened in it, as in …/Set_(mathematics).
            if text.count(last, match.start(), end) <= text.count(_OPENING[last], match.start(), end):
                break
            end -= 1
        else:
            break
    host = text[match.start(1) : end]
    if not host or not (host[0].isalnum() or host[0] in "[/~@_"):
        return None
    return (0.99 if "://" in match[0] else 0.93), end


def _check_email(text: str, match: re.Match[str]) -> _Checked:
    local, _, domain = match[0].partition("@")
    suffix = domain.rpartition(".")[2].lower()
    following = text[match.end() : match.end() + 2]
    if suffix in _FILE_SUFFIXES or ".." in local or local[-1] == "." or not suffix.isalpha():
        return None
    if following[:1] == ":" and following[1:2].isalnum() and local == "git":
        return None  # git@host:path is a remote, not a mailbox
    return 0.98, match.end()


def _check_uuid(text: str, match: re.Match[str]) -> _Checked:
    proper = match[0][14] in "12345678" and match[0][19] in "89abAB"
    return (0.99 if proper else 0.9), match.end()


def _check_cve(text: str, match: re.Match[str]) -> _Checked:
    return (0.99, match.end()) if 1999 <= int(match[1]) <= 2100 else None


def _check_ip(text: str, match: re.Match[str]) -> _Checked:
    address, _, bits = match[0].partition("/")
    if ":" in address:
        groups = [group for group in address.split(":") if group]
        spelled = address.startswith("::") or len(groups) > 2 or (groups and len(groups[0]) == 4)
        if not spelled or not any(c.isdigit() for c in address):
            return None  # a::b is a name in C++ and Rust
    elif _VERSION_CUE.search(text, max(0, match.start() - 20), match.start()):
        return None
    try:
        if bits:
            ipaddress.ip_interface(match[0])
        else:
            ipaddress.ip_address(address)
    except ValueError:
        return None
    return 0.97, match.end()


def _check_date(text: str, match: re.Match[str]) -> _Checked:
    return (0.97, match.end()) if is_calendar_date(match[0]) else None


def _check_time(text: str, match: re.Match[str]) -> _Checked:
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    if before in ("[", "{", "(") and after in ("]", "}", ",") and before:
        return None  # x[10:20]
    has_half = match[0][-1] in "mM."
    hour = int(match[1])
    if hour > (12 if has_half else 24) or (match[2] is None and not has_half):
        return None
    return 0.93, match.end()


def _check_money(text: str, match: re.Match[str]) -> _Checked:
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    bare = re.fullmatch(r"\$\d{1,2}", match[0]) is not None
    if bare and ((before and before in "\"'`/{(\\") or (after and after in "\"'`/{}")):
        return None  # $1 of a shell or a regular expression
    return (0.9 if bare else 0.95), match.end()


def _check_quantity(text: str, match: re.Match[str]) -> _Checked:
    unit = match["unit"]
    if len(unit) == 1 and unit not in "smhg" and text[match.start("unit") - 1].isdigit():
        return None  # "10K" is ten thousand, "4A" a flat
    return (0.9 if len(unit) == 1 else 0.94), match.end()


def _check_issue(text: str, match: re.Match[str]) -> _Checked:
    if match["key"]:
        return None if match["key"] in _NOT_TRACKERS else (0.9, match.end())
    if match["repository"]:
        return 0.97, match.end()
    # "color: #123" is a colour.
    return None if text[max(0, match.start() - 2) : match.start()].rstrip()[-1:] in (":", "=") else (0.9, match.end())


def _check_phone(text: str, match: re.Match[str]) -> _Checked:
    digits = sum(c.isdigit() for c in match[0])
    before = text[max(0, match.start() - 12) : match.start()].casefold()
    if "isbn" in before or "issn" in before or not 7 <= digits <= 15:
        return None
    if match[0][0] == "+":
        return (0.95, match.end()) if digits >= 8 else None
    return 0.9, match.end()


def _check_hash(text: str, match: re.Match[str]) -> _Checked:
    digest = match["digest"]
    # Letters and figures both: 32 figures are a number, and words exist that are spelled a–f.
    if digest.isdigit() or digest.isalpha():
        return None
    if len(digest) in _DIGEST_LENGTHS:
        return 0.95, match.end()
    cue = _COMMIT_CUE.search(text, max(0, match.start() - 24), match.start())
    return (0.9, match.end()) if cue and 7 <= len(digest) <= 40 else None


def _check_path(text: str, match: re.Match[str]) -> _Checked:
    end = match.end()
    while end > match.start() and text[end - 1] in ".,;:!?'\"":
        end -= 1
    path = text[match.start() : end]
    body = path.lstrip("~./")
    if len(body) < 2 or not any(c.isalpha() for c in body):
        return None
    if path[0] == "/" and path.count("/") < 2:
        return None  # "/help" is a command as often as a place
    rooted = path[0] in "/~\\." or path[1:2] == ":"
    return (0.94 if rooted else 0.9), end


# --- tables ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One pattern. `needs`: one of these must occur for the pattern to be tried. `in_code`: unmistakable in code."""

    group: str
    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    check: Callable[[str, re.Match[str]], _Checked] | None = None
    score: float = 0.95
    part: int = 0
    in_code: bool = False


_OPENING = {")": "(", "]": "[", "}": "{"}
_FILE_SUFFIXES_LISTED = "png jpg jpeg gif svg webp ico py js ts css html json md txt so dll"
_FILE_SUFFIXES = frozenset(_FILE_SUFFIXES_LISTED.split())
_NOT_TRACKERS_LISTED = """
    UTF ISO SHA RFC CVE CWE ISBN ISSN COVID GPT MP MD AES RSA DES PEP HTTP TCP UDP IPV X86 ASCII KOI CP GB BIG
    UCS JIS EUC LATIN ANSI IEEE IEC DIN EN ECMA TLS SSL PNG USB RS CRC BASE H AV VP MPEG PCI DDR LTE WPA DOI
"""
_NOT_TRACKERS = frozenset(_NOT_TRACKERS_LISTED.split())
_DIGEST_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})
_VERSION_CUE = re.compile(r"(?:version|release|build|firmware|\bv|\bver\.?)\s{0,3}$", re.IGNORECASE)
_COMMIT_CUE = re.compile(
    r"(?:commit|revision|rev|sha|hash|changeset|cherry[- ]pick\w*|revert\w*|merge|@)[\s:(`]{1,3}$", re.IGNORECASE
)
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
        check=_check_url,
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
        check=_check_email,
        in_code=True,
        pattern=re.compile(
            r"(?<![\w.+%/:-])[A-Za-z0-9_][\w.+%-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,6}"
            r"[A-Za-z]{2,24}(?![\w-])"
        ),
    ),
    _Kind(
        group="UUID",
        needs=("-",),
        check=_check_uuid,
        in_code=True,
        pattern=re.compile(r"(?<![\w-])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-])"),
    ),
    _Kind(
        group="CVE",
        needs=("CVE-", "cve-"),
        check=_check_cve,
        in_code=True,
        pattern=re.compile(r"(?<![\w-])(?:CVE|cve)-(\d{4})-\d{4,19}(?!\w)"),
    ),
    _Kind(
        group="DATE",
        needs=_DIGITS,
        check=_check_date,
        pattern=re.compile(
            r"(?<![\w./:-])(?:\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
            r"|\d{4}/\d{2}/\d{2}|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}/\d{1,2}/\d{4})(?![\w/-]|[.:]\d)"
        ),
    ),
    _Kind(
        group="DATE",
        needs=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        check=_check_date,
        pattern=re.compile(
            rf"(?<![\w.-])(?:\d{{1,2}}(?:st|nd|rd|th)?\.?(?: of)?[ -]{_MONTH}\.?(?:,?[ -]\d{{4}})?(?![\w-]|\.\w)"
            rf"|{_MONTH}(?:\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?(?![\w:%-]|[.,]\d)| \d{{4}}(?![\w-]|\.\d)))"
        ),
    ),
    _Kind(
        group="IP",
        needs=(".", ":"),
        check=_check_ip,
        in_code=True,
        pattern=re.compile(
            r"(?<![\w.:/-])(?:(?:\d{1,3}\.){3}\d{1,3}"
            r"|(?=[0-9a-fA-F]{0,4}:)[0-9a-fA-F:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?)(?:/\d{1,3})?(?![\w:/-]|\.\d)"
        ),
    ),
    _Kind(
        group="HASH",
        needs=_DIGITS,
        check=_check_hash,
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
        check=_check_money,
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
            rf"(?<![\w.,])[-+−]?(?:{_NUMBER})(?:\s?%(?!\s?[\w($\"'{{%])|%(?=\s[a-z])|\s?%(?=\s(?:of|for|and"
            rf"|in|to|or|more|less|were|was|is)\b)|\s(?:percent|per cent|pct)\b)"
        ),
    ),
    _Kind(
        group="QUANTITY",
        needs=_DIGITS,
        check=_check_quantity,
        pattern=re.compile(
            rf"(?<![\w.,$€£¥#:/-])[-−]?(?:{_NUMBER})(?:\s?[x×]\s?\d{{1,5}})?[ \u00a0\u202f]?"
            rf"(?P<unit>{UNIT_PATTERN})(?![\w%(\[=/-]|\.\d)"
        ),
    ),
    _Kind(
        group="TIME",
        needs=(":", "am", "pm", "AM", "PM", "a.m", "p.m"),
        check=_check_time,
        pattern=re.compile(
            r"(?<![\w:.,/-])(\d{1,2})(?::([0-5]\d)(?::[0-5]\d(?:\.\d{1,6})?)?)?(?<!\d\d\d)(?<=\d\d"
            r"|.\d)(?:\s?(?:[aApP]\.?[mM]\b\.?)|(?<=:\d\d)(?:\s?(?:UTC|GMT|CET|CEST|PST|PDT|EST|EDT)|Z"
            r"|[+-]\d\d:?\d\d)?)(?![\w:/-]|\.\d)"
        ),
    ),
    _Kind(
        group="VERSION",
        needs=(".",),
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
        check=_check_issue,
        pattern=re.compile(
            r"(?<![\w&#/.-])(?:(?P<repository>[A-Za-z0-9][\w-]{0,38}/[\w.-]{1,80})#\d{1,7}|#\d{1,6}"
            r"|(?P<key>[A-Z][A-Z0-9]{1,9})-\d{1,6})(?![\w-]|\.\d)"
        ),
    ),
    _Kind(
        group="PHONE",
        needs=_DIGITS,
        check=_check_phone,
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
        check=_check_path,
        pattern=re.compile(
            r"(?<![\w/.\\:@<~=$)}\]*-])(?:(?:~|\.{1,2})?(?:/[\w.@+%-]{1,120}){1,40}/?"
            r"|[A-Za-z]:\\(?:[\w .@+()-]{0,80}\\){0,20}[\w.@+()-]{1,80}"
            r"|\\\\[\w.-]{1,60}(?:\\[\w.$-]{1,80}){1,20}"
            r"|(?:[\w.@+-]{1,80}/){1,20}[\w@+-]{1,80}(?:\.[\w-]{1,30}){0,3}\.[A-Za-z][A-Za-z0-9]{0,5})(?![\w/])"
        ),
    ),
)
"""In order of rank: where two finds overlap, the kind that stands first here wins."""
