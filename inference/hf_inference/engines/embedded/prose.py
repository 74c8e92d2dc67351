"""Reads a text a person wrote as sentences and words, whatever wraps it: Markdown, mail, comment leaders.

Knows block marks, abbreviations and the sentence ends of alphabetic and CJK scripts. Knows no ranking, no
language detection and no model; offsets are not kept, because its readers want text, not places.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prose:
    """The running text of a document: `sentences` in source order; `is_mail` where mail headers stood above it."""

    sentences: tuple[str, ...]
    is_mail: bool


def read_prose(text: str) -> Prose:
    """Unwrap `text` block by block and split every block into sentences. List items stay whole.

    Fenced code, tables, link references, rules, bare images and mail headers are left out; `#`, `//`, `*` and
    quote leaders are stripped; inline Markdown is reduced to its words.
    """
    body, is_mail = _without_mail_headers(text)
    found: list[str] = []
    for block in _blocks(body):
        sentences = [block.text] if block.whole else list(split_sentences(block.text))
        found += [sentence for sentence in sentences if _WORD.search(sentence)]
    return Prose(tuple(found), is_mail)


def split_sentences(text: str) -> Iterator[str]:
    """The sentences of one paragraph, stripped, in order; an abbreviation, an initial or a number ends none."""
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        if match[0][0] == "." and not _ends_sentence(text, begin, match.start(), match.end()):
            continue
        if sentence := text[begin : match.end()].strip():
            yield sentence
        begin = match.end()
    if rest := text[begin:].strip():
        yield rest


def words_of(text: str) -> list[str]:
    """The words of `text`, case-folded; runs of CJK characters become overlapping pairs, the nearest to words."""
    words: list[str] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if _CJK.match(word):
            words += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        else:
            words.append(word.casefold())
    return words


def word_count(text: str) -> int:
    """How many words a reader would count; two CJK characters are about one."""
    return sum(-(-len(m[0]) // 2) if _CJK.match(m[0]) else 1 for m in _WORD.finditer(text))


# --- blocks ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, or a list item to be kept `whole`, as one line."""

    text: str
    whole: bool = False


def _blocks(text: str) -> Iterator[_Block]:
    """Paragraphs and list items, unwrapped to one line each."""
    parts: list[str] = []
    whole = False
    lines = list(_plain_lines(text))
    for number, line in enumerate([*lines, ""]):
        # A run of `# …` lines is a comment; one alone is a Markdown heading.
        neighbours = (*lines[max(0, number - 1) : number], *lines[number + 1 : number + 2])
        is_heading = bool(_HEADING.match(line)) and not any(_HEADING.match(near) for near in neighbours)
        bare = _strip_leader(line)
        item = _LIST_ITEM.match(bare)
        if parts and (not bare or is_heading or item):
            yield _Block(_unwrapped(parts), whole)
            parts, whole = [], False
        if is_heading:
            # A heading is a title and not a sentence; only one that reads as a sentence is kept.
            if bare[-1:] in ".!?。！？":
                yield _Block(_inline(bare))
        elif bare:
            whole = whole or item is not None
            parts.append(_inline(bare[item.end() :] if item else bare))


def _plain_lines(text: str) -> Iterator[str]:
    """Lines outside fences, front matter, tables, link references and rules; a setext underline drops its title."""
    fence = ""
    lines = textwrap.dedent(text).splitlines()
    introduced = literal = False
    for number, line in enumerate(lines):
        bare = line.strip()
        if bare:
            # What a colon introduces, indented, is an example: Markdown's and reStructuredText's literal block.
            literal = line.startswith(("    ", "\t")) and (literal or introduced) and not fence
            introduced = bare.endswith(":")
            if literal:
                introduced = False
                yield ""
                continue
        if fence:
            if bare.startswith(fence):
                fence = ""
            continue
        if bare.startswith(("```", "~~~")):
            fence = bare[:3]
            yield ""
            continue
        following = lines[number + 1].strip() if number + 1 < len(lines) else ""
        underlined = len(following) > 2 and not following.strip("=-~^") and len(set(following)) == 1
        if _DROPPED_LINE.match(bare) or (bare and underlined):
            yield ""
            continue
        yield line


def _strip_leader(line: str) -> str:
    """The line without its comment, quote or heading marks."""
    if leader := _LEADER.match(line):
        line = line[leader.end() :]
    return _COMMENT_TAIL.sub("", line).strip()


def _inline(text: str) -> str:
    """Words without inline marks: links become their text, images and badges vanish, emphasis and ticks go."""
    if "[" in text:
        text = _BADGE.sub("", text)
        text = _IMAGE.sub("", text)
        text = _LINK.sub(r"\1", text)
    if "<" in text:
        text = _TAG.sub("", text)
    if "*" in text or "_" in text or "`" in text:
        text = _EMPHASIS.sub(r"\2", text)
        text = _RST_LINK.sub(r"\1", text).replace("`", "")
    return text.strip()


