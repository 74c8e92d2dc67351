"""The embedded engine's completion: how often right, how quick, how large, on files it has not seen.

Two bodies of Python: the standard library, and a package of site-packages. Some files are indexed, others held out;
each figure stands beside its baseline. `embedded_completion.py` has the method and the seeds.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from benchmarks import embedded_completion as method
from benchmarks.section import Result, Section, ms, table

PACKAGE = "huggingface_hub"


def measure(quick: bool) -> Result:
    megabytes, held_out, samples = (0.3, 4, 5) if quick else (2.0, 40, 20)
    bodies = {"the standard library": method.library()}
    found = importlib.util.find_spec(PACKAGE)
    if found is not None and found.origin is not None:
        bodies[PACKAGE] = method.package(Path(found.origin).parent)
    return {
        name: method.measured(files, megabytes=megabytes, held_out=min(held_out, len(files) // 4), samples=samples)
        for name, files in bodies.items()
    }


def tell(result: Result) -> str:
    told = []
    for name, seen in result.items():
        rows = [
            [row["name"], f"{row['right']:.1%}", f"{row['sure_right']:.1%}", ms(row["p50"]), ms(row["p95"])]
            for row in seen["rows"]
        ]
        told.append(
            f"**{name}**: {seen['files']} files, {seen['megabytes']:.2f} MB indexed in "
            f"{seen['seconds_a_megabyte']:.3f} s/MB, {seen['memory_mb']:.1f} MB of memory; {seen['places']} places in "
            f"{seen['held_out']} held-out files.\n\n"
            + table(["rest of the line", "exactly right", "… where it is sure", "p50", "p95"], rows)
        )
    return "\n".join(told)


EMBEDDED = Section(name="embedded", title="The embedded engine", measure=measure, tell=tell)
