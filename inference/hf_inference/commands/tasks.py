"""The tasks as a command line and a document name them, read off `surface.py`.

Knows the two spellings of a name and what the arguments' dataclasses tell of a task. Knows no single task.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields
from functools import cached_property, partial
from typing import Any, cast, get_args, get_type_hints

from hf_inference.core.call import Call
from hf_inference.core.errors import InputError
from hf_inference.core.method import Method, StreamMethod
from hf_inference.surface import Surface

ENVELOPE = frozenset(member.name for member in fields(Call))
"""Arguments that every task has; the others are its own."""


@dataclass(frozen=True)
class Task:
    """One line of the surface."""

    name: str
    """The method's name."""
    streams: bool
    find_args: Callable[[], Any]

    @cached_property
    def args(self) -> type[Call[Any]]:
        """The dataclass of its arguments; asking for it imports the task."""
        return cast(type[Call[Any]], self.find_args())

    @property
    def own(self) -> tuple[Field[Any], ...]:
        """The arguments that are this task's own, the one that a text or file goes to first."""
        return tuple(member for member in fields(self.args) if member.name not in ENVELOPE)

    @cached_property
    def hints(self) -> Mapping[str, Any]:
        """The types of its arguments."""
        return get_type_hints(self.args)

    @property
    def output(self) -> Any:
        """The type of its output, or of one piece of it."""
        for base in self.args.__mro__:
            for generic in vars(base).get("__orig_bases__", ()):
                if get_args(generic) and issubclass(generic.__origin__, Call):
                    return get_args(generic)[0]
        raise TypeError(f"{self.args.__name__} does not say what it answers")

    @property
    def summary(self) -> str:
        """What it does, in a sentence."""
        text = " ".join((self.args.__doc__ or "").split())
        return text.partition(". ")[0].removesuffix(".")


def all_tasks() -> Mapping[str, Task]:
    """Every task by its method's name, in the surface's order."""
    return {
        name: Task(name, isinstance(member, StreamMethod), partial(getattr, member, "args"))
        for name, member in vars(Surface).items()
        if isinstance(member, Method | StreamMethod)
    }


def find_task(name: str) -> Task:
    """The task of a method's name or a Hub name, or `InputError` with what was perhaps meant."""
    tasks = all_tasks()
    wanted = name.replace("-", "_").lower()
    if wanted in tasks:
        return tasks[wanted]
    near = difflib.get_close_matches(wanted, tasks, 3)
    hint = f"did you mean {' or '.join(near)}?" if near else "--help lists them"
    raise InputError(f"{name!r} is no task: {hint}")


def streaming(task: Task) -> Task | None:
    """The task that gives the same answer in pieces, if there is one."""
    return task if task.streams else all_tasks().get(f"{task.name}_stream")
