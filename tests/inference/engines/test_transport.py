"""An engine in this process, behind httpx: what nobody waits for any more is no longer computed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from hf_inference import AsyncHfInference
from hf_inference.engines.engine import EngineAnswer
from hf_inference.providers.embedded import EngineTarget

PATIENCE = 60.0
"""Seconds that only pass when something hangs."""


class Endless:
    """An engine that never comes to the end of its text."""

    name = "endless"

    def __init__(self) -> None:
        self.began = threading.Event()
        self.ended = threading.Event()

    def models(self) -> Mapping[str, str]:
        return {"endless/text": "text-generation"}

    def capabilities(self) -> Mapping[str, str]:
        return {"text-generation": "Goes on."}

    def run(self, task: str, inputs: Any, parameters: Mapping[str, Any], model: str | None) -> EngineAnswer:
        raise AssertionError(f"nobody asked for {task}")

    def generate(self, prompt: str, parameters: Mapping[str, Any], model: str | None) -> Iterator[Mapping[str, Any]]:
        try:
            while True:
                yield {"token": {"id": 0, "text": "on ", "logprob": None, "special": False}}
                self.began.set()
        finally:
            self.ended.set()

    def start(self) -> None:
        """Nothing to prepare."""

    def close(self) -> None:
        """Nothing to end."""


async def test_a_cancelled_call_of_an_engine_frees_its_worker() -> None:
    engine = Endless()
    async with AsyncHfInference(target=EngineTarget(engine)) as client:
        for _ in range(6):  # more calls than there are workers
            engine.began.clear()
            engine.ended.clear()
            call = asyncio.create_task(client.text_generation(inputs="p"))
            assert await asyncio.to_thread(engine.began.wait, PATIENCE)
            call.cancel()
            assert await asyncio.to_thread(engine.ended.wait, PATIENCE)
