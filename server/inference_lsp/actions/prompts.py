"""What a general model is told when no model made for the task is at hand.

Knows sentences. Knows no model: each prompt is plain enough for a chat model and ends where a base model goes on.
"""

from __future__ import annotations


def summarize(text: str) -> str:
    """Asks for a summary in the text's own language."""
    return (
        "Summarize the text between the lines of dashes in its own language, in at most three sentences. "
        f"Answer with the summary only.\n\n-----\n{text}\n-----\n\nSummary:"
    )


def translate(text: str, language: str) -> str:
    """Asks for a translation into `language`, given by its English name."""
    return (
        f"Translate the text between the lines of dashes into {language}. Keep its line breaks and markup. "
        f"Answer with the translation only.\n\n-----\n{text}\n-----\n\nTranslation:"
    )
