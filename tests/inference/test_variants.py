"""Methods whose output depends on an argument: a picture in each form, and chat in the words of OpenAI's client."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any, cast

import httpx
import pytest

from hf_inference import (
    AsyncHfInference,
    Binary,
    HfInference,
    InferenceOutputError,
    InputError,
    Target,
    TextToImageDataUrlArgs,
    TextToImageJsonArgs,
    TextToImageUrlArgs,
    targets,
)
from hf_inference.core.method import AsyncStream, Stream
from hf_inference.core.wire import Response
from hf_inference.tasks.nlp.chat_completion import ChatParameters
from hf_inference.variants import ChatOptions, Envelope
from support.flows import as_file, as_json, context, run
from support.provider_jobs import CDN, IMAGE, JOBS

DATA_URL = "data:image/png;base64,iVBORw0KGgouLi4u"
B64 = {"data": [{"b64_json": "iVBORw0KGgouLi4u"}]}
LINK = {"data": [{"url": CDN}]}

KEY = "sk-provider"
DIRECT: dict[str, Callable[[], Target]] = {
    "openai": lambda: targets.openai("http://host:1/v1"),
    "together": lambda: targets.provider("together", KEY),
    "deepinfra": lambda: targets.provider("deepinfra", KEY),
}
JOBS_WITH_ADDRESSES = ["fal-text-to-image", "replicate-at-once", "wavespeed-image-to-image", "zai-text-to-image"]
WITHOUT_ADDRESSES: dict[str, Callable[[], Target]] = {
    "the hub": targets.hub,
    "the old wire": targets.classic,
    "an endpoint": lambda: targets.endpoint("http://host:1/"),
    "nscale": lambda: targets.provider("nscale", KEY),
}


def mapping(provider: str) -> Response:
    entry = {"provider": provider, "providerId": "m", "task": "text-to-image", "status": "live"}
    return as_json({"inferenceProviderMapping": [entry]})


@pytest.mark.parametrize("target", DIRECT)
def test_an_address_is_asked_for_and_not_fetched(target: str) -> None:
    replies = [as_json(LINK)] if target == "openai" else [mapping(target), as_json(LINK)]
    done = run(DIRECT[target]().answer(TextToImageUrlArgs("t", model="org/m"), context(KEY)), replies)
    assert done.output == CDN
    assert done.bodies[-1]["response_format"] == "url"
    assert done.asked[-1].startswith("POST ")


@pytest.mark.parametrize("adapter", [{}, {"adapter": "lora", "adapterWeightsPath": "weights.safetensors"}])
@pytest.mark.parametrize("name", JOBS_WITH_ADDRESSES)
def test_a_jobs_result_is_given_as_its_address_and_not_fetched(name: str, adapter: dict[str, str]) -> None:
    job = JOBS[name]
    entry = {"provider": job.provider, "providerId": job.model, "task": "text-to-image", **adapter}
    replies = [as_json({"inferenceProviderMapping": [entry]}), *map(as_json, job.replies)]
    call = TextToImageUrlArgs("t", model="org/m")
    done = run(targets.provider(job.provider).answer(call, context("hf_x")), replies)
    assert done.output == job.files[0][0]
    call_for_json = TextToImageJsonArgs("t", model="org/m")
    assert run(targets.provider(job.provider).answer(call_for_json, context("hf_x")), replies).output == job.replies[-1]


@pytest.mark.parametrize("name", WITHOUT_ADDRESSES)
def test_an_address_is_refused_before_anything_is_sent_where_there_is_none(name: str) -> None:
    call = TextToImageUrlArgs("t", model="org/m")
    done = run(WITHOUT_ADDRESSES[name]().answer(call, context("hf_x")), [mapping("nscale")])
    assert isinstance(done.error, InputError)
    assert "not its address: ask for blob, dataUrl or json" in str(done.error)
    assert not [one for one in done.asked if one.startswith("POST")]


def test_a_data_url_is_made_of_bytes_and_of_base64() -> None:
    call = TextToImageDataUrlArgs("t", model="m")
    image = as_file(IMAGE.data, IMAGE.media_type)
    assert run(targets.endpoint("http://host:1/").answer(call, context()), [image]).output == DATA_URL
    assert run(targets.openai("http://host:1/v1").answer(call, context()), [as_json(B64)]).output == DATA_URL


def test_the_reply_is_given_as_it_is_and_bytes_as_an_object_that_holds_them() -> None:
    call = TextToImageJsonArgs("t", model="m")
    image = as_file(IMAGE.data, IMAGE.media_type)
    assert run(targets.endpoint("http://host:1/").answer(call, context()), [image]).output == {"output": DATA_URL}
    assert run(targets.openai("http://host:1/v1").answer(call, context()), [as_json(B64)]).output == B64


@pytest.mark.parametrize("reply", [B64, {"data": [{"url": 5}]}, {"data": [{"url": "ftp://a/b"}]}])
def test_a_reply_without_an_address_is_an_output_error(reply: Any) -> None:
    done = run(
        targets.openai("http://host:1/v1").answer(TextToImageUrlArgs("t", model="m"), context()), [as_json(reply)]
    )
    assert isinstance(done.error, InferenceOutputError)


# --- through both clients --------------------------------------------------------------------------------


def answering(reply: httpx.Response, seen: list[Any]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    return httpx.MockTransport(answer)


async def in_both(
    reply: httpx.Response, ask: Callable[[HfInference], Any], aask: Callable[[AsyncHfInference], Any]
) -> tuple[Any, Any]:
    """The output of a call, and what was sent: the same in both clients or an AssertionError."""
    seen: list[Any] = []
    target = targets.openai("http://host:1/v1")
    with (
        httpx.Client(transport=answering(reply, seen)) as http,
        HfInference(target=target, http_client=http) as client,
    ):
        blocking = ask(client)
        if isinstance(blocking, Stream):
            blocking = list(blocking)
    async with (
        httpx.AsyncClient(transport=answering(reply, seen)) as ahttp,
        AsyncHfInference(target=target, http_client=ahttp) as aclient,
    ):
        awaited = await aask(aclient)
        if isinstance(awaited, AsyncStream):
            awaited = [piece async for piece in awaited]
    assert blocking == awaited
    assert seen[0] == seen[1]
    return blocking, seen[0]


async def test_output_type_chooses_the_form_of_a_picture_in_both_clients() -> None:
    picture = httpx.Response(200, json=B64)
    for output_type, expected in ((None, IMAGE), ("blob", IMAGE), ("dataUrl", DATA_URL), ("json", B64)):
        arguments: Any = {"model": "m", "output_type": output_type}
        output, sent = await in_both(
            picture,
            lambda client, more=arguments: client.text_to_image("t", {"seed": 1}, **more),  # type: ignore[misc]
            lambda client, more=arguments: client.text_to_image("t", {"seed": 1}, **more),  # type: ignore[misc]
        )
        assert output == expected
        assert sent == {"prompt": "t", "seed": 1, "response_format": "b64_json", "model": "m"}
    assert isinstance(IMAGE, Binary)


def test_a_form_that_does_not_exist_is_said_to_be_none() -> None:
    with HfInference() as client, pytest.raises(InputError, match="expected one of blob, dataUrl, url, json"):
        client.text_to_image("t", output_type=cast(Any, "base64"))


MESSAGES = [{"role": "user", "content": "Say hello."}]


@pytest.mark.parametrize("stream", [None, False])
async def test_create_is_chat_completion(stream: Any) -> None:
    said = httpx.Response(200, json={"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}}]})
    output, sent = await in_both(
        said,
        lambda client: client.chat.completions.create(messages=MESSAGES, model="m", temperature=0.5, stream=stream),
        lambda client: client.chat.completions.create(messages=MESSAGES, model="m", temperature=0.5, stream=stream),
    )
    assert output.choices[0].message.content == "Hello."
    assert sent == {"model": "m", "messages": MESSAGES, "temperature": 0.5}


async def test_create_with_stream_is_chat_completion_stream() -> None:
    events = 'data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n' * 2 + "data: [DONE]\n\n"
    said = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=events.encode())
    chunks, sent = await in_both(
        said,
        lambda client: client.chat.completions.create(messages=MESSAGES, model="m", stream=True, max_tokens=5),
        lambda client: client.chat.completions.create(messages=MESSAGES, model="m", stream=True, max_tokens=5),
    )
    assert [chunk.text for chunk in chunks] == ["Hel", "Hel"]
    assert sent == {"model": "m", "messages": MESSAGES, "max_tokens": 5, "stream": True}


async def test_a_stream_that_was_created_closes_with_its_block() -> None:
    events = b'data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n' * 9
    said = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=events)
    async with (
        httpx.AsyncClient(transport=answering(said, [])) as http,
        AsyncHfInference(target=targets.openai("http://host:1/v1"), http_client=http) as client,
        await client.chat.completions.create(messages=MESSAGES, model="m", stream=True) as stream,
    ):
        assert (await anext(stream)).text == "Hel"
    assert [chunk async for chunk in stream] == []


def test_create_takes_what_the_chat_calls_take() -> None:
    fields = {field.name: field for field in dataclasses.fields(ChatParameters)}
    taken = {**ChatOptions.__annotations__}
    assert set(taken) == (set(fields) | set(Envelope.__annotations__)) - {"messages"}
    assert {name: str(told) for name, told in taken.items() if name in fields} == {
        name: f"ForwardRef({field.type!r}, module='hf_inference.variants')"
        for name, field in fields.items()
        if name in taken
    }
