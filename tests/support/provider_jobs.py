"""Jobs at providers as data: what is asked, what each reply is, what is fetched and what comes of it.

Knows the providers' words. Knows no client: test_jobs.py runs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hf_inference import (
    AudioToAudioArgs,
    AutomaticSpeechRecognitionArgs,
    Binary,
    Call,
    ImageSegmentationArgs,
    ImageTextToImageArgs,
    ImageTextToVideoArgs,
    ImageToImageArgs,
    ImageToTextArgs,
    ImageToVideoArgs,
    TextToAudioArgs,
    TextToImageArgs,
    TextToSpeechArgs,
    TextToVideoArgs,
)

IMAGE = Binary(b"\x89PNG\r\n\x1a\n....", "image/png")
SOUND = Binary(b"ID3...", "audio/mpeg")
FILM = Binary(b"film", "video/mp4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One task at one provider. `{base}` stands for the router's part of the URLs, or the provider's host."""

    provider: str
    call: Call[Any]
    model: str = "org/model"
    home: str
    replies: tuple[Any, ...]
    asked: tuple[str, ...]
    files: tuple[tuple[str, Binary], ...] = ()
    """What is fetched at the end, from where."""
    output: Any
    waits: tuple[float, ...] = ()
    adapter: dict[str, str] = field(default_factory=dict)


QUEUED = {"status": "IN_QUEUE", "request_id": "1", "response_url": "https://evil.example/org/model/requests/1"}
FAL_ASKED = (
    "POST {base}/org/model{queue}",
    "GET {base}/org/model/requests/1/status{queue}",
    "GET {base}/org/model/requests/1/status{queue}",
    "GET {base}/org/model/requests/1{queue}",
)
FAL_WAITS = (0.5, 0.5)


def fal(call: Call[Any], result: Any, url: str, file: Binary, output: Any) -> Job:
    return Job(
        provider="fal-ai",
        call=call,
        home="https://queue.fal.run",
        replies=(QUEUED, {"status": "IN_PROGRESS"}, {"status": "COMPLETED"}, result),
        asked=FAL_ASKED,
        files=((url, file),),
        output=output,
        waits=FAL_WAITS,
    )


def at(url: str) -> dict[str, str]:
    return {"url": url}


