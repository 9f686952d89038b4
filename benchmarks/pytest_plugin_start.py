"""What the pytest plugin adds to a test run: where nobody opted in, and to collect 1,000 items of suites.

    python benchmarks/pytest_plugin_start.py

Test runs with and without are started in turn, so that a slow moment of the machine meets both, and pytest's other
plugins are left out. Targets are of the seconds of the processor, since all is done by one thread; those of the clock
on the wall are shown beside them. The plugin is the one of the entry point where evalkit is installed with it, else it
is loaded by its name.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from statistics import median

ADDED_S, COLLECTED_S = 0.03, 1.0
ITEMS = 1000
PLUGINS = {entry.name for entry in entry_points(group="pytest11")}
OTHERS = [word for name in sorted(PLUGINS - {"evalkit"}) for word in ("-p", f"no:{name}")]
WITH = [] if "evalkit" in PLUGINS else ["-p", "evalkit.pytest_plugin"]
WITHOUT = ["-p", "no:evalkit"] if "evalkit" in PLUGINS else []
SHAPES = {"2 providers x 10 conditions x 50 cases": (2, 10, 50), "1 provider x 1 condition x 1,000 cases": (1, 1, 1000)}


@dataclass(frozen=True)
class Took:
    """How long a test run took."""

    wall_s: float
    processor_s: float


def run(folder: Path, *arguments: str) -> Took:
    """Run pytest in a folder and return how long that took."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *OTHERS, *arguments]
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    wall_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} exited with {done.returncode}\n{done.stdout}{done.stderr}")
    return Took(wall_s, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def in_turn(folder: Path, times: int, commands: dict[str, list[str]]) -> dict[str, list[Took]]:
    """Time each test run so many times, one after the other; the first of each is not counted."""
    taken: dict[str, list[Took]] = {name: [] for name in commands}
    for number in range(times + 1):
        for name, arguments in commands.items():
            took = run(folder, *arguments)
            if number:
                taken[name].append(took)
    return taken


def write_project(folder: Path, providers: int, conditions: int, cases: int) -> None:
    """Write a project with one suite, and one test of its own."""
    (folder / "suites").mkdir(parents=True)
    (folder / "providers").mkdir()
    (folder / "pyproject.toml").write_text("[tool.evalkit]\n", encoding="utf-8")
    (folder / "test_one.py").write_text("def test_one(): pass\n", encoding="utf-8")
    for number in range(providers):
        profile = folder / "providers" / f"script{number}.yaml"
        profile.write_text("adapter: scripted\nmodel: script\n", encoding="utf-8")
    named = ", ".join(f"script{number}" for number in range(providers))
    temperatures = ", ".join(str(number / 10) for number in range(conditions))
    lines = ["suite: large", f"providers: [{named}]", f"axes: {{temperature: [{temperatures}]}}"]
    lines += ["constraints: [{max_words: 40}]", "cases:"]
    for number in range(cases):
        lines += [f"  - id: case-{number}", f"    prompt: Say something of the number {number}."]
    (folder / "suites/large.yaml").write_text("\n".join([*lines, ""]), encoding="utf-8")


def added(taken: dict[str, list[Took]]) -> float:
    """Print a row for each of two test runs, and return what the second one takes of the processor beyond the first."""
    (_, first), (_, second) = taken.items()
    least = median(each.processor_s for each in first)
    for name, runs in taken.items():
        processor = [each.processor_s for each in runs]
        wall = f"{median(each.wall_s for each in runs):.3f} | {min(each.wall_s for each in runs):.3f}"
        print(f"| {name} | {wall} | {median(processor):.3f} | {median(processor) - least:.3f} |")
    return median(each.processor_s for each in second) - least


def main() -> int:
    """Print the medians; exit 1 when a difference misses its target."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=20, help="test runs of each kind (default 20)")
    parser.add_argument("--collections", type=int, default=5, help="collections of each shape (default 5)")
    arguments = parser.parse_args()
    print("| test run | wall, s | fastest, s | processor, s | above, s |\n| --- | --- | --- | --- | --- |")
    found: list[tuple[str, float, float]] = []
    with tempfile.TemporaryDirectory() as temporary:
        for place, (shape, sizes) in enumerate(SHAPES.items()):
            folder = Path(temporary, str(place))
            write_project(folder, *sizes)
            if place == 0:
                commands = {"one test, without the plugin": WITHOUT, "one test, with it": WITH}
                found.append(("the plugin adds", added(in_turn(folder, arguments.times, commands)), ADDED_S))
            commands = {
                "one test collected": [*WITH, "--collect-only"],
                f"with {shape}": [*WITH, "--collect-only", "--evalkit", "suites"],
            }
            above = added(in_turn(folder, arguments.collections, commands))
            found.append((f"{ITEMS:,} items ({shape}) add", above, COLLECTED_S))
    print()
    for what, above, target in found:
        print(f"{what} {above:.3f} s; at most {target} s: {'yes' if above <= target else 'NO'}")
    return 0 if all(above <= target for _, above, target in found) else 1


if __name__ == "__main__":
    sys.exit(main())
