"""Decides whether what a pattern matched is what it looks like: one check a kind of entity.

Knows calendars, addresses and the false friends of every kind. Knows no patterns; `entity_patterns.py` has them.
Every check answers with the score and the end of a valid find, or None for a false one.
"""

from __future__ import annotations

import ipaddress
import re

from hf_inference.engines.embedded.entity_dates import is_calendar_date

Checked = tuple[float, int] | None


def check_url(text: str, match: re.Match[str]) -> Checked:
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


def check_email(text: str, match: re.Match[str]) -> Checked:
    local, _, domain = match[0].partition("@")
    suffix = domain.rpartition(".")[2].lower()
    following = text[match.end() : match.end() + 2]
    if suffix in _FILE_SUFFIXES or ".." in local or local[-1] == "." or not suffix.isalpha():
        return None
    if following[:1] == ":" and following[1:2].isalnum() and local == "git":
        return None  # git@host:path is a remote, not a mailbox
    return 0.98, match.end()


def check_uuid(text: str, match: re.Match[str]) -> Checked:
    proper = match[0][14] in "12345678" and match[0][19] in "89abAB"
    return (0.99 if proper else 0.9), match.end()


def check_cve(text: str, match: re.Match[str]) -> Checked:
    return (0.99, match.end()) if 1999 <= int(match[1]) <= 2100 else None


def check_ip(text: str, match: re.Match[str]) -> Checked:
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


def check_date(text: str, match: re.Match[str]) -> Checked:
    return (0.97, match.end()) if is_calendar_date(match[0]) else None


def check_time(text: str, match: re.Match[str]) -> Checked:
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    if before in ("[", "{", "(") and after in ("]", "}", ",") and before:
        return None  # x[10:20]
    has_half = match[0][-1] in "mM."
    hour = int(match[1])
    if hour > (12 if has_half else 24) or (match[2] is None and not has_half):
        return None
    return 0.93, match.end()


def check_money(text: str, match: re.Match[str]) -> Checked:
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    bare = re.fullmatch(r"\$\d{1,2}", match[0]) is not None
    if bare and ((before and before in "\"'`/{(\\") or (after and after in "\"'`/{}")):
        return None  # $1 of a shell or a regular expression
    return (0.9 if bare else 0.95), match.end()


def check_quantity(text: str, match: re.Match[str]) -> Checked:
    unit = match["unit"]
    if len(unit) == 1 and unit not in "smhg" and text[match.start("unit") - 1].isdigit():
        return None  # "10K" is ten thousand, "4A" a flat
    return (0.9 if len(unit) == 1 else 0.94), match.end()


def check_version(text: str, match: re.Match[str]) -> Checked:
    # Day, month and year with dots, of a day that no calendar has, is still no version.
    return None if _DOTTED_DATE.fullmatch(match[0]) else (0.95, match.end())


def check_issue(text: str, match: re.Match[str]) -> Checked:
    if match["key"]:
        # "ISO8859-1" is no more a tracker's than "ISO-8859".
        stem = match["key"].rstrip("0123456789")
        return None if {match["key"], stem} & _NOT_TRACKERS else (0.9, match.end())
    if match["repository"]:
        return 0.97, match.end()
    if text[match.start() - 1 : match.start()] in ("'", '"'):
        return None  # "#123456" is a colour, and so is what follows "color: "
    return None if text[max(0, match.start() - 2) : match.start()].rstrip()[-1:] in (":", "=") else (0.9, match.end())


def check_phone(text: str, match: re.Match[str]) -> Checked:
    digits = sum(c.isdigit() for c in match[0])
    before = text[max(0, match.start() - 12) : match.start()].casefold()
    if "isbn" in before or "issn" in before or not 7 <= digits <= 15:
        return None
    if match[0][0] == "+":
        return (0.95, match.end()) if digits >= 8 else None
    return 0.9, match.end()


def check_hash(text: str, match: re.Match[str]) -> Checked:
    digest = match["digest"]
    # Letters and figures both: 32 figures are a number, and words exist that are spelled a–f.
    if digest.isdigit() or digest.isalpha():
        return None
    if len(digest) in _DIGEST_LENGTHS:
        return 0.95, match.end()
    cue = _COMMIT_CUE.search(text, max(0, match.start() - 24), match.start())
    return (0.9, match.end()) if cue and 7 <= len(digest) <= 40 else None


def check_path(text: str, match: re.Match[str]) -> Checked:
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
_DOTTED_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.(?:19|20)\d{2}")
_COMMIT_CUE = re.compile(
    r"(?:commit|revision|rev|sha|hash|changeset|cherry[- ]pick\w*|revert\w*|merge|@)[\s:(`]{1,3}$", re.IGNORECASE
)
