"""What evalkit costs inside pytest, against tests that do nothing and against deepeval.

    python benchmarks/pytest_overhead.py
    python benchmarks/pytest_overhead.py --deepeval /elsewhere/venv/bin/deepeval

1,000 cases of a suite, whose answers are all in the store, are collected, judged and reported by `pytest` with the
plugin, and 1,000 empty parametrised tests by `pytest` without it, in turn. So are collecting alone, and a test run
that has the plugin and does not use it. No other plugin is loaded. With --deepeval, which names the command in an
environment of its own, the same answers are judged by the same demands through `deepeval test run`; it is run once,
because it takes long, with its telemetry off.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

CONDITIONS, CASES = 10, 100
ITEMS = CONDITIONS * CASES
TARGET_S = 5.0
"""Least wall time of the suite; the least, because what else the machine does can only add to it."""
TARGET_TIMES = 3.0
TARGET_COLLECT_S = 1.0
TARGET_UNUSED_MS = 30.0

PLUGIN = ("-p", "evalkit.pytest_plugin")
SUITE = (*PLUGIN, "--evalkit", "suites", "suites")
UNUSUAL = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
"""Variables under which Python compiles every module anew, or writes every dot of a test run by itself."""
USUAL = {
    "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir(), "evalkit-pytest-overhead")),
    "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
}
EMPTY = f"import pytest\n\n\n@pytest.mark.parametrize('number', range({ITEMS}))\ndef test_nothing(number):\n    pass\n"
ONE = "def test_nothing():\n    pass\n"
DEEPEVAL = """\
import json
from pathlib import Path

import pytest
from deepeval import assert_test
from deepeval.metrics import BaseMetric
from deepeval.test_case import LLMTestCase

ANSWERS = json.loads(Path(__file__).with_name("answers.json").read_text(encoding="utf-8"))


class Adheres(BaseMetric):
    __name__ = "Adheres"

    def __init__(self):
        self.threshold, self.async_mode = 1.0, False

    def measure(self, test_case, *arguments, **options):
        text = test_case.actual_output
        met = [len(text.split()) <= 40, not text.startswith("zebra"), "purple" not in text.lower()]
        self.score, self.reason = sum(met) / len(met), "counted"
        self.success = self.score >= self.threshold
        return self.score

    def is_successful(self):
        return self.success


