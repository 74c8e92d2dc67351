"""A job's polling in both clients: it ends with the call's deadline, and with its cancellation."""

from __future__ import annotations

import asyncio

import pytest

from hf_inference import AsyncHfInference, InferenceTimeoutError, Options, TextToVideoArgs, Timeouts, targets
from support.both_shells import outcome_in_both
from support.fake_hub import Exchange, FakeHub, Json

QUEUED = {"id": "1", "status": "queued"}
MAPPING = {"inferenceProviderMapping": [{"provider": "together", "providerId": "p", "task": "text-to-video"}]}


def queue(hub: FakeHub) -> targets.Target:
    """A provider on the hub whose job stays in its queue."""
    hub.on("/api/models/org/m", Json(MAPPING))
    hub.on("/together/v2/videos", Json(QUEUED))
    hub.on("/together/v2/videos/1", Json(QUEUED))
    return targets.provider("together", router_url=hub.url, hub_url=hub.url)


async def test_a_wait_that_would_outlast_the_deadline_is_not_begun() -> None:
    import httpx

    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json=MAPPING if "/api/models/" in request.url.path else QUEUED)

    call = TextToVideoArgs("t", model="org/m", options=Options(timeouts=Timeouts(total=1.0)))
    outcome = await outcome_in_both(call, targets.provider("together"), lambda: httpx.MockTransport(answer))
    assert isinstance(outcome.error, InferenceTimeoutError)
    assert outcome.error.phase == "total"
    assert asked == ["/api/models/org/m", "/together/v2/videos"] * 2


async def test_a_cancelled_job_is_asked_for_no_more() -> None:
    async with FakeHub() as hub, AsyncHfInference("hf_x", target=queue(hub)) as client:
        call = asyncio.create_task(client.text_to_video(inputs="t", model="org/m"))
        await hub.until(lambda: any(done(exchange) for exchange in hub.exchanges))
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert hub.counts["/together/v2/videos/1"] == 0


def done(exchange: Exchange) -> bool:
    return exchange.path == "/together/v2/videos" and exchange.done
