"""How often gates err, what they detect and what looking in rounds saves, over simulated nights.

    python benchmarks/gate_rates.py [--nights N] [--processes N] [--part PART ...] [--write]

The tables are those of `gate_rates.md`, which `--write` brings up to date. Demanded are false alarms and errors at the
margin within the budget (upper 95 % limit at most 1.2 times), power at the stated least detectable drop, calls saved by
looking in rounds, and coverage of intervals; exits 1 when one is not met. Everything is seeded: the same command gives
the same numbers everywhere, whatever the number of processes.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gates import coverage, errors, frozen, looks, power, savings, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gates.tables import Section


class Part(Protocol):
    """A module that simulates something: tasks that can run side by side, and a table of what they found."""

    tasks: Callable[[], Sequence[Any]]
    simulate: Callable[[Any, int, tuple[int, ...]], Any]
    section_of: Callable[[Sequence[Any], int], Section]


REPORT = Path(__file__).with_suffix(".md")
SEEDS = {"errors": 1, "looks": 2, "power": 3, "savings": 3, "frozen": 4, "coverage": 5, "texts": 7}
PARTS: dict[str, tuple[str, Part]] = {
    "errors": ("False alarms and errors at the margin", errors),
    "looks": ("The same in rounds", looks),
    "power": ("Whether detectable drops are detected", power),
    "savings": ("What rounds save", savings),
    "frozen": ("Nights on one baseline", frozen),
    "coverage": ("Coverage of intervals", coverage),
    "texts": ("Coverage of intervals of variance measures", texts),
}
"""Each with its title."""


def _simulated(
    simulate: Callable[[Any, int, tuple[int, ...]], object], nights: int, seed: int, numbered: tuple[int, object]
) -> object:
    index, task = numbered
    return simulate(task, nights, (seed, index))


def section_of(part: str, nights: int, processes: int) -> tuple[Section, float]:
    """Simulate one part; return it with the seconds that it took."""
    module, began = PARTS[part][1], time.perf_counter()
    tasks = list(enumerate(module.tasks()))
    simulated = partial(_simulated, module.simulate, nights, SEEDS[part])
    if processes == 1:
        found = [simulated(task) for task in tasks]
    else:
        with ProcessPoolExecutor(processes) as pool:
            found = list(pool.map(simulated, tasks))
    return module.section_of(found, nights), time.perf_counter() - began


def rendered(part: str, section: Section) -> str:
    """Return one part as Markdown."""
    verdict = f"Not met: {'; '.join(section.misses)}." if section.misses else "Every demand is met."
    lines = "\n".join(section.lines)
    text = textwrap.fill(" ".join(section.text.split()), 120)
    return f"## {PARTS[part][0]}\n\n{text}\n\n{lines}\n\n{verdict}\n"


def write(part: str, text: str) -> None:
    """Put a part into the report in place of what it says of it so far."""
    there = REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
    sections = {each.partition("\n")[0]: each for each in re.split(r"^(?=## )", there, flags=re.MULTILINE)[1:]}
    sections[f"## {PARTS[part][0]}"] = text
    titles = [f"## {title}" for title, _ in PARTS.values()]
    body = "\n".join(sections[title].strip("\n") + "\n" for title in titles if title in sections)
    heading = "# Simulated nights\n\nWritten by `python benchmarks/gate_rates.py --write`; see README.md here.\n\n"
    REPORT.write_text(heading + body, encoding="utf-8")


def main() -> int:
    """Print the tables; exit 1 when a demand is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--nights", type=int, default=20_000, help="simulated nights in each cell (default 20000)")
    parser.add_argument("--processes", type=int, default=1, help="processes at work (default 1)")
    parser.add_argument("--part", action="append", choices=PARTS, help="run this part only; may be given again")
    parser.add_argument("--write", action="store_true", help="bring gate_rates.md up to date")
    options = parser.parse_args()
    misses = 0
    for part in options.part or PARTS:
        section, took_s = section_of(part, options.nights, options.processes)
        text = rendered(part, section)
        print(f"{text}\n{part} took {took_s:.0f} s\n", flush=True)
        misses += len(section.misses)
        if options.write:
            write(part, text)
    print(f"demands not met: {misses}" if misses else "every demand is met")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
