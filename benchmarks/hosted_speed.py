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
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hosted.measure import Watch, spread
from hosted.project import (
    CONCURRENCY,
    KEY_VARIABLE,
    calls_of,
    draw_all,
    in_fresh_process,
    instant_server,
    write_project,
)

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
        await loop(calls_of(WARM_UP))
        measured = calls_of(repeats)
        watch = Watch()
        await loop(measured)
        return Passage(len(measured), watch.cpu_s, watch.wall_s)


async def evalkit(base_url: str, repeats: int, *, scoring: bool) -> Passage:
    """Take the suite through evalkit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, repeats, {"fast": {"base_url": base_url, "limits": {"concurrency": CONCURRENCY}}})
        drawn = await draw_all(folder, warm_up=WARM_UP, reported=scoring)
    assert drawn.outcomes == {"complete": drawn.samples}, drawn
    return Passage(drawn.samples, drawn.cpu_s, drawn.wall_s)


def measure(side: str, base_url: str, repeats: int) -> Passage:
    """Measure one side in this process."""
    if side in ("gather", "workers"):
        return asyncio.run(bare(base_url, repeats, workers=side == "workers"))
    return asyncio.run(evalkit(base_url, repeats, scoring=side == "score"))


def main() -> int:
    """Print the table; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--repeats", type=int, default=REPEATS, help="each is 100 samples")
    parser.add_argument("--side", choices=SIDES, help="measure one side and print JSON")
    parser.add_argument("--base-url")
    options = parser.parse_args()
    os.environ[KEY_VARIABLE] = "none-is-wanted"
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
        ratios[side] = (
            [own.cpu_s / base.cpu_s for own, base in pairs],
            [base.wall_s / own.wall_s for own, base in pairs],
        )
        cpu = spread([each.cpu_s / each.samples * 1000 for each in of_side])
        rate = spread([each.samples / each.wall_s for each in of_side], 0)
        print(f"| {SIDES[side]} | {cpu} | {rate} | {spread(ratios[side][0])} | {spread(ratios[side][1])} |")
    more_cpu, rate_share = (statistics.median(each) for each in ratios["draw"])
    print()
    print(f"CPU {more_cpu:.2f} times that of the bare loop, target at most {MOST_CPU}")
    print(f"rate {rate_share:.2f} of the bare loop's, target at least {LEAST_RATE}")
    return 0 if more_cpu <= MOST_CPU and rate_share >= LEAST_RATE else 1


if __name__ == "__main__":
    sys.exit(main())
