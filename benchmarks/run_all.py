"""Runs every benchmark of this folder, one after the other: `make bench`.

Each is a script of its own that prints its table and exits with something other than 0 when it misses its target.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def benchmarks() -> list[Path]:
    """Return the scripts, by name."""
    return sorted(path for path in FOLDER.glob("*.py") if path.name != Path(__file__).name)


def main() -> int:
    """Run them all; exit 1 when any fails, after the rest have run."""
    failed: list[str] = []
    for script in benchmarks():
        print(f"## {script.name}\n", flush=True)
        began = time.perf_counter()
        code = subprocess.run([sys.executable, str(script)], check=False).returncode
        print(f"\n{script.name} took {time.perf_counter() - began:.0f} s and exited with {code}\n", flush=True)
        if code:
            failed.append(script.name)
    print(f"failed: {', '.join(failed)}" if failed else "every benchmark reached its targets")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
