"""The servers that are compared, as an editor would start them.

Knows how each is started and where the peers were installed. Knows nothing of what they are asked. The peers see an
empty home with no settings but the address of a backend on loopback, so that nothing leaves the machine.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NODE_MODULES = HERE / "peers" / "node_modules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A language server: how to start it, and what an editor's settings for it are."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    options: Any = None
    """Its initializationOptions."""
    completion: str = "textDocument/inlineCompletion"
    """The request that makes ghost text."""


def ours(home: str) -> Server:
    return Server(
        name="inference-lsp",
        command=(_python(), "-P", "-m", "inference_lsp"),
        environment=_environment(home),
    )


def bare_pygls(home: str) -> Server:
    """The floor of the stack: pygls with a hover and a completion that return a constant."""
    return _stand_in("bare pygls", "bare_pygls.py", home)


def stdlib_loop(home: str) -> Server:
    """The floor of the language: a loop of the standard library that answers the same constants."""
    return _stand_in("stdlib loop", "stdlib_loop.py", home)


def whole_answer(home: str, backend: str) -> Server:
    """A server that shows a completion once all of it has come, as llm-ls and lsp-ai do."""
    return _stand_in("whole answer", "whole_answer.py", home, backend)


def tabby_agent(home: str, backend: str) -> Server | None:
    """Tabby's language server as npm has it, pointed to a backend that speaks Tabby's API; None where Node or the
    package is missing."""
    script = NODE_MODULES / "tabby-agent" / "dist" / "cli.js"
    node = shutil.which("node")
    if node is None or not script.exists():
        return None
    folder = Path(home) / ".tabby-client" / "agent"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(
        f'[server]\nendpoint = "{backend}"\ntoken = "none"\n[anonymousUsageTracking]\ndisable = true\n'
    )
    return Server(
        name="tabby-agent",
        command=(node, str(script), "--lsp", "--stdio"),
        environment=_environment(home),
        completion="textDocument/completion",  # over standard streams it has no other
    )


@contextmanager
def empty_home() -> Iterator[str]:
    """A home folder nobody has settings or tokens in."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        yield home


def _stand_in(name: str, script: str, home: str, *arguments: str) -> Server:
    command = (_python(), "-P", str(HERE / "stand_ins" / script), *arguments)
    return Server(name=name, command=command, environment=_environment(home))


def _python() -> str:
    """The interpreter that has what a person installs and no more, where `scripts/benchmark` has made one."""
    return os.environ.get("BENCHMARK_SERVERS_PYTHON", sys.executable)


def _environment(home: str) -> dict[str, str]:
    """As on a person's machine: Python keeps what it has compiled, and nobody's tokens or proxies are there."""
    foreign = ("_TOKEN", "_PROXY", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.upper().endswith(foreign)}
    return {**kept, "HOME": home, "USERPROFILE": home, "HF_HOME": home}
