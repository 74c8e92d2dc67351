"""Every task the clients have, one line each: the only place where a task's name becomes a method.

Knows the list. Knows no wire and no I/O. A new task is a file under `tasks/` and a line here.
"""

from __future__ import annotations

from hf_inference.core.method import method, stream_method
from hf_inference.tasks.nlp.chat_completion import ChatCompletionArgs
from hf_inference.tasks.nlp.chat_completion_stream import ChatCompletionStreamArgs
from hf_inference.tasks.nlp.summarization import SummarizationArgs
from hf_inference.tasks.nlp.text_classification import TextClassificationArgs
from hf_inference.tasks.nlp.text_generation import TextGenerationArgs
from hf_inference.tasks.nlp.text_generation_stream import TextGenerationStreamArgs
from hf_inference.tasks.nlp.token_classification import TokenClassificationArgs
from hf_inference.tasks.nlp.translation import TranslationArgs


class Surface:
    """The methods of `HfInference` (each returns its output) and of `AsyncHfInference` (each is awaited)."""

    chat_completion = method(ChatCompletionArgs)
    """Answer a conversation."""
    chat_completion_stream = stream_method(ChatCompletionStreamArgs)
    """Answer a conversation, piece by piece."""
    summarization = method(SummarizationArgs)
    """Shorten a text."""
    text_classification = method(TextClassificationArgs)
    """Sort a text into labels."""
    text_generation = method(TextGenerationArgs)
    """Continue a prompt."""
    text_generation_stream = stream_method(TextGenerationStreamArgs)
    """Continue a prompt, token by token."""
    token_classification = method(TokenClassificationArgs)
    """Find the entities in a text."""
    translation = method(TranslationArgs)
    """Translate a text."""
