"""How near a run comes to the ideal time when every call takes 300 ms and one in ten fails.

    python benchmarks/hosted_faults.py

A loopback server answers each call after 300 ms; times are its own, from the first call to the last answer. One call in
ten, chosen at random, fails after that time: status 503, status 500, a reset connection, or an answer cut short. None
says how long to wait, so that each is followed by a random back-off of up to 0.5 s, then 1 s and so on. The ideal keeps
all 50 slots busy to the end: calls, failed ones included, times 300 ms by 50. A sample that waits before it is asked
again must not hold a slot for that.

The ideal knows no back-off, and so is out of reach at the end of a short run, when only samples are left that wait. The
table therefore says what a perfect scheduler would take that fills every slot as soon as there is anything to ask, with
the same chance of a fault and the same back-off: the median of 200 simulated runs. Beside evalkit stands the library
with its own retries under a semaphore. Targets: 5,000 samples within 10 % of the ideal, 1,000 within 10 % of the
perfect scheduler.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import json
import os
import random
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from hosted.measure import spread
from hosted.project import (
    CONCURRENCY,
    KEY_VARIABLE,
    calls_of,
    draw_all,
    in_fresh_process,
    instant_server,
    write_project,
)

LATENCY_S = 0.3
FAULT_SHARE = 0.1
SIZES = (1000, 5000)
ATTEMPTS = 6
MOST = 1.1
SIDES = {"library": "openai library, its own retries", "evalkit": "evalkit"}


def perfect(samples: int, seed: int) -> float:
    """Simulate a perfect scheduler and return its time in terms of the ideal."""
    from evalkit.generate.waiting import backoff_s

    chance = random.Random(seed)
    slots = [0.0] * CONCURRENCY
    waiting: list[tuple[float, int]] = []  # when it may be asked again, and for which time
    left, calls, end_s = samples, 0, 0.0
    while left or waiting:
        start_s, attempt = heapq.heappop(slots), 1
        if waiting and (waiting[0][0] <= start_s or not left):
            due_s, attempt = heapq.heappop(waiting)
            start_s = max(start_s, due_s)
        else:
            left -= 1
        calls, done_s = calls + 1, start_s + LATENCY_S
        heapq.heappush(slots, done_s)
        if chance.random() < FAULT_SHARE:
            heapq.heappush(waiting, (done_s + backoff_s(attempt, chance), attempt + 1))
        else:
            end_s = max(end_s, done_s)
    return end_s / (calls * LATENCY_S / CONCURRENCY)


async def library(base_url: str, samples: int) -> None:
    """Ask through the library, which asks again by itself."""
    from openai import AsyncOpenAI

    slots = asyncio.Semaphore(CONCURRENCY)

    async def ask(call: dict[str, Any]) -> None:
        async with slots:
            await client.chat.completions.create(**call)

    async with AsyncOpenAI(base_url=base_url, api_key="none", max_retries=ATTEMPTS - 1) as client:
        await asyncio.gather(*map(ask, calls_of(samples // 100)))


async def evalkit(base_url: str, samples: int) -> None:
    """Ask through evalkit, everything stored."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        limits = {"concurrency": CONCURRENCY, "attempts": ATTEMPTS}
        write_project(folder, samples // 100, {"faulty": {"base_url": base_url, "limits": limits}})
        drawn = await draw_all(folder)
    assert drawn.outcomes == {"complete": samples}, drawn


def main() -> int:
    """Print the table; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--samples", type=int, nargs="+", default=SIZES, help="multiples of 100")
    parser.add_argument("--side", choices=SIDES, help="measure one side and print JSON")
    parser.add_argument("--base-url", default="")
    options = parser.parse_args()
    os.environ[KEY_VARIABLE] = "none-is-wanted"
    if options.side is not None:
        ask = library if options.side == "library" else evalkit
        asyncio.run(ask(options.base_url, options.samples[0]))
        print(json.dumps({}))
        return 0
    print("| samples | | taken, s | times the ideal | a perfect scheduler, times the ideal |")
    print("| --- | --- | --- | --- | --- |")
    met = True
    for samples in options.samples:
        best = statistics.median(perfect(samples, seed) for seed in range(200))
        for side, name in SIDES.items():
            taken = [_take(side, samples, seed) for seed in range(options.rounds)]
            times, ratios = [wall_s for wall_s, _ in taken], [ratio for _, ratio in taken]
            print(f"| {samples:,} | {name} | {spread(times)} | {spread(ratios)} | {best:.2f} |", flush=True)
            if side == "evalkit":
                met &= statistics.median(ratios) <= MOST * (1 if samples >= max(SIZES) else best)
    print()
    print(f"target at most {MOST} times the ideal from {max(SIZES):,} samples, times the perfect scheduler below")
    return 0 if met else 1


def _take(side: str, samples: int, seed: int) -> tuple[float, float]:
    """Measure one side; return the seconds, and how many times the ideal that is."""
    with instant_server(latency_s=LATENCY_S, fault_share=FAULT_SHARE, seed=seed) as server:
        in_fresh_process(__file__, "--side", side, "--base-url", server.base_url, "--samples", samples)
        counts = server.counts()
    wall_s = counts["last_s"] - counts["began_s"]
    return wall_s, wall_s / (counts["requests"] * LATENCY_S / CONCURRENCY)


if __name__ == "__main__":
    sys.exit(main())
