"""Fill in the middle: how each family of code models is shown the text before and after a place.

Knows the families' own marks, by the names of models on the Hub. Knows no request. Such a prompt is for servers that
continue text as it is; a chat model would read the marks as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Infill:
    """`template` has `{prefix}` and `{suffix}`; `stops` end what belongs in the middle."""

    pattern: re.Pattern[str]
    template: str
    stops: tuple[str, ...]

    def prompt(self, before: str, after: str) -> str:
        """The prompt for a place. Text that looks like one of the family's marks would be read as one, and no model
        offers a way to quote it: the nearer side of such a mark is all that is shown."""
        marks = [mark for mark in re.split(r"\{prefix\}|\{suffix\}", self.template) if mark.strip()]
        for mark in (*(mark.strip() for mark in marks), *self.stops):
            before = before[before.rfind(mark) + len(mark) :] if mark in before else before
            after = after.partition(mark)[0]
        return self.template.replace("{suffix}", "\0").replace("{prefix}", before).replace("\0", after)


def infill_of(model: str | None) -> Infill | None:
    """How a model is asked, None if it is not known to fill in."""
    name = (model or "").rpartition("/")[2].lower()
    return next((infill for infill in _FAMILIES if infill.pattern.search(name)), None) if name else None


_STARCODER = "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>"
_BARRED = "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"

_FAMILIES = (
    Infill(
        pattern=re.compile("santacoder"),
        template="<fim-prefix>{prefix}<fim-suffix>{suffix}<fim-middle>",
        stops=("<|endoftext|>", "<fim-prefix>"),
    ),
    Infill(
        pattern=re.compile("starcoder|stable-?code|codeqwen|refact|granite-[^4]*code|octocoder"),
        template=_STARCODER,
        stops=("<|endoftext|>", "<file_sep>", "<fim_prefix>", "<fim_pad>"),
    ),
    Infill(
        pattern=re.compile("granite-4"), template=_BARRED, stops=("<|end_of_text|>", "<|fim_pad|>", "<|fim_prefix|>")
    ),
    Infill(
        pattern=re.compile(r"code-?llama-(?:7|13)b(?!-python)"),
        template="<PRE> {prefix} <SUF>{suffix} <MID>",
        stops=("<EOT>", " <EOT>"),
    ),
    Infill(
        pattern=re.compile("deepseek-coder"),
        template="<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>",
        stops=("<｜end▁of▁sentence｜>", "<｜fim▁begin｜>"),
    ),
    Infill(
        pattern=re.compile(r"qwen[\d.]*-coder|zeta"),
        template=_BARRED,
        stops=("<|endoftext|>", "<|fim_pad|>", "<|file_sep|>", "<|repo_name|>"),
    ),
    Infill(pattern=re.compile("codegemma"), template=_BARRED, stops=("<|file_separator|>", "<|fim_prefix|>", "<eos>")),
    Infill(
        pattern=re.compile("codestral"), template="[SUFFIX]{suffix}[PREFIX]{prefix}", stops=("[SUFFIX]", "[PREFIX]")
    ),
    Infill(
        pattern=re.compile("seed-coder"),
        template="<[fim-suffix]>{suffix}<[fim-prefix]>{prefix}<[fim-middle]>",
        stops=("<[end▁of▁sentence]>", "<[fim-suffix]>"),
    ),
    Infill(
        pattern=re.compile("mellum"),
        template="<fim_suffix>{suffix}<fim_prefix>{prefix}<fim_middle>",
        stops=("<|endoftext|>", "<filename>", "<fim_suffix>"),
    ),
)
"""At most four stops each: OpenAI's route takes no more."""
