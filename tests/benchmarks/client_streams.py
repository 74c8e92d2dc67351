"""Events a second through the client's streams, a request's overhead, and import time, beside their peers.

Run it: `python tests/benchmarks/client_streams.py` (with `inference/` importable). Serves itself from a second process
over a raw socket, so the far side costs nothing here. huggingface_hub is measured too where it can be imported.
Knows no thresholds: it prints figures, people judge.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
)
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

EVENTS = 20_000

Row: TypeAlias = Callable[[str, str], AbstractContextManager[Callable[[], "Taken"]]]
"""Given a URL and a form, opens a client and gives what reads one stream through it."""


class Taken(NamedTuple):
    """What one stream took, in seconds."""

    wall: float
    cpu: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help="be the server (used by the benchmark itself)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="run only the rows whose name contains this")
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve())
        return
    with server() as url:
        measure_streams(url, arguments.rounds, arguments.only)
        if not arguments.only:
            measure_requests(url)
            measure_flatness(url)
    if not arguments.only:
        measure_imports()


# --- the far side ----------------------------------------------------------------------------------------


def tgi_events() -> list[bytes]:
    tokens: list[dict[str, Any]] = [
        {
            "index": index,
            "token": {"id": index % 50_000, "text": " word", "logprob": -0.25, "special": False},
            "generated_text": None,
            "details": None,
        }
        for index in range(1, EVENTS + 1)
    ]
    tokens[-1]["generated_text"] = " word" * EVENTS
    return marked([json.dumps(token, separators=(",", ":")) for token in tokens])


def chat_events() -> list[bytes]:
    frame = {"id": "c1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "m"}
    events = []
    for index in range(EVENTS):
        last = index == EVENTS - 1
        delta = {} if last else {"role": "assistant", "content": " word"}
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": "stop" if last else None}
        events.append(json.dumps({**frame, "choices": [choice]}, separators=(",", ":")))
    return marked([*events, "[DONE]"])


def marked(payloads: list[str]) -> list[bytes]:
    return [f"data: {payload}\n\n".encode() for payload in payloads]


def chunked(events: list[bytes]) -> bytes:
    """Each event a chunk of its own, as servers send them."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(event), event) for event in events) + b"0\r\n\r\n"


async def serve() -> None:
    streams = {"/tgi": chunked(tgi_events()), "/v1/chat/completions": chunked(chat_events())}
    streams["/tgi/v1/completions"] = streams["/tgi"]  # where @huggingface/inference asks for them
    small = json.dumps([{"summary_text": "short"}]).encode()
    answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(small), small)
    broken = streams["/tgi"][:20_000]

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
                await reader.readexactly(length)
                path = head.split(" ")[1]
                writer.write(broken if path == "/broken" else streams.get(path, answer))
                await writer.drain()
                if path == "/broken":
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()


@contextmanager
def server() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


# --- streams ---------------------------------------------------------------------------------------------


def measure_streams(url: str, rounds: int, only: str) -> None:
    """One client a row, warm before its first round: a stream's cost, not a client's start. The rows take turns, so
    that all see the same machine."""
    rows: dict[str, Row] = {
        "raw socket": timed(raw_socket),
        "httpx, bytes only": timed(on_a_loop(httpx_bytes)),
        "hf_inference async": timed(on_a_loop(ours_async)),
        "hf_inference sync": timed(ours_sync),
        "hf_inference, an event a read": timed(on_a_loop(ours_one_by_one)),
    }
    if importlib.util.find_spec("huggingface_hub") is not None:
        rows["huggingface_hub async"] = timed(on_a_loop(hub_async))
    if JAVASCRIPT.exists() and shutil.which("node") is not None:
        rows["@huggingface/inference"] = javascript
    print(f"{EVENTS:,} events, median of {rounds}")
    print(f"{'':32}{'events/s':>12}{'CPU µs/event':>15}")
    for form in PATHS:
        with ExitStack() as opened:
            chosen = {name: row for name, row in rows.items() if only in f"{name}, {form}"}
            runs = {name: opened.enter_context(row(url, form)) for name, row in chosen.items()}
            turns = [{name: run() for name, run in runs.items()} for _ in range(rounds + 1)][1:]
        for name in runs:
            rate = statistics.median(EVENTS / turn[name].wall for turn in turns)
            cost = statistics.median(turn[name].cpu / EVENTS * 1e6 for turn in turns)
            print(f"{name + ', ' + form:32}{rate:12,.0f}{cost:15.1f}")


