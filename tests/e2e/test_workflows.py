"""The workflows that `evalkit init --ci github` writes, their shell steps run for real: models, forge and all."""

from __future__ import annotations

import sqlite3
import subprocess
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import pytest

from forges.github import FakeGitHub
from tests.conftest import KEY, KEY_VARIABLE
from vendors.asked import Reply
from vendors.faults import Fault
from workflow_steps import Actions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.e2e.conftest import Folder
    from vendors.asked import Asked
    from vendors.server import FakeVendors
    from workflow_steps import JobResult, WorkflowResult

pytestmark = pytest.mark.slow

TOKEN = "token-of-the-job"
SUITE = """\
suite: nightly
providers: [openai]
repeats: 8
max_tokens: 40
systems: {house: Answer in at most 5 words.}
axes: {system: [house]}
constraints: [max_words: 5]
cases:
  - {id: sky, prompt: What colour is the sky?}
  - {id: sea, prompt: What lives in the sea?}
  - {id: bread, prompt: How is bread made?}
gates:
  - {measure: adherence, no_worse_than: baseline, margin: 0.3}
"""
CALLS = 24


def good(_asked: Asked) -> Reply:
    """Keep to the rules."""
    return Reply("Blue as ever.")


def wordy(_asked: Asked) -> Reply:
    """Break them."""
    return Reply("Well, that is a very good question, and there is much to say about it.")


@dataclass
class Nights:
    """A repository on GitHub whose suite asks a fake vendor."""

    folder: Folder
    vendors: FakeVendors
    github: FakeGitHub
    actions: Actions
    variables: dict[str, str] = field(default_factory=dict[str, str])

    def run(self, name: str, event_name: str = "schedule", **told: Any) -> WorkflowResult:  # noqa: ANN401 - as `Actions.run`
        """Run one of the workflows."""
        return self.actions.run(self.folder.path / f".github/workflows/evalkit-{name}.yml", event_name, **told)

    def night(self, code: int) -> JobResult:
        """Run the nightly workflow, whose first job ends with this exit code, and return that job."""
        done = self.run("nightly")
        assert done.jobs["run"].code == done.code == code, done.text
        assert "Traceback" not in done.text
        assert KEY not in done.text
        assert TOKEN not in done.text
        return done.jobs["run"]

    def merge(self) -> None:
        """Take what was proposed into the repository."""
        for path, content in self.github.files("evalkit/baseline").items():
            if path.startswith("reports/"):
                file = self.folder.path / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)

    @property
    def issues(self) -> list[str]:
        """Titles of the open issues."""
        return [str(issue["title"]) for issue in self.github.open_issues()]


