"""Whole runs with a judge on the command line: bought once, resumed, reused, capped, and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vendors.judges import judging, seen

if TYPE_CHECKING:
    from tests.e2e.conftest import Folder
    from vendors.asked import Asked
    from vendors.server import FakeVendors

SUITE = """\
suite: polite
providers: [gemini]
judge: claude
repeats: 2
seed: 5
cases:
  - id: restart
    prompt: Ask somebody to restart the broker.
    constraints:
      - judge: Is the answer polite?
  - id: stop
    prompt: Ask somebody to stop the broker.
    constraints:
      - judge: {question: Is the answer polite?, votes: 3}
      - not: {judge: Is the answer rude?}
"""


def writes(asked: Asked) -> str:
    """Write a polite text for one case and a rude one for the other; each request gets another one."""
    return f"Please restart it, number {asked.number}." if "restart" in asked.prompt else f"Stop it, {asked.number}!"


def judge_calls(vendors: FakeVendors) -> int:
    """Return how many questions to judges arrived."""
    return sum("You are a judge." in str(each.body) for each in vendors.received)


@pytest.fixture
def polite(hosted_folder: Folder, vendors: FakeVendors) -> Folder:
    """Give a project with the suite, and a judge who goes by one word."""
    vendors.reply = judging(
        lambda question: "yes" if ("Please" in question.quoted["text"]) == ("polite" in question.outside) else "no",
        writes,
    )
    hosted_folder.write("suites/polite.yaml", SUITE)
    for vendor in ("claude", "gemini"):
        hosted_folder.hosted(vendor, vendors.base_url(vendor), price={"input": 1, "output": 5})
    return hosted_folder


def test_a_run_is_judged_and_its_judge_paid_once(polite: Folder, vendors: FakeVendors) -> None:
    """Each vote is a call like any other: stored, counted apart, and not bought again."""
    polite.run("run", "suites/polite.yaml")
    assert judge_calls(vendors) == 2 * 1 + 2 * (3 + 1)
    report = polite.report()
    assert report["rows"][0]["scores"] == {"decided": 6, "undecided": 0}
    assert report["rows"][0]["measures"]["adherence"]["estimate"] == 0.5
    assert report["totals"]["providers"]["claude"]["answers"] == 10
    assert report["totals"]["providers"]["claude"]["cost_usd"] > 0
    polite.run("run", "suites/polite.yaml", "--resume", "last")
    assert judge_calls(vendors) == 10
