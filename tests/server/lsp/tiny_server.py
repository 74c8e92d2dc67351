"""A server of a few lines, for tests that need a process: `tiny_server.py [tcp HOST]`."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from inference_lsp.lsp import LanguageServer

server = LanguageServer("tiny", "1")
server.feature("test/echo")(lambda params: params)


@server.feature("test/print")
def print_everywhere(params: Any) -> Any:
    """What libraries and their child processes do to standard output, and to standard input."""
    print("printed")
    sys.stdout.write("written\n")
    code = "import sys; print('child printed'); sys.exit(len(sys.stdin.read()))"
    return subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode


@server.feature("test/fail")
def fail(params: Any) -> None:
    raise ValueError("why it failed")


if __name__ == "__main__":
    if sys.argv[1:2] == ["tcp"]:
        sys.exit(server.serve_tcp(sys.argv[2], 0))
    sys.exit(server.serve_stdio())
