"""Thirty nights through the commands of the workflow that `evalkit init --ci github` writes, on the strict fake vendors.

The prompt loses its rule on night 12 and has it back on 13; on night 20 another model answers under the same name; on
night 25 the vendor is down; on night 27 the budget is too small. What a model says depends on the night, the prompt and
how often that has been asked, so that the nights are the same each time.
"""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from forges.github import FakeGitHub
from tests.conftest import KEY
from tests.e2e.conftest import KEY_VARIABLE
from vendors.asked import Reply
from workflow_steps import lines_of, run_job

if TYPE_CHECKING:
    from tests.e2e.conftest import Folder
    from vendors.asked import Asked
    from vendors.server import FakeVendors
    from workflow_steps import JobResult

pytestmark = pytest.mark.slow

RULE = "Answer in at most nine words."
CASES = "".join(f"  - {{id: case-{number:02}, prompt: Say thing {number}.}}\n" for number in range(20))
SUITE = f"""\
suite: nights
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
USUAL = "amber birch cedar dune ember fjord grove heron inlet jetty kelp larch".split()
OTHER = "quartz raven slate tundra umber vale willow xenon yarrow zinc basalt coral".split()


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
    """A project with the workflow, its model and its forge."""

    folder: Folder
    model: Model
    github: FakeGitHub
    base_url: str

    def ask_at(self, base_url: str) -> None:
        """Write the model's profile."""
        self.folder.hosted("claude", base_url, price={"input": 1.0, "output": 5.0}, limits={"attempts": 1})

    def run(self, night: int) -> JobResult:
        """Run the workflow's job on a night."""
        self.model.begin(night)
        if night in (WORSE, RESTORED):
            self.folder.write("suites/prompts/house.md", PROMPT.replace(RULE, "") if night == WORSE else PROMPT)
        if night in (OUTAGE, OUTAGE + 1):
            self.ask_at(NOBODY if night == OUTAGE else self.base_url)
        shutil.rmtree(self.folder.path / "reports/night", ignore_errors=True)  # a fresh checkout has none
        return run_job(
            self.folder.path / ".github/workflows/evalkit-nightly.yml",
            "nightly",
            self.folder.path,
            {
                KEY_VARIABLE: KEY,
                "GITHUB_API_URL": self.github.url,
                "GITHUB_REPOSITORY": self.github.repository,
                "GITHUB_SERVER_URL": "https://github.example",
                "GITHUB_RUN_ID": str(1000 + night),
                "GITHUB_RUN_NUMBER": str(night),
            },
            {
                "github.token": self.github.token,
                "vars.EVALKIT_MAX_COST": "0.005" if night == POOR else "1",
                "vars.EVALKIT_RETRY_AFTER": "0",
            },
        )

    def report(self) -> dict[str, Any]:
        """Return the night's report."""
        text = (self.folder.path / "reports/night/nights/report.json").read_text(encoding="utf-8")
        report: dict[str, Any] = json.loads(text)
        return report


@pytest.fixture
def nights(folder: Folder, vendors: FakeVendors) -> Nights:
    """Give a project whose baseline is of a night before the first."""
    model = Model()
    vendors.reply = model.reply
    folder.run("init", "--ci", "github")
    for shipped in ("quick.yaml", "nightly.yaml"):
        (folder.path / "suites" / shipped).unlink()
    folder.write("suites/nights.yaml", SUITE)
    folder.write("suites/prompts/house.md", PROMPT)
    folder.environment[KEY_VARIABLE] = KEY
    made = Nights(folder, model, FakeGitHub("ghs_nights"), vendors.base_url("claude"))
    made.ask_at(made.base_url)
    folder.run("run", "suites/nights.yaml", "--format", "none")
    folder.run("baseline", "save", "nights", "last")
    return made


def test_thirty_nights(nights: Nights) -> None:
    """Red when the prompt is worse, 3 when there is no whole night, and 0 else, a changed model included."""
    codes: dict[int, int] = {}
    states: dict[int, str] = {}
    drawn: dict[int, int] = {}
    issues: dict[int, int] = {}
    with nights.github:
        for night in range(1, 31):
            done = nights.run(night)
            codes[night] = done.code
            report = nights.report()
            states[night] = report["headline"]["state"]
            drawn[night] = sum(row["completions"]["complete"] for row in report["rows"])
            issues[night] = len(nights.github.open_issues())
            assert report["headline"]["words"] in done.summary, "\n".join(lines_of(done))
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
    _see_what_is_kept(nights, states)


def _see_what_is_kept(nights: Nights, states: dict[int, str]) -> None:
    """Every night is in the history as it was, and only who asks for it fails on a change."""
    history = json.loads(nights.folder.run("runs", "--history", "nights", "--format", "json", "--limit", "40").stdout)
    kept = [night["state"] for night in history["suites"][0]["nights"]]
    assert kept[-30:] == list(states.values())
    runs = nights.folder.run("runs", "--limit", "40").stdout.splitlines()
    swapped = runs[30 - SWAPPED].split()[0]
    nights.folder.run("report", swapped, "--baseline", "nights")
    nights.folder.run("report", swapped, "--baseline", "nights", "--fail-on-change", expect=1)
