"""Whether memory grows with a run: peak memory for 1,000 and for 20,000 samples of a hosted provider.

    python benchmarks/hosted_memory.py

Each size is drawn in a fresh process from an instant loopback server, 50 calls at a time, stored, scored and
summarised. Peak memory is that of the whole process, interpreter and libraries included. Target: at 20,000 samples at
most 1.2 times that at 1,000.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from hosted.measure import peak_mb
from hosted.project import CONCURRENCY, KEY_VARIABLE, draw_all, in_fresh_process, instant_server, write_project

SIZES = (10, 200)
"""Repeats of the smaller and of the larger run; each is 100 samples."""
MOST_GROWTH = 1.2


async def measure(base_url: str, repeats: int) -> dict[str, float]:
    """Take one run through evalkit in this process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, repeats, {"fast": {"base_url": base_url, "limits": {"concurrency": CONCURRENCY}}})
        drawn = await draw_all(folder, reported=True)
    assert drawn.outcomes == {"complete": drawn.samples}, drawn
    return {"samples": drawn.samples, "peak_mb": peak_mb(), "wall_s": drawn.wall_s}


def main() -> int:
    """Print the table; return 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, help="measure one run and print JSON")
    parser.add_argument("--base-url", default="")
    options = parser.parse_args()
    os.environ[KEY_VARIABLE] = "none-is-wanted"
    if options.repeats is not None:
        print(json.dumps(asyncio.run(measure(options.base_url, options.repeats))))
        return 0
    print("| samples | seconds | peak memory, MB | times the smaller |")
    print("| --- | --- | --- | --- |")
    peaks: list[float] = []
    for repeats in SIZES:
        with instant_server() as server:
            run = in_fresh_process(__file__, "--repeats", repeats, "--base-url", server.base_url)
        peaks.append(run["peak_mb"])
        growth = peaks[-1] / peaks[0]
        print(f"| {run['samples']:,} | {run['wall_s']:.1f} | {run['peak_mb']:.1f} | {growth:.3f} |", flush=True)
    print()
    print(f"target at most {MOST_GROWTH} times the smaller")
    return 0 if peaks[-1] <= MOST_GROWTH * peaks[0] else 1


if __name__ == "__main__":
    sys.exit(main())
