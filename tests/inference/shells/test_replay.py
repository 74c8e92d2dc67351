"""What is recorded is replayed alike, faults included, without a network; and no credential is ever in a recording."""

from __future__ import annotations

import gzip
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from hf_inference import (
    InferenceError,
    InputError,
    Network,
    NotImplementedByBackendError,
    Options,
    targets,
)
from hf_inference.engines.recording import CLOSED, COMPLETE, Recorded, Tape, read
from support.fake_hub import (
    Bytes,
    Close,
    FakeHub,
    Html,
    Json,
    RateLimited,
    Reply,
    Reset,
    Sse,
    Unauthorized,
    event_bytes,
    tgi_events,
)
from support.shells import Shell

ONCE = Options(max_retries=0)
EVENTS = tgi_events("one two three four")
TOKEN = "hf_planted_token_planted_token"
OTHER = "0123456789-a-secret-of-another-kind"


async def test_a_stream_is_replayed_with_its_very_chunks_and_nothing_is_sent(
    shell: Shell, hub: FakeHub, tmp_path: Path
) -> None:
    gate = hub.gate()
    hub.on("/m", Sse(EVENTS, gate=gate))
    pieces = []
    async with shell.open(TOKEN, target=_at(hub), network=Network(record=tmp_path)) as client:
        stream = client.stream(inputs="p")
        for _ in EVENTS:
            gate.open()
            pieces.append(await stream.next())
        assert await stream.pieces() == ([], None)
    async with shell.open(TOKEN, target=_at(hub), network=Network(replay=tmp_path)) as client:
        assert await client.stream(inputs="p").pieces() == (pieces, None)
    assert len(hub.exchanges) == 1
    (recorded,) = read(tmp_path)
    assert recorded.ended == COMPLETE
    assert [size for _, size in recorded.chunks] == [len(event_bytes(event)) for event in EVENTS]
    assert [seconds for seconds, _ in recorded.chunks] == sorted(seconds for seconds, _ in recorded.chunks)


