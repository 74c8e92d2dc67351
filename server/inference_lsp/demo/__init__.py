"""`inference-lsp demo`: the real server, driven as an editor drives it, shown in a terminal.

Knows exit codes and what the demo needs to run. Knows neither the protocol nor what is shown.
"""

from __future__ import annotations

import asyncio
import io
import sys


def run_demo(file: str | None) -> int:
    """Show the server at work on `file`, or on files of this project. 0 if every step went well, 1 if one failed,
    2 if the demo cannot begin. The documents change in memory only."""
    try:
        from inference_lsp.demo.screen import Screen
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "rich":
            raise
        return _cannot("it needs the package rich: python -m pip install 'inference-lsp[demo]'")
    from inference_lsp.demo.failure import StepFailed
    from inference_lsp.demo.material import NoMaterial, choose_material
    from inference_lsp.demo.script import play

    if isinstance(sys.stdout, io.TextIOWrapper):  # a legacy code page has no bars and arrows
        sys.stdout.reconfigure(errors="replace")
    try:
        material = choose_material(file)
    except NoMaterial as reason:
        return _cannot(str(reason))
    screen = Screen()
    try:
        asyncio.run(play(material, screen))
    except StepFailed as failure:
        screen.failure(failure.step, failure.reason)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _cannot(reason: str) -> int:
    sys.stderr.write(f"The demo cannot begin: {reason}\n")
    return 2
