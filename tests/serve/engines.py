"""Engines whose pace a test holds in its hand: further implementations of the `Engine` protocol."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

from hf_inference.engines.engine import EngineAnswer, Refusal

WORDS = ("one", " two", " three")


class Countdown:
    """Generates three words, each once `allow` has been called for it; knows when it was stopped."""

    name = "countdown"

    def __init__(self, *, fails_after: int | None = None) -> None:
        self._allowed = threading.Semaphore(0)
        self._fails_after = fails_after
        self.asked = threading.Event()
        """A token has been asked for that was not allowed yet."""
        self.stopped = threading.Event()
        self.given = 0
        self.starts = 0
        self.prompts: list[tuple[str, Mapping[str, Any], str | None]] = []

    def allow(self, words: int = 1) -> None:
        self._allowed.release(words)

    def models(self) -> Mapping[str, str]:
        return {"count/down": "text-generation", "count/up": "text-generation", "count/sum": "summarization"}

    def capabilities(self) -> Mapping[str, str]:
        return {"text-generation": "counts", "summarization": "repeats"}

    def run(self, task: str, inputs: Any, parameters: Mapping[str, Any], model: str | None) -> EngineAnswer:
        if task != "summarization":
            raise Refusal(f"no method for {task}")
        if inputs == "bug":
            raise RuntimeError("a bug")
        return EngineAnswer(value=[{"summary_text": inputs}], method="count/sum", note="größer")

    def generate(self, prompt: str, parameters: Mapping[str, Any], model: str | None) -> Iterator[Mapping[str, Any]]:
        self.prompts.append((prompt, parameters, model))
        if prompt == "refuse":
            raise Refusal("nothing similar", status=422)
        return self._words()

    def start(self) -> None:
        self.starts += 1

    def close(self) -> None:
        pass

    def _words(self) -> Iterator[Mapping[str, Any]]:
        try:
            for index, word in enumerate(WORDS):
                if index == self._fails_after:
                    raise RuntimeError("a bug")
                if not self._allowed.acquire(blocking=False):
                    self.asked.set()
                    self._allowed.acquire()
                self.given += 1
                last = index == len(WORDS) - 1
                details = {"finish_reason": "length", "generated_tokens": len(WORDS), "seed": None}
                yield {
                    "index": index,
                    "token": {"id": index, "text": word, "logprob": -0.5, "special": False},
                    "generated_text": "".join(WORDS) if last else None,
                    "details": details if last else None,
                }
        finally:
            self.stopped.set()
