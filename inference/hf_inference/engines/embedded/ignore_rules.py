"""Which files of a folder its ignore files leave out: the rules of gitignore(5).

Knows patterns: comments, negation, anchors, `*`, `?`, `[…]`, `**`, directories only; the last rule that fits decides.
Reads the ignore files of a directory and nothing else. Knows no built-in exclusions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

NAMES = (".gitignore", ".ignore", ".hfignore")
"""The ignore files of a directory; a rule of a later one overrules those before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreRule:
    """One line of an ignore file in directory `base`."""

    base: PurePath
    pattern: re.Pattern[str]
    negated: bool
    directories_only: bool

    def fits(self, path: PurePath, *, is_directory: bool) -> bool:
        """Whether the rule speaks of `path`, which is below `base`."""
        if self.directories_only and not is_directory:
            return False
        return self.pattern.fullmatch(path.relative_to(self.base).as_posix()) is not None


def read_rules(directory: Path, names: Sequence[str] = NAMES) -> tuple[IgnoreRule, ...]:
    """The rules in the ignore files of `directory`; an ignore file that cannot be read has none."""
    rules: list[IgnoreRule] = []
    for name in names:
        try:
            text = (directory / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            # Absent, as a rule; one that is there and may not be read hides nothing from git either.
            continue
        rules.extend(parse_rules(text, directory))
    return tuple(rules)


def rules_above(folder: Path) -> tuple[IgnoreRule, ...]:
    """The rules that the directories above `folder` have for it, from the root of its git repository down; none
    outside of a repository."""
    for root in (folder, *folder.parents):
        if (root / ".git").exists():
            above = [parent for parent in reversed(folder.parents) if parent.is_relative_to(root)]
            return tuple(rule for directory in above for rule in read_rules(directory))
    return ()


def parse_rules(text: str, base: PurePath) -> tuple[IgnoreRule, ...]:
    """The rules in the text of an ignore file of directory `base`."""
    return tuple(rule for line in text.splitlines() if (rule := _rule(line, base)) is not None)


def is_ignored(path: PurePath, rules: Sequence[IgnoreRule], *, is_directory: bool) -> bool:
    """Whether `rules`, those of outer directories first, leave `path` out. Does not look at the directories above it:
    nothing below an ignored directory can be taken back, so a walk has no reason to enter one."""
    for rule in reversed(rules):
        if rule.fits(path, is_directory=is_directory):
            return not rule.negated
    return False


def is_hidden_from_models(file: Path, folder: Path) -> bool:
    """Whether the `.hfignore` files from `folder` down to `file` leave it out, itself or a directory above it."""
    rules: tuple[IgnoreRule, ...] = ()
    directory = folder
    for part in file.relative_to(folder).parts:
        rules = (*rules, *read_rules(directory, (".hfignore",)))
        directory = directory / part
        if is_ignored(directory, rules, is_directory=directory != file):
            return True
    return False


def _rule(line: str, base: PurePath) -> IgnoreRule | None:
    # A blank at the end counts only behind a backslash.
    while line.endswith(" ") and not line.endswith("\\ "):
        line = line[:-1]
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    if negated:
        line = line[1:]
    directories_only = line.endswith("/")
    line = line.rstrip("/") if directories_only else line
    # A slash at the start or inside ties a pattern to the directory of its file; else it holds at every depth.
    anchored = "/" in line
    body = _translated(line.lstrip("/") if anchored else line)
    if not line.strip("/") or body is None:
        return None
    try:
        pattern = re.compile(body if anchored else f"(?:.*/)?{body}", re.DOTALL)
    except re.error:
        # A choice such as `[z-a]`, which git takes for one that never fits.
        return None
    return IgnoreRule(base=base, pattern=pattern, negated=negated, directories_only=directories_only)


def _translated(glob: str) -> str | None:
    """The regular expression of a pattern; None for one that can never fit."""
    parts: list[str] = []
    at = 0
    while at < len(glob):
        stars = _STARS.match(glob, at)
        if stars is not None:
            parts.append(_stars(stars[0], at_start=at == 0 or glob[at - 1] == "/", at_end=stars.end() == len(glob)))
            at = stars.end()
        elif glob[at] == "[":
            choice = _CHOICE.match(glob, at)
            if choice is None:
                return None
            parts.append(_choice(choice["no"], choice["any"]))
            at = choice.end()
        elif glob[at] == "\\":
            if at + 1 == len(glob):
                return None
            parts.append(re.escape(glob[at + 1]))
            at += 2
        else:
            parts.append("[^/]" if glob[at] == "?" else re.escape(glob[at]))
            at += 1
    return "".join(parts)


def _stars(stars: str, *, at_start: bool, at_end: bool) -> str:
    """The expression for `*`, `**` or `**/`. Two stars have their meaning only as a whole part of a path."""
    if stars.startswith("**") and at_start:
        if stars.endswith("/"):
            return "(?:.*/)?"
        if at_end:
            return ".+"
    return "[^/]*/" if stars.endswith("/") else "[^/]*"


def _choice(negation: str, characters: str) -> str:
    """The expression for `[…]`, which never fits a slash."""
    escaped = _SPECIAL.sub(lambda found: re.escape(found[1] or found[0]), characters)
    return f"(?!/)[{'^' if negation else ''}{escaped}]"


_STARS = re.compile(r"\*\*+/|\*+")
_CHOICE = re.compile(r"\[(?P<no>[!^]?)(?P<any>\]?(?:\\.|[^\]\\])*)\]", re.DOTALL)
_SPECIAL = re.compile(r"\\(.)|[\[\]^&~|]", re.DOTALL)
