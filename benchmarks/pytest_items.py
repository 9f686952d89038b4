"""What 1,000 items of a suite cost beyond their answers, against 1,000 empty tests, and against deepeval.

    python benchmarks/pytest_items.py --deepeval ~/deepeval/bin/python

All answers are there before the clock starts: evalkit takes them from its store, and deepeval from a file, with the
same check as a metric of its own. The test runs are started in turn, so that a slow moment of the machine meets all of
them; pytest's other plugins are left out. The fastest run is held against the target in seconds of the clock on the
wall, and medians of the processor against one another.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from importlib.metadata import entry_points
from pathlib import Path
from statistics import median

WALL_S, TIMES = 5.0, 3.0
PROVIDERS, CONDITIONS, CASES = 2, 10, 50
PLUGINS = {entry.name for entry in entry_points(group="pytest11")}
OTHERS = [word for name in sorted(PLUGINS - {"evalkit"}) for word in ("-p", f"no:{name}")]
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *OTHERS]
WITH = [] if "evalkit" in PLUGINS else ["-p", "evalkit.pytest_plugin"]
EMPTY = """\
import pytest


@pytest.mark.parametrize("number", range(1000))
def test_nothing(number):
    pass
"""
DEEPEVAL = """\
import json
from pathlib import Path

import pytest
from deepeval import assert_test
from deepeval.metrics import BaseMetric
from deepeval.test_case import LLMTestCase

DRAWN = json.loads(Path(__file__).with_name("drawn.json").read_text())


class MaxWords(BaseMetric):
    def __init__(self, limit):
        self.threshold, self.limit, self.async_mode = 1.0, limit, False

    def measure(self, test_case):
        self.score = float(len(test_case.actual_output.split()) <= self.limit)
        self.success = self.score >= self.threshold
        self.reason = f"limit {self.limit}"
        return self.score

    async def a_measure(self, test_case):
        return self.measure(test_case)

    def is_successful(self):
        return self.success

    @property
    def __name__(self):
        return "max words"


@pytest.mark.parametrize("prompt, text", DRAWN)
def test_answer(prompt, text):
    assert_test(LLMTestCase(input=prompt, actual_output=text), [MaxWords(40)], run_async=False)
"""


def write_project(folder: Path) -> None:
    """Write a project whose suite has 1,000 items, and 1,000 tests that do nothing."""
    for name in ("suites", "providers", "empty", "deepeval"):
        (folder / name).mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[tool.evalkit]\n", encoding="utf-8")
    (folder / "empty/test_empty.py").write_text(EMPTY, encoding="utf-8")
    (folder / "deepeval/test_answers.py").write_text(DEEPEVAL, encoding="utf-8")
    names = [f"script{number}" for number in range(PROVIDERS)]
    for name in names:
        (folder / "providers" / f"{name}.yaml").write_text("adapter: scripted\nmodel: script\n", encoding="utf-8")
    temperatures = ", ".join(str(number / 10) for number in range(CONDITIONS))
    lines = ["suite: large", f"providers: [{', '.join(names)}]", "seed: 3", f"axes: {{temperature: [{temperatures}]}}"]
    lines += ["constraints: [{max_words: 40}]", "cases:"]
    for number in range(CASES):
        lines += [f"  - id: case-{number}", f"    prompt: Say something of the number {number}."]
    (folder / "suites/large.yaml").write_text("\n".join([*lines, ""]), encoding="utf-8")


def keep_answers(folder: Path) -> None:
    """Draw the suite, and give the answers to deepeval."""
    run(folder, [*PYTEST, *WITH, "--evalkit", "suites", "suites"])
    with sqlite3.connect(folder / ".evalkit/runs.db") as connection:
        (found,) = connection.execute(
            "SELECT json_group_array(json_array('Say something.', text)) FROM completions"
        ).fetchone()
    (folder / "deepeval/drawn.json").write_text(found, encoding="utf-8")


def run(folder: Path, command: list[str], **environment: str) -> tuple[float, float]:
    """Run a command and return the seconds that it took by the clock on the wall, and of the processor."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    wall_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode or "1000 passed" not in done.stdout.replace(",", ""):
        sys.exit(f"{' '.join(command)} exited with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return wall_s, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> int:
    """Print the medians; exit 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="test runs of each kind (default 5)")
    parser.add_argument("--deepeval", type=Path, help="a Python that has deepeval; left out where none is named")
    arguments = parser.parse_args()
    commands = {
        "1,000 empty tests": [*PYTEST, "empty"],
        "1,000 items of a suite": [*PYTEST, *WITH, "--evalkit", "suites", "--evalkit-reuse", "suites"],
    }
    if arguments.deepeval is not None:
        test_run = [str(arguments.deepeval.with_name("deepeval")), "test", "run", "deepeval/test_answers.py"]
        commands["the same through `deepeval test run`"] = test_run
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_project(folder)
        keep_answers(folder)
        for number in range(arguments.rounds + 1):
            for name, command in commands.items():
                took = run(folder, command, DEEPEVAL_TELEMETRY_OPT_OUT="YES")
                if number:  # the first of each writes byte code and fills caches
                    taken[name].append(took)
    walls = {name: min(wall_s for wall_s, _ in each) for name, each in taken.items()}
    processors = {name: median(processor_s for _, processor_s in each) for name, each in taken.items()}
    empty = processors["1,000 empty tests"]
    print("| test run | fastest, s | processor, s | times the empty tests |\n| --- | --- | --- | --- |")
    for name in taken:
        print(f"| {name} | {walls[name]:.2f} | {processors[name]:.2f} | {processors[name] / empty:.2f} |")
    wall, times = walls["1,000 items of a suite"], processors["1,000 items of a suite"] / empty
    print(f"\n{wall:.2f} s; at most {WALL_S:g} s: {'yes' if wall <= WALL_S else 'NO'}")
    print(f"{times:.2f} times the empty tests; at most {TIMES:g}: {'yes' if times <= TIMES else 'NO'}")
    return 0 if wall <= WALL_S and times <= TIMES else 1


if __name__ == "__main__":
    sys.exit(main())
