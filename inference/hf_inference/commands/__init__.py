"""The client on a command line: `python -m hf_inference TASK …`, and `python -m hf_inference serve`.

Knows which command is meant. Knows no task: they come from `surface.py`.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str], program: str = "python -m hf_inference") -> int:
    """Run a command; the process's exit code (`commands.exits` lists them)."""
    if arguments[:1] == ["serve"]:
        from hf_inference.commands.serve import serve_command

        return serve_command(arguments[1:], f"{program} serve")
    from hf_inference.commands.run import run_command

    return run_command(arguments, program)
