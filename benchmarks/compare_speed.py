"""Two stored runs of 1,000,000 completions each, compared by `evalkit compare`: how fast, and in how much memory.

    python benchmarks/compare_speed.py

The same number of completions in three shapes: many cases, many repeats, few conditions. The scores are drawn from a
seed, and stored as a run leaves them when it has been summarised; no text is. Comparing is a whole run of the command
in a process of its own, from its start to the last byte of the report in JSON, over every condition and every measure:
the levels of adherence, three constraints and one measure of variance. Beside it stands what cannot be avoided: reading
the same rows from SQLite and turning their JSON into Python's objects, in a process of its own too.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from evalkit.measured import MeasuredCase
    from evalkit.measuring import Measuring
    from evalkit.store import Store
    from evalkit.types import Outcome, Run, Suite

TARGET_S = 30.0
TARGET_MB = 1000.0
DROP = 0.02
"""By how much each constraint is met less often in the newer run."""
CONSTRAINTS = ("max_words", "contains_any", "not starts_with")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a million completions are spread."""

    conditions: int
    cases: int
    repeats: int

    def __str__(self) -> str:
        """Write it for the table."""
        return f"{self.conditions} x {self.cases:,} x {self.repeats}"


SHAPES = (Shape(50, 2_500, 8), Shape(50, 250, 80), Shape(2, 20_000, 25))
SCOPES = ("suite", "population")


@dataclass(frozen=True, slots=True)
class Taken:
    """What one process took.

    Attributes:
        seconds: Wall time from its start to its end.
        processor_s: Time of the processor.
        peak_mb: Greatest resident memory, in units of 10^6 bytes.
    """

    seconds: float
    processor_s: float
    peak_mb: float


def write_project(folder: Path, shape: Shape) -> None:
    """Write a project with one suite of that shape."""
    suite = {
        "suite": "compared",
        "providers": ["script"],
        "repeats": shape.repeats,
        "seed": 7,
        "axes": {"temperature": [number / 100 for number in range(shape.conditions)]},
        "constraints": [{"max_words": 20}, {"contains_any": ["broker", "queue"]}, {"not": {"starts_with": "the"}}],
        "cases": [{"id": f"case-{number}", "prompt": f"Say thing {number}."} for number in range(shape.cases)],
        "measures": ["exact_agreement"],
    }
    for name, text in {
        "pyproject.toml": "[tool.evalkit]\n",
        "providers/script.yaml": "adapter: scripted\nmodel: script\n",
        "suites/compared.yaml": json.dumps(suite),  # JSON is YAML
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def store_runs(folder: Path) -> list[str]:
    """Store the older and the newer run, and return their ids."""
    from evalkit.load import load
    from evalkit.prepare import prepare
    from evalkit.project import find_project
    from evalkit.runs import start_run
    from evalkit.selection import Selection
    from evalkit.store import Store

    project = find_project(root=folder)
    prepared = prepare(load(folder / "suites" / "compared.yaml", project), project, Selection())
    ids: list[str] = []
    with Store(project.store) as store:
        for number, drop in enumerate((0.0, DROP)):
            run = start_run(prepared, store, seed=number)
            store_scores(store, run, prepared.suite, drop)
            ids.append(run.id)
    return ids


def store_scores(store: Store, run: Run, suite: Suite, drop: float) -> None:
    """Draw the scores of a run and store them as if it had been summarised."""
    import numpy as np

    from evalkit.measured_text import CasesText
    from evalkit.measuring import Measuring

    measuring = Measuring(store, run, suite)
    skills = np.random.default_rng(1).beta(4, 1, size=(len(suite.cases), len(CONSTRAINTS)))
    chance = np.random.default_rng(run.seed)
    for key in measuring.due.rows({}):
        written = CasesText(measuring.due.places)
        for case in measured_cases(suite, measuring, np.clip(skills - drop, 0, 1), chance):
            written.add(case)
        measuring.texts[key] = written.text("script", {}, {"temperature": 0.5}, ["script"])
    measuring.keep()


def measured_cases(
    suite: Suite, measuring: Measuring, skills: NDArray[np.float64], chance: np.random.Generator
) -> Iterator[MeasuredCase]:
    """Draw what the cases of one row score: verdicts by each case's own chances, one draw in fifty failed."""
    from evalkit.findings import MACRO, MICRO
    from evalkit.measured import CaseScores, MeasuredCase

    repeats = suite.repeats
    failed = chance.random((len(suite.cases), repeats)) < 0.02
    met = chance.random((len(suite.cases), repeats, len(CONSTRAINTS))) < skills[:, None, :]
    agreement = chance.random(len(suite.cases))
    digest = measuring.due.digest(suite.cases[0].id, next(iter(measuring.due.rows({})))[1])
    for case, gone, verdicts, value in zip(suite.cases, failed, met, agreement.tolist(), strict=True):
        there = verdicts[~gone]
        missing = repeats - len(there)
        shares, whole = counted(there.sum(axis=1) / len(CONSTRAINTS)), counted(there.all(axis=1))
        levels = zip(MACRO, (shares, whole, shares, whole), strict=True)
        scores: dict[str, CaseScores] = {}
        scores.update((name, CaseScores(each, missing)) for name, each in levels)
        scores.update((name, CaseScores(shares, missing, float(len(CONSTRAINTS)))) for name in MICRO)
        for name, column in zip(CONSTRAINTS, there.T, strict=True):
            scores[f"constraint:{name}"] = CaseScores(counted(column), missing)
        outcomes: dict[Outcome, int] = {"complete": len(there), "error": missing} if missing else {"complete": repeats}
        yield MeasuredCase(
            case.id, digest, repeats, outcomes, scores, {"exact_agreement": value}, 100 + value, 1 + value
        )


def counted(values: NDArray[Any]) -> tuple[tuple[float, int], ...]:
    """Count scores, rising."""
    import numpy as np

    found, counts = np.unique(values, return_counts=True)
    return tuple((float(score), int(count)) for score, count in zip(found, counts, strict=True))


def floor(store: Path) -> None:
    """Read every row and parse it, keeping one at a time."""
    connection = sqlite3.connect(store)
    for (text,) in connection.execute("SELECT scores FROM measured ORDER BY run, number"):
        json.loads(text)


def timed(command: list[str], output: Path) -> Taken:
    """Run a command to its end and say what it took."""
    began = time.perf_counter()
    with output.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} exited with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return Taken(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6)


