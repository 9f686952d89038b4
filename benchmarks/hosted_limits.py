"""How much of its own limit each of three providers gets, alone and side by side with the others.

    python benchmarks/hosted_limits.py

Three loopback servers keep three limits as vendors do: 10 calls a second, tokens for 30 calls a second, and 100 calls
a second; each takes a second's worth at once and no more, and refuses the rest with status 429 and the time to wait.
Their answers take 0.5, 0.2 and 0.05 s. Each provider has calls for 20 seconds. First the profiles state the limits,
then they state nothing and evalkit must learn the limits from the servers' headers. Rates are the servers' own:
answers after the first second's worth, over the time from the first answer to the last. Targets, stated limits: each
reaches 95 % of its limit, alone and together, with at most 1 % of its calls refused.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hosted.project import (
    KEY_VARIABLE,
    TOKENS_A_CALL,
    draw_all,
    in_fresh_process,
    instant_server,
    write_project,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 20
LEAST_SHARE = 0.95
MOST_REFUSED = 0.01


@dataclass(frozen=True, slots=True)
class Limited:
    """A provider with a limit.

    Attributes:
        calls_per_s: What the limit comes to.
        by: What is limited, as evalkit's profiles and the server's options name it.
    """

    calls_per_s: int
    by: str
    latency_s: float
    concurrency: int

    @property
    def limits(self) -> dict[str, float]:
        """The limit as a profile states it."""
        amount = 1 if self.by == "requests_per_minute" else TOKENS_A_CALL
        return {self.by: self.calls_per_s * 60 * amount}

    def share(self, counts: Mapping[str, Any]) -> float:
        """Return the share of the limit that the server gave out."""
        at_once = self.calls_per_s
        return float((counts["answered"] - at_once) / (counts["last_s"] - counts["first_s"]) / self.calls_per_s)


PROVIDERS = {
    "small": Limited(10, "requests_per_minute", 0.5, 20),
    "tokens": Limited(30, "tokens_per_minute", 0.2, 20),
    "large": Limited(100, "requests_per_minute", 0.05, 20),
}


def ask(names: list[str], *, stated: bool) -> dict[str, Any]:
    """Draw from these providers side by side and return what their servers counted."""
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        servers = {
            name: stack.enter_context(instant_server(latency_s=PROVIDERS[name].latency_s, **PROVIDERS[name].limits))
            for name in names
        }
        profiles = {name: _profile(PROVIDERS[name], server.base_url, stated=stated) for name, server in servers.items()}
        write_project(Path(folder), 1, profiles)
        repeats = {name: PROVIDERS[name].calls_per_s * SECONDS // 100 for name in names}  # a repeat is 100 samples
        drawn = asyncio.run(draw_all(Path(folder), repeats=repeats))
        assert drawn.outcomes == {"complete": drawn.samples}, drawn
        return {name: server.counts() for name, server in servers.items()}


def _profile(provider: Limited, base_url: str, *, stated: bool) -> dict[str, Any]:
    limits: dict[str, float] = {"concurrency": provider.concurrency, **(provider.limits if stated else {})}
    return {"base_url": base_url, "limits": limits}


def main() -> int:
    """Print the table; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ask", nargs="+", choices=PROVIDERS, help="ask these and print JSON")
    parser.add_argument("--unstated", action="store_true", help="with --ask: leave the limits out of the profiles")
    options = parser.parse_args()
    os.environ[KEY_VARIABLE] = "none-is-wanted"
    if options.ask is not None:
        print(json.dumps(ask(options.ask, stated=not options.unstated)))
        return 0
    print("| limits | asked | provider | share of its limit | refused calls |")
    print("| --- | --- | --- | --- | --- |")
    met = True
    for stated in (True, False):
        for names in ([name] for name in PROVIDERS) if stated else ():
            met &= _print_rows(names, stated=True)
        met &= _print_rows(list(PROVIDERS), stated=stated)
    return 0 if met else 1


def _print_rows(names: list[str], *, stated: bool) -> bool:
    """Ask, print a row for each provider, and tell whether the targets are met; nothing is demanded of headers."""
    words = ["--ask", *names, *([] if stated else ["--unstated"])]
    counted = in_fresh_process(__file__, *words)
    met = True
    for name, counts in counted.items():
        share, refused = PROVIDERS[name].share(counts), counts["limited"]
        how = "stated" if stated else "from headers"
        print(
            f"| {how} | {'alone' if len(names) == 1 else 'together'} | {name} | {share:.3f} | {refused:,} |", flush=True
        )
        met &= share >= LEAST_SHARE and refused <= MOST_REFUSED * counts["requests"]
    return met or not stated


if __name__ == "__main__":
    sys.exit(main())
