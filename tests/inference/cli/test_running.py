"""`python -m hf_inference TASK` against a fake Hub: what is sent, what is shown, and how the process ends."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hf_inference import SavedToken, Target, is_hugging_face, saved_token, targets
from hf_inference.commands import main
from hf_inference.commands.build import Given, build_call
from hf_inference.commands.output import Sink
from hf_inference.commands.run import credential_of, read_target
from hf_inference.commands.tasks import find_task
from inference_lsp.__main__ import main as server_main
from support.fake_hub import (
    BrokenJson,
    Bytes,
    Close,
    Event,
    FakeHub,
    Html,
    Json,
    Reply,
    Reset,
    Sse,
    Stall,
    chat_events,
    tgi_events,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
CLASSES = [{"label": "CAT", "score": 0.75}, {"label": "DOG", "score": 0.25}]


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub.in_thread() as hub:
        yield hub


@pytest.fixture(autouse=True)
def _no_ambient_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))


def at(hub: FakeHub, *arguments: str) -> list[str]:
    return [*arguments, "--target", f"endpoint={hub.url}"]


def test_an_answer_is_the_text_it_is_about(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.on("/", Json([{"summary_text": "kurz, größer"}]))
    assert main(at(hub, "summarization", "--inputs", "long", "--parameters", '{"max_length": 9}')) == 0
    assert capsys.readouterr() == ("kurz, größer\n", "")
    assert json.loads(hub.exchanges[0].body) == {"inputs": "long", "parameters": {"max_length": 9}}


def test_a_list_is_a_line_a_value(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.on("/", Json([CLASSES]))
    assert main(at(hub, "text-classification", "--inputs", "x")) == 0
    assert capsys.readouterr().out == "CAT\t0.75\nDOG\t0.25\n"


def test_the_whole_output_comes_as_json(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.on("/", Json([CLASSES]))
    assert main(at(hub, "text_classification", "--inputs", "x", "--json")) == 0
    assert json.loads(capsys.readouterr().out) == CLASSES


def test_standard_input_is_worked_on_where_nothing_else_is_given(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.on("/", Json([{"summary_text": "short"}]))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("länger\n".encode())))
    assert main(at(hub, "summarization")) == 0
    assert json.loads(hub.exchanges[0].body)["inputs"] == "länger"


def test_text_generation_and_chat_stream(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.on("/", Sse(tgi_events("The quick brown fox")))
    hub.on("/v1/chat/completions", Sse(chat_events("jumps over")))
    assert main(at(hub, "text-generation", "--inputs", "p")) == 0
    assert main(at(hub, "chat-completion", "--inputs", "p")) == 0
    assert capsys.readouterr() == ("The quick brown fox\njumps over\n", "")
    assert all(json.loads(exchange.body)["stream"] for exchange in hub.exchanges)


def test_a_stream_as_json_is_an_event_a_line(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.on("/", Sse(tgi_events("a b")))
    assert main(at(hub, "text_generation_stream", "--inputs", "p", "--json")) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["token"]["text"] for line in lines] == ["a", " b"]
    assert [line["generated_text"] for line in lines] == [None, "a b"]


def test_a_binary_answer_is_saved_with_its_type_s_ending(
    hub: FakeHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.on("/", Bytes(PNG, "image/png"))
    assert main(at(hub, "text-to-image", "--inputs", "a cat", "--output", str(tmp_path / "cat"))) == 0
    assert (tmp_path / "cat.png").read_bytes() == PNG
    out, said = capsys.readouterr()
    assert out == ""
    assert "cat.png" in said


def test_a_binary_answer_goes_into_a_pipe_as_it_is(hub: FakeHub, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    hub.on("/", Bytes(PNG, "image/png"))
    assert main(at(hub, "text-to-image", "--inputs", "a cat")) == 0
    assert capfdbinary.readouterr().out == PNG


def test_a_file_is_sent_as_it_is(hub: FakeHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cat.png").write_bytes(PNG)
    hub.on("/", Json(CLASSES))
    assert main(at(hub, "image-classification", "--data", str(tmp_path / "cat.png"))) == 0
    assert hub.exchanges[0].body == PNG
    assert capsys.readouterr().out.startswith("CAT")


def test_text_goes_to_a_file_where_one_is_named(hub: FakeHub, tmp_path: Path) -> None:
    hub.on("/", Sse(tgi_events("grö ßer")))
    assert main(at(hub, "text-generation", "--inputs", "p", "--output", str(tmp_path / "text"))) == 0
    assert (tmp_path / "text").read_text(encoding="utf-8") == "grö ßer\n"


CUT: tuple[Event, ...] = tuple(tgi_events("a b c")[:2])


@pytest.mark.parametrize(
    ("task", "reply", "code"),
    [
        ("summarization", Json({"error": "too long"}, 400), 3),
        ("summarization", Json({"error": "who are you"}, 401), 3),
        ("summarization", Json({"error": "no such model"}, 404), 3),
        ("summarization", Json({"error": "broken"}, 500), 3),
        ("summarization", Reset(), 4),
        ("summarization", Close(), 4),
        ("summarization", BrokenJson(), 5),
        ("summarization", Html(status=200), 5),
        ("summarization", Json([{"summary": "other"}]), 5),
        ("text-generation", Sse([*CUT, {"error": "out of memory", "error_type": "generation"}]), 3),
        ("text-generation", Sse(CUT, "cut"), 4),
        ("text-generation", Sse([{"tok": 1}]), 5),
    ],
)
def test_a_failure_is_one_line_and_an_exit_code(
    hub: FakeHub, task: str, reply: Reply, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.on("*", reply)
    assert main(at(hub, task, "--inputs", "x")) == code
    out, said = capsys.readouterr()
    assert said.count("\n") == 1
    assert said.startswith("python -m hf_inference: ")
    assert out in ("", "a b\n"), "what had come before is shown, and ends its line"


def test_a_limit_that_passes_is_exit_code_4(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.on("/", Stall())
    assert main(at(hub, "summarization", "--inputs", "x", "--timeout", "0.05")) == 4
    assert "0.05 s" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["summarize", "--inputs", "x"],
        ["summarization"],
        ["summarization", "--inputs", "x", "--parameters", "{"],
        ["summarization", "--inputs", "x", "--parameters", "[]"],
        ["summarization", "--inputs", "x", "--target", "nowhere"],
        ["summarization", "--inputs", "x", "--target", "openai"],
        ["summarization", "--inputs", "x", "--target", "openai=ftp://x"],
        ["summarization", "--inputs", "x", "--target", "provider=nobody"],
        ["summarization", "--inputs", "x", "--timeout", "0"],
        ["summarization", "--inputs", "x", "--timeout", "soon"],
        ["summarization", "--inputs", "x", "--key-from", "A_VARIABLE_THAT_IS_NOT_SET"],
        ["summarization", "--input", "x"],
        ["fill-mask", "--inputs", "x", "--target", "openai=http://127.0.0.1:9/v1"],
        [],
    ],
)
def test_arguments_that_make_no_call_are_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    out, said = capsys.readouterr()
    assert (out, said.count("\n")) == ("", 1)


@pytest.mark.parametrize("option", ["--token", "--api-key", "--access-token"])
def test_a_token_on_the_command_line_is_refused_and_not_repeated(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["summarization", "--inputs", "x", f"{option}=hf_secret", "--target", "embedded"]) == 2
    said = capsys.readouterr().err
    assert "HF_TOKEN" in said
    assert "hf_secret" not in said


def test_the_hugging_face_token_is_for_its_own_hosts_and_a_named_key_for_the_target(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_ours")
    monkeypatch.setenv("MY_KEY", "theirs")
    hub.on("/", Json([{"summary_text": "short"}]))
    assert main(at(hub, "summarization", "--inputs", "x")) == 0
    assert main(at(hub, "summarization", "--inputs", "x", "--key-from", "MY_KEY")) == 0
    assert [exchange.headers.get("authorization") for exchange in hub.exchanges] == [None, "Bearer theirs"]


@pytest.mark.parametrize(
    ("target", "model", "token", "sent"),
    [
        (targets.hub(), None, "hf_x", "hf_x"),
        (targets.hub("http://127.0.0.1:1"), None, "hf_x", ""),
        (targets.hub(), "https://example.org/model", "hf_x", ""),
        (targets.hub(), "https://a.endpoints.huggingface.cloud", "hf_x", "hf_x"),
        (targets.provider("together"), "m", "hf_x", "hf_x"),
        (targets.provider("together"), "m", "other", ""),
        (targets.provider("auto"), "m", "other", ""),
        (targets.openai("https://api.example.org/v1"), "m", "hf_x", ""),
        (targets.openai("https://router.huggingface.co/v1"), "m", "hf_x", "hf_x"),
        (targets.endpoint("https://huggingface.co.example.org"), None, "hf_x", ""),
    ],
    ids=str,
)
def test_who_gets_the_saved_token(
    target: Target, model: str | None, token: str, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", token)
    call = build_call(find_task("chat_completion"), Given(text="x", model=model))
    assert credential_of(target, call, None) == sent


def test_the_token_is_read_from_where_hugging_face_s_tools_keep_it(tmp_path: Path) -> None:
    for file in ("direct", "home/token", "cache/huggingface/token"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(f"hf_{file}\n")
    everywhere = {
        "HF_TOKEN": "hf_variable",
        "HF_TOKEN_PATH": str(tmp_path / "direct"),
        "HF_HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    found = []
    for name in list(everywhere):
        found.append(saved_token(everywhere).token)
        del everywhere[name]
    assert found == ["hf_variable", "hf_direct", "hf_home/token", "hf_cache/huggingface/token"]
    assert saved_token({"HF_HOME": str(tmp_path / "nowhere")}) == SavedToken()
    assert "hf_" not in repr(saved_token({"HF_TOKEN": "hf_variable"}))
    assert saved_token(everywhere | {"HF_HOME": str(tmp_path / "home")}).source == str(tmp_path / "home" / "token")


@pytest.mark.parametrize(
    "url",
    [
        "http://huggingface.co",
        "https://huggingface.co:8443",
        "https://evil-huggingface.co",
        "https://evil.example\\@huggingface.co/m",
        "https://somebody@huggingface.co/m",
        "https://[::1]",
        "//x",
    ],
)
def test_a_url_that_only_looks_like_hugging_face_s_is_not(url: str) -> None:
    assert not is_hugging_face(url)


@pytest.mark.parametrize("text", ["embedded", "hub", "provider=auto", "classic=http://h", "endpoint=http://h"])
def test_each_kind_of_target_is_read(text: str) -> None:
    assert isinstance(read_target(text), Target)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_nothing_a_model_says_steers_the_terminal() -> None:
    screen = Terminal()
    Sink(stdout=screen, file=None, as_json=False).show("a\x1b]0;title\x07b\x9bc\n\td")
    assert screen.getvalue() == "a\ufffd]0;title\ufffdb\ufffdc\n\td\n"


def test_an_error_is_one_line_without_credentials_or_controls(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.on("/", Json({"error": "two\nlines \x1b[31m of https://me:secret@host/"}, 400))
    assert main(at(hub, "summarization", "--inputs", "x")) == 3
    said = capsys.readouterr().err
    assert "two lines \ufffd[31m of https://host/" in said
    assert said.count("\n") == 1


def test_inference_lsp_run_is_the_same_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert server_main(["run", "text-classification", "--inputs", "I love it", "--target", "embedded"]) == 0
    assert capsys.readouterr().out.startswith("POSITIVE\t0.9")
    assert server_main(["run", "nothing"]) == 2
    assert capsys.readouterr().err.startswith("inference-lsp run: ")


def test_help_lists_every_task(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert all(name in out for name in ("summarization", "text_generation_stream", "health_check"))
    assert "--token" not in out
