"""Translation: a text into another language.  https://huggingface.co/tasks/translation

Knows the shape of one call and its answer. Knows no URL, token, retry or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hf_inference.core.call import Call
from hf_inference.core.decoding import OneOrMany


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationParameters:
    """Languages in the model's own codes (`en_XX`, `eng_Latn`, `en`); most models of a single pair need none."""

    src_lang: str | None = None
    tgt_lang: str | None = None
    clean_up_tokenization_spaces: bool | None = None
    generate_parameters: Mapping[str, Any] | None = None
    truncation: str | None = None


@dataclass(frozen=True, slots=True)
class TranslationOutputValue:
    """The text in the other language."""

    translation_text: str


TranslationOutput: TypeAlias = TranslationOutputValue | list[TranslationOutputValue]
"""One value for one input text, a list of them for a list of texts."""


@dataclass(frozen=True)
class TranslationArgs(Call[TranslationOutput]):
    """Translate `inputs`, a text or a list of texts. Recommended models: Helsinki-NLP/opus-mt-*."""

    task = "translation"
    reply = OneOrMany(TranslationOutputValue, "type Array<{translation_text: string}>")

    inputs: str | list[str]
    parameters: TranslationParameters | Mapping[str, Any] | None = None
