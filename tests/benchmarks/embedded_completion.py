"""How good and how quick the embedded completion is, on files of the standard library that it has not seen.

Run it: `python tests/benchmarks/embedded_completion.py [--megabytes 2] [--held-out 40] [--samples 20]`. Some files are
indexed, others held out; at random token ends in lines of those, the rest of the line is asked for. The baseline looks
up what the lines with the same beginning go on with. Seeds are fixed: the same Python gives the same accuracy.
Knows no threshold and fails at nothing: figures depend on the machine.
"""

from __future__ import annotations

import argparse
import bisect
import random
import sys
import sysconfig
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "inference"))

from hf_inference.engines.embedded.completion import Completion
from hf_inference.engines.embedded.tokens import tokens
from hf_inference.engines.embedded.workspace import Workspace
from hf_inference.engines.embedded.workspace_files import read_text
from hf_inference.engines.engine import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A place in a held-out file: what stands before and behind it, and the rest of its line."""

    path: Path
    before: str
    rest: str
    behind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What came of all samples: right or not, the confidence, and the time in seconds of each."""

    right: list[bool]
    confidence: list[float]
    seconds: list[float]

    def row(self, name: str) -> dict[str, Any]:
        """One line of the table: shares, and times in seconds."""
        sure = [right for right, confidence in zip(self.right, self.confidence, strict=True) if confidence >= 0.3]
        return {
            "name": name,
            "right": sum(self.right) / len(self.right),
            "sure": len(sure),
            "sure_right": sum(sure) / max(1, len(sure)),
            "p50": median(self.seconds),
            "p95": quantiles(self.seconds, n=20)[-1],
        }


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--megabytes", type=float, default=2.0, help="how much to index (default 2)")
    parser.add_argument("--held-out", type=int, default=40, help="files to ask about (default 40)")
    parser.add_argument("--samples", type=int, default=20, help="places in each of them (default 20)")
    asked = parser.parse_args()
    told = measured(library(), megabytes=asked.megabytes, held_out=asked.held_out, samples=asked.samples)
    print(
        f"{told['files']} files, {told['megabytes']:.2f} MB: indexed in {told['seconds_a_megabyte']:.3f} s/MB, "
        f"{told['memory_mb']:.1f} MB of memory\n{told['places']} places in {told['held_out']} held-out files\n"
    )
    print(f"{'rest of line':34} {'right':>7} {'sure (>= .3)':>12} {'right':>7} {'p50 ms':>8} {'p95 ms':>8}")
    for row in told["rows"]:
        print(
            f"{row['name']:34} {row['right']:7.1%} {row['sure']:12} {row['sure_right']:7.1%} "
            f"{row['p50'] * 1e3:8.2f} {row['p95'] * 1e3:8.2f}"
        )


def measured(files: Sequence[tuple[Path, str]], *, megabytes: float, held_out: int, samples: int) -> dict[str, Any]:
    """The first files held out, of the others so much indexed; what came of it, beside the baseline."""
    unseen, known = dict(files[:held_out]), within(files[held_out:], megabytes * 1e6)
    places = [sample for path, text in unseen.items() for sample in sampled(path, text, samples)]
    size = sum(map(len, known.values())) / 1e6
    workspace, seconds, memory = indexed(known)
    completion, typing, look_up = Completion(workspace), Completion(workspace), LinePrefixes(known.values())
    again = [sample for sample in places for _ in range(2)]
    warm = answers(again, lambda s: completed(typing, s, suffix=s.behind))
    second = Answers(right=warm.right[1::2], confidence=warm.confidence[1::2], seconds=warm.seconds[1::2])
    rows = [
        answers(places, lambda s: completed(completion, s, suffix="")).row("text before the cursor"),
        answers(places, lambda s: completed(completion, s, suffix=s.behind)).row("and the text below its line"),
        second.row("… asked again"),
        answers(places, look_up).row("baseline: line prefix looked up"),
    ]
    workspace.close()
    return {
        "files": len(known),
        "megabytes": size,
        "seconds_a_megabyte": seconds / size,
        "memory_mb": memory / 1e6,
        "places": len(places),
        "held_out": len(unseen),
        "rows": rows,
    }


