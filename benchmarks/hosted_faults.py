"""How near a run comes to the ideal time when every call takes 300 ms and one in ten fails.

    python benchmarks/hosted_faults.py

2,000 samples, 50 at a time, of a loopback server that answers each call after 300 ms. One call in ten, chosen at
random, fails after that time: status 503, status 500, a reset connection, or an answer cut short. None says how long
to wait, so that each is followed by a back-off. The ideal keeps all 50 slots busy until the last answer: calls, failed
ones included, times 300 ms by 50; a sample that waits before it is asked again must not hold a slot. Beside evalkit
stands the library with its own retries under a semaphore. Target: evalkit within 10 % of the ideal.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
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
REPEATS = 20
ATTEMPTS = 6
MOST = 1.1
SIDES = {"library": "openai library, its own retries", "evalkit": "evalkit"}


async def library(base_url: str) -> float:
    """Ask through the library, which asks again by itself; return the seconds."""
    from openai import AsyncOpenAI

    slots = asyncio.Semaphore(CONCURRENCY)

    async def ask(call: dict[str, Any]) -> None:
        async with slots:
            await client.chat.completions.create(**call)

    async with AsyncOpenAI(base_url=base_url, api_key="none", max_retries=ATTEMPTS - 1) as client:
        began = time.perf_counter()
        await asyncio.gather(*map(ask, calls_of(REPEATS)))
        return time.perf_counter() - began


async def evalkit(base_url: str) -> float:
    """Ask through evalkit, everything stored; return the seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        limits = {"concurrency": CONCURRENCY, "attempts": ATTEMPTS}
        write_project(folder, REPEATS, {"faulty": {"base_url": base_url, "limits": limits}})
        drawn = await draw_all(folder)
    assert drawn.outcomes == {"complete": drawn.samples}, drawn
    return drawn.wall_s


def main() -> int:
    """Print the table; return 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=SIDES, help="measure one side and print JSON")
    parser.add_argument("--base-url", default="")
    options = parser.parse_args()
    os.environ[KEY_VARIABLE] = "a key for a server that wants none"
    if options.side is not None:
        ask = library if options.side == "library" else evalkit
        print(json.dumps({"wall_s": asyncio.run(ask(options.base_url))}))
        return 0
    print("| | calls | failed | ideal, s | taken, s | times the ideal |")
    print("| --- | --- | --- | --- | --- | --- |")
    ratios: dict[str, list[float]] = {side: [] for side in SIDES}
    for _ in range(options.rounds):
        for side, name in SIDES.items():
            with instant_server(latency_s=LATENCY_S, fault_share=FAULT_SHARE) as server:
                wall_s = in_fresh_process(__file__, "--side", side, "--base-url", server.base_url)["wall_s"]
                counts = server.counts()
            ideal_s = counts["requests"] * LATENCY_S / CONCURRENCY
            ratios[side].append(wall_s / ideal_s)
            row = (
                f"{counts['requests']:,} | {counts['faults']:,} | {ideal_s:.2f} | {wall_s:.2f} | {wall_s / ideal_s:.3f}"
            )
            print(f"| {name} | {row} |", flush=True)
    print()
    for side, name in SIDES.items():
        print(f"{name}: {spread(ratios[side], 3)} times the ideal")
    print(f"target at most {MOST} for evalkit, in every round")
    return 0 if max(ratios["evalkit"]) <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
