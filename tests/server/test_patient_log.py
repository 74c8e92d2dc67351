"""Nobody who logs ever waits for whoever reads the log."""

from __future__ import annotations

import io
import logging
import os

from inference_lsp.patient_log import MOST, PatientHandler


def test_a_log_that_nobody_reads_holds_nobody_up_and_says_what_it_left_out() -> None:
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8") as reader, open(writing, "w", encoding="utf-8") as stream:
        handler = PatientHandler(stream)
        log = logging.Logger("test")
        log.addHandler(handler)
        for number in range(3 * MOST):
            log.warning("%d %s", number, "x" * 1_000)
        lines = [reader.readline() for _ in range(MOST)]
        log.warning("and then")
        while "and then" not in lines[-1]:
            lines.append(reader.readline())
        numbers = [int(line.split()[0]) for line in lines if line.endswith("x\n")]
        assert numbers == sorted(set(numbers)), "in order, each once"
        left_out = [int(line[1:].split()[0]) for line in lines if line.startswith("(")]
        assert left_out
        assert len(numbers) + sum(left_out) == 3 * MOST
        handler.close()


def test_what_is_left_is_written_at_the_end() -> None:
    stream = io.StringIO()
    handler = PatientHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    for number in range(10):
        handler.handle(logging.LogRecord("n", logging.WARNING, "", 0, "%d", (number,), None))
    handler.close()
    assert stream.getvalue() == "".join(f"WARNING {number}\n" for number in range(10))


def test_a_reader_that_is_gone_ends_the_log_and_nothing_else() -> None:
    stream = io.StringIO()
    handler = PatientHandler(stream)
    stream.close()
    for _ in range(3 * MOST):
        handler.handle(logging.LogRecord("n", logging.WARNING, "", 0, "gone", (), None))
    handler.close()
