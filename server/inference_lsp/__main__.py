"""The command line: `inference-lsp` serves an editor; `demo`, `doctor` and `run` are for people, `serve` for programs.

Knows arguments, exit codes and where the log goes. Knows no feature.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from inference_lsp import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the process's exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments[:1] in (["run"], ["serve"]):  # the client's own commands, with its own arguments
        from hf_inference.commands import main as client

        serves = arguments[0] == "serve"
        return client(arguments, "inference-lsp") if serves else client(arguments[1:], "inference-lsp run")
    parser = argparse.ArgumentParser("inference-lsp", description="Language server for Hugging Face inference.")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--stdio", action="store_true", help="serve an editor on standard streams (the default)")
    parser.add_argument("--tcp", metavar="HOST:PORT", help="serve one editor on a loopback socket")
    parser.add_argument("--log-level", default="WARNING", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    demo = commands.add_parser("demo", help="show in the terminal what an editor would show")
    demo.add_argument("file", nargs="?", help="a text file to work on; one of this project's if left out")
    doctor = commands.add_parser("doctor", help="say what is configured, who answers each task, and what is missing")
    doctor.add_argument("--settings", metavar="JSON|FILE", help="settings to check, as an editor would send them")
    commands.add_parser("run", help="make one inference call: `inference-lsp run --help`")
    commands.add_parser("serve", help="serve the embedded engine to other clients: `inference-lsp serve --help`")
    chosen = parser.parse_args(arguments)
    match chosen.command:
        case "demo":
            from inference_lsp.demo import run_demo

            return run_demo(chosen.file)
        case "doctor":
            from inference_lsp.doctor import run_doctor

            return run_doctor(chosen.settings)
        case _:
            return _serve(parser, chosen)


def _serve(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    from inference_lsp.patient_log import PatientHandler
    from inference_lsp.quick_start import create_server
    from inference_lsp.secrets import Credentials, RedactingFilter

    credentials = Credentials()
    handler = PatientHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(RedactingFilter(credentials))
    logging.basicConfig(level=chosen.log_level, handlers=[handler])
    server = create_server(credentials)
    if chosen.tcp is None:
        return server.serve_stdio()
    host, separator, port = chosen.tcp.rpartition(":")
    if not separator or not port.isdecimal():
        parser.error(f"--tcp takes HOST:PORT, not {chosen.tcp!r}")
    try:
        return server.serve_tcp(host.strip("[]") or "127.0.0.1", int(port))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())
