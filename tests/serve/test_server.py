"""The served engine on a real port: addresses, sockets, and this project's own client in every dialect it speaks."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from hf_inference import BadRequestError, HfInference, InputError, NotImplementedByBackendError, Target, targets
from hf_inference.engines.serve import listen, new_server, serve
from serve.engines import Countdown

PROMPT = "alpha beta gamma delta\nalpha beta ga"


@pytest.fixture(params=["endpoint", "openai", "classic", "model's url"])
def target(request: pytest.FixtureRequest, served: str) -> Target:
    match request.param:
        case "endpoint":
            return targets.endpoint(served)
        case "openai":
            return targets.openai(f"{served}/v1")
        case "classic":
            return targets.classic(served)
        case _:
            return targets.endpoint(f"{served}/models/embedded/longest-suffix")


def test_our_own_client_generates_text_through_every_dialect(target: Target) -> None:
    with HfInference(target=target) as client:
        whole = client.text_generation(inputs=PROMPT, model="embedded/longest-suffix")
        pieces = list(client.text_generation_stream(inputs=PROMPT, model="embedded/longest-suffix"))
    assert whole.generated_text.startswith("mma delta")
    assert "".join(piece.token.text for piece in pieces) == whole.generated_text
    assert pieces[-1].generated_text == whole.generated_text


def test_our_own_client_asks_it_as_it_asks_the_hub_s_router(served: str) -> None:
    with HfInference(target=targets.hub(served)) as client:
        found = client.token_classification(inputs="Mail ada@example.org", model="embedded/patterns")
    assert [(entity.word, entity.entity_group) for entity in found] == [("ada@example.org", "EMAIL")]


def test_our_own_client_sees_refusals_as_sentences(served: str) -> None:
    with HfInference(target=targets.hub(served)) as client, pytest.raises(BadRequestError, match="`inputs` is empty"):
        client.summarization(inputs=" ", model="embedded/extractive")
    with (
        HfInference(target=targets.openai(f"{served}/v1")) as client,
        pytest.raises(NotImplementedByBackendError, match="cannot chat"),
    ):
        client.chat_completion(messages=[{"role": "user", "content": "hi"}], model="tgi")


def test_our_own_client_asks_what_the_server_is(served: str) -> None:
    with HfInference(target=targets.endpoint(served)) as client:
        assert client.health_check()
        assert client.endpoint_info()["model_id"] == "embedded"
        assert [model.id for model in client.list_models()] == ["embedded/longest-suffix"]


def test_a_client_that_leaves_a_stream_frees_the_server_for_the_next(served: str) -> None:
    with HfInference(target=targets.endpoint(served)) as client:
        for _ in range(8):  # more than the server has workers
            with client.text_generation_stream(inputs=PROMPT) as pieces:
                next(pieces)
        assert client.health_check()


def test_another_name_for_this_machine_is_refused(served: str) -> None:
    assert httpx.get(f"{served}/info", headers={"host": "example.org"}).status_code == 403


async def test_replies_leave_without_waiting_for_more_to_send() -> None:
    server = new_server(Countdown())
    with listen("127.0.0.1", 0) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        async with asyncio.timeout(30), httpx.AsyncClient() as client:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/info"
            assert (await client.get(url)).status_code == 200
            (connection,) = server.server_state.connections
            transport = connection.transport
            assert transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            server.should_exit = True
            await serving


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_an_address_that_others_can_reach_must_be_asked_for(host: str) -> None:
    with pytest.raises(InputError, match="--any-network"):
        serve(Countdown(), host=host, port=0, announce=lambda url: None)


def test_a_port_that_is_taken_is_said_so() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(InputError, match="cannot be listened on"),
    ):
        serve(Countdown(), host="127.0.0.1", port=taken.getsockname()[1], announce=lambda url: None)


def command(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "hf_inference", "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with command("--folder", str(tmp_path / "none")) as server:
        _, complaint = server.communicate(timeout=60)
    assert server.returncode == 2
    assert complaint.count("\n") == 1
    assert "no such folder" in complaint


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process, and no short forms of addresses")
def test_an_address_that_is_not_plainly_this_machine_s_is_warned_of_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    with command("--host", "127.1", "--any-network", "--folder", str(tmp_path)) as server:
        assert server.stdout is not None
        assert "http://127.0.0.1:" in server.stdout.readline()
        server.send_signal(signal.SIGINT)
        _, complaint = server.communicate(timeout=60)
    assert server.returncode == 130
    assert "warning: other machines can reach" in complaint
    assert "Traceback" not in complaint
