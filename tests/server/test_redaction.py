"""Every record of the log is masked, also one that cannot be formatted; no child has a token among its arguments."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inference_lsp.demo.script import SERVER
from inference_lsp.secrets import Credentials, RedactingFilter

TOKEN = "hf_" + "abcDEF0123456789"
ODD = "a-token-of-no-known-shape"


class Unshowable:
    def __str__(self) -> str:
        raise RuntimeError(TOKEN)

    __repr__ = __str__


RECORDS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "too many arguments": ("one %s", (TOKEN, ODD)),
    "too few arguments": (f"%s %s {TOKEN}", (ODD,)),
    "a number that is none": ("%d", (TOKEN,)),
    "a conversion that is none": ("%q " + TOKEN, (ODD,)),
    "a name that is missing": ("%(other)s", ({"name": TOKEN},)),
    "an argument that cannot be shown": ("%s", (Unshowable(),)),
    "a percent sign that is meant so": ("100 % of " + TOKEN, (ODD,)),
    "good arguments": ("%s and %s", (TOKEN, ODD)),
}


@pytest.mark.parametrize("case", RECORDS)
def test_a_record_is_written_and_holds_no_token(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    message, arguments = RECORDS[case]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter(Credentials({"HF_TOKEN": ODD})))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.error(message, *arguments)
    written = stream.getvalue() + "".join(capsys.readouterr())
    assert stream.getvalue().endswith("\n"), "nothing was written"
    assert TOKEN not in written
    assert ODD not in written
    assert "Traceback" not in written


def test_a_traceback_and_a_stack_are_masked() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter(Credentials({"HF_TOKEN": ODD})))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    try:
        raise ValueError(f"{TOKEN} {ODD}")
    except ValueError:
        logger.exception("it failed", stack_info=True)
    assert "ValueError: <redacted> <redacted>" in stream.getvalue()
    assert TOKEN not in stream.getvalue()


def test_the_demo_starts_its_server_by_arguments_that_hold_nothing_of_the_environment() -> None:
    assert [argument for argument in SERVER[1:] if argument not in ("-P", "-m", "inference_lsp")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for apertium is a script")
def test_apertium_is_told_no_token_by_its_arguments(tmp_path: Path) -> None:
    told = tmp_path / "arguments"
    program = tmp_path / "bin" / "apertium"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {told}\ncase "$*" in *-l*) echo en-es;; *) cat;; esac\n', encoding="utf-8"
    )
    program.chmod(0o755)
    code = (
        "from hf_inference import HfInference, targets\n"
        "with HfInference(target=targets.embedded()) as client:\n"
        "    client.translation(inputs='Good morning, dear reader.', parameters={'src_lang': 'en', 'tgt_lang': 'es'})\n"
    )
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "HF_TOKEN": TOKEN}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert told.exists(), done.stderr
    assert TOKEN not in told.read_text(encoding="utf-8")
