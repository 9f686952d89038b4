"""Scripted samples through expand, store, score and summarise: how fast, and in how much memory.

    python benchmarks/pipeline_speed.py

Two sweeps, each in a process and a project of its own: 250 cases with three constraints each and one measure, 8
repeats, under 10 and under 50 conditions. The provider answers from a seeded rule without waiting, so that what is
measured is evalkit. Peak memory is that of the whole process, interpreter and libraries included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from evalkit.prepare import Prepared

CASES = 250
REPEATS = 8
SIZES = (10, 50)
"""Conditions of the smaller and of the larger sweep."""
LOADING = "load and prepare"
"""The stage whose time does not depend on the number of samples."""
TARGET_S = 60.0
TARGET_MB = 300.0

PROFILE = "adapter: scripted\nmodel: script\noptions: {words: [5, 30]}\n"


@dataclass(slots=True)
class Passage:
    """What one sweep took.

    Attributes:
        seconds: Wall time by stage.
        peak_mb: Greatest resident memory of the process, in units of 10^6 bytes.
        store_mb: Size of the store's file, in units of 10^6 bytes.
    """

    samples: int = 0
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    peak_mb: float = 0.0
    store_mb: float = 0.0

    @property
    def total_s(self) -> float:
        """Seconds of all stages."""
        return sum(self.seconds.values())

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        """Time one stage."""
        began = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - began


def write_project(folder: Path, conditions: int) -> None:
    """Write a project with one suite of so many conditions: five systems and a number of temperatures."""
    systems = {f"s{number}": f"Answer in at most {number + 10} words. Name a broker." for number in range(5)}
    suite = {
        "suite": "speed",
        "providers": ["script"],
        "repeats": REPEATS,
        "seed": 7,
        "axes": {"temperature": [number / 10 for number in range(1, conditions // 5 + 1)], "system": list(systems)},
        "systems": systems,
        "constraints": [{"max_words": 20}, {"contains_any": ["broker", "queue"]}, {"not": {"starts_with": "the"}}],
        "cases": [{"id": f"case-{number}", "prompt": f"Say thing {number}."} for number in range(CASES)],
        "measures": ["exact_agreement"],
    }
    for name, text in {
        "pyproject.toml": "[tool.evalkit]\n",
        "providers/script.yaml": PROFILE,
        "suites/speed.yaml": json.dumps(suite),  # JSON is YAML
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def measure(folder: Path) -> Passage:
    """Take the suite of a project through the whole pipeline."""
    from evalkit.draw import draw
    from evalkit.load import load
    from evalkit.prepare import prepare
    from evalkit.project import find_project
    from evalkit.report import report
    from evalkit.runs import start_run
    from evalkit.selection import Selection
    from evalkit.store import Store

    project = find_project(root=folder)
    passage = Passage()
    with passage.stage(LOADING):
        prepared = prepare(load(folder / "suites" / "speed.yaml", project), project, Selection())
    passage.samples = prepared.probes
    with passage.stage("expand alone"):
        count_samples(prepared)
    with Store(project.store) as store:
        with passage.stage("expand, draw and store"):
            run = start_run(prepared, store)
            tally = asyncio.run(draw(prepared, run, store))
        with passage.stage("read, score and summarise"):
            summary = report(run, store).summary
    assert tally.done == sum(row.completions["complete"] for row in summary.rows) == passage.samples
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    passage.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    passage.store_mb = project.store.stat().st_size / 1e6
    return passage


def count_samples(prepared: Prepared) -> None:
    """List every sample and forget it."""
    from evalkit.expand import Plan, expand, slots

    plan = Plan(prepared.suite, prepared.profiles[0], 7, seed_drawn=False)
    places = slots(prepared.sweep.conditions, prepared.cases, prepared.repeats)
    assert sum(1 for _ in expand(plan, places)) == prepared.probes


def in_own_process(conditions: int) -> Passage:
    """Measure in a fresh interpreter, because peak memory never falls."""
    command = [sys.executable, __file__, "--conditions", str(conditions)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Passage(**json.loads(done.stdout))


def main() -> int:
    """Print the table; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conditions", type=int, help="measure one sweep of so many conditions and print JSON")
    conditions: int | None = parser.parse_args().conditions
    if conditions is not None:
        with tempfile.TemporaryDirectory() as name:
            write_project(Path(name), conditions)
            print(json.dumps(asdict(measure(Path(name)))))
        return 0
    small, large = (in_own_process(each) for each in SIZES)
    print_table(small, large)
    return 0 if large.total_s < TARGET_S and large.peak_mb < TARGET_MB else 1


def print_table(small: Passage, large: Passage) -> None:
    """Print both sweeps side by side."""
    print(f"| stage | {small.samples:,} samples, s | {large.samples:,} samples, s | samples/s |")
    print("| --- | --- | --- | --- |")
    for stage, seconds in large.seconds.items():
        rate = "" if stage == LOADING else f"{large.samples / seconds:,.0f}"
        print(f"| {stage} | {small.seconds[stage]:.1f} | {seconds:.1f} | {rate} |")
    print(f"| all | {small.total_s:.1f} | {large.total_s:.1f} | {large.samples / large.total_s:,.0f} |")
    print(f"| peak memory, MB | {small.peak_mb:.0f} | {large.peak_mb:.0f} | |")
    print(f"| store, MB | {small.store_mb:.0f} | {large.store_mb:.0f} | |")
    print()
    print(f"{large.samples:,} samples: {large.total_s:.1f} s, target {TARGET_S:.0f} s")
    print(f"peak memory: {large.peak_mb:.0f} MB, target {TARGET_MB:.0f} MB")
    growth = (large.peak_mb - small.peak_mb) / (large.samples - small.samples) * 1e6
    print(f"growth from {small.samples:,} to {large.samples:,} samples: {growth:.0f} bytes a sample")


if __name__ == "__main__":
    sys.exit(main())
