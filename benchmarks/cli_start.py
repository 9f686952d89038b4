"""How long `evalkit --help` takes to start, against `python -c "import click"`, the least that a click program needs.

    python benchmarks/cli_start.py

The two are started in turn, so that a slow moment of the machine meets both.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

TARGET_S = 0.15
SCRIPT = Path(sys.executable).with_name("evalkit")
"""The command as it is installed beside this Python."""
COMMANDS = {
    "python -c 'import click'": [sys.executable, "-c", "import click"],
    "evalkit --help": [str(SCRIPT), "--help"],
    "evalkit run --help": [str(SCRIPT), "run", "--help"],
}


def seconds(command: list[str]) -> float:
    """Run a command to its end and return how long that took by the clock on the wall."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> int:
    """Print the medians; exit 1 when the difference misses its target."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=20, help="starts of each command (default 20)")
    times: int = parser.parse_args().times
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():  # once, uncounted: fills the file cache and writes the byte code
        seconds(command)
    for _ in range(times):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    least = median(taken["python -c 'import click'"])
    print("| command | median, s | fastest, s | slowest, s | above click, s |")
    print("| --- | --- | --- | --- | --- |")
    for name, each in taken.items():
        print(f"| `{name}` | {median(each):.3f} | {min(each):.3f} | {max(each):.3f} | {median(each) - least:.3f} |")
    difference = median(taken["evalkit --help"]) - least
    reached = difference <= TARGET_S
    print(f"\n`evalkit --help` is {difference:.3f} s above click; at most {TARGET_S} s: {'yes' if reached else 'NO'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
