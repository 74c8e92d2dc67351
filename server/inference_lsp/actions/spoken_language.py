"""Which human language a text is in, for models that must be told.

Knows the embedded engine's model of that name, which answers on this machine whatever the target is. Knows no
selection.
"""

from __future__ import annotations

from hf_inference import AsyncHfInference, BadRequestError, TextClassificationArgs, targets

LONGEST = 4_000
"""Characters that are looked at."""


async def spoken_language(text: str) -> str:
    """The ISO 639-1 code of a text's language, "" where it has no words to tell it from."""
    client = AsyncHfInference(target=targets.embedded())
    try:
        ranked = await client.call(TextClassificationArgs(text[:LONGEST], model="embedded/language"))
    except BadRequestError:  # 422: no words
        return ""
    finally:
        await client.aclose()
    return ranked[0].label if ranked else ""
