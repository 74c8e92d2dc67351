"""lsprotocol with its classes built when they are used is lsprotocol: each claim holds in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

_DESCRIBE = """
import inspect, json, re
import attrs

def named(value):
    return re.sub(" at 0x[0-9a-f]+", "", repr(value))

def described(kind):
    fields = [
        (f.name, str(f.type), repr(f.default), named(f.validator), f.alias, f.init, f.eq, f.order, f.repr, f.kw_only)
        for f in attrs.fields(kind)
    ]
    dunders = [name for name in ("__eq__", "__lt__", "__repr__", "__hash__", "__setattr__") if name in vars(kind)]
    arguments = [str(one.replace(annotation=one.empty)) for one in inspect.signature(kind).parameters.values()]
    return [fields, arguments, sorted(dunders), kind.__match_args__, kind.__doc__]

def describe_all():
    from lsprotocol import converters, types as t
    converters.get_converter()  # resolves the annotations
    classes = {name: kind for name, kind in vars(t).items() if isinstance(kind, type) and attrs.has(kind)}
    return {name: described(kind) for name, kind in classes.items()}
"""


def test_every_class_is_what_it_is_when_built_at_once() -> None:
    plain = _run(_DESCRIBE + "print(json.dumps(describe_all()))")
    lazy = _run(
        _DESCRIBE + "from inference_lsp.lazy_types import import_lsprotocol\nimport_lsprotocol()\n"
        "print(json.dumps(describe_all()))"
    )
    assert len(plain) > 500
    assert lazy == plain


def test_a_message_reads_and_writes_the_same() -> None:
    script = """
import json, sys
if sys.argv[1] == "lazy":
    from inference_lsp.lazy_types import import_lsprotocol
    import_lsprotocol()
from lsprotocol import types as t
from lsprotocol.converters import get_converter
converter = get_converter()
edit = {"documentChanges": [{"textDocument": {"uri": "file:///a", "version": None}, "edits": [
    {"range": {"start": {"line": 0, "character": 1}, "end": {"line": 2, "character": 3}}, "newText": "x"}]}]}
read = converter.structure({"edit": edit, "label": "l"}, t.ApplyWorkspaceEditParams)
changed = read.edit.document_changes[0].edits[0]
try:
    t.Position(line="no", character=1)
    refused = ""
except Exception as error:
    refused = type(error).__name__
print(json.dumps([converter.unstructure(read), repr(changed.range), changed.range.start < changed.range.end, refused,
    t.Position(1, 2) == t.Position(1, 2), t.Position.__hash__ is None]))
"""
    assert _run(script, "lazy") == _run(script, "plain")


def test_a_class_is_built_once_by_threads_that_need_it_at_the_same_time() -> None:
    built = _run("""
import json, sys, threading
from inference_lsp.lazy_types import import_lsprotocol
import attrs
import_lsprotocol()
from lsprotocol import types as t
sys.setswitchinterval(1e-6)
kinds = [kind for kind in vars(t).values() if isinstance(kind, type) and "__init__" in vars(kind)]
start, seen, failed = threading.Barrier(8), [{} for _ in range(8)], []

def use(mine):
    start.wait()
    try:
        for kind in kinds:
            mine[kind] = (attrs.fields(kind), kind.__init__)
    except BaseException as error:
        failed.append(repr(error))

threads = [threading.Thread(target=use, args=(mine,)) for mine in seen]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
same = all(mine[kind][0] is seen[0][kind][0] and mine[kind][1] is seen[0][kind][1] for mine in seen for kind in kinds)
print(json.dumps([len(kinds), failed, same]))
""")
    assert built == [built[0], [], True]
    assert built[0] > 500


def test_nothing_is_built_by_importing_and_attrs_is_left_as_it_was() -> None:
    unbuilt = _run("""
import json
import attrs
from inference_lsp import lazy_types
define = attrs.define
lazy_types.import_lsprotocol()
from lsprotocol import types as t
left = type(vars(t.Hover)["__init__"]).__name__
t.Hover(contents="now")
lazy_types.import_lsprotocol()  # a second time does nothing
print(json.dumps([left, type(vars(t.Hover)["__init__"]).__name__, attrs.define is define]))
""")
    assert unbuilt == ["_Unbuilt", "function", True]


def test_a_class_that_is_declared_with_options_is_built_at_once(tmp_path: Any) -> None:
    package = tmp_path / "lsprotocol"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "_hooks.py").touch()
    (package / "types.py").write_text(
        "import attrs\n@attrs.define(frozen=True)\nclass A:\n    x: int\n@attrs.define\nclass B:\n    y: 'A'\n"
    )
    told = _run(
        "import json, sys\nsys.path.insert(0, sys.argv[1])\nfrom inference_lsp.lazy_types import import_lsprotocol\n"
        "import_lsprotocol()\nfrom lsprotocol import types as t\n"
        "print(json.dumps([type(vars(t.A)['__init__']).__name__, type(vars(t.B)['__init__']).__name__,"
        " repr(t.B(t.A(1))), str(__import__('attrs').fields(t.B).y.type)]))",
        str(tmp_path),
    )
    assert told == ["function", "_Unbuilt", "B(y=A(x=1))", "<class 'lsprotocol.types.A'>"]


def _run(script: str, *arguments: str) -> Any:
    command = [sys.executable, "-P", "-W", "error", "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
