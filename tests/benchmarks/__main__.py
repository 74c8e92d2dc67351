"""`python -m benchmarks`, as `./scripts/benchmark` runs it: measure, keep the raw results, tell them.

Knows the order and the files. Knows no section and judges nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.machine import load, machine, now
from benchmarks.sections import SECTIONS
from benchmarks.servers import HERE

RAW = HERE / "results.json"


def main() -> None:
    names = [section.name for section in SECTIONS]
    parser = argparse.ArgumentParser("scripts/benchmark", description="Measure this project beside its peers.")
    parser.add_argument("--quick", action="store_true", help="a check that it works: few rounds, no file is written")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=names,
        metavar="SECTION",
        help=f"of {', '.join(names)}; others stay as they were",
    )
    parser.add_argument("--tell", action="store_true", help="measure nothing, tell the results of the last run again")
    asked = parser.parse_args()
    run: dict[str, Any] = json.loads(RAW.read_text(encoding="utf-8")) if RAW.exists() else {"results": {}, "made": {}}
    if not asked.tell:
        run = measured(run, asked.only or names, quick=asked.quick)
    if asked.quick:
        with tempfile.TemporaryDirectory() as folder:
            report.draw(run["results"], Path(folder))
        return
    RAW.write_text(json.dumps(rounded(run), separators=(",", ":")) + "\n", encoding="utf-8")
    report.RESULTS.write_text(report.told(run), encoding="utf-8")
    report.draw(run["results"], report.PLOTS)
    if {"start", "first_letter", "typing_storm"} <= set(run["results"]):
        readme = report.README.read_text(encoding="utf-8")
        report.README.write_text(report.with_figures(readme, run["results"]), encoding="utf-8")


def measured(before: dict[str, Any], names: list[str], *, quick: bool) -> dict[str, Any]:
    """A run of these sections; the others keep the results they had."""
    kept = {"results": {}, "made": {}} if quick else before
    run: dict[str, Any] = {"machine": machine(), "results": dict(kept["results"]), "made": dict(kept["made"])}
    for section in SECTIONS:
        if section.name in names:
            sys.stderr.write(f"{section.title} …\n")
            at, load_before = time.monotonic(), load()
            run["results"][section.name] = section.measure(quick)
            print(f"## {section.title} ({time.monotonic() - at:.0f} s)\n\n{section.tell(run['results'][section.name])}")
            sys.stdout.flush()
            run["made"][section.name] = f"{now()}, load {load_before} before and {load()} after"
    return run


def rounded(value: Any) -> Any:
    """Times to a microsecond: more is noise, and makes the file three times as long."""
    match value:
        case float():
            return round(value, 6)
        case dict():
            return {key: rounded(one) for key, one in value.items()}
        case list():
            return [rounded(one) for one in value]
        case _:
            return value


if __name__ == "__main__":
    main()
