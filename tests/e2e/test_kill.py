"""SIGKILL in the middle of a run: nothing that came back is asked again, counted at the server."""

from __future__ import annotations

import os
import re
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from vendors.asked import Asked, Reply

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.e2e.conftest import Folder
    from vendors.asked import Vendor
    from vendors.server import FakeVendors

pytestmark = pytest.mark.slow

CONCURRENCY = 16
TWO: tuple[Vendor, ...] = ("claude", "openai")
SUITE = """\
suite: many
providers: [{providers}]
repeats: 1
max_tokens: 8
seed: 5
axes:
  number: [{numbers}]
constraints:
  - max_words: 12
cases:
  - {{id: say, prompt: "Say {{{{ number }}}}."}}
"""


def numbered(asked: Asked) -> Reply:
    """Answer with the number of the call, so that an answer that was drawn again would be another one."""
    return Reply(f"{asked.prompt} {asked.number}")


def make(folder: Folder, vendors: FakeVendors, samples: int, providers: str) -> None:
    """Write a suite whose every sample is a prompt of its own, so that the server can tell them apart."""
    vendors.reply, vendors.latency_s = numbered, 0.02
    numbers = ", ".join(map(str, range(samples)))
    folder.write("suites/many.yaml", SUITE.format(providers=providers, numbers=numbers))
    for vendor in TWO:
        folder.hosted(vendor, vendors.base_url(vendor), limits={"concurrency": CONCURRENCY})


def kill(process: subprocess.Popen[str], vendors: FakeVendors) -> None:
    """End a process as a power cut would, and let the server see to the requests that it had sent."""
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    seen = -1
    while vendors.under_way or seen != len(vendors.received):
        seen = len(vendors.received)
        time.sleep(0.2)


def answered(folder: Folder) -> dict[tuple[str, int], str]:
    """Return the answers in the store."""
    return {(provider, position): text for provider, position, text in folder.stored("provider, position, text")}


def asked(vendors: FakeVendors, vendor: Vendor) -> Counter[str]:
    """Count at the server how often each prompt was asked."""
    return Counter(str(each.body["messages"][-1]["content"]) for each in vendors.completions(vendor))


def in_flight_noted(report: dict[str, Any], provider: str) -> int:
    """Return how many calls the report says were under way."""
    pattern = re.escape(provider) + r": calls under way when the run was stopped, and asked again: at most ([\d,]+)"
    found = [re.match(pattern, note) for note in report["notes"]]
    (number,) = [int(each[1].replace(",", "")) for each in found if each]
    return number


def check_stored(folder: Folder, provider: str, samples: int, before: dict[tuple[str, int], str]) -> None:
    """Check that every sample has an answer, and those that had one by then the same one."""
    after = answered(folder)
    assert len([name for name, _ in after if name == provider]) == samples
    assert {key: after[key] for key in before} == before


def asked_again(now: Counter[str], then: Counter[str]) -> set[str]:
    """Return the prompts that were asked before a moment and again after it."""
    return {prompt for prompt, times in now.items() if 0 < then[prompt] < times}


def kept(before: dict[tuple[str, int], str], provider: str) -> set[str]:
    """Return the prompts that had been answered, and the answers committed."""
    return {f"Say {position}." for name, position in before if name == provider}


def test_a_thousand_samples_killed_at_half(
    folder: Folder, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """After a kill at half of 1,000 samples, at most the 16 calls in flight are asked twice, as the report says."""
    make(folder, vendors, 1000, "openai")
    process = folder.start("run", "suites/many.yaml")
    wait_until(lambda: len(vendors.completions("openai")) >= 500)
    kill(process, vendors)
    before, then = answered(folder), asked(vendors, "openai")
    assert then.total() - CONCURRENCY <= len(before) <= 800  # a busy machine is late with the kill
    folder.run("run", "suites/many.yaml", "--resume", "last")
    check_stored(folder, "openai", 1000, before)
    again = asked_again(asked(vendors, "openai"), then)
    assert not again & kept(before, "openai")
    assert asked(vendors, "openai").total() == 1000 + len(again)
    report = folder.report()
    assert len(again) <= in_flight_noted(report, "openai") <= CONCURRENCY
    assert report["missing"] == 0


def test_two_providers_killed_twice(
    folder: Folder, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """A kill, and another one while the run is resumed: each costs each provider no more than its calls in flight."""
    make(folder, vendors, 150, "claude, openai")
    process = folder.start("run", "suites/many.yaml")
    wait_until(lambda: min(len(vendors.completions("claude")), len(vendors.completions("openai"))) >= 40)
    kill(process, vendors)
    stages = [(answered(folder), {name: asked(vendors, name) for name in TWO})]
    process = folder.start("run", "suites/many.yaml", "--resume", "last")
    wait_until(lambda: len(answered(folder)) >= len(stages[0][0]) + 60)
    kill(process, vendors)
    stages.append((answered(folder), {name: asked(vendors, name) for name in TWO}))
    assert len(stages[1][0]) < 300
    ended = folder.run("run", "suites/many.yaml", "--resume", "last")
    report = folder.report()
    for provider in TWO:
        for before, then in stages:
            check_stored(folder, provider, 150, before)
            again = asked_again(asked(vendors, provider), then[provider])
            assert not again & kept(before, provider)
        twice = asked(vendors, provider).total() - 150
        noted = in_flight_noted(report, provider)
        assert twice <= noted <= 2 * CONCURRENCY
        assert f"asked again: at most {noted}" in " ".join(ended.stdout.split())
