"""What evalkit costs on top of the official `openai` library: CPU time and rate against a bare loop over it.

    python benchmarks/hosted_speed.py

All ask the same 1,000 prompts of an instant loopback server, 50 at a time, with the same library in the same version,
each in a fresh process after imports and 100 calls to warm up, in alternation. The bare loops call
`client.chat.completions.create(...)` and throw the answers away: one is the usual `gather` under a semaphore, the other
has 50 workers take from one list, which spares the connection pool much work; ratios are to the better one, the
workers. evalkit expands the suite, asks through its adapter, and commits every completion to the store on disk; the
last line also scores and summarises. CPU time is the process's own, all threads, in user and system mode; the server
is another process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hosted.project import (
    CASES,
    KEY_VARIABLE,
    MAX_TOKENS,
    MODEL,
    SYSTEM,
    TEMPERATURES,
    in_fresh_process,
    instant_server,
    prepared,
    probe,
    write_project,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

CONCURRENCY = 50
REPEATS = 10
WARM_UP = 1
"""Repeats of the run before the one that is measured."""
SIDES = {
    "gather": "bare loop, gather",
    "workers": "bare loop, workers",
    "draw": "evalkit, stored",
    "score": "evalkit, stored, scored and summarised",
}
PEER = "workers"
MOST_CPU = 1.15
LEAST_RATE = 0.9


@dataclass(frozen=True, slots=True)
class Passage:
    """What one side took for all samples."""

    samples: int
    cpu_s: float
    wall_s: float


@dataclass(slots=True)
class Watch:
    """Measures from its making on."""

    def __post_init__(self) -> None:
        self.cpu_s, self.wall_s = cpu_s(), time.perf_counter()

    cpu_s: float = 0.0
    wall_s: float = 0.0

    def passage(self, samples: int) -> Passage:
        """Return what has passed."""
        return Passage(samples, cpu_s() - self.cpu_s, time.perf_counter() - self.wall_s)


def cpu_s() -> float:
    """Return the seconds that this process has spent computing."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def requests(repeats: int) -> list[dict[str, Any]]:
    """List the calls of the suite, as arguments of the library's method."""
    return [
        {
            "model": MODEL,
            "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": probe(case)}],
            "temperature": temperature,
            "max_completion_tokens": MAX_TOKENS,
        }
        for temperature in TEMPERATURES
        for case in range(CASES)
        for _ in range(repeats)
    ]


async def bare(base_url: str, repeats: int, *, workers: bool) -> Passage:
    """Ask through the library and nothing else."""
    from openai import AsyncOpenAI

    async def gather(calls: list[dict[str, Any]]) -> None:
        slots = asyncio.Semaphore(CONCURRENCY)

        async def ask(call: dict[str, Any]) -> None:
            async with slots:
                await client.chat.completions.create(**call)

        await asyncio.gather(*map(ask, calls))

    async def share(calls: list[dict[str, Any]]) -> None:
        left = iter(calls)

        async def work() -> None:
            for call in left:
                await client.chat.completions.create(**call)

        await asyncio.gather(*(work() for _ in range(CONCURRENCY)))

    loop = share if workers else gather
    async with AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0) as client:
        await loop(requests(WARM_UP))
        measured = requests(repeats)
        watch = Watch()
        await loop(measured)
        return watch.passage(len(measured))


async def evalkit(folder: Path, *, scoring: bool) -> Passage:
    """Take the suite through evalkit."""
    from evalkit.expand import Plan
    from evalkit.generate import Work, generate
    from evalkit.providers.registry import build_provider
    from evalkit.run import report, start_run
    from evalkit.store import Store

    project, whole = prepared(folder)
    provider = build_provider(whole.profiles[0])
    with Store(project.store) as store:
        for repeats in (WARM_UP, whole.repeats):
            run = start_run(whole, store)
            plan = Plan(whole.suite, provider.profile, run.seed, seed_drawn=False)
            work = Work(provider, plan, whole.sweep.conditions, whole.cases, repeats)
            watch = Watch()
            tally = await generate(store, run.id, [work])
            if scoring:
                report(run, store)
        passage = watch.passage(work.calls)
    await provider.aclose()
    assert tally.outcomes == {"complete": work.calls}, tally
    return passage


def measure(side: str, base_url: str, repeats: int) -> Passage:
    """Measure one side in this process."""
    if side in ("gather", "workers"):
        return asyncio.run(bare(base_url, repeats, workers=side == "workers"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, repeats, {"fast": {"base_url": base_url, "limits": {"concurrency": CONCURRENCY}}})
        return asyncio.run(evalkit(folder, scoring=side == "score"))


def main() -> int:
    """Print the table; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--repeats", type=int, default=REPEATS, help="each is 100 samples")
    parser.add_argument("--side", choices=SIDES, help="measure one side and print JSON")
    parser.add_argument("--base-url")
    options = parser.parse_args()
    os.environ[KEY_VARIABLE] = "a key for a server that wants none"
    if options.side is not None:
        print(json.dumps(asdict(measure(options.side, options.base_url, options.repeats))))
        return 0
    passages: dict[str, list[Passage]] = {side: [] for side in SIDES}
    for _ in range(options.rounds):
        for side in SIDES:
            with instant_server() as server:
                printed = in_fresh_process(
                    __file__, "--side", side, "--base-url", server.base_url, "--repeats", options.repeats
                )
            passages[side].append(Passage(**printed))
    return print_table(passages)


def print_table(passages: dict[str, list[Passage]]) -> int:
    """Print medians and ranges, and the ratios of each round; return 1 when a target is missed."""
    print("| | CPU a sample, ms | samples/s | CPU, times the workers' | rate, times the workers' |")
    print("| --- | --- | --- | --- | --- |")
    ratios: dict[str, tuple[list[float], list[float]]] = {}
    for side, of_side in passages.items():
        pairs = list(zip(of_side, passages[PEER], strict=True))
        ratios[side] = [own.cpu_s / base.cpu_s for own, base in pairs], [base.wall_s / own.wall_s for own, base in pairs]
        cpu = spread([each.cpu_s / each.samples * 1000 for each in of_side])
        rate = spread([each.samples / each.wall_s for each in of_side], 0)
        print(f"| {SIDES[side]} | {cpu} | {rate} | {spread(ratios[side][0])} | {spread(ratios[side][1])} |")
    more_cpu, rate_share = (statistics.median(each) for each in ratios["draw"])
    print()
    print(f"CPU {more_cpu:.2f} times that of the bare loop, target at most {MOST_CPU}")
    print(f"rate {rate_share:.2f} of the bare loop's, target at least {LEAST_RATE}")
    return 0 if more_cpu <= MOST_CPU and rate_share >= LEAST_RATE else 1


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Write a median with the least and the greatest."""
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


if __name__ == "__main__":
    sys.exit(main())
