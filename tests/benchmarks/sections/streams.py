"""The client's streams beside those of its peers and the raw limit, as `client_streams.py` measures them.

Knows how that program tells its rows, and runs it. Knows no client.
"""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

from benchmarks.section import Result, Section, table
from benchmarks.servers import HERE

ROW = re.compile(r"(.+), (tgi|chat)\s+([\d,]+)\s+([\d.]+)$")


def measure(quick: bool) -> Result:
    arguments = ["--rounds", "1"] if quick else ["--rounds", "5"]
    command = [sys.executable, str(HERE / "client_streams.py"), *arguments]
    return parsed(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def parsed(printed: str) -> Result:
    """What that program printed: its rows, and its other lines behind the table's head."""
    rows, others = [], []
    for line in printed.splitlines():
        if found := ROW.match(line.strip()):
            name, form, rate, cost = found.groups()
            rows.append({"name": name, "form": form, "rate": float(rate.replace(",", "")), "cpu_us": float(cost)})
        else:
            others.append(line.strip())
    return {"rows": rows, "others": others[2:]}


def tell(result: Result) -> str:
    cells: dict[str, dict[str, dict[str, Any]]] = {}
    for row in result["rows"]:
        cells.setdefault(row["name"], {})[row["form"]] = row
    rows = [
        [
            name,
            *(
                text
                for form in ("tgi", "chat")
                for text in (
                    (f"{forms[form]['rate']:,.0f}", f"{forms[form]['cpu_us']:.1f}") if form in forms else ("–", "–")
                )
            ),
        ]
        for name, forms in cells.items()
    ]
    head = ["", "TGI form, events/s", "CPU µs/event", "chat form, events/s", "CPU µs/event"]
    return (
        "20,000 events, one HTTP chunk each: `python tests/benchmarks/client_streams.py`.\n\n"
        + table(head, rows)
        + "\n"
        + "\n".join(f"- {line}" for line in result["others"] if line)
        + "\n"
    )


def plot(result: Result, figure: Any) -> None:
    for axes, form in zip(figure.subplots(1, 2), ("tgi", "chat"), strict=True):
        rows = [row for row in result["rows"] if row["form"] == form and not row["name"].startswith("raw")]
        colours = ["C0" if row["name"].startswith("hf_inference") else "C7" for row in rows]
        bars = axes.barh([row["name"] for row in rows], [row["rate"] / 1e3 for row in rows], color=colours)
        axes.bar_label(bars, fmt="%.0f", padding=3)
        axes.invert_yaxis()
        axes.margins(x=0.2)
        axes.set_title(f"thousand events a second, {form} form", fontsize=10)


STREAMS = Section(name="streams", title="The client's streams", measure=measure, tell=tell, plot=plot)
