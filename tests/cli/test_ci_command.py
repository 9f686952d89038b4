"""`evalkit ci`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from forges.github import FakeGitHub
from forges.gitlab import FakeGitLab
from tests.forges.folders import write_night

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import CommandLine

TOKEN = "token-of-the-tests"
VARIABLES = ("GITHUB_TOKEN", "GITHUB_EVENT_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_REPOSITORY", "CI_API_V4_URL")


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """Give a GitHub with one repository."""
    with FakeGitHub(TOKEN) as server:
        yield server


@pytest.fixture
def job(in_empty_folder: CommandLine, github: FakeGitHub) -> CommandLine:
    """Give the command line as a job of GitHub Actions has it, of no pull request."""
    given = {
        "GITHUB_API_URL": github.url,
        "GITHUB_REPOSITORY": github.repository,
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_RUN_ID": "7",
        "GITHUB_TOKEN": TOKEN,
    }
    return replace(in_empty_folder, environment=dict.fromkeys(VARIABLES, "") | given)


def _of_pull_request(job: CommandLine, repository: str, **variables: str) -> CommandLine:
    event = {"pull_request": {"number": 12, "head": {"repo": {"full_name": repository}}}}
    path = job.write("event.json", json.dumps(event))
    return replace(job, environment={**job.environment, "GITHUB_EVENT_PATH": str(path), **variables})


def test_the_summary_goes_into_the_file_of_the_job(job: CommandLine, github: FakeGitHub) -> None:
    """No token and no request is needed for it."""
    write_night(job.folder / "reports/night/a", "a", "good")
    write_night(job.folder / "reports/night/b", "b", "worse")
    file = job.folder / "summary.md"
    with_file = replace(job, environment={**job.environment, "GITHUB_STEP_SUMMARY": str(file), "GITHUB_TOKEN": ""})
    assert with_file("ci", "summary", "reports/night").stderr == "wrote the summary of the job\n"
    assert file.read_text(encoding="utf-8").split("\n## ")[1:] == ["b: worse\n", "a: good\n\n"]
    assert github.requests == []


def test_the_summary_is_printed_elsewhere(in_empty_folder: CommandLine) -> None:
    """In a log of GitLab it is read as it is."""
    write_night(in_empty_folder.folder / "night", "a", "good", comment="## good é\n")
    elsewhere = replace(in_empty_folder, environment={"GITHUB_STEP_SUMMARY": ""})
    assert elsewhere("ci", "summary", "night").stdout == "## good é\n"


def test_an_issue_over_three_nights(job: CommandLine, github: FakeGitHub) -> None:
    """Bad opens, incomplete leaves and good closes; what was done is said on stderr alone."""
    said: list[str] = []
    for state in ("worse", "incomplete", "good"):
        write_night(job.folder / "night", "support", state)
        done = job("ci", "issue", "night", "--label", "evalkit")
        assert done.stdout == ""
        said.append(done.stderr.split(": http")[0])
    assert said == ["opened issue #1", "left issue #1", "closed issue #1"]
    assert github.open_issues() == []


def test_a_comment_on_the_pull_request_of_the_job(job: CommandLine, github: FakeGitHub) -> None:
    """The event names it, or --pull does; the run is linked to."""
    write_night(job.folder / "night", "support", "worse")
    _of_pull_request(job, github.repository)("ci", "comment", "night")
    assert "actions/runs/7)" in github.said_on(12)[0]
    job("ci", "comment", "night", "--pull", "13")
    assert len(github.said_on(13)) == 1
    none = job("ci", "comment", "night", expect=2)
    assert "error: this job is of no pull request" in none.stderr
    assert "--pull" in none.stderr


@pytest.mark.parametrize("token", [TOKEN, ""])
def test_a_fork_that_may_not_write_is_one_line_and_no_failure(job: CommandLine, github: FakeGitHub, token: str) -> None:
    """A red cross for what a contributor cannot change would help nobody."""
    github.writes = frozenset()
    write_night(job.folder / "night", "support", "worse")
    done = _of_pull_request(job, "mona/prompts", GITHUB_TOKEN=token)("ci", "comment", "night")
    assert done.stderr == "nothing was written: this pull request is of a fork, and its token may only read\n"


def test_a_missing_permission_fails_with_what_to_do(job: CommandLine, github: FakeGitHub) -> None:
    """Exit code 3, a sentence and a hint; the token is printed nowhere."""
    write_night(job.folder / "night", "support", "worse")
    github.writes = frozenset()
    failed = _of_pull_request(job, github.repository)("ci", "comment", "night", expect=3)
    assert "error: GitHub answered POST /repos/acme/prompts/issues/12/comments with 403" in failed.stderr
    assert "hint: give the job the permission" in failed.stderr
    github.token = "another"
    refused = job("ci", "issue", "night", expect=3)
    assert "401: Bad credentials" in refused.stderr
    assert TOKEN not in failed.stderr + refused.stderr + failed.stdout + refused.stdout


def test_a_traceback_does_not_show_the_token(job: CommandLine, github: FakeGitHub) -> None:
    """Not even where it is part of what a message names."""
    write_night(job.folder / "night", "support", "worse")
    github.writes = frozenset()
    github.repository = f"acme/{TOKEN}"
    named = replace(job, environment={**job.environment, "GITHUB_REPOSITORY": github.repository})
    process = named.start("--debug", "ci", "issue", "night")
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "Traceback" in stderr
    assert "[the token in GITHUB_TOKEN]" in stderr
    assert TOKEN not in stderr


def test_a_fork_whose_token_may_write_is_commented_on(job: CommandLine, github: FakeGitHub) -> None:
    """A repository may give its forks such tokens."""
    write_night(job.folder / "night", "support", "worse")
    _of_pull_request(job, "mona/prompts")("ci", "comment", "night")
    assert len(github.said_on(12)) == 1


@pytest.mark.parametrize("title", ["", " ", "x" * 256])
def test_a_title_that_no_forge_takes_is_refused(job: CommandLine, github: FakeGitHub, title: str) -> None:
    """Before anything is asked."""
    write_night(job.folder / "night", "support", "worse")
    for name, given in (("issue", "night"), ("pull", "night")):
        refused = job("ci", name, given, "--title", title, expect=2)
        assert f"--title takes 1 to 255 characters, got {len(title)}" in refused.stderr
    assert github.requests == []


def test_a_baseline_is_proposed(job: CommandLine, github: FakeGitHub) -> None:
    """Its files come to a branch of their own, with a request."""
    (job.folder / ".git").mkdir()
    job.write("reports/baselines/main.json", "{}\n")
    done = job("ci", "pull", "--branch", "evalkit/baseline", "--title", "New evalkit baseline", "reports/baselines")
    assert done.stderr.startswith("opened pull request 1: https://")
    assert github.files("evalkit/baseline")["reports/baselines/main.json"] == b"{}\n"
    assert github.pulls[1]["title"] == "New evalkit baseline"


def test_users_mistakes_have_exit_code_2(job: CommandLine, in_empty_folder: CommandLine) -> None:
    """A folder without a report, no forge, no token, and more than one label."""
    assert "holds no report.json" in job("ci", "issue", ".", expect=2).stderr
    write_night(job.folder / "night", "support", "worse")
    nowhere = replace(in_empty_folder, environment=dict.fromkeys(VARIABLES, ""))
    assert "no job of GitHub Actions or GitLab CI" in nowhere("ci", "issue", "night", expect=2).stderr
    without = replace(job, environment={**job.environment, "GITHUB_TOKEN": ""})
    assert "GITHUB_TOKEN is not set" in without("ci", "issue", "night", expect=2).stderr
    assert "--label takes one label, got `a,b`" in job("ci", "issue", "night", "--label", "a,b", expect=2).stderr


def test_a_merge_request_on_gitlab(in_empty_folder: CommandLine) -> None:
    """Comment and issue by the variables that GitLab CI sets."""
    write_night(in_empty_folder.folder / "night", "support", "worse")
    with FakeGitLab(TOKEN) as gitlab:
        given = {
            "CI_API_V4_URL": gitlab.url,
            "CI_PROJECT_ID": gitlab.project,
            "CI_MERGE_REQUEST_IID": "3",
            "CI_PIPELINE_ID": "7",
            "EVALKIT_GITLAB_TOKEN": TOKEN,
        }
        job = replace(in_empty_folder, environment=dict.fromkeys(VARIABLES, "") | given)
        assert job("ci", "comment", "night").stderr == "commented on merge request 3\n"
        assert job("ci", "issue", "night").stderr.startswith("opened issue #1: https://gitlab.example/")
        assert len(gitlab.said_on("merge_requests/3")) == len(gitlab.open_issues()) == 1
