"""`TASK`: one call, its answer on standard output.

Knows the arguments, which credential goes where, and how a call's end becomes an exit code. Knows no task.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from hf_inference import targets
from hf_inference.client import HfInference
from hf_inference.commands import exits
from hf_inference.commands.build import Given, build_call
from hf_inference.commands.output import ReaderGone, Sink
from hf_inference.commands.tasks import Task, all_tasks, find_task, streaming
from hf_inference.core.call import Call, StreamCall
from hf_inference.core.errors import InferenceError, InputError
from hf_inference.core.options import Options, Timeouts
from hf_inference.credentials import is_hugging_face, saved_token
from hf_inference.providers.addresses import ROUTER_URL
from hf_inference.providers.auto import AutoTarget
from hf_inference.providers.mapping import is_hub_token
from hf_inference.providers.partner import PartnerTarget
from hf_inference.targets import Target


def run_command(arguments: Sequence[str], program: str) -> int:
    """Make one call; the exit code."""
    _use_utf8()
    try:
        chosen = _parser(program, list_tasks=bool({"-h", "--help"} & {*arguments})).parse_args(arguments)
        if chosen.token is not None:
            raise InputError(_NO_TOKEN_HERE)
        task = find_task(chosen.task)
        sink = Sink(stdout=sys.stdout, file=chosen.output, as_json=chosen.json)
        if not chosen.json:
            task = streaming(task) or task
        sink.check(task.args.reply if not task.streams else None)
        said = _perform(task, chosen, sink)
        if said:
            _tell(said)
        return exits.DONE
    except InferenceError as error:
        _tell(f"{program}: {exits.sentence(error)}")
        return exits.exit_code(type(error))
    except ReaderGone:
        # what is still buffered has no reader either: without this, Python complains on its way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.DONE
    except KeyboardInterrupt:
        return exits.INTERRUPTED


def _perform(task: Task, chosen: argparse.Namespace, sink: Sink) -> str:
    target = read_target(chosen.target)
    timeouts = None if chosen.timeout is None else Timeouts(first_token=chosen.timeout, total=chosen.timeout)
    given = Given(
        text=chosen.inputs,
        file=chosen.data,
        parameters=_object(chosen.parameters, "--parameters"),
        arguments=_object(chosen.arguments, "--arguments"),
        stdin=None if sys.stdin is None or sys.stdin.isatty() else sys.stdin.buffer.read,
        model=chosen.model,
        options=Options(timeouts=timeouts, on_wait=_say_wait),
    )
    call = build_call(task, given)
    try:
        with HfInference(credential_of(target, call, chosen.key_from), target=target) as client:
            if isinstance(call, StreamCall):
                with client.stream(call) as pieces:
                    return sink.show_stream(pieces)
            return sink.show(client.call(call))
    finally:
        if target.engine is not None:
            target.engine.close()


def read_target(text: str) -> Target:
    """The target of `--target`, or `InputError`."""
    kind, _, value = text.partition("=")
    match kind, bool(value):
        case "hub", _:
            return targets.hub(value) if value else targets.hub()
        case "embedded", False:
            return targets.embedded()
        case "classic", True:
            return targets.classic(value)
        case "endpoint", True:
            return targets.endpoint(value)
        case "openai", True:
            return targets.openai(value)
        case "provider", True:
            return targets.provider(value)
        case _:
            raise InputError(f"--target {text!r} is none of {TARGETS}")


def credential_of(target: Target, call: Call[Any], variable: str | None) -> str:
    """What the call is authorized with: the named variable's value, wherever it goes; else the Hugging Face token,
    for Hugging Face's own hosts."""
    if variable is not None:
        if key := os.environ.get(variable, "").strip():
            return key
        raise InputError(f"--key-from {variable}: that environment variable is not set")
    if call.model and targets.is_url(call.model):
        return _token_for(call.model)
    if isinstance(target, PartnerTarget | AutoTarget):
        # a Hub token goes to the router; any other would be taken for the provider's own, and go to its host
        token = _token_for(ROUTER_URL)
        return token if is_hub_token(token) else ""
    return _token_for(target.base_url)


def _token_for(url: str) -> str:
    """The machine's token, for a URL that may see it."""
    return saved_token().token if is_hugging_face(url) else ""


def _object(text: str | None, option: str) -> Mapping[str, Any] | None:
    if text is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{option} is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise InputError(f"{option} takes a JSON object, such as '{{\"max_new_tokens\": 20}}'")
    return value


def _parser(program: str, *, list_tasks: bool) -> argparse.ArgumentParser:
    # telling what the tasks do imports them all
    names = "\n".join(f"  {task.name:32}{task.summary}" for task in all_tasks().values()) if list_tasks else ""
    parser = _Parser(
        program,
        description="Make one inference call and show the answer. `serve` instead of a task opens a local server.",
        epilog=f"tasks (Hub names such as text-generation do as well):\n{names}\n\n{_EXITS}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("task", metavar="TASK", help="what to do; see below")
    source = parser.add_argument_group("what to work on (standard input if neither is given)")
    source.add_argument("--inputs", metavar="TEXT", help="the text; JSON where a task takes an object")
    source.add_argument("--data", metavar="FILE", type=Path, help="an image, a sound, a film, or a file of text")
    parser.add_argument("--parameters", metavar="JSON", help='the task\'s parameters: {"max_new_tokens": 20}')
    parser.add_argument("--arguments", metavar="JSON", help="any of the task's arguments by name")
    parser.add_argument("--model", help="a model id, or an endpoint's URL; the target's default if left out")
    parser.add_argument("--target", default="hub", metavar="WHERE", help=f"{TARGETS} (default: hub)")
    parser.add_argument("--key-from", metavar="VARIABLE", help="environment variable with the target's own key")
    parser.add_argument("--json", action="store_true", help="the whole output as JSON")
    parser.add_argument("--output", metavar="FILE", type=Path, help="write there, not to standard output")
    parser.add_argument("--timeout", metavar="SECONDS", type=_seconds, help="for the whole call")
    parser.add_argument("--token", "--api-key", "--access-token", dest="token", help=argparse.SUPPRESS)
    return parser


class _Parser(argparse.ArgumentParser):
    """Errors as one line on standard error, like every other error."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds


def _say_wait(seconds: float, error: InferenceError) -> None:
    _tell(f"waiting {seconds:.2g} s: {exits.sentence(error)}")


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def _use_utf8() -> None:
    """Answers are UTF-8 in a file or a pipe whatever the system's own encoding, and never unprintable."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace", **({} if stream.isatty() else {"encoding": "utf-8"}))


TARGETS = "hub, embedded, classic=URL, endpoint=URL, openai=URL, provider=NAME"

_NO_TOKEN_HERE = (
    "a token does not belong on a command line, where every user of this machine can read it: set HF_TOKEN, run "
    "`hf auth login`, or name the variable that holds another key with --key-from"
)

_EXITS = (
    "exit codes: 0 done, 2 the call cannot be made as written, 3 the backend said no, "
    "4 it could not be reached or did not finish in time, 5 it answered something else, 130 interrupted"
)
