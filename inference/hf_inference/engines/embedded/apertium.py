"""Drafts a translation with Apertium, a rule-based translator, where the user has installed its program.

Knows the program's command line and how its language pairs are named. Knows no dictionaries of its own, and never
downloads one.  https://wiki.apertium.org
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import cached_property

from hf_inference.engines.embedded.language_codes import LanguageTag, read_tag
from hf_inference.engines.engine import Refusal


class Apertium:
    """Runs the installed program, one call a text. Thread-safe; pairs are listed at the first question."""

    def __init__(self, program: str = "apertium", *, timeout: float = 20.0) -> None:
        self._program = program
        self._timeout = timeout
        self._listing = threading.Lock()
        self._modes: tuple[str, ...] | None = None

    def is_installed(self) -> bool:
        """Whether the program was on the search path when first asked for: every hover asks."""
        return self._path is not None

    @cached_property
    def _path(self) -> str | None:
        return shutil.which(self._program)

    def mode(self, source: LanguageTag, target: LanguageTag) -> str | None:
        """The installed mode from `source` to `target` (`eng-spa`), the wanted region first; None if there is none."""
        if not self.is_installed():
            return None
        with self._listing:
            if self._modes is None:
                self._modes = tuple(re.findall(r"^\s*([\w@-]+)\s*$", self._run(["-l"], ""), re.MULTILINE))
        fitting: list[tuple[bool, str]] = []
        for mode in self._modes:
            left, _, right = mode.partition("-")
            have = (read_tag(left), read_tag(right))
            if have[0] and have[1] and (have[0].language, have[1].language) == (source.language, target.language):
                fitting.append((have[1].region != target.region, mode))
        return min(fitting)[1] if fitting else None

    def translate(self, text: str, mode: str) -> str:
        """`text` through `mode`; words it does not know stay as they are. Raises `Refusal` 422 if the program fails."""
        draft = self._run(["-u", "-f", "txt", mode], text)
        for mark in "@#":
            # The program's mark before a word it could not inflect; `-u` drops only the mark of unknown words.
            if mark not in text:
                draft = re.sub(rf"(?<!\w){mark}(?=\w)", "", draft)
        # The text format ends its output with a line end of its own.
        return draft.rstrip("\n") + text[len(text.rstrip("\n")) :]

    def _run(self, arguments: Sequence[str], text: str) -> str:
        program = shutil.which(self._program)
        if program is None:
            raise _failed(f"the program `{self._program}` is not installed")
        try:
            done = subprocess.run(
                [program, *arguments],
                input=text,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=self._timeout,
                check=False,
                # Apertium reads the bytes it is given in the locale's encoding.
                env={**os.environ, "LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"},
            )
        except subprocess.TimeoutExpired as error:
            raise _failed(f"it did not answer within {self._timeout:.0f} s") from error
        except OSError as error:
            raise _failed(str(error)) from error
        if done.returncode:
            raise _failed((done.stderr.strip() or done.stdout.strip() or "it gave no reason").splitlines()[0])
        return done.stdout


def _failed(reason: str) -> Refusal:
    return Refusal(
        f"Apertium could not translate: {reason}. Configure a translation model instead.",
        status=422,
        error_type="program_failed",
    )
