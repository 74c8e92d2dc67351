"""The doctor as a person runs it: what it says about an environment, its exit code, and no secret in either."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from support.fake_hub import FakeHub, Json

ROOT = Path(__file__).parents[2]
TASKS = ("Summarize", "Translate", "Complete", "Ghost text", "Hover, classification", "Hover, entities")
SERVES = "This server can serve."


def doctor(
    *arguments: str,
    home: Path,
    environment: Mapping[str, str] | None = None,
    python: Sequence[str] = ("-m", "inference_lsp"),
) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    own = {"HOME": str(home), "USERPROFILE": str(home), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *python, "doctor", *arguments],
        env={**inherited, **own, **(environment or {})},
        cwd=home,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def section(output: str, heading: str) -> list[str]:
    """The lines below a heading."""
    lines = output.splitlines()
    start = lines.index(heading) + 1
    return [line.strip() for line in lines[start : lines.index("", start)]]


def test_with_nothing_configured_the_embedded_engine_answers_all_and_all_is_well(tmp_path: Path) -> None:
    told = doctor(home=tmp_path)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stderr == ""
    answers = section(told.stdout, "Who answers with the default settings")
    assert answers[0] == "auto is embedded, since there is no token for the hub."
    assert [line.partition(":")[0] for line in answers[1:-1]] == list(TASKS)
    assert all(": embedded engine, " in line for line in answers[1:-1])
    assert answers[-1] == "Nothing leaves this machine."
    assert section(told.stdout, "Environment")[0] == "Hugging Face token: not set"
    assert "set HF_TOKEN" in section(told.stdout, "What would help")[0]
    assert told.stdout.splitlines()[-1] == SERVES


def test_with_a_token_auto_is_the_hub_and_its_default_models_are_named(tmp_path: Path) -> None:
    told = doctor(home=tmp_path, environment={"HF_TOKEN": "hf_abcdefghijkl"})
    first, *lines, last = section(told.stdout, "Who answers with the default settings")
    answers = dict(line.split(": ", 1) for line in lines)
    assert first == "auto is hub, since there is a token for the hub."
    assert answers["Summarize"] == "router.huggingface.co, facebook/bart-large-cnn (the default)"
    assert answers["Translate"] == "router.huggingface.co, by a prompt to its text generation model"
    assert answers["Ghost text"] == "embedded engine (inference.automatic.remote is off)"
    assert last == "A token is sent to https://router.huggingface.co."
    assert told.returncode == 0
    assert _HUB not in told.stdout


def test_without_a_token_the_hub_is_named_with_what_it_would_answer(tmp_path: Path) -> None:
    *_, last = section(doctor(home=tmp_path).stdout, _HUB)
    assert last == "No token is sent there."


def test_apertium_is_missed_only_where_it_is_not_installed(tmp_path: Path) -> None:
    without = doctor(home=tmp_path, environment={"PATH": str(tmp_path)})
    assert any("Apertium" in hint for hint in section(without.stdout, "What would help"))
    program = tmp_path / ("apertium.exe" if sys.platform == "win32" else "apertium")
    program.write_text("")
    program.chmod(0o755)
    found = doctor(home=tmp_path, environment={"PATH": str(tmp_path)})
    assert not any("Apertium" in hint for hint in section(found.stdout, "What would help"))
    assert "Apertium drafts" in found.stdout


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("HF_TOKEN", "HF_TOKEN"),
        ("HUGGING_FACE_HUB_TOKEN", "HUGGING_FACE_HUB_TOKEN"),
        ("HF_TOKEN_PATH", "token-file"),
        ("HF_HOME", "token"),
        ("XDG_CACHE_HOME", "token"),
    ],
)
def test_a_token_is_said_to_be_there_and_where_it_was_found(tmp_path: Path, place: str, source: str) -> None:
    token = "plain-secret-without-a-shape"
    files = {
        "HF_TOKEN_PATH": tmp_path / "token-file",
        "HF_HOME": tmp_path / "token",
        "XDG_CACHE_HOME": tmp_path / "huggingface" / "token",
    }
    value = token
    if place in files:
        files[place].parent.mkdir(exist_ok=True)
        files[place].write_text(token + "\n", encoding="utf-8")
        value = str(files[place] if place == "HF_TOKEN_PATH" else tmp_path)
    told = doctor(home=tmp_path, environment={place: value})
    line = section(told.stdout, "Environment")[0]
    assert line.startswith("Hugging Face token: found in ")
    assert line.endswith(source)
    assert token not in told.stdout + told.stderr


def test_no_secret_is_in_what_it_says(tmp_path: Path) -> None:
    secrets = [f"planted-secret-{number}" for number in range(8)]
    (tmp_path / "token").write_text(secrets[0], encoding="utf-8")
    environment = {
        "HF_HOME": str(tmp_path),
        "HF_TOKEN": secrets[1],
        "HUGGING_FACE_HUB_TOKEN": secrets[2],
        "HTTPS_PROXY": f"http://me:{secrets[3]}@127.0.0.1:9",
        "http_proxy": f"http://me:{secrets[4]}@127.0.0.1:9",
        "ALL_PROXY": f"gopher://me:{secrets[5]}@127.0.0.1:9",
    }
    settings = {
        "target": "openai",
        "url": f"http://me:{secrets[6]}@127.0.0.1:9/v1",
        "models": secrets[7],
        "timeout": secrets[7],
    }
    for arguments in ((), ("--settings", json.dumps(settings))):
        told = doctor(*arguments, home=tmp_path, environment=environment)
        said = told.stdout + told.stderr
        assert "Traceback" not in said
        assert "HTTPS_PROXY is set" in said
        assert not [secret for secret in secrets if secret in said]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"target": "hub"}, "inference.target is hub, and there is no token"),
        ({"target": "moon"}, "inference.target must be one of"),
        ({"inference": {"timeout": "long"}}, "inference.timeout must be a number above 0"),
        ({"inference": {"inline": {"enabled": 1}}}, "inference.inline.enabled must be true or false"),
        ({"target": "endpoint"}, "inference.url must be the http(s) address"),
        ({"colour": "blue"}, "inference.colour is no setting"),
    ],
)
def test_settings_that_are_wrong_are_problems_with_their_names(
    tmp_path: Path, settings: Mapping[str, Any], problem: str
) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    for given in (json.dumps(settings), str(file)):
        told = doctor("--settings", given, home=tmp_path)
        assert told.returncode == 1
        assert any(line.startswith(problem) for line in section(told.stdout, "Problems")), told.stdout
        assert SERVES not in told.stdout


def test_good_settings_are_followed_though_nobody_answers_yet(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    settings = {
        "target": "openai",
        "url": f"http://127.0.0.1:{port}/v1",
        "models": {"text-generation": "my/model"},
        "automatic": {"remote": True},
        "failover": ["embedded"],
    }
    told = doctor("--settings", json.dumps(settings), home=tmp_path, environment={"HF_TOKEN": "hf_abcdefghijkl"})
    assert told.returncode == 0, told.stdout
    answers = section(told.stdout, "Who answers with the settings given")
    assert answers[0].startswith(f"127.0.0.1:{port} does not answer now: ")
    assert f"Ghost text: 127.0.0.1:{port}, my/model" in answers
    assert f"Hover, entities: nobody: 127.0.0.1:{port} does not serve token-classification" in answers
    assert answers[-2:] == ["If that fails: embedded engine.", "No token is sent there."]


SERVERS: Mapping[str, tuple[str, Any, str, str]] = {
    # target, /info or the list of models, what is said of it, who summarizes
    "a server of embeddings": (
        "endpoint",
        {"model_id": "BAAI/bge-small-en", "model_type": {"embedding": {"pooling": "cls"}}},
        "is well; it does embeddings; its models: BAAI/bge-small-en.",
        "nobody: {host} does not serve summarization",
    ),
    "a server of text": (
        "endpoint",
        {"model_id": "owner/writer", "max_total_tokens": 4096},
        "is well; it does text generation; its models: owner/writer.",
        "{host}, by a prompt to its text generation model",
    ),
    "a list of models": (
        "openai",
        {"data": [{"id": "one"}, {"id": "two"}]},
        "is well; its models: one, two.",
        "{host}, by a prompt to its text generation model",
    ),
}


@pytest.mark.parametrize("case", SERVERS)
def test_a_server_is_asked_how_it_is_and_what_it_does(case: str, tmp_path: Path) -> None:
    target, says, told, summarizes = SERVERS[case]
    with FakeHub.in_thread() as hub:
        hub.on("/v1/models" if target == "openai" else "/info", Json(says))
        hub.on("/health", Json({}))
        settings = {"target": target, "url": hub.url + ("/v1" if target == "openai" else "")}
        output = doctor("--settings", json.dumps(settings), home=tmp_path).stdout
        lines = section(output, "Who answers with the settings given")
        host = hub.url.removeprefix("http://")
        assert lines[0] == f"{host} {told}"
        assert lines[1] == f"Summarize: {summarizes.format(host=host)}"
        assert {exchange.method for exchange in hub.exchanges} == {"GET"}


@pytest.mark.parametrize(
    ("given", "problem"),
    [("{'target'", "--settings is no JSON (line 1"), ("no-such-file.json", "cannot be read"), ("[]", "cannot be read")],
)
def test_settings_that_cannot_be_read_are_a_problem(tmp_path: Path, given: str, problem: str) -> None:
    told = doctor("--settings", given, home=tmp_path)
    assert told.returncode == 1
    assert problem in section(told.stdout, "Problems")[0]
    assert told.stderr == ""


def test_certificates_that_are_not_there_are_a_problem_once(tmp_path: Path) -> None:
    told = doctor(home=tmp_path, environment={"SSL_CERT_FILE": str(tmp_path / "gone.pem")})
    assert told.returncode == 1
    problems = section(told.stdout, "Problems")
    assert len(problems) == 1
    assert "SSL_CERT_FILE" in problems[0]


def test_without_its_packages_it_says_what_is_missing(tmp_path: Path) -> None:
    paths = [str(ROOT / "server"), str(ROOT / "inference")]
    code = f"import sys; sys.path[:0] = {paths!r}; from inference_lsp.__main__ import main; sys.exit(main())"
    told = doctor(home=tmp_path, python=("-I", "-S", "-c", code))
    assert told.returncode == 1
    assert told.stderr == ""
    problems = section(told.stdout, "Problems")
    assert [problem.partition(" ")[0] for problem in problems] == [
        "pygls",
        "lsprotocol",
        "attrs",
        "httpx",
        "vaderSentiment",
    ]
    assert all("python -m pip install inference-lsp" in problem for problem in problems)


_HUB = "Who would answer with inference.target = hub"