def measure(shape: Shape) -> list[tuple[str, Taken]]:
    """Compare two runs of a shape in both scopes, and time the floor."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, shape)
        old, new = store_runs(folder)
        store = folder / ".evalkit" / "runs.db"
        found = [("floor", timed([sys.executable, __file__, "--floor", str(store)], folder / "nothing"))]
        for scope in SCOPES:
            command = [sys.executable, "-m", "evalkit", "--project", name, "compare", new, old, "--scope", scope]
            found.append((scope, timed([*command, "--margin", "0.05", "--format", "json"], folder / "report.json")))
            check(json.loads((folder / "report.json").read_text(encoding="utf-8")), shape)
        return found


def check(report: dict[str, Any], shape: Shape) -> None:
    """See that every condition was compared."""
    assert len(report["headline"]) == shape.conditions, len(report["headline"])


def main() -> int:
    """Print the table; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--floor", type=Path, help="read the rows of this store and end")
    parser.add_argument("--shape", type=int, choices=range(len(SHAPES)), help="only this one of the shapes")
    wanted = parser.parse_args()
    if wanted.floor is not None:
        floor(wanted.floor)
        return 0
    number: int | None = wanted.shape
    missed = False
    print("| conditions x cases x repeats | what | seconds | of the processor | times the floor | peak memory, MB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for shape in SHAPES if number is None else SHAPES[number : number + 1]:
        taken = measure(shape)
        for what, each in taken:
            words = "reading and parsing alone" if what == "floor" else f"compare, scope {what}"
            times = f"{each.seconds:.1f} | {each.processor_s:.1f} | {each.processor_s / taken[0][1].processor_s:.0f}"
            print(f"| {shape} | {words} | {times} | {each.peak_mb:.0f} |", flush=True)
            missed |= what != "floor" and (each.processor_s >= TARGET_S or each.peak_mb >= TARGET_MB)
    print(f"\ntargets: {TARGET_S:.0f} s of the processor and {TARGET_MB:.0f} MB")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