FAULTS: dict[str, Reply] = {
    "a refused token": Unauthorized(),
    "a rate limit": RateLimited(7),
    "a web page": Html(502),
    "a reset before any byte": Reset(),
    "a body cut short": Close(after=20),
    "a stream cut in order": Sse(EVENTS[:2], "cut"),
    "a stream reset": Sse(EVENTS[:2], "reset"),
    "a stream without an end": Sse(EVENTS[:2]),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_replayed_as_the_same_error(shell: Shell, hub: FakeHub, fault: str, tmp_path: Path) -> None:
    hub.on("/m", FAULTS[fault])

    async def told(network: Network) -> tuple[str, type[InferenceError] | None, str]:
        async with shell.open(TOKEN, ONCE, target=_at(hub), network=network) as client:
            text, error = await client.stream(inputs="p").text()
            return text, type(error) if error is not None else None, str(error)

    assert await told(Network(record=tmp_path)) == await told(Network(replay=tmp_path))
    assert (await told(Network(replay=tmp_path)))[1] is not None


async def test_a_server_that_is_not_there_is_replayed_as_not_there(shell: Shell, tmp_path: Path) -> None:
    with FakeHub.in_thread() as gone:
        url = gone.url
    errors = []
    for network in (Network(record=tmp_path), Network(replay=tmp_path)):
        async with shell.open(TOKEN, ONCE, target=targets.endpoint(url), network=network) as client:
            errors.append(await client.refusal("summarization", inputs="p"))
    assert type(errors[0]) is type(errors[1])
    assert str(errors[0]) == str(errors[1])


async def test_a_stream_given_up_is_recorded_as_far_as_it_came(shell: Shell, hub: FakeHub, tmp_path: Path) -> None:
    hub.on("/m", Sse(EVENTS[:2], "stall"))
    async with shell.open(target=_at(hub), network=Network(record=tmp_path)) as client:
        stream = client.stream(inputs="p")
        first = await stream.next()
        await stream.close()
    (recorded,) = read(tmp_path)
    assert recorded.ended == CLOSED
    async with shell.open(target=_at(hub), network=Network(replay=tmp_path)) as client:
        stream = client.stream(inputs="p")
        assert await stream.next() == first
        await stream.close()


async def test_equal_requests_get_their_answers_in_turn_and_the_last_for_ever(
    shell: Shell, hub: FakeHub, tmp_path: Path
) -> None:
    hub.on("/m", [Json([{"summary_text": "one"}]), Json([{"summary_text": "two"}])])
    target = _at(hub)
    async with shell.open(target=target, network=Network(record=tmp_path)) as client:
        for _ in range(2):
            await client.call("summarization", inputs="p")
    async with shell.open(target=target, network=Network(replay=tmp_path)) as client:
        said = [(await client.call("summarization", inputs="p")).summary_text for _ in range(3)]
    assert said == ["one", "two", "two"]


async def test_a_recording_of_one_server_answers_in_the_name_of_another(
    shell: Shell, hub: FakeHub, tmp_path: Path
) -> None:
    hub.on("/m", Json([{"summary_text": "one"}]))
    async with shell.open(target=_at(hub), network=Network(record=tmp_path)) as client:
        await client.call("summarization", inputs="p")
    elsewhere = targets.endpoint("https://elsewhere.example/m")
    async with shell.open(target=elsewhere, network=Network(replay=tmp_path)) as client:
        assert (await client.call("summarization", inputs="p")).summary_text == "one"


async def test_what_was_not_recorded_is_refused_with_a_sentence(shell: Shell, hub: FakeHub, tmp_path: Path) -> None:
    hub.on("/m", Json([{"summary_text": "one"}]))
    target = _at(hub)
    async with shell.open(target=target, network=Network(record=tmp_path)) as client:
        await client.call("summarization", inputs="p")
    async with shell.open(target=target, network=Network(replay=tmp_path)) as client:
        error = await client.refusal("summarization", inputs="another text")
    assert isinstance(error, NotImplementedByBackendError)
    assert error.detail == "The recording has no answer to this: POST /m"


async def test_no_credential_is_in_a_recording_wherever_it_was_planted(
    shell: Shell, hub: FakeHub, tmp_path: Path
) -> None:
    echo: dict[str, Any] = {"summary_text": f"your token is {TOKEN}, your key is {OTHER}"}
    headers = {"set-cookie": f"session={OTHER}", "x-request-id": TOKEN, "x-unknown": OTHER}
    hub.on("/m", Json([echo], headers=headers))
    url = hub.url.replace("://", f"://user:{OTHER}@") + f"/m?api_token={OTHER}&plain=1"
    network = Network(record=tmp_path, secrets=lambda: ["the word of the house"])
    options = Options(headers={"x-api-key": OTHER})
    inputs = f"export TOKEN={TOKEN} KEY={OTHER} sk-abcdefghijklmnop the word of the house"
    async with shell.open(TOKEN, options, target=targets.endpoint(url), network=network) as client:
        said = await client.call("summarization", inputs=inputs)
    assert said.summary_text == echo["summary_text"], "what is masked in the file is not masked for the caller"
    written = b"".join(file.read_bytes() for file in sorted(tmp_path.glob("*")))  # noqa: ASYNC240 (nothing waits)
    assert written
    for secret in (TOKEN, OTHER, "sk-abcdefghijklmnop", "the word of the house", "user:", "uthorization", "cookie"):
        assert secret.encode() not in written, secret
    assert b"plain=1" in written
    network = Network(replay=tmp_path, secrets=lambda: ["the word of the house"])
    async with shell.open(TOKEN, options, target=targets.endpoint(url), network=network) as client:
        replayed = await client.call("summarization", inputs=inputs)
    assert replayed.summary_text == f"your token is {'*' * len(TOKEN)}, your key is {'*' * len(OTHER)}"


async def test_a_secret_cut_by_chunks_is_masked_and_the_cuts_stay(shell: Shell, hub: FakeHub, tmp_path: Path) -> None:
    gate = hub.gate()
    event = event_bytes({**EVENTS[1], "token": {**EVENTS[1]["token"], "text": f" {TOKEN}"}})
    cut = event.index(TOKEN.encode()) + 5
    hub.on("/m", Sse([EVENTS[0], gate, event[:cut], gate, event[cut:], *EVENTS[2:]]))
    async with shell.open(TOKEN, target=_at(hub), network=Network(record=tmp_path)) as client:
        stream = client.stream(inputs="p")
        await stream.next()
        gate.open()
        await hub.until(lambda: gate.waiting == 1 and hub.exchanges[0].chunks_sent == 3)
        gate.open()
        assert (await stream.next()).token.text == f" {TOKEN}"
        assert (await stream.pieces())[1] is None
    (recorded,) = read(tmp_path)
    assert TOKEN.encode() not in recorded.reply
    assert b" " + b"*" * len(TOKEN) in recorded.reply
    assert sum(size for _, size in recorded.chunks) == len(recorded.reply)
    async with shell.open(TOKEN, target=_at(hub), network=Network(replay=tmp_path)) as client:
        text, error = await client.stream(inputs="p").text()
    assert error is None
    assert text == f"one {'*' * len(TOKEN)} three four"


async def test_a_reply_compressed_unasked_is_recorded_readable(shell: Shell, hub: FakeHub, tmp_path: Path) -> None:
    body = gzip.compress(json.dumps([{"summary_text": f"one {TOKEN}"}]).encode())
    hub.on("/m", Bytes(body, "application/json", headers={"content-encoding": "gzip"}))
    target = _at(hub)
    async with shell.open(target=target, network=Network(record=tmp_path)) as client:
        assert (await client.call("summarization", inputs="p")).summary_text == f"one {TOKEN}"
    (recorded,) = read(tmp_path)
    assert hub.exchanges[0].headers["accept-encoding"] == "identity"
    assert recorded.reply == json.dumps([{"summary_text": f"one {'*' * len(TOKEN)}"}]).encode()
    async with shell.open(target=target, network=Network(replay=tmp_path)) as client:
        assert (await client.call("summarization", inputs="p")).summary_text.startswith("one ***")


async def test_the_recorded_pace_is_kept_where_it_is_asked_for(shell: Shell, hub: FakeHub, tmp_path: Path) -> None:
    hub.on("/m", Sse(EVENTS))
    replies = []
    for network in (Network(record=tmp_path), Network(replay=tmp_path, replay_pace=0.01)):
        async with shell.open(TOKEN, target=_at(hub), network=network) as client:
            replies.append(await client.stream(inputs="p").pieces())
    assert replies[0] == replies[1]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_recording_is_for_its_person_alone(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "new" / "folder")
    for _ in range(2):
        tape.append(Recorded(method="GET", url="http://h/", body=None))
    (file,) = (tmp_path / "new" / "folder").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(read(file)) == 2


WRONG = {
    "nothing there": (None, "cannot be read"),
    "an empty file": ("", "has no .jsonl file with exchanges"),
    "no JSON": ("{", "line 1 is no recorded exchange"),
    "another JSON": ('{"a": 1}\n', "line 1 is no recorded exchange: KeyError"),
    "a list": ("[]", "line 1 is no recorded exchange"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_recording_that_is_none_is_said_to_be_none(shell: Shell, wrong: str, tmp_path: Path) -> None:
    content, said = WRONG[wrong]
    file = tmp_path / "recording.jsonl"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    async with shell.open(target=targets.endpoint("http://127.0.0.1:9"), network=Network(replay=file)) as client:
        error = await client.refusal("summarization", inputs="p")
    assert isinstance(error, InputError)
    assert said in str(error)


async def test_a_folder_that_cannot_be_made_is_said_at_the_first_call(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    network = Network(record=tmp_path / "file" / "folder")
    async with shell.open(target=targets.endpoint("http://127.0.0.1:9"), network=network) as client:
        error = await client.refusal("summarization", inputs="p")
    assert isinstance(error, InputError)
    assert "Nothing can be recorded in" in str(error)


def _at(hub: FakeHub) -> targets.Target:
    return targets.endpoint(f"{hub.url}/m")
