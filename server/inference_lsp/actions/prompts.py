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


def combine(summaries: str) -> str:
    """Asks for one summary of the summaries of a text's parts."""
    return (
        "The text between the lines of dashes is made of summaries of the parts of one text, in order. Write one "
        "summary of that text from them, in their own language, in at most five sentences. "
        f"Answer with the summary only.\n\n-----\n{summaries}\n-----\n\nSummary:"
    )


def translate(text: str, language: str, mark: str = "") -> str:
    """Asks for a translation into `language`, given by its English name. `mark`: one of those that must stay."""
    marks = f"Copy marks such as {mark} unchanged, each one once and in the same order. " if mark else ""
    return (
        f"Translate the text between the lines of dashes into {language}. Keep its line breaks and markup. {marks}"
        f"Answer with the translation only.\n\n-----\n{text}\n-----\n\nTranslation:"
    )


def continue_text(before: str, after: str, language: str) -> str:
    """Asks a chat model for what stands between two parts of a text, and for nothing else."""
    name = f" ({language})" if language else ""
    second = f"\n----- second part -----\n{after}" if after.strip() else ""
    until = "so that the second part can follow" if second else "as its author would"
    return (
        f"A text{name} is cut at one place. Continue exactly from the last character of the first part, {until}. "
        "Answer only the continuation: no comment, no fence around it, nothing that is there already. "
        f"Keep the indentation.\n\n----- first part -----\n{before}{second}\n----- end -----"
    )
