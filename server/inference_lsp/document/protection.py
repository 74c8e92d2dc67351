"""What a translator must not touch, put aside: code, addresses, math, tags, placeholders.

Knows how such things look inside a line and how to tell that each came back once, in order. Knows no model. The marks
that take their place are capital letters around a number, which subword vocabularies copy whole and letter case does
not change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Protected:
    """`text` is what a model may see; mark `n` in it stands for `kept[n]`."""

    text: str
    kept: tuple[str, ...]
    stem: str = "X"

    def restored(self, translated: str) -> str | None:
        """The translation with everything back in its place, None unless each mark is there once, in order."""
        if not self.kept:
            return translated
        marks = _mark(self.stem)
        if [int(number) for number in marks.findall(translated)] != list(range(len(self.kept))):
            return None
        restored = marks.sub(lambda mark: self.kept[int(mark[1])], translated)
        # what was written in place of, or beside, a mark must not look like one more thing to keep
        return restored if protect(restored).kept == self.kept else None


def protect(text: str) -> Protected:
    """Put aside what is no language in a text without structure: a paragraph, a heading, a cell."""
    kept: list[str] = []
    stem = next(stem for stem in _stems() if stem not in text.upper())

    def put_aside(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"{stem}{len(kept) - 1}{stem}"

    return Protected(_kept().sub(put_aside, text), tuple(kept), stem) if _MAY_BE.search(text) else Protected(text, ())


def keeps(text: str, kept: tuple[str, ...]) -> bool:
    """Whether a text has just these things to protect, in this order."""
    return protect(text).kept == kept


def has_words(text: str) -> bool:
    """Whether anything is left to translate once what is no language is put aside."""
    return bool(_LETTER.search(_kept().sub("", text) if _MAY_BE.search(text) else text))


def _stems() -> tuple[str, ...]:
    return ("XQX", "QZQ", "ZXZ", "XJQ", "QKX", "ZQJX", "XZQJ", "QXZKJ", "JXQZKV", "VQXJZKW", "WXQZJKVQ")


def _mark(stem: str) -> re.Pattern[str]:
    """A mark, also where a model changed its case or put blanks into it."""
    return re.compile(rf"{stem}\s?(\d+)\s?{stem}", re.IGNORECASE)


@cache
def _kept() -> re.Pattern[str]:
    """All of them in one; compiled when a text is first translated, and not at every start of the server."""
    return re.compile("|".join(_KEPT))


_KEPT = (
    r"(?<!`)(`+)(?!`)(?:(?!\1).|\n)*?(?<!`)\1(?!`)",  # code
    r"(?<![\\$])\$\$(?:[^$\\]|\\.)+\$\$",  # math
    r"(?<![\\$\w])\$(?![\s$])(?:[^$\\\n]|\\.)*?(?<![\s\\])\$(?![\w$])",
    r"\\\((?:(?!\\\)).)*\\\)|\\\[(?:(?!\\\]).)*\\\]",
    r"<!--(?:(?!-->)(?:.|\n))*-->",
    r"</?[A-Za-z][\w:-]*(?:\s+[\w:@.-]+(?:\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'=<>`]+))?)*\s*/?>",  # tags
    r"<[A-Za-z][\w+.-]*:[^\s<>]*>",
    r"!?\[(?=(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*\](?:\(|\[))",  # where a link or image begins, and where it leads
    r"\]\((?:[^()\s\\]|\\.|\((?:[^()\s\\]|\\.)*\))*(?:\s+(?:\"[^\"]*\"|'[^']*'))?\)|\]\[[^\[\]]*\]",
    r"\[\^[^\]\s]+\]",
    r"\b[A-Za-z][A-Za-z+.-]{1,20}://[^\s<>\])\"'`]*[^\s<>\])\"'`.,;:!?*_]",  # addresses
    r"\bwww\.[\w-]+\.[^\s<>\])\"'`]*[^\s<>\])\"'`.,;:!?*_]",
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    r"\{\{[^{}]*\}\}|\$\{[^{}]*\}|\{%[^%]*%\}|\{[\w.!:\[\]-]*\}",  # places to be filled in
    r"%\([\w.]+\)[#0 +-]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]",
    r"(?<![\w%])%(?:\d+\$)?[#0+-]*\d*(?:\.\d+)?(?:l{1,2}|h{1,2}|z)?[diouxXeEfFgGcrsa@](?!\w)|%%",
    r"(?<!\w)@(?:param|throws|exception|see|link|tparam)\b(?:\s+\{[^{}]*\})?(?:[ \t]+[\w.$#]+)?",
    r"(?<!\w)@[A-Za-z]\w*|(?<!\w):\w+(?:[ \t]+[\w*]+){0,2}:(?=[ \t`])",
    r"\\[A-Za-z]+\*?(?:\[[^\]\n]*\])?(?:(?<=ref)|(?<=cite)|(?<=label)|(?<=url))\{[^{}\n]*\}|\\[A-Za-z]+\*?\{?",
    r"&(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z]\w+);",
    r"(?<!\w)[A-Za-z_]*[A-Za-z0-9]+_[A-Za-z0-9]\w*(?:\(\))?|\b\w+(?:\.\w+)*\(\)",  # names in a program
)
_LETTER = re.compile(r"[^\W\d_]")
_MAY_BE = re.compile(r"[`$\\<\[\]:@{}%&_(]|www\.")