def _unwrapped(parts: list[str]) -> str:
    """Lines as one, with a blank between them unless both sides are CJK, which writes none."""
    joined: list[str] = []
    for part in filter(None, parts):
        if joined and not (_CJK.match(joined[-1][-1]) and _CJK.match(part[0])):
            joined.append(" ")
        joined.append(part)
    return "".join(joined)


def _without_mail_headers(text: str) -> tuple[str, bool]:
    """`text` below its mail headers, signature cut, and whether there were any."""
    lines = text.lstrip("\r\n").splitlines()
    headers = 0
    for line in lines:
        if not (_MAIL_HEADER.match(line) or (headers and line[:1] in " \t" and line.strip())):
            break
        headers += 1
    names = {line.partition(":")[0].lower() for line in lines[:headers]}
    if not names & {"from", "to", "subject"} or headers < 2:
        return text, False
    body = lines[headers:]
    for number, line in enumerate(body):
        if line.rstrip("\r\n") in ("--", "-- "):
            body = body[:number]
            break
    return "\n".join(line for line in body if not line.lstrip().startswith(">")), True


# --- sentence ends ---------------------------------------------------------------------------------------------


def _ends_sentence(text: str, begin: int, dot: int, end: int) -> bool:
    before = text[max(0, dot - 24) : dot]
    word = before[before.rfind(" ") + 1 :].lstrip("([\"'“‘«")
    following = text[end : end + 1]
    if not following:
        return True
    if word.casefold() in _ABBREVIATIONS or _INITIAL.fullmatch(word):
        return False
    if word.isdigit() and not text[begin : dot - len(word)].strip():
        return False  # "1." numbers what follows
    if word.casefold() in _NUMBER_ABBREVIATIONS and following.isdigit():
        return False
    # "approx. five": the next word of a real sentence is not in lower case after so short a word.
    return not following.islower() or len(word) > 4


_ABBREVIATIONS_LISTED = """
    mr mrs ms dr prof st sr jr vs e.g i.e eg ie cf al eq eqs vol ed eds inc ltd co corp dept est approx ca avg
    incl excl resp u.s u.k e.u u.n a.k.a w.r.t viz ph.d b.sc m.sc z.b bzw d.h u.a nr bspw ggf evtl inkl zzgl
    vgl p.ex mme mlle sra srta ud uds ej dña pág núm tel dott sig т.е т.д т.п
"""
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_LISTED.split())
_NUMBER_ABBREVIATIONS_LISTED = (
    "no nos fig figs sec ch p pp min max art jan feb mar apr jun jul aug sep sept oct nov dec"
)
_NUMBER_ABBREVIATIONS = frozenset(_NUMBER_ABBREVIATIONS_LISTED.split())
_INITIAL = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
_SENTENCE_END = re.compile(r"[。！？]+[」』”’）)]{0,3}|[.!?…؟।]{1,8}[\"'”’»)\]]{0,3}(?=\s|$)\s{0,8}")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
    r"|(?:(?![\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])\w)+(?:['’-](?![\u3040-\u9fff])\w+)*"
)
_HEADING = re.compile(r"\s{0,64}#{1,6}\s+\S")
_LEADER = re.compile(
    r"\s{0,64}(?:(?:/\*+!?|\*(?=[\s/]|$)|///?!?|#+!?(?=\s|$)|--(?=\s|$)|;{1,3}(?=\s)|>+|%+(?=\s)|\"{3}|'{3})\s?)"
)
_COMMENT_TAIL = re.compile(r"\s?(?:\*+/|\"{3}|'{3})\s?$")
_LIST_ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)]|\[[ xX]\])\s{1,8}(?:\[[ xX]\]\s)?")
_DROPPED_LINE = re.compile(
    r"\|.*\||\+[-=+]{3,}\+?|\[[^\]\n]{1,200}\]:\s|\[\^|[-*_=~]{3,}$|(?:[-:| ]{5,}\|[-:| ]*)$"
    r"|<!--.*-->$|\.\.\s+\S|:\w+:\s?|!\[[^\]]*\]\([^)]*\)$"
    r"|>>>\s|\.\.\.\s|\$\s\S|<[/!?a-zA-Z][^<>\n]{0,400}>$"
)
_BADGE = re.compile(r"\[!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)\](?:\([^)\n]{0,500}\))?")
_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\](?:\([^)\n]{0,500}\)|\[[^\]\n]{0,200}\])")
_LINK = re.compile(r"\[([^\]\[\n]{0,300})\](?:\([^)\n]{0,500}\)|\[[^\]\n]{0,200}\])")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)([^*_\n]{1,300}?)(?<=\S)\1(?![\w*])")
_RST_LINK = re.compile(r"`([^`<\n]{1,200}?)\s?(?:<[^>\n]{0,300}>)?`_{1,2}|(?<=\w)_(?=[\s.,;:)]|$)")
_MAIL_HEADER = re.compile(
    r"(?:From|To|Cc|Bcc|Subject|Date|Reply-To|Message-ID|Sent|In-Reply-To|References|MIME-Version"
    r"|Content-[A-Za-z-]{1,30}"
    r"|X-[A-Za-z-]{1,30}):(?:\s|$)",
    re.IGNORECASE,
)
