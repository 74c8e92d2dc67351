"""Jobs and results that lie elsewhere: polled on the host that was asked, for a bounded time, fetched without a key.

Each case is a provider, a task and the replies in order; the flow runs by hand, so no test waits."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from hf_inference import (
    AutomaticSpeechRecognitionArgs,
    BackendError,
    Binary,
    ImageTextToVideoArgs,
    InferenceOutputError,
    InferenceTimeoutError,
    InputError,
    TextToImageArgs,
    targets,
)
from hf_inference.core.wire import Response
from support.flows import Run, as_file, as_json, context, run
from support.provider_jobs import IMAGE, JOBS, QUEUED, Job, at

KEY = {True: "hf_x", False: "key_x"}


def performed(job: Job, *, routed: bool, replies: tuple[Any, ...] | None = None) -> Run:
    entry = {"provider": job.provider, "providerId": job.model, "task": job.call.task, **job.adapter}
    said = [as_json({"inferenceProviderMapping": [entry]})]
    said += [as_json(reply) for reply in (job.replies if replies is None else replies)]
    said += [as_file(file.data, file.media_type) for _, file in job.files]
    target = targets.provider(job.provider)
    call = type(job.call)(**{**vars(job.call), "model": "org/model-on-the-hub"})
    return run(target.answer(call, context(KEY[routed])), said)


@pytest.mark.parametrize("routed", [True, False], ids=["routed", "direct"])
@pytest.mark.parametrize("name", JOBS)
def test_a_job_is_followed_on_the_host_that_was_asked_and_its_result_decoded(name: str, routed: bool) -> None:
    job = JOBS[name]
    done = performed(job, routed=routed)
    base = f"https://router.huggingface.co/{job.provider}" if routed else job.home
    queue = "?_subdomain=queue" if routed else ""
    expected = [one.format(base=base, queue=queue) for one in job.asked]
    assert done.asked[1:] == [*expected, *(f"GET {url}" for url, _ in job.files)]
    assert seen(done.output) == job.output
    assert tuple(done.waits) == job.waits


@pytest.mark.parametrize("routed", [True, False], ids=["routed", "direct"])
@pytest.mark.parametrize("name", JOBS)
def test_a_key_is_sent_to_its_own_host_and_to_no_host_that_a_reply_names(name: str, routed: bool) -> None:
    job = JOBS[name]
    done = performed(job, routed=routed)
    own = "router.huggingface.co" if routed else urlsplit(job.home).netloc
    for request in done.requests[1:]:
        host = urlsplit(request.url).netloc
        carried = request.secret_headers.get("Authorization", "")
        assert (KEY[routed] in carried) == (host == own)
        assert host != "evil.example"
    # the Hub is shown a Hub token, and nothing else
    assert bool(done.requests[0].secret_headers) == routed


FAILURES = {
    "fal-text-to-image": ((QUEUED, {"status": "FAILED"}), "FAILED"),
    "replicate-at-once": (({"status": "failed", "error": "NSFW", "output": None},), "NSFW"),
    "novita-text-to-video": (({"task_id": "1"}, {"task": {"status": "TASK_STATUS_FAILED", "reason": "bad"}}), "bad"),
    "novita-minimax": (({"task_id": "1"}, {"task": {"status": "cancelled", "error": {"message": "no"}}}), "no"),
    "together-image-to-video": (({"id": "1", "status": "failed", "error": {"message": "too big"}},), "too big"),
    "wavespeed-image-to-image": (
        ({"data": {"urls": {"get": "https://a.example/api/v3/x"}}}, {"data": {"status": "failed", "error": "why"}}),
        "why",
    ),
    "zai-text-to-image": (({"id": "3", "task_status": "FAIL"},), "FAIL"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_job_that_fails_says_why_and_at_whom(name: str) -> None:
    replies, why = FAILURES[name]
    error = performed(JOBS[name], routed=True, replies=replies).error
    assert isinstance(error, BackendError)
    assert error.provider == JOBS[name].provider
    assert why in error.detail
    assert error.provider in str(error)


ENDLESS = {
    "fal-text-to-image": (QUEUED,),
    "replicate-after-a-cold-start": (JOBS["replicate-after-a-cold-start"].replies[0],),
    "novita-text-to-video": ({"task_id": "1"},),
    "novita-minimax": ({"task_id": "1"},),
    "together-image-to-video": ({"id": "1", "status": "queued"},),
    "wavespeed-image-to-image": (JOBS["wavespeed-image-to-image"].replies[0],),
    "zai-text-to-image": ({"id": "3", "task_status": "PROCESSING"},),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_job_that_never_ends_is_given_up(name: str) -> None:
    job = JOBS[name]
    unending = type(job)(**{**{member: getattr(job, member) for member in job.__slots__}, "files": ()})
    done = performed(unending, routed=True, replies=ENDLESS[name])
    assert isinstance(done.error, InferenceTimeoutError)
    assert done.error.phase == "total"
    assert job.provider in str(done.error)
    assert 60 <= sum(done.waits) <= 3_600


def test_every_provider_with_a_queue_is_here() -> None:
    queued = {"fal-ai", "replicate", "novita", "together", "wavespeed", "zai-org"}
    assert {JOBS[name].provider for name in ENDLESS} == {JOBS[name].provider for name in FAILURES} == queued


@pytest.mark.parametrize(
    "reply",
    [
        {},
        [],
        "text",
        {"images": []},
        {"images": [{"url": 5}]},
        {"images": [{"url": "ftp://host/file"}]},
        {"images": [{"url": "file:///etc/passwd"}]},
    ],
    ids=str,
)
def test_a_result_of_another_shape_is_an_output_error_with_its_place(reply: Any) -> None:
    error = performed(JOBS["fal-text-to-image"], routed=True, replies=(reply,)).error
    assert isinstance(error, InferenceOutputError)
    assert error.path.startswith("$")


def test_a_job_whose_path_climbs_is_not_followed() -> None:
    climbing = {**QUEUED, "response_url": "https://queue.fal.run/../../v1/models"}
    done = performed(JOBS["fal-text-to-image"], routed=True, replies=(climbing,))
    assert isinstance(done.error, InferenceOutputError)
    assert len(done.requests) == 2


def test_a_result_in_a_data_url_is_not_fetched() -> None:
    reply = {"images": [at("data:image/webp;base64,AQID")]}
    done = performed(JOBS["fal-text-to-image"], routed=True, replies=(reply,))
    assert done.output == Binary(b"\x01\x02\x03", "image/webp")
    assert len(done.requests) == 2


LORA = {"adapter": "lora", "adapterWeightsPath": "weights.safetensors", "hfModelId": "org/lora"}
WEIGHTS = "https://huggingface.co/org/lora/resolve/main/weights.safetensors"


@pytest.mark.parametrize(
    ("name", "model", "members"),
    [
        ("fal-text-to-image", "org/model", {"loras": [{"path": WEIGHTS, "scale": 1}]}),
        (
            "fal-text-to-image",
            "fal-ai/lora",
            {
                "loras": [{"path": WEIGHTS, "scale": 1}],
                "model_name": "stabilityai/stable-diffusion-xl-base-1.0",
            },
        ),
        (
            "replicate-at-once",
            "org/model",
            {"input": {"prompt": "t", "lora_weights": "https://huggingface.co/org/lora"}},
        ),
        ("wavespeed-image-to-image", "org/model", {"loras": [{"path": "org/lora", "scale": 1}]}),
    ],
)
def test_a_lora_is_named_to_the_provider_that_lays_it_over_its_base(
    name: str, model: str, members: dict[str, Any]
) -> None:
    job = JOBS[name]
    lora = type(job)(**{**{member: getattr(job, member) for member in job.__slots__}, "adapter": LORA, "model": model})
    body = performed(lora, routed=True).bodies[1]
    assert {key: body[key] for key in members} == members


def test_a_sound_that_fal_refuses_is_refused_before_it_is_sent() -> None:
    call = AutomaticSpeechRecognitionArgs(Binary(b"fLaC", "audio/flac"), model="org/m")
    entry = {"provider": "fal-ai", "providerId": "p", "task": call.task}
    done = run(targets.provider("fal-ai").answer(call, context()), [as_json({"inferenceProviderMapping": [entry]})])
    assert isinstance(done.error, InputError)
    assert "flac" in str(done.error)


@pytest.mark.parametrize("parameters", [None, {"prompt": " "}])
def test_minimax_without_a_prompt_is_refused_before_it_is_sent(parameters: Any) -> None:
    call = ImageTextToVideoArgs(IMAGE, parameters, model="org/m")
    entry = {"provider": "novita", "providerId": "MiniMax-H3", "task": call.task}
    done = run(targets.provider("novita").answer(call, context()), [as_json({"inferenceProviderMapping": [entry]})])
    assert isinstance(done.error, InputError)
    assert len(done.requests) == 1


def test_minimax_is_told_size_length_and_shape_in_its_own_words() -> None:
    body = performed(JOBS["novita-minimax"], routed=True).bodies[1]
    assert (body["resolution"], body["duration"], body["ratio"]) == ("768P", 10, "adaptive")
    call = ImageTextToVideoArgs(None, {"prompt": "p", "target_size": {"width": 1440, "height": 2560}}, model="org/m")
    entry = {"provider": "novita", "providerId": "MiniMax-H3", "task": call.task}
    said = [as_json({"inferenceProviderMapping": [entry]}), as_json({"error": "seen"}, 400)]
    body = run(targets.provider("novita").answer(call, context()), said).bodies[1]
    assert (body["resolution"], body["duration"], body["ratio"]) == ("2K", 4, "9:16")


def test_a_web_page_in_place_of_a_result_is_named() -> None:
    reply = Response(200, {"content-type": "text/html"}, b"<html>log in</html>")
    job = JOBS["nscale-picture-at-an-address"]
    entry = {"provider": "nscale", "providerId": "p", "task": "text-to-image"}
    call = TextToImageArgs("t", model="org/m")
    said = [as_json({"inferenceProviderMapping": [entry]}), as_json(job.replies[0]), reply]
    error = run(targets.provider("nscale").answer(call, context()), said).error
    assert isinstance(error, BackendError)
    assert "web page" in str(error)


def seen(output: Any) -> Any:
    """An output in the words of the table."""
    if isinstance(output, list):
        return [tuple(_told(item)) for item in output]
    if hasattr(output, "generated_text"):
        return output.generated_text
    if hasattr(output, "chunks") and not isinstance(output, Binary):
        return output.text, output.chunks[0].timestamp if output.chunks else None
    return output


def _told(item: Any) -> list[Any]:
    return [getattr(item, name) for name in ("label", "score", "content_type", "mask", "blob") if hasattr(item, name)]
