"""Thirty nights through the workflow that `evalkit init --ci github` writes, on the strict fake vendors.

The prompt loses its rule on night 12 and has it back on 13; on night 20 another model answers under the same name; on
night 25 the vendor is down; on night 27 the budget is too small. What a model says depends on the night, the prompt and
how often that has been asked, so that the nights are the same each time.
"""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from forges.github import FakeGitHub
from tests.conftest import KEY
from tests.e2e.conftest import KEY_VARIABLE
from vendors.asked import Reply
from workflow_steps import Actions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.conftest import Folder
    from vendors.asked import Asked
    from vendors.server import FakeVendors
    from workflow_steps import JobResult

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

RULE = "Answer in at most nine words."
CASES = "".join(f"  - {{id: case-{number:02}, prompt: Say thing {number}.}}\n" for number in range(20))
SUITE = f"""\
suite: nightly
providers: [claude]
repeats: 8
max_tokens: 64
axes: {{system: [house]}}
systems:
  house: {{file: prompts/house.md}}
constraints: [max_words: 9]
cases:
{CASES}gates: [{{measure: adherence, no_worse_than: baseline, margin: 0.1}}]
alarms: {{per_run: 0.05, change: 0.05}}
"""
PROMPT = f"You answer questions.\n{RULE}\n"
GOOD, BAD = 0.9, 0.5
"""Shares of short answers with the rule and without it: a drop of four times the margin."""
WORSE, RESTORED, SWAPPED, OUTAGE, POOR = 12, 13, 20, 25, 27
DRAWS = 160
NOBODY = "http://127.0.0.1:9/claude"
"""Where nothing listens."""
USUAL = ("amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "heron", "inlet", "jetty")
OTHER = ("quartz", "raven", "slate", "tundra", "umber", "vale", "willow", "xenon", "yarrow", "zinc")


@dataclass
class Model:
    """What answers on a night."""

    night: int = 0
    asked: Counter[str] = field(default_factory=Counter[str])

    def begin(self, night: int) -> None:
        """Begin a night."""
        self.night = night
        self.asked.clear()

    def reply(self, asked: Asked) -> Reply:
        """Answer shortly as often as the rule makes it, in words that are the model's own."""
        self.asked[asked.prompt] += 1
        luck = random.Random(f"{self.night} {asked.prompt} {self.asked[asked.prompt]}")
        short = luck.random() < (GOOD if RULE in (asked.system or "") else BAD)
        words = OTHER if self.night == SWAPPED else USUAL
        return Reply(" ".join(luck.choices(words, k=luck.randint(5, 9) if short else luck.randint(10, 14))))


@dataclass
class Nights:
    """A repository whose suite asks a fake vendor, what GitHub keeps of it, and its model."""

    folder: Folder
    model: Model
    github: FakeGitHub
    actions: Actions
    variables: dict[str, str]
    base_url: str

    def ask_at(self, base_url: str) -> None:
        """Write the model's profile."""
        self.folder.hosted("claude", base_url, price={"input": 1.0, "output": 5.0}, limits={"attempts": 1})

    def run(self, night: int) -> JobResult:
        """Run the nightly workflow, and return the job that runs the suites."""
        self.model.begin(night)
        if night in (WORSE, RESTORED):
            self.folder.write("suites/prompts/house.md", PROMPT.replace(RULE, "") if night == WORSE else PROMPT)
        if night in (OUTAGE, OUTAGE + 1):
            self.ask_at(NOBODY if night == OUTAGE else self.base_url)
        self.variables["EVALKIT_MAX_COST_USD"] = "0.005" if night == POOR else "1"
        done = self.actions.run(self.folder.path / ".github/workflows/evalkit-nightly.yml", "schedule")
        assert "Traceback" not in done.text
        assert done.code == done.jobs["run"].code, done.text
        return done.jobs["run"]


@pytest.fixture
def nights(folder: Folder, vendors: FakeVendors, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """Give a project whose baseline is of a night before the first."""
    model = Model()
    vendors.reply = model.reply
    folder.environment[KEY_VARIABLE] = KEY
    folder.write("suites/nightly.yaml", SUITE)
    folder.write("suites/prompts/house.md", PROMPT)
    folder.hosted("claude", vendors.base_url("claude"), price={"input": 1.0, "output": 5.0}, limits={"attempts": 1})
    folder.run("init", "--ci", "github")
    folder.run("run", "suites/nightly.yaml", "--format", "none")
    folder.run("baseline", "save", "nightly", "last")
    shutil.rmtree(folder.path / ".evalkit")  # a runner begins with what the cache has, which is nothing
    variables = {"EVALKIT_RETRY_AFTER_S": "0"}
    with FakeGitHub("ghs_nights") as github:
        environment = {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": github.token}
        contexts = {"secrets": {KEY_VARIABLE: KEY}, "vars": variables}
        actions = Actions(tmp_path_factory.mktemp("github"), folder.path, environment, contexts)
        yield Nights(folder, model, github, actions, variables, vendors.base_url("claude"))


def test_thirty_nights(nights: Nights) -> None:
    """Red when the prompt is worse, 3 when there is no whole night, and 0 else, a changed model included."""
    codes: dict[int, int] = {}
    states: dict[int, str] = {}
    drawn: dict[int, int] = {}
    issues: dict[int, int] = {}
    checkout = nights.folder.path
    for night in range(1, 31):
        done = nights.run(night)
        codes[night] = done.code
        report: dict[str, Any] = json.loads((done.folder / "reports/night/report.json").read_text(encoding="utf-8"))
        states[night] = report["headline"]["state"]
        checkout = done.folder
        drawn[night] = sum(row["completions"]["complete"] for row in report["rows"])
        issues[night] = len(nights.github.open_issues())
        assert f"evalkit: {states[night]}, nightly" in done.summary.replace("the model changed", "changed"), (
            done.summary
        )
    usual = [night for night in codes if night not in (WORSE, SWAPPED, OUTAGE, POOR)]
    assert {night: code for night, code in codes.items() if code} == {WORSE: 1, OUTAGE: 3, POOR: 3}
    assert states[WORSE] == "worse"
    assert states[SWAPPED] == "changed"
    assert {states[OUTAGE], states[POOR]} == {"incomplete"}
    # Of 26 nights, 0.05 a night for change: more than 4 false alarms would come in one year of a hundred.
    assert sum(states[night] == "changed" for night in usual) <= 4
    assert {states[night] for night in usual} <= {"good", "undecided", "changed"}
    assert {drawn[night] for night in (*usual, WORSE, SWAPPED)} == {DRAWS}
    assert drawn[OUTAGE] == 0
    assert 0 < drawn[POOR] < DRAWS
    assert (issues[WORSE - 1], issues[WORSE], issues[SWAPPED]) == (0, 1, 1)
    assert issues[OUTAGE - 1] == issues[OUTAGE]
    assert issues[POOR - 1] == issues[POOR]
    assert max(issues.values()) == 1
    _see_what_is_kept(nights.folder, checkout, states)


def _see_what_is_kept(folder: Folder, checkout: Path, states: dict[int, str]) -> None:
    """Every night is in the history as it was, and only who asks for it fails on a change."""
    last = replace(folder, path=checkout)
    history = json.loads(last.run("runs", "--history", "nightly", "--format", "json", "--limit", "40").stdout)
    assert [night["state"] for night in history["suites"][0]["nights"]] == list(states.values())
    swapped = last.run("runs", "--limit", "40").stdout.splitlines()[30 - SWAPPED].split()[0]
    last.run("report", swapped, "--baseline", "nightly")
    last.run("report", swapped, "--baseline", "nightly", "--fail-on-change", expect=1)