@pytest.mark.parametrize("answer", ANSWERS, ids=[answer["id"] for answer in ANSWERS])
def test_answer(answer):
    case = LLMTestCase(input=answer["prompt"], actual_output=answer["text"])
    assert_test(case, [Adheres()], run_async=False)
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one command took.

    Attributes:
        wall_s: By the clock on the wall.
        cpu_s: Of the processor, in user and kernel mode.
    """

    wall_s: float
    cpu_s: float


def write_project(folder: Path) -> None:
    """Write a project with a suite of 1,000 cells, empty tests as many, and one empty test."""
    suite = {
        "suite": "speed",
        "providers": ["script"],
        "repeats": 1,
        "seed": 7,
        "axes": {"temperature": [number / 10 for number in range(1, CONDITIONS + 1)]},
        "constraints": [{"max_words": 40}, {"not": {"starts_with": "zebra"}}, {"not": {"contains_any": ["purple"]}}],
        "cases": [{"id": f"case-{number}", "prompt": f"Say thing {number}."} for number in range(CASES)],
    }
    for name, text in {
        "pyproject.toml": "[tool.evalkit]\n\n[tool.pytest.ini_options]\n",
        "providers/script.yaml": "adapter: scripted\nmodel: script\noptions: {words: [5, 30]}\n",
        "suites/speed.yaml": json.dumps(suite),  # JSON is YAML
        "empty/test_empty.py": EMPTY,
        "one/test_one.py": ONE,
        "none/test_none.py": "",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def timed(command: list[str], folder: Path, expected: str, *, codes: tuple[int, ...] = (0,)) -> Taken:
    """Run a command to its end, and return what it took.

    Args:
        command: What to run.
        folder: Where.
        expected: What its output must hold, so that nothing is timed that did something else.
        codes: Exit codes that it may end with.
    """
    environment = {name: value for name, value in os.environ.items() if name not in UNUSUAL} | USUAL
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    wall_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode not in codes or expected not in ended.stdout:
        raise SystemExit(f"{' '.join(command)}: exit code {ended.returncode}\n{ended.stdout}\n{ended.stderr}")
    return Taken(wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def pytest_command(*arguments: str) -> list[str]:
    """Return the command of a quiet test run without other plugins and a cache, which would grow with the rounds."""
    bare = "import os, pytest, sys; os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'; sys.exit(pytest.main())"
    return [sys.executable, "-c", bare, "-q", "-p", "no:cacheprovider", *arguments]


def measure(folder: Path, rounds: int, short_rounds: int) -> dict[str, list[Taken]]:
    """Time everything in turn, so that a slow moment of the machine meets all."""
    timed([sys.executable, "-m", "evalkit", "run", "suites/speed.yaml", "--format", "none"], folder, "speed")
    collected = f"{ITEMS} tests collected"
    commands: dict[str, tuple[list[str], str, tuple[int, ...]]] = {
        "1,000 empty tests": (pytest_command("empty"), f"{ITEMS} passed", (0,)),
        "1,000 cases of a suite": (pytest_command(*SUITE, "--evalkit-reuse"), "0 calls, 1,000 from the store", (0,)),
        "collect nothing": (pytest_command("--collect-only", "none"), "no tests collected", (5,)),
        "collect the suite": (pytest_command("--collect-only", *SUITE), collected, (0,)),
        "one empty test": (pytest_command("one"), "1 passed", (0,)),
        "one empty test, plugin not used": (pytest_command(*PLUGIN, "one"), "1 passed", (0,)),
    }
    taken: dict[str, list[Taken]] = {name: [] for name in commands}
    for command, expected, codes in commands.values():  # once, uncounted: fills the file cache, writes the byte code
        timed(command, folder, expected, codes=codes)
    for number in range(max(rounds, short_rounds)):
        for name, (command, expected, codes) in commands.items():
            if number < (short_rounds if name.startswith("one") else rounds):
                taken[name].append(timed(command, folder, expected, codes=codes))
    return taken


def measure_deepeval(folder: Path, command: str) -> dict[str, list[Taken]]:
    """Judge the stored answers once through `deepeval test run`, and once by its assertion through pytest alone."""
    from evalkit.cells import scored_cells
    from evalkit.project import find_project
    from evalkit.runs import suite_of
    from evalkit.store import Store

    with Store(find_project(root=folder).store, create=False) as store:
        run = store.run("last")
        answers = [
            {"id": f"{cell.condition.label}-{cell.case_id}", "prompt": cell.case_id, "text": draw.completion.text}
            for cell in scored_cells(store, run, suite_of(run))
            for draw in cell.draws
        ]
    assert len(answers) == ITEMS
    other = folder / "deepeval"
    other.mkdir()
    (other / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    (other / "test_answers.py").write_text(DEEPEVAL, encoding="utf-8")
    python = str(Path(command).with_name("python"))
    plain = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_answers.py"]
    return {
        "1,000 answers, `deepeval test run`": [
            timed([command, "test", "run", "test_answers.py"], other, "Passed: 1000")
        ],
        "the same file through pytest alone": [timed(plain, other, f"{ITEMS} passed")],
    }


def more_cpu_s(taken: dict[str, list[Taken]], more: str, less: str) -> float:
    """Return the median over the rounds of how much longer one command kept the processor busy than another."""
    return median(one.cpu_s - other.cpu_s for one, other in zip(taken[more], taken[less], strict=True))


def main() -> int:
    """Print what everything took; exit 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="of the 1,000 tests, each way (default 5)")
    parser.add_argument("--short-rounds", type=int, default=20, help="of the single test (default 20)")
    parser.add_argument("--deepeval", metavar="COMMAND", help="the `deepeval` of another environment")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder)
        taken = measure(folder, options.rounds, options.short_rounds)
        if options.deepeval is not None:
            taken |= measure_deepeval(folder, options.deepeval)
    print("| test run | wall, s (median) | least | most | of the processor, s (median) |")
    print("| --- | --- | --- | --- | --- |")
    for what, each in taken.items():
        walls = [one.wall_s for one in each]
        cpu_s = median(one.cpu_s for one in each)
        print(f"| {what} | {median(walls):.2f} | {min(walls):.2f} | {max(walls):.2f} | {cpu_s:.2f} |")
    return 0 if say_targets(taken) else 1


def say_targets(taken: dict[str, list[Taken]]) -> bool:
    """Print each target, and whether it was reached; return whether all were.

    What compares two commands does so by the processor, which other work on the machine does not lengthen much.
    """
    suite, empty = taken["1,000 cases of a suite"], taken["1,000 empty tests"]
    times = median(one.cpu_s / other.cpu_s for one, other in zip(suite, empty, strict=True))
    least_s = min(one.wall_s for one in suite)
    collecting_s = more_cpu_s(taken, "collect the suite", "collect nothing")
    unused_s = more_cpu_s(taken, "one empty test, plugin not used", "one empty test")
    unused_ms = 1000 * unused_s
    reached = [
        (f"1,000 cases take {least_s:.2f} s; under {TARGET_S:g} s", least_s < TARGET_S),
        (f"that is {times:.2f} times the empty tests; at most {TARGET_TIMES:g}", times <= TARGET_TIMES),
        (
            f"collecting them takes {collecting_s:.2f} s more than nothing; at most {TARGET_COLLECT_S:g} s",
            collecting_s <= TARGET_COLLECT_S,
        ),
        (f"unused, the plugin adds {unused_ms:.0f} ms; under {TARGET_UNUSED_MS:g} ms", unused_ms < TARGET_UNUSED_MS),
    ]
    print()
    for words, so in reached:
        print(f"{words}: {'yes' if so else 'NO'}")
    return all(so for _, so in reached)


if __name__ == "__main__":
    sys.exit(main())