def timed(reading: Callable[[str, str], AbstractContextManager[Callable[[], int]]]) -> Row:
    """The row of what reads a stream in this process and counts its pieces."""

    @contextmanager
    def row(url: str, form: str) -> Iterator[Callable[[], Taken]]:
        with reading(url, form) as read:

            def run() -> Taken:
                wall, cpu = time.perf_counter(), time.process_time()
                count = read()
                assert count > EVENTS * 0.99, f"{read} gave {count}"  # the raw rows miss a mark that a read cuts
                return Taken(time.perf_counter() - wall, time.process_time() - cpu)

            yield run

    return row


@contextmanager
def javascript(url: str, form: str) -> Iterator[Callable[[], Taken]]:
    """@huggingface/inference on the same streams, in a process of Node's that reads one for each line it is sent."""
    command = ["node", str(Path(__file__).with_name("client_streams_peer.mjs")), url, form, str(JAVASCRIPT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ask, answers = process.stdin, process.stdout

        def run() -> Taken:
            print(file=ask, flush=True)
            told = json.loads(answers.readline())
            assert told["events"] > EVENTS * 0.99, told
            return Taken(told["seconds"], told["cpu"])

        yield run
        ask.close()


def on_a_loop(
    row: Callable[[str, str], AbstractAsyncContextManager[Callable[[], Coroutine[Any, Any, int]]]],
) -> Callable[[str, str], AbstractContextManager[Callable[[], int]]]:
    @contextmanager
    def on_it(url: str, form: str) -> Iterator[Callable[[], int]]:
        with asyncio.Runner() as runner:
            opened = row(url, form)
            run = runner.run(opened.__aenter__())
            yield lambda: runner.run(run())
            runner.run(opened.__aexit__(None, None, None))

    return on_it


@contextmanager
def raw_socket(url: str, form: str) -> Iterator[Callable[[], int]]:
    host, _, port = url.removeprefix("http://").partition(":")
    ask = f"POST {PATHS[form]} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n".encode()
    with socket.create_connection((host, int(port))) as connection:

        def run() -> int:
            connection.sendall(ask)
            count, tail = 0, b""
            while not tail.endswith(b"0\r\n\r\n"):
                data = connection.recv(65536)
                count += (tail + data).count(b"data:") - tail.count(b"data:")
                tail = data[-5:]
            return count

        yield run


@asynccontextmanager
async def httpx_bytes(url: str, form: str) -> AsyncIterator[Callable[[], Coroutine[Any, Any, int]]]:
    import httpx

    async with httpx.AsyncClient() as client:

        async def run() -> int:
            async with client.stream("POST", url + PATHS[form]) as response:
                return sum([chunk.count(b"data:") async for chunk in response.aiter_raw()])

        yield run


@asynccontextmanager
async def ours_async(url: str, form: str) -> AsyncIterator[Callable[[], Coroutine[Any, Any, int]]]:
    import hf_inference

    async with hf_inference.AsyncHfInference(target=target(url, form)) as client:

        async def run() -> int:
            count = 0
            async for _ in streaming(client, form):
                count += 1
            return count

        yield run


@asynccontextmanager
async def ours_one_by_one(url: str, form: str) -> AsyncIterator[Callable[[], Coroutine[Any, Any, int]]]:
    """As a model sends them: each event is read, and given, before the next one comes. Without a socket, which would
    have several come at once."""
    import httpx

    import hf_inference

    events = tgi_events() if form == "tgi" else chat_events()

    class Trickling(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for event in events:
                yield event
                await asyncio.sleep(0)
                await asyncio.sleep(0)

    async def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Trickling())

    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http,
        hf_inference.AsyncHfInference(target=target(url, form), http_client=http) as client,
    ):

        async def run() -> int:
            count = 0
            async for _ in streaming(client, form):
                count += 1
            return count

        yield run


@contextmanager
def ours_sync(url: str, form: str) -> Iterator[Callable[[], int]]:
    import hf_inference

    with hf_inference.HfInference(target=target(url, form)) as client:
        yield lambda: sum(1 for _ in streaming(client, form))


def target(url: str, form: str) -> Any:
    from hf_inference import targets

    return targets.endpoint(f"{url}/tgi") if form == "tgi" else targets.openai(f"{url}/v1")


def streaming(client: Any, form: str) -> Any:
    if form == "tgi":
        return client.text_generation_stream(inputs="p")
    return client.chat_completion_stream(model="m", messages=[{"role": "user", "content": "p"}])


@asynccontextmanager
async def hub_async(url: str, form: str) -> AsyncIterator[Callable[[], Coroutine[Any, Any, int]]]:
    from huggingface_hub import AsyncInferenceClient

    there = {"model": f"{url}/tgi"} if form == "tgi" else {"base_url": f"{url}/v1"}
    client = AsyncInferenceClient(token="none", **there)

    async def run() -> int:
        count = 0
        if form == "tgi":
            stream = await client.text_generation("p", stream=True, details=True)
        else:
            stream = await client.chat_completion([{"role": "user", "content": "p"}], model="m", stream=True)
        async for _ in stream:
            count += 1
        return count

    yield run
    await client.close()


PATHS = {"tgi": "/tgi", "chat": "/v1/chat/completions"}
JAVASCRIPT = Path(__file__).parents[1] / "serve/js/node_modules/@huggingface/inference/dist/esm/index.js"
"""`scripts/setup-peers` installs it."""


# --- single requests, memory, imports --------------------------------------------------------------------


def measure_requests(url: str, requests: int = 2_000) -> None:
    """A request's cost beside bare httpx doing the same, in turns, so that both see the same machine. The lower
    decile is told beside the median: what the machine does besides is in the one and not in the other."""
    import httpx

    from hf_inference import AsyncHfInference, HfInference, targets

    body = b'{"inputs":"text"}'
    at = targets.endpoint(f"{url}/answer")
    with httpx.Client() as bare, HfInference(target=at) as client:
        ways: dict[str, Callable[[], object]] = {
            "httpx": lambda: bare.post(f"{url}/answer", content=body).json(),
            "hf_inference": lambda: client.summarization(inputs="text"),
        }
        seen: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(requests):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                seen[name].append(time.perf_counter() - start)
        report("one request, sync", seen)

    async def awaited() -> dict[str, list[float]]:
        async with httpx.AsyncClient() as bare, AsyncHfInference(target=at) as client:

            async def ask_bare() -> None:
                (await bare.post(f"{url}/answer", content=body)).json()

            async def ask_ours() -> None:
                await client.summarization(inputs="text")

            taken: dict[str, list[float]] = {"httpx": [], "hf_inference": []}
            for _ in range(requests):
                for name, ask in (("httpx", ask_bare), ("hf_inference", ask_ours)):
                    start = time.perf_counter()
                    await ask()
                    taken[name].append(time.perf_counter() - start)
            return taken

    report("one request, async", asyncio.run(awaited()))


def report(title: str, seconds: dict[str, list[float]]) -> None:
    for kind, of in (
        ("median", statistics.median),
        ("lower decile", lambda times: statistics.quantiles(times, n=10)[0]),
    ):
        told = {name: of(times) * 1e6 for name, times in seconds.items()}
        each = ", ".join(f"{name} {taken:,.0f} µs" for name, taken in told.items())
        print(f"{title}, {kind}: {each}; overhead {told['hf_inference'] - told['httpx']:,.0f} µs")


def measure_flatness(url: str) -> None:
    """Memory and sockets after 10,000 requests and 1,000 broken streams."""
    from hf_inference import AsyncHfInference, IncompleteStreamError, targets

    async def run() -> None:
        async with AsyncHfInference(target=targets.endpoint(f"{url}/answer")) as client:
            broken = client.endpoint(f"{url}/broken")
            for step, requests, streams in (("warm", 500, 100), ("after", 10_000, 1_000)):
                for _ in range(requests):
                    await client.summarization(inputs="text")
                for _ in range(streams):
                    try:
                        async for _ in broken.text_generation_stream(inputs="p"):
                            continue
                    except IncompleteStreamError:
                        continue
                print(
                    f"{step} {requests:,} requests and {streams:,} broken streams: "
                    f"{resident_kib():,} KiB resident, {len(os.listdir('/proc/self/fd'))} descriptors"
                )

    if os.path.isdir("/proc/self/fd"):
        asyncio.run(run())


def resident_kib() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() // 1024


def measure_imports(rounds: int = 7) -> None:
    clients = {
        "hf_inference": "from hf_inference import AsyncHfInference, HfInference",
        "huggingface_hub": "from huggingface_hub import AsyncInferenceClient, InferenceClient",
        "httpx": "from httpx import AsyncClient, Client",
    }
    for name, statement in clients.items():
        if importlib.util.find_spec(name) is None:
            continue
        code = f"import time; a = time.process_time(); {statement}; print(time.process_time() - a)"
        best = min(
            float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
            for _ in range(rounds)
        )
        print(f"import {name}'s clients: {best * 1e3:.0f} ms of CPU, best of {rounds}")


if __name__ == "__main__":
    main()
