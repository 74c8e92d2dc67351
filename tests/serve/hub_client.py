"""What huggingface_hub's clients, sync and async, make of a served engine: one JSON line a call.

Run by the virtualenv that `scripts/setup-peers` makes, with the server's URL and the texts to send; knows nothing of
this project."""

import asyncio
import dataclasses
import json
import sys
from typing import Any

from huggingface_hub import AsyncInferenceClient, InferenceClient

BASE, TEXTS = sys.argv[1], json.loads(sys.argv[2])

# A client is kept for as long as its stream is read: one that is collected closes it.
CLIENTS: list[Any] = []


def client(path: str, kind: Any = InferenceClient) -> Any:
    CLIENTS.append(kind(model=BASE + path))
    return CLIENTS[-1]


def say(name: str, value: Any) -> None:
    def plain(item: Any) -> Any:
        return dataclasses.asdict(item) if dataclasses.is_dataclass(item) and not isinstance(item, type) else str(item)

    print(json.dumps({"call": name, "value": value}, default=plain))


def attempt(name: str, call: Any) -> None:
    try:
        say(name, call())
    except Exception as error:  # noqa: BLE001 - whatever it raises is what its user sees
        say(name, {"error": str(error)})


async def attempt_async() -> None:
    async def stream() -> list[str]:
        tokens = await client("/models/embedded/longest-suffix", AsyncInferenceClient).text_generation(
            TEXTS["prompt"], stream=True
        )
        return [token async for token in tokens]

    summary = await client("/models/embedded/extractive", AsyncInferenceClient).summarization(TEXTS["article"])
    say("async summarization", summary)
    say("async stream", await stream())


generator = client("/models/embedded/longest-suffix")
attempt("summarization", lambda: client("/models/embedded/extractive").summarization(TEXTS["article"]))
attempt("classification", lambda: client("/models/embedded/lexicon").text_classification("I love it"))
attempt("entities", lambda: client("/models/embedded/patterns").token_classification(TEXTS["letter"]))
attempt(
    "translation",
    lambda: client("/models/embedded/memory").translation(TEXTS["known"], src_lang="en", tgt_lang="es"),
)
attempt(
    "no translation",
    lambda: client("/models/embedded/memory").translation(TEXTS["unknown"], src_lang="en", tgt_lang="es"),
)
attempt("generation", lambda: generator.text_generation(TEXTS["prompt"]))
attempt("details", lambda: generator.text_generation(TEXTS["prompt"], details=True))
attempt("stream", lambda: list(generator.text_generation(TEXTS["prompt"], stream=True)))
attempt("stream details", lambda: list(generator.text_generation(TEXTS["prompt"], stream=True, details=True)))
attempt("tgi", lambda: client("").text_generation(TEXTS["prompt"]))
attempt("chat", lambda: client("").chat_completion([{"role": "user", "content": "hi"}]))
attempt("unsupported", lambda: client("/pipeline/fill-mask").fill_mask("a [MASK]"))
asyncio.run(attempt_async())
