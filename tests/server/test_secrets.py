"""The token goes to Hugging Face and to nobody who only looks like it; and it is in no log."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from hf_inference import is_hugging_face
from inference_lsp.secrets import REDACTED, Credentials, RedactingFilter, redact

TOKEN = "hf_" + "abcDEF0123456789"
ODD = "a-token-of-no-known-shape"

OURS = (
    "https://huggingface.co",
    "https://huggingface.co/",
    "https://HuggingFace.co/api",
    "https://huggingface.co:443/models",
    "https://router.huggingface.co/v1",
    "https://api-inference.huggingface.co/models/x",
    "https://xyz.us-east-1.aws.endpoints.huggingface.cloud",
)
HOSTILE = (
    "http://huggingface.co",
    "http://router.huggingface.co",
    "https://huggingface.co.evil.com",
    "https://huggingface.co@evil.com",
    "https://huggingface.co:443@evil.com",
    "https://huggingface.co:x@evil.com/",
    "https://user:huggingface.co@evil.com",
    "https://evil.com/huggingface.co",
    "https://evil.com/.huggingface.co",
    "https://evil.com?huggingface.co",
    "https://evil.com?.huggingface.co",
    "https://evil.com#.huggingface.co",
    "https://evil.com#@huggingface.co",
    "https://evil.com\\.huggingface.co",
    "https://evil.com\\@huggingface.co",
    "https://huggingface.co\\@evil.com",
    "https://evilhuggingface.co",
    "https://huggingface.com",
    "https://huggingface.co:8443",
    "https://huggingface.co:80",
    "https://huggingface.co:x",
    "https://huggingface.co.",
    "https://huggingface。co",
    "https://huggіngface.co",
    "https://ⓗuggingface.co",
    "https://xn--huggngface-p5a.co",
    "https://endpoints.huggingface.cloud.evil.com",
    "https://huggingface.cloud",
    "https://evil.com%2f.huggingface.co",
    "https://evil.com%00.huggingface.co",
    "https://[huggingface.co]",
    "https://[::1]:443",
    "https://127.0.0.1",
    "https:/huggingface.co",
    "https:huggingface.co",
    "https:///huggingface.co",
    "//huggingface.co",
    "huggingface.co",
    "ftp://huggingface.co",
    "file://huggingface.co",
    "javascript://huggingface.co",
    "wss://huggingface.co",
    "https://",
    "https://.huggingface.co",
    "https://evil.com .huggingface.co",
    "",
    "https://[",
)


@pytest.mark.parametrize("url", OURS)
def test_hugging_face_is_given_its_token(url: str) -> None:
    assert is_hugging_face(url)
    assert Credentials({"HF_TOKEN": TOKEN}).for_url(url) == TOKEN


@pytest.mark.parametrize("url", HOSTILE)
def test_nobody_else_is(url: str) -> None:
    assert not is_hugging_face(url)
    assert Credentials({"HF_TOKEN": TOKEN}).for_url(url) == ""


ROUTER = "https://router.huggingface.co"


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    _write(tmp_path / ".cache" / "huggingface" / "token", "of the file")
    both = {"HF_TOKEN": "first", "HUGGING_FACE_HUB_TOKEN": "second"}
    assert Credentials(both, tmp_path).for_url(ROUTER) == "first"
    assert Credentials({"HUGGING_FACE_HUB_TOKEN": " second\n"}, tmp_path).for_url(ROUTER) == "second"
    assert Credentials({"HF_TOKEN": "  "}, tmp_path).for_url(ROUTER) == "of the file"


FILES: dict[str, tuple[dict[str, str], str]] = {
    "the home": ({}, ".cache/huggingface/token"),
    "XDG_CACHE_HOME": ({"XDG_CACHE_HOME": "HOME/xdg"}, "xdg/huggingface/token"),
    "HF_HOME": ({"HF_HOME": "HOME/hf", "XDG_CACHE_HOME": "HOME/xdg"}, "hf/token"),
    "HF_TOKEN_PATH": ({"HF_TOKEN_PATH": "HOME/secret", "HF_HOME": "HOME/hf"}, "secret"),
}


@pytest.mark.parametrize("case", FILES)
def test_the_token_file_is_where_hugging_face_puts_it(case: str, tmp_path: Path) -> None:
    environment, file = FILES[case]
    _write(tmp_path / file, f"\n{TOKEN}\n")
    placed = {name: value.replace("HOME", str(tmp_path)) for name, value in environment.items()}
    credentials = Credentials(placed, tmp_path)
    assert credentials.for_url(ROUTER) == TOKEN
    assert TOKEN in credentials.known()


def test_a_token_set_later_is_found_and_one_taken_away_is_gone(tmp_path: Path) -> None:
    credentials = Credentials({}, tmp_path)
    assert credentials.for_url(ROUTER) == ""
    token = tmp_path / ".cache" / "huggingface" / "token"
    _write(token, TOKEN)
    assert credentials.for_url(ROUTER) == TOKEN
    token.unlink()
    assert credentials.for_url(ROUTER) == ""


def test_a_token_file_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    token = tmp_path / ".cache" / "huggingface" / "token"
    token.mkdir(parents=True)
    assert Credentials({}, tmp_path).for_url(ROUTER) == ""
    token.rmdir()
    token.write_bytes(b"\xff\xfe\x00")
    assert Credentials({}, tmp_path).for_url(ROUTER) == ""


def test_what_the_environment_calls_a_secret_is_known(tmp_path: Path) -> None:
    environment = {"OPENAI_API_KEY": ODD, "MY_PASSWORD": "pass-of-8+", "PATH": "/usr/bin/x", "SHORT_TOKEN": "1"}
    assert set(Credentials(environment, tmp_path).known()) == {ODD, "pass-of-8+"}


REDACTIONS = {
    "a token": (f"with {TOKEN}!", f"with {REDACTED}!"),
    "a token in quotes": (f"'{TOKEN}'", f"'{REDACTED}'"),
    "a bearer of any shape": ("Authorization: Bearer abc.def-ghi/=x, next", f"Authorization: Bearer {REDACTED} next"),
    "an OpenAI key": ("sk-proj-0123456789ab", REDACTED),
    "a GitHub token": ("ghp_0123456789abcdef", REDACTED),
    "an old organization token": ("api_org_0123456789", REDACTED),
    "a user in an address": ("http://me:secret@host/x", f"http://{REDACTED}@host/x"),
    "a key in an address": ("http://host/x?a=1&api_key=abc&b=2", f"http://host/x?a=1&{REDACTED}&b=2"),
    "a token in an address": ("http://host/x?token=abc#d", f"http://host/x?{REDACTED}#d"),
    "two tokens": (f"{TOKEN} {TOKEN}", f"{REDACTED} {REDACTED}"),
    "no token": ("hf_ is a prefix; task-oriented; http://host:80/a?b=c", None),
    "an address of mail": ("write to a@b.example", None),
}


@pytest.mark.parametrize("case", REDACTIONS)
def test_a_secret_is_masked_and_the_rest_is_left(case: str) -> None:
    text, expected = REDACTIONS[case]
    assert redact(text) == (text if expected is None else expected)


def test_a_known_secret_of_any_shape_is_masked() -> None:
    assert redact(f"x{ODD}y", (ODD,)) == f"x{REDACTED}y"


class Careless:
    def __str__(self) -> str:
        return f"an object with {ODD}"


RECORDS: dict[str, tuple[str, Any]] = {
    "the message": (f"got {ODD}", ()),
    "an argument": ("got %s", (ODD,)),
    "an argument among others": ("got %d of %s", (3, ODD)),
    "a mapping": ("got %(token)s", ({"token": ODD},)),
    "an object": ("got %s", (Careless(),)),
    "a token of known shape": ("got %r", ({"authorization": f"Bearer {TOKEN}"},)),
}


@pytest.mark.parametrize("case", RECORDS)
def test_no_record_says_a_secret(case: str) -> None:
    message, arguments = RECORDS[case]
    record = logging.LogRecord("x", logging.INFO, "f.py", 1, message, arguments, None)
    assert RedactingFilter(Credentials({"SOME_TOKEN": ODD})).filter(record)
    shown = logging.Formatter().format(record)
    assert ODD not in shown
    assert TOKEN not in shown
    assert REDACTED in shown
    assert shown.startswith("got ")


def test_no_traceback_says_a_secret() -> None:
    record = logging.LogRecord("x", logging.ERROR, "f.py", 1, "failed", (), _caught())
    RedactingFilter(Credentials({"SOME_TOKEN": ODD})).filter(record)
    shown = logging.Formatter().format(record)
    assert "RuntimeError" in shown
    assert "ValueError" in shown
    assert ODD not in shown


def _caught() -> Any:
    import sys

    try:
        try:
            raise ValueError(f"cause {ODD}")
        except ValueError as error:
            raise RuntimeError(f"effect {ODD}") from error
    except RuntimeError:
        return sys.exc_info()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
