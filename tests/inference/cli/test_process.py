"""The command as a process: pipes that close, a terminal, Ctrl-C, and tokens that are shown as they come."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.fake_hub import Bytes, FakeHub, Json, Sse, tgi_events

COMMAND = [sys.executable, "-m", "hf_inference"]
posix = pytest.mark.skipif(os.name != "posix", reason="signals to one process and pseudo-terminals are POSIX's")


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub.in_thread() as hub:
        yield hub


def start(hub: FakeHub, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *arguments, "--target", f"endpoint={hub.url}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_tokens_are_shown_as_they_come(hub: FakeHub) -> None:
    gate = hub.gate()
    hub.on("/", Sse(tgi_events("one two three"), gate=gate))
    with start(hub, "text-generation", "--inputs", "p") as process:
        assert process.stdout is not None
        hub.wait_until(lambda: hub.in_flight)
        gate.open()
        assert process.stdout.read(3) == b"one"
        gate.stay_open()
        rest, said = process.communicate(timeout=60)
    assert (process.returncode, rest, said) == (0, b" two three\n", b"")


def test_a_reader_that_has_had_enough_ends_the_call_without_a_complaint(hub: FakeHub) -> None:
    gate = hub.gate()
    hub.on("/", Sse(tgi_events("word " * 2000), gate=gate))
    with start(hub, "text-generation", "--inputs", "p") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        hub.wait_until(lambda: hub.in_flight)
        gate.open()
        assert process.stdout.read(4) == b"word"
        process.stdout.close()
        gate.stay_open()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""


@posix
def test_ctrl_c_ends_a_stream_quietly_and_lets_the_backend_go(hub: FakeHub) -> None:
    gate = hub.gate()
    hub.on("/", Sse(tgi_events("one two three"), gate=gate))
    with start(hub, "text-generation", "--inputs", "p") as process:
        assert process.stdout is not None
        hub.wait_until(lambda: hub.in_flight)
        gate.open()
        assert process.stdout.read(3) == b"one"
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate(timeout=60)
        hub.wait_until(lambda: not hub.in_flight)
    assert (process.returncode, rest, said) == (130, b"\n", b"")


@posix
def test_a_picture_is_not_asked_for_to_garble_a_terminal(hub: FakeHub) -> None:
    hub.on("/", Bytes(b"\x89PNG", "image/png"))
    screen, terminal = os.openpty()
    try:
        run = subprocess.run(
            [*COMMAND, "text-to-image", "--inputs", "a cat", "--target", f"endpoint={hub.url}"],
            stdin=terminal,
            stdout=terminal,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(terminal)
        os.close(screen)
    assert run.returncode == 2
    assert b"--output" in run.stderr
    assert hub.exchanges == []


def test_the_system_s_encoding_does_not_matter(hub: FakeHub, tmp_path: Path) -> None:
    hub.on("/", Json([{"summary_text": "größer 語"}]))
    run = subprocess.run(
        [*COMMAND, "summarization", "--target", f"endpoint={hub.url}"],
        input="süß".encode(),
        env={**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stdout.decode()) == (0, "größer 語\n")
    assert "süß".encode() in hub.exchanges[0].body
