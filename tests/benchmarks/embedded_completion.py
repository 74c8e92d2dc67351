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

    def row(self, name: str) -> str:
        """One line of the table."""
        sure = [right for right, confidence in zip(self.right, self.confidence, strict=True) if confidence >= 0.3]
        times = quantiles([seconds * 1000 for seconds in self.seconds], n=20)
        return (
            f"{name:34} {sum(self.right) / len(self.right):7.1%} {len(sure):5}/{len(self.right)} "
            f"{sum(sure) / max(1, len(sure)):7.1%} {median(self.seconds) * 1000:8.2f} {times[-1]:8.2f}"
        )


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--megabytes", type=float, default=2.0, help="how much to index (default 2)")
    parser.add_argument("--held-out", type=int, default=40, help="files to ask about (default 40)")
    parser.add_argument("--samples", type=int, default=20, help="places in each of them (default 20)")
    asked = parser.parse_args()
    files = library()
    held_out, known = dict(files[: asked.held_out]), within(files[asked.held_out :], asked.megabytes * 1e6)
    samples = [sample for path, text in held_out.items() for sample in sampled(path, text, asked.samples)]
    size = sum(map(len, known.values())) / 1e6

    workspace, seconds, memory = indexed(known)
    print(f"{len(known)} files, {size:.2f} MB: indexed in {seconds / size:.3f} s/MB, {memory / 1e6:.1f} MB of memory")
    print(f"{len(samples)} places in {len(held_out)} held-out files\n")
    print(f"{'rest of line':34} {'right':>7} {'sure (>= .3)':>10} {'right':>6} {'p50 ms':>8} {'p95 ms':>8}")
    completion = Completion(workspace)
    print(answers(samples, lambda s: completed(completion, s, suffix="")).row("text before the cursor"))
    print(answers(samples, lambda s: completed(completion, s, suffix=s.behind)).row("and the text below its line"))
    typing = Completion(workspace)
    again = [sample for sample in samples for _ in range(2)]
    warm = answers(again, lambda s: completed(typing, s, suffix=s.behind))
    print(
        Answers(right=warm.right[1::2], confidence=warm.confidence[1::2], seconds=warm.seconds[1::2]).row(
            "… asked again"
        )
    )
    look_up = LinePrefixes(known.values())
    print(answers(samples, look_up).row("baseline: line prefix looked up"))
    workspace.close()


def library() -> list[tuple[Path, str]]:
    """The standard library's hand-written modules in a random but fixed order, with their texts."""
    root = Path(sysconfig.get_path("stdlib"))
    foreign = {"site-packages", "test", "tests", "idlelib", "lib2to3", "encodings", "pydoc_data"}
    paths = sorted(path for path in root.rglob("*.py") if not foreign & set(path.relative_to(root).parts))
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