@pytest.fixture
def nights(hosted_folder: Folder, vendors: FakeVendors, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """Give a repository with the workflows, and with a suite but no baseline yet."""
    folder = hosted_folder
    folder.hosted("openai", vendors.base_url("openai"), price={"input": 1, "output": 1}, limits={"attempts": 1})
    folder.write("suites/nightly.yaml", SUITE)
    subprocess.run(["git", "init", "--quiet", str(folder.path)], check=True)
    folder.run("init", "--ci", "github")
    vendors.reply = good
    with FakeGitHub(TOKEN, page=50) as github:

        def allow(permissions: Mapping[str, str]) -> None:
            github.writes = frozenset(
                name.replace("-", "_") for name, allowed in permissions.items() if allowed == "write"
            )

        variables: dict[str, str] = {"EVALKIT_RETRY_AFTER_S": "0,0"}
        environment = {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": TOKEN}
        if not entry_points(group="pytest11", name="evalkit"):
            environment["PYTEST_PLUGINS"] = "evalkit.pytest_plugin"
        contexts = {"secrets": {KEY_VARIABLE: KEY}, "vars": variables}
        actions = Actions(tmp_path_factory.mktemp("github"), folder.path, environment, contexts, allow)
        yield Nights(folder, vendors, github, actions, variables)


def runs_in(store: Path) -> int:
    """Count the runs in a store."""
    with sqlite3.connect(store) as connection:
        return int(connection.execute("SELECT count(*) FROM runs").fetchone()[0])


def test_nights_from_the_first_baseline_on(nights: Nights) -> None:
    """A baseline is proposed; then a good night, a bad one with an issue, and one that closes it; history survives."""
    proposed = nights.run("baseline", "workflow_dispatch", inputs={"repeats": "16"})
    assert proposed.code == 0, proposed.text
    assert [pull["title"] for pull in nights.github.pulls.values()] == ["Take a new baseline"]
    assert len(nights.vendors.completions("openai")) == 2 * CALLS
    nights.merge()

    good_night = nights.night(0)
    assert "nightly" in good_night.summary
    assert nights.issues == []

    nights.vendors.reply = wordy
    nights.night(1)
    assert len(nights.issues) == 1
    assert "worse" in nights.issues[0]

    nights.vendors.reply = good
    last = nights.night(0)
    assert nights.issues == []
    assert runs_in(last.folder / ".evalkit/runs.db") == 3
    kept = nights.actions.kept / "artifacts" / str(nights.actions.runs) / "evalkit-night"
    assert {path.name for path in kept.iterdir()} == {
        "report.json",
        "report.md",
        "comment.md",
        "report.html",
        "junit.xml",
    }


def test_an_outage_is_waited_out_and_a_budget_is_not(nights: Nights) -> None:
    """What failed is asked for twice more; a night that stays incomplete exits 3 and leaves the issue as it is."""
    nights.run("baseline", "workflow_dispatch")
    nights.merge()

    failing = iter(range(CALLS))
    nights.vendors.fault = lambda _asked: None if next(failing, None) is None else Fault("status", 400)
    waited = nights.night(0)
    assert waited.output("Run the suites").count("going on in") == 1

    nights.vendors.reply = wordy
    nights.vendors.fault = lambda _asked: None
    nights.night(1)
    (before,) = nights.issues

    nights.vendors.fault = lambda _asked: Fault("status", 400)
    out = nights.night(3)
    assert out.output("Run the suites").count("going on in") == 2
    assert nights.issues == [before]

    nights.vendors.fault = lambda _asked: None
    nights.variables["EVALKIT_MAX_COST_USD"] = "0.0004"
    capped = nights.night(3)
    assert "leaves no room for another call" in capped.output("Run the suites")
    assert "going on in" not in capped.output("Run the suites")
    assert nights.issues == [before]


def test_a_night_without_a_baseline_says_what_is_missing(nights: Nights) -> None:
    """Nothing is drawn, told or kept; the log has the reason and what to do."""
    done = nights.run("nightly")
    assert done.jobs["run"].code == 2
    assert "no baseline `nightly`" in done.text
    assert "evalkit baseline save nightly" in done.text
    assert [step.name for step in done.jobs["run"].steps if step.code == 0 and step.output] == []
    assert done.jobs["issue"].result == "skipped"
    assert nights.vendors.received == []


PULL = {"number": 7, "user": {"login": "hubot"}, "head": {"repo": {"full_name": "acme/prompts"}}}


def test_a_pull_request_gets_one_comment(nights: Nights) -> None:
    """Brought up to date by the next push; the exit code is the run's."""
    nights.run("baseline", "workflow_dispatch")
    nights.merge()
    nights.github.pulls[7] = {"number": 7}
    for reply, code in ((good, 0), (wordy, 1)):
        nights.vendors.reply = reply
        done = nights.run("pull-request", "pull_request", event={"pull_request": PULL})
        assert done.code == code, done.text
        assert done.jobs["run-without-keys"].result == "skipped"
    assert [comment["number"] for comment in nights.github.comments] == [7]
    assert "worse" in nights.github.comments[0]["body"]


def test_a_fork_gets_no_secret_and_writes_nothing(nights: Nights) -> None:
    """What needs the key is skipped, and no job that has it, or may write, is run."""
    nights.run("baseline", "workflow_dispatch")
    nights.merge()
    asked, told = len(nights.vendors.received), len(nights.github.requests)
    for change in (
        {"head": {"repo": {"full_name": "stranger/prompts"}}},
        {"head": {"repo": None}},  # the fork was deleted
        {"user": {"login": "dependabot[bot]"}},
    ):
        done = nights.run("pull-request", "pull_request", event={"pull_request": {**PULL, **change}})
        results = {name: job.result for name, job in done.jobs.items()}
        assert results == {"run": "skipped", "comment": "skipped", "run-without-keys": "success"}, done.text
        assert "4 skipped" in done.jobs["run-without-keys"].output("Run the suites")
    assert len(nights.vendors.received) == asked
    assert len(nights.github.requests) == told
