"""Every task as a function: `hf_inference.summarization(inputs="…")`, and `await hf_inference.aio.summarization(…)`.

Knows how to make a client for one call and let it go. Knows no task: the functions are the methods of `surface.py`.
A program that makes more than a few calls is faster with a client of its own, which keeps its connections.
"""

from __future__ import annotations

from typing import TypeVar

from hf_inference.aclient import AsyncHfInference
from hf_inference.client import HfInference
from hf_inference.core.call import Call, StreamCall
from hf_inference.core.flow import Answer, Opened
from hf_inference.core.method import AsyncShell, AsyncStream, Shell, Stream
from hf_inference.surface import Surface

T = TypeVar("T")


class Functions(Surface, Shell):
    """A client of the Hub for each call."""

    def answer(self, call: Call[T]) -> Answer[T]:
        with HfInference() as client:
            return client.answer(call)

    def stream(self, call: StreamCall[T]) -> Stream[T]:
        client = HfInference()
        return OwningStream(client, client.stream(call))


class AsyncFunctions(Surface, AsyncShell):
    """A client of the Hub for each call, on asyncio."""

    async def answer(self, call: Call[T]) -> Answer[T]:
        async with AsyncHfInference() as client:
            return await client.answer(call)

    def stream(self, call: StreamCall[T]) -> AsyncStream[T]:
        client = AsyncHfInference()
        return AsyncOwningStream(client, client.stream(call))


class OwningStream(Stream[T]):
    """A stream that closes its client when it ends."""

    def __init__(self, client: HfInference, pieces: Stream[T]) -> None:
        self._client = client
        self._pieces = pieces

    @property
    def opened(self) -> Opened:  # type: ignore[override]
        """Which model answers, and the reply's status and headers. Set once the first piece is asked for."""
        return self._pieces.opened

    def __next__(self) -> T:
        try:
            return next(self._pieces)
        except BaseException:
            self._client.close()
            raise

    def close(self) -> None:
        self._pieces.close()
        self._client.close()

    def __del__(self) -> None:
        self.close()


class AsyncOwningStream(AsyncStream[T]):
    """A stream that closes its client when it ends."""

    def __init__(self, client: AsyncHfInference, pieces: AsyncStream[T]) -> None:
        self._client = client
        self._pieces = pieces

    @property
    def opened(self) -> Opened:  # type: ignore[override]
        """Which model answers, and the reply's status and headers. Set once the first piece is asked for."""
        return self._pieces.opened

    async def __anext__(self) -> T:
        try:
            return await anext(self._pieces)
        except BaseException:
            await self._client.aclose()
            raise

    async def aclose(self) -> None:
        await self._pieces.aclose()
        await self._client.aclose()


aio = AsyncFunctions()
"""The functions to be awaited."""

_blocking = Functions()

request = _blocking.request
streaming_request = _blocking.streaming_request
audio_classification = _blocking.audio_classification
audio_to_audio = _blocking.audio_to_audio
automatic_speech_recognition = _blocking.automatic_speech_recognition
text_to_audio = _blocking.text_to_audio
text_to_speech = _blocking.text_to_speech
image_classification = _blocking.image_classification
image_segmentation = _blocking.image_segmentation
image_to_image = _blocking.image_to_image
image_to_text = _blocking.image_to_text
image_to_video = _blocking.image_to_video
object_detection = _blocking.object_detection
text_to_image = _blocking.text_to_image
text_to_video = _blocking.text_to_video
zero_shot_image_classification = _blocking.zero_shot_image_classification
chat_completion = _blocking.chat_completion
chat_completion_stream = _blocking.chat_completion_stream
conversational = _blocking.conversational
feature_extraction = _blocking.feature_extraction
fill_mask = _blocking.fill_mask
question_answering = _blocking.question_answering
sentence_similarity = _blocking.sentence_similarity
summarization = _blocking.summarization
table_question_answering = _blocking.table_question_answering
text_classification = _blocking.text_classification
text_generation = _blocking.text_generation
text_generation_stream = _blocking.text_generation_stream
text_ranking = _blocking.text_ranking
token_classification = _blocking.token_classification
translation = _blocking.translation
zero_shot_classification = _blocking.zero_shot_classification
document_question_answering = _blocking.document_question_answering
image_text_to_image = _blocking.image_text_to_image
image_text_to_video = _blocking.image_text_to_video
visual_question_answering = _blocking.visual_question_answering
tabular_classification = _blocking.tabular_classification
tabular_regression = _blocking.tabular_regression
endpoint_info = _blocking.endpoint_info
health_check = _blocking.health_check
list_models = _blocking.list_models
list_providers = _blocking.list_providers
