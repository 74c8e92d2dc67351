"""Tasks on text, a module each, imported when it is first asked for.

Knows their names. Knows nothing of what they do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hf_inference.tasks.lazily import submodules

if TYPE_CHECKING:
    from hf_inference.tasks.nlp import (
        chat_completion,
        chat_completion_stream,
        conversational,
        feature_extraction,
        fill_mask,
        question_answering,
        sentence_similarity,
        structured_output,
        summarization,
        table_question_answering,
        text_classification,
        text_generation,
        text_generation_stream,
        text_ranking,
        token_classification,
        tool_calls,
        translation,
        zero_shot_classification,
    )
else:
    __getattr__ = submodules(__name__)

__all__ = [
    "chat_completion",
    "chat_completion_stream",
    "conversational",
    "feature_extraction",
    "fill_mask",
    "question_answering",
    "sentence_similarity",
    "structured_output",
    "summarization",
    "table_question_answering",
    "text_classification",
    "text_generation",
    "text_generation_stream",
    "text_ranking",
    "token_classification",
    "tool_calls",
    "translation",
    "zero_shot_classification",
]
