"""Whole runs with a judge on the command line: bought once, resumed, reused, capped, and shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from vendors.faults import Fault
from vendors.judges import judging
from vendors.server import unharmed

if TYPE_CHECKING:
    from tests.e2e.conftest import Folder
    from vendors.asked import Asked
    from vendors.server import FakeVendors

pytestmark = pytest.mark.slow

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


def test_a_vote_that_failed_is_asked_again_alone(polite: Folder, vendors: FakeVendors) -> None:
    """The run is incomplete until every vote is there; then each verdict is what it would have been."""
    polite.hosted("claude", vendors.base_url("claude"), price={"input": 1, "output": 5}, limits={"attempts": 1})
    vendors.fault = lambda asked: Fault("status", 500) if asked.vendor == "claude" and asked.number % 2 else None
    ended = polite.run("run", "suites/polite.yaml", expect=3)
    assert "judgements that are missing: 5; verdicts that hang on them are undecided" in ended.stdout
    assert polite.report()["rows"][0]["scores"]["undecided"] > 0
    vendors.fault = unharmed
    before = judge_calls(vendors)
    polite.run("run", "suites/polite.yaml", "--resume", "last")
    assert judge_calls(vendors) == before + 5
    assert polite.report()["rows"][0]["scores"] == {"decided": 6, "undecided": 0}


def test_a_cap_on_cost_covers_the_judge(polite: Folder, vendors: FakeVendors) -> None:
    """Nothing is asked of a judge that would let the run cost more than it may."""
    polite.run("run", "suites/polite.yaml", "--max-cost", "0.0062", expect=3)
    some = judge_calls(vendors)
    assert 0 < some < 10
    assert polite.report()["totals"]["cost_usd"] <= 0.0062
    polite.run("run", "suites/polite.yaml", "--resume", "last", "--max-cost", "1")
    assert judge_calls(vendors) == 10


def test_reuse_takes_judgements_from_earlier_runs(polite: Folder, vendors: FakeVendors) -> None:
    """The same text, question, judge and vote are not bought twice."""
    polite.run("run", "suites/polite.yaml")
    polite.run("run", "suites/polite.yaml", "--reuse")
    assert judge_calls(vendors) == 10
    assert polite.report()["totals"]["providers"]["claude"]["reused_usd"] > 0


def test_what_judging_takes_is_said_beforehand(polite: Folder, vendors: FakeVendors) -> None:
    """A dry run counts the votes and prices them with the answers at their longest, and asks nobody."""
    plan = polite.run("run", "suites/polite.yaml", "--dry-run", "--offline").stdout
    assert "claude, as judge: 10 calls to claude-haiku-4-5" in plan
    assert "in all: 14 calls" in plan
    checked = json.loads(polite.run("check", "suites/polite.yaml", "--offline", "--format", "json").stdout)
    assert checked["suites"][0]["judges"]["claude"]["calls"] == 10
    assert checked["suites"][0]["total"]["calls"] == 14
    assert vendors.received == []
    polite.run("run", "suites/polite.yaml")
    resumed = polite.run("run", "suites/polite.yaml", "--dry-run", "--offline", "--resume", "last").stdout
    assert "claude, as judge: 0 calls to claude-haiku-4-5; 10 are answered already" in resumed


def test_another_question_is_asked_of_a_stored_run(polite: Folder, vendors: FakeVendors) -> None:
    """Scoring again says what is missing, and buys it when told to; more votes cost only what is added."""
    polite.run("run", "suites/polite.yaml")
    polite.write(
        "suites/polite.yaml", SUITE.replace("votes: 3", "votes: 5").replace("Is the answer rude?", "Is it rude?")
    )
    ended = polite.run("score", "last", expect=3)
    assert "judgements that are missing: 6; `evalkit score" in ended.stderr
    assert judge_calls(vendors) == 10
    ended = polite.run("score", "last", "--ask-judges")
    assert judge_calls(vendors) == 10 + 2 * 2 + 2
    assert "missing" not in ended.stderr
    polite.run("score", "last")


def test_a_judge_is_named_somewhere(polite: Folder, vendors: FakeVendors) -> None:
    """A suite whose judge nobody names is refused before anything is paid, and the command may name one."""
    polite.write("suites/polite.yaml", SUITE.replace("judge: claude\n", ""))
    ended = polite.run("run", "suites/polite.yaml", expect=2)
    assert "a constraint of suite polite asks a judge, and none is named" in ended.stderr
    assert vendors.received == []
    polite.run("run", "suites/polite.yaml", "--judge", "gemini")
    assert judge_calls(vendors) == 10
    notes = " ".join(polite.report()["notes"])
    assert "gemini judges the answers of gemini, which is the same model; models tend to prefer their own" in notes