PROMPT = {"prompt": "p"}
CDN = "https://cdn.example/file"
JOBS = {
    "fal-text-to-image": fal(TextToImageArgs("t"), {"images": [at(CDN)]}, CDN, IMAGE, IMAGE),
    "fal-image-to-image": fal(ImageToImageArgs(IMAGE, PROMPT), {"image": at(CDN)}, CDN, IMAGE, IMAGE),
    "fal-image-text-to-image": fal(ImageTextToImageArgs(parameters=PROMPT), {"images": [at(CDN)]}, CDN, IMAGE, IMAGE),
    "fal-text-to-video": fal(TextToVideoArgs("t"), {"video": at(CDN)}, CDN, FILM, FILM),
    "fal-image-to-video": fal(ImageToVideoArgs(IMAGE), {"video": at(CDN)}, CDN, FILM, FILM),
    "fal-image-text-to-video": fal(ImageTextToVideoArgs(IMAGE, PROMPT), {"video": at(CDN)}, CDN, FILM, FILM),
    "fal-text-to-audio": fal(TextToAudioArgs("t"), {"audio_file": at(CDN)}, CDN, SOUND, SOUND),
    "fal-audio-to-audio": fal(
        AudioToAudioArgs(SOUND),
        {"audio": at(CDN), "text": "said"},
        CDN,
        SOUND,
        [("said", "audio/mpeg", "SUQzLi4u")],
    ),
    "fal-image-segmentation": fal(
        ImageSegmentationArgs(IMAGE), {"image": at(CDN)}, CDN, IMAGE, [("mask", 1.0, "iVBORw0KGgouLi4u")]
    ),
    "fal-text-to-speech": Job(
        provider="fal-ai",
        call=TextToSpeechArgs("t"),
        home="https://fal.run",
        replies=({"audio": at(CDN)},),
        asked=("POST {base}/org/model",),
        files=((CDN, SOUND),),
        output=SOUND,
    ),
    "fal-speech": Job(
        provider="fal-ai",
        call=AutomaticSpeechRecognitionArgs(SOUND),
        home="https://fal.run",
        replies=({"output": "words", "segments": [{"text": "words", "start": 0.5, "end": 2}]},),
        asked=("POST {base}/org/model",),
        output=("words", [0.5, 2]),
    ),
    "replicate-at-once": Job(
        provider="replicate",
        call=TextToImageArgs("t"),
        home="https://api.replicate.com",
        replies=({"status": "succeeded", "output": [CDN]},),
        asked=("POST {base}/v1/models/org/model/predictions",),
        files=((CDN, IMAGE),),
        output=IMAGE,
    ),
    "replicate-after-a-cold-start": Job(
        provider="replicate",
        call=TextToVideoArgs("t"),
        model="org/model:version",
        home="https://api.replicate.com",
        replies=(
            {"status": "starting", "output": None, "urls": {"get": "https://evil.example/v1/predictions/7"}},
            {"status": "processing", "output": None},
            {"status": "succeeded", "output": CDN},
        ),
        asked=(
            "POST {base}/v1/predictions",
            "GET {base}/v1/predictions/7",
            "GET {base}/v1/predictions/7",
        ),
        files=((CDN, FILM),),
        output=FILM,
        waits=(0.5, 0.5),
    ),
    "replicate-speech-in-a-file": Job(
        provider="replicate",
        call=AutomaticSpeechRecognitionArgs(SOUND),
        home="https://api.replicate.com",
        replies=({"status": "succeeded", "output": {"txt_file": CDN}},),
        asked=("POST {base}/v1/models/org/model/predictions",),
        files=((CDN, Binary(b"words", "text/plain")),),
        output=("words", None),
    ),
    "novita-text-to-video": Job(
        provider="novita",
        call=TextToVideoArgs("t"),
        home="https://api.novita.ai",
        replies=(
            {"task_id": "a/b"},
            {"task": {"status": "TASK_STATUS_PROCESSING"}},
            {"task": {"status": "TASK_STATUS_SUCCEED"}, "videos": [{"video_url": CDN}]},
        ),
        asked=(
            "POST {base}/v3/async/org/model",
            "GET {base}/v3/async/task-result?task_id=a%2Fb",
            "GET {base}/v3/async/task-result?task_id=a%2Fb",
        ),
        files=((CDN, FILM),),
        output=FILM,
        waits=(0.5, 0.5),
    ),
    "novita-minimax": Job(
        provider="novita",
        call=ImageTextToVideoArgs(IMAGE, {**PROMPT, "num_frames": 240}),
        model="MiniMax-H3",
        home="https://api.novita.ai",
        replies=(
            {"task_id": "5"},
            {"task": {"status": "queued"}},
            {"task": {"status": "succeeded", "content": at(CDN)}},
        ),
        asked=(
            "POST {base}/v3/minimax/v2/video_generation",
            "GET {base}/v3/minimax/v2/query/video_generation/5",
            "GET {base}/v3/minimax/v2/query/video_generation/5",
        ),
        files=((CDN, FILM),),
        output=FILM,
        waits=(5.0, 5.0),
    ),
    "together-image-to-video": Job(
        provider="together",
        call=ImageToVideoArgs(IMAGE, {**PROMPT, "target_size": {"width": 640, "height": 360}}),
        home="https://api.together.xyz",
        replies=(
            {"id": "v1", "status": "queued"},
            {"id": "v1", "status": "in_progress"},
            {"id": "v1", "status": "completed", "outputs": {"video_url": CDN}},
        ),
        asked=("POST {base}/v2/videos", "GET {base}/v2/videos/v1", "GET {base}/v2/videos/v1"),
        files=((CDN, FILM),),
        output=FILM,
        waits=(2.0, 2.0),
    ),
    "wavespeed-image-to-image": Job(
        provider="wavespeed",
        call=ImageToImageArgs(IMAGE, PROMPT),
        home="https://api.wavespeed.ai",
        replies=(
            {"code": 200, "data": {"id": "9", "urls": {"get": "https://evil.example/api/v3/predictions/9/result"}}},
            {"data": {"status": "processing"}},
            {"data": {"status": "completed", "outputs": [CDN]}},
        ),
        asked=(
            "POST {base}/api/v3/org/model",
            "GET {base}/api/v3/predictions/9/result",
            "GET {base}/api/v3/predictions/9/result",
        ),
        files=((CDN, IMAGE),),
        output=IMAGE,
        waits=(0.5, 0.5),
    ),
    "zai-text-to-image": Job(
        provider="zai-org",
        call=TextToImageArgs("t"),
        home="https://api.z.ai",
        replies=(
            {"id": "3", "task_status": "PROCESSING"},
            {"task_status": "SUCCESS", "image_result": [at(CDN)]},
        ),
        asked=("POST {base}/api/paas/v4/async/images/generations", "GET {base}/api/paas/v4/async-result/3"),
        files=((CDN, IMAGE),),
        output=IMAGE,
        waits=(5.0,),
    ),
    "zai-image-to-text": Job(
        provider="zai-org",
        call=ImageToTextArgs(IMAGE),
        home="https://api.z.ai",
        replies=({"md_results": "# Title"},),
        asked=("POST {base}/api/paas/v4/layout_parsing",),
        output="# Title",
    ),
    "deepinfra-picture-in-the-reply": Job(
        provider="deepinfra",
        call=TextToImageArgs("t"),
        home="https://api.deepinfra.com",
        replies=({"data": [{"b64_json": "iVBORw0KGgouLi4u"}]},),
        asked=("POST {base}/v1/openai/images/generations",),
        output=IMAGE,
    ),
    "nscale-picture-at-an-address": Job(
        provider="nscale",
        call=TextToImageArgs("t"),
        home="https://inference.api.nscale.com",
        replies=({"data": [at(CDN)]},),
        asked=("POST {base}/v1/images/generations",),
        files=((CDN, IMAGE),),
        output=IMAGE,
    ),
}