def library() -> list[tuple[Path, str]]:
    """The standard library's hand-written modules in a random but fixed order, with their texts."""
    root = Path(sysconfig.get_path("stdlib"))
    foreign = {"site-packages", "test", "tests", "idlelib", "lib2to3", "encodings", "pydoc_data"}
    return _texts(path for path in root.rglob("*.py") if not foreign & set(path.relative_to(root).parts))


def package(root: Path) -> list[tuple[Path, str]]:
    """A package's modules, likewise."""
    return _texts(root.rglob("*.py"))


def _texts(found: Iterable[Path]) -> list[tuple[Path, str]]:
    paths = sorted(found)
    random.Random(7).shuffle(paths)
    texts = ((path, read_text(path)) for path in paths)
    return [(path, text) for path, text in texts if text is not None and len(text) > 2_000]


def within(files: Sequence[tuple[Path, str]], size: float) -> dict[Path, str]:
    """The first files of at most `size` characters together."""
    taken: dict[Path, str] = {}
    for path, text in files:
        size -= len(text)
        if size < 0:
            break
        taken[path] = text
    return taken


def sampled(path: Path, text: str, most: int) -> Iterator[Sample]:
    """At most `most` places behind a token, with something visible before and behind them in their lines."""
    places, at = [], 0
    for piece in tokens(text):
        at += len(piece)
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        if text[start:at].strip() and text[at : len(text) if end < 0 else end].strip():
            places.append(at)
    for at in random.Random(path.name).sample(places, min(most, len(places))):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield Sample(path=path, before=text[:at], rest=text[at:end].rstrip(), behind=text[end:])


def indexed(files: dict[Path, str]) -> tuple[Workspace, float, int]:
    """A workspace that knows `files`, the seconds it took, and the bytes it keeps (measured in a second pass)."""
    started = time.perf_counter()
    workspace = _filled(files)
    seconds = time.perf_counter() - started
    tracemalloc.start()
    again = _filled(files)
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    again.close()
    return workspace, seconds, memory


def _filled(files: dict[Path, str]) -> Workspace:
    workspace = Workspace()
    for path, text in files.items():
        workspace.index.update(path, text, label=path.name)
    return workspace


def completed(completion: Completion, sample: Sample, *, suffix: str) -> tuple[str, float]:
    """The line that the engine completes, and its confidence."""
    parameters = {"suffix": suffix, "path": str(sample.path), "stop": ["\n"], "min_confidence": 0.0}
    try:
        *_, last = completion.generate(sample.before, parameters)
    except Refusal:
        return "", 0.0
    return last["generated_text"], last["details"]["confidence"]


class LinePrefixes:
    """The baseline: how the lines that start like this one go on, those of the document counted six times."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._count = Counter(line.strip() for text in texts for line in text.split("\n"))
        self._lines = sorted(self._count)

    def __call__(self, sample: Sample) -> tuple[str, float]:
        *lines, last = sample.before.split("\n")
        start = last.lstrip()
        counts: Counter[str] = Counter()
        for line in map(str.strip, lines):
            if line.startswith(start):
                counts[line[len(start) :]] += 6
        at = bisect.bisect_left(self._lines, start)
        while at < len(self._lines) and self._lines[at].startswith(start):
            counts[self._lines[at][len(start) :]] += self._count[self._lines[at]]
            at += 1
        del counts[""]
        if not counts:
            return "", 0.0
        rest, count = counts.most_common(1)[0]
        return rest, count / (counts.total() + len(counts))


def answers(samples: Sequence[Sample], answer: Callable[[Sample], tuple[str, float]]) -> Answers:
    """Ask for every sample."""
    right, confidences, seconds = [], [], []
    for sample in samples:
        started = time.perf_counter()
        text, confidence = answer(sample)
        seconds.append(time.perf_counter() - started)
        right.append(text.rstrip() == sample.rest)
        confidences.append(confidence)
    return Answers(right=right, confidence=confidences, seconds=seconds)


if __name__ == "__main__":
    main()
