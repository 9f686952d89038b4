<<<<<<< HEAD
"""`evalkit ci`, as jobs run it: a process with the variables of a job, against the fakes of both forges."""
=======
"""`evalkit ci`."""
>>>>>>> main

from __future__ import annotations

import json
from dataclasses import replace
<<<<<<< HEAD
from typing import TYPE_CHECKING, Any
=======
from typing import TYPE_CHECKING
>>>>>>> main

import pytest

from forges.github import FakeGitHub
from forges.gitlab import FakeGitLab
<<<<<<< HEAD
=======
from tests.forges.folders import write_night
>>>>>>> main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import CommandLine

<<<<<<< HEAD
TOKEN = "ghs_marker-91b3d0e27c55"
NOTHING = ("GITHUB_REPOSITORY", "GITHUB_TOKEN", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH", "CI_API_V4_URL")
GATE = "gates: [{measure: adherence, at_least: 0.5, scope: suite}]\n"
=======
TOKEN = "token-of-the-tests"
VARIABLES = ("GITHUB_TOKEN", "GITHUB_EVENT_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_REPOSITORY", "CI_API_V4_URL")
>>>>>>> main


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
<<<<<<< HEAD
    """Give a GitHub."""
    fake = FakeGitHub(TOKEN)
    with fake:
        yield fake


@pytest.fixture
def gitlab() -> Iterator[FakeGitLab]:
    """Give a GitLab."""
    fake = FakeGitLab(TOKEN)
    with fake:
        yield fake


def _on_github(evalkit: CommandLine, fake: FakeGitHub, event: Any = None, **more: str) -> CommandLine:  # noqa: ANN401 - any event
    path = evalkit.write("event.json", json.dumps(event or {}))
    variables = {
        **dict.fromkeys(NOTHING, ""),
        "GITHUB_API_URL": fake.url,
        "GITHUB_REPOSITORY": fake.repository,
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_RUN_ID": "7",
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_TOKEN": TOKEN,
    }
    return replace(evalkit, environment={**variables, **more})


def _on_gitlab(evalkit: CommandLine, fake: FakeGitLab, **more: str) -> CommandLine:
    variables = {
        **dict.fromkeys(NOTHING, ""),
        "CI_API_V4_URL": fake.url,
        "CI_PROJECT_ID": fake.project,
        "CI_PIPELINE_ID": "7",
        "CI_PIPELINE_URL": "https://gitlab.example/acme/prompts/-/pipelines/7",
        "EVALKIT_GITLAB_TOKEN": TOKEN,
    }
    return replace(evalkit, environment={**variables, **more})


def _night(evalkit: CommandLine, state: str = "good", suite: str = "tone", folder: str = "night") -> None:
    report = {"suite": {"name": suite}, "headline": {"state": state, "words": f"it is {state}"}}
    evalkit.write(f"{folder}/report.json", json.dumps(report))
    evalkit.write(f"{folder}/comment.md", f"### {suite}: {state}\n")


def _pull(repository: str = "acme/prompts") -> dict[str, Any]:
    return {"pull_request": {"number": 5, "head": {"repo": {"full_name": repository}}}}


def test_the_summary_goes_into_the_job_s_file(in_empty_folder: CommandLine) -> None:
    """Without a token, and without asking anybody."""
    evalkit = in_empty_folder
    file = evalkit.folder / "summary.md"
    _night(evalkit, "worse", "tone", "night/tone")
    _night(evalkit, "good", "facts", "night/facts")
    job = replace(evalkit, environment={**dict.fromkeys(NOTHING, ""), "GITHUB_STEP_SUMMARY": str(file)})
    done = job("ci", "summary", "night")
    assert (done.stdout, done.stderr) == ("", "wrote the summary of the job\n")
    assert file.read_text(encoding="utf-8") == "\n### tone: worse\n\n### facts: good\n\n"


def test_elsewhere_the_summary_is_printed(in_empty_folder: CommandLine) -> None:
    """As in a job of GitLab, whose log shows it."""
    _night(in_empty_folder)
    job = replace(in_empty_folder, environment=dict.fromkeys(NOTHING, ""))
    assert job("ci", "summary", "night").stdout == "### tone: good\n"


def test_a_pull_request_is_commented_on(in_empty_folder: CommandLine, github: FakeGitHub) -> None:
    """That of the event, or that of --pull; what was done goes to stderr."""
    _night(in_empty_folder)
    job = _on_github(in_empty_folder, github, _pull())
    done = job("ci", "comment", "night")
    assert done.stdout == ""
    assert done.stderr.startswith("commented on pull request 5: https://github.example/acme/prompts/pull/5#")
    assert job("ci", "comment", "night").stderr.startswith("updated the comment on pull request 5: ")
    job("ci", "comment", "night", "--pull", "6")
    assert [len(github.said_on(number)) for number in (5, 6)] == [1, 1]


def test_a_merge_request_is_commented_on(in_empty_folder: CommandLine, gitlab: FakeGitLab) -> None:
    """That of the pipeline."""
    _night(in_empty_folder)
    numbers = {"CI_MERGE_REQUEST_PROJECT_ID": "42", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42"}
    job = _on_gitlab(in_empty_folder, gitlab, CI_MERGE_REQUEST_IID="5", **numbers)
    assert job("ci", "comment", "night").stderr == "commented on merge request 5\n"
    (body,) = gitlab.said_on("merge_requests", 5)
    assert "### tone: good" in body


def test_a_job_of_no_pull_request_is_told_so(in_empty_folder: CommandLine, github: FakeGitHub) -> None:
    """With the option that names one."""
    _night(in_empty_folder)
    refused = _on_github(in_empty_folder, github)("ci", "comment", "night", expect=2)
    assert refused.stderr == "error: this job is of no pull request or merge request\n\nhint: --pull N names one\n"


@pytest.mark.parametrize("token", [TOKEN, "", "ghs_of-nobody"])
def test_a_fork_s_run_writes_nothing_and_is_well(in_empty_folder: CommandLine, github: FakeGitHub, token: str) -> None:
    """Its token may only read, if there is one at all."""
    github.writes = frozenset()
    _night(in_empty_folder)
    job = _on_github(in_empty_folder, github, _pull("mona/prompts"), GITHUB_TOKEN=token)
    done = job("ci", "comment", "night")
    assert done.stderr == "nothing was written: this pull request is of a fork, and its token may only read\n"
    assert github.comments == []


def test_a_fork_whose_token_may_write_is_commented_on(in_empty_folder: CommandLine, github: FakeGitHub) -> None:
    """Some repositories give their forks such tokens."""
    _night(in_empty_folder)
    _on_github(in_empty_folder, github, _pull("mona/prompts"))("ci", "comment", "night")
    assert len(github.said_on(5)) == 1


def test_a_permission_that_is_missing_is_named(in_empty_folder: CommandLine, github: FakeGitHub) -> None:
    """In a run that is of no fork it is a mistake, and the job fails."""
    github.writes = frozenset({"contents"})
    _night(in_empty_folder)
    refused = _on_github(in_empty_folder, github, _pull())("ci", "comment", "night", expect=3)
    assert "with 403: Resource not accessible by integration" in refused.stderr
    assert "hint: give the job the permission: `permissions:` with `issues: write" in refused.stderr


def test_nights_of_real_runs_open_and_close_the_issue(evalkit: CommandLine, github: FakeGitHub) -> None:
    """From a suite whose gate fails, to one whose gate is met; the exit code is not that of the night."""
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8") + GATE
    job = _on_github(evalkit, github)

    def run(answer: str, *, expect: int) -> None:
        evalkit.write(
            "providers/script.yaml", f"adapter: scripted\nmodel: script\noptions: {{answers: {{'*': {answer}}}}}\n"
        )
        evalkit.write("suites/small.yaml", suite)
        evalkit("run", "suites/small.yaml", "--repeats", "40", "--format", "json", "--out", "night", expect=expect)
        evalkit.write("night/comment.md", f"### {answer}\n")

    run("one two three four five six seven eight nine ten", expect=1)
    assert job("ci", "issue", "night").stderr.startswith(
        "opened issue #1: https://github.example/acme/prompts/issues/1"
    )
    (issue,) = github.open_issues()
    assert [label["name"] for label in issue["labels"]] == ["evalkit"]
    run("short", expect=0)
    assert job("ci", "issue", "night").stderr.startswith("closed issue #1")
    assert github.open_issues() == []


def test_an_issue_on_gitlab_has_label_and_title_as_asked(in_empty_folder: CommandLine, gitlab: FakeGitLab) -> None:
    """From one pipeline to the next."""
    _night(in_empty_folder, "changed")
    job = _on_gitlab(in_empty_folder, gitlab)
    asked = ("ci", "issue", "night", "--label", "nightly", "--title", "Prompts at night")
    assert job(*asked).stderr.startswith("opened issue #1")
    assert job(*asked).stderr.startswith("updated issue #1")
    assert [(each["title"], each["labels"]) for each in gitlab.open_issues()] == [("Prompts at night", ["nightly"])]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--label", "a,b"], "--label takes one label, got `a,b`"),
        (["--label", " "], "--label takes one label, got ` `"),
        (["--title", "x" * 256], "--title takes at most 255 characters, got 256"),
    ],
)
def test_a_label_or_title_that_cannot_be_one_is_refused(
    in_empty_folder: CommandLine, github: FakeGitHub, options: list[str], words: str
) -> None:
    """Before anything is asked."""
    _night(in_empty_folder)
    refused = _on_github(in_empty_folder, github)("ci", "issue", "night", *options, expect=2)
    assert refused.stderr.startswith(f"error: {words}\n")
    assert github.requests == []


def test_a_new_baseline_is_proposed(in_empty_folder: CommandLine, github: FakeGitHub) -> None:
    """And nothing where there is nothing new."""
    in_empty_folder.write(".git/HEAD", "ref: refs/heads/main\n")
    in_empty_folder.write("reports/baselines/tone.json", "{}\n")
    job = _on_github(in_empty_folder, github)
    asked = ("ci", "pull", "--branch", "evalkit/baseline", "--title", "New evalkit baseline", "reports/baselines")
    done = job(*asked)
    assert done.stderr == "opened pull request 1: https://github.example/acme/prompts/pull/1\n"
    assert github.files("evalkit/baseline")["reports/baselines/tone.json"] == b"{}\n"
    github.refs["main"] = github.refs["evalkit/baseline"]
    assert job(*asked).stderr == "nothing to propose: the branch has these very files\n"


def test_a_new_baseline_is_proposed_on_gitlab(in_empty_folder: CommandLine, gitlab: FakeGitLab) -> None:
    """With the same command."""
    in_empty_folder.write(".git/HEAD", "ref: refs/heads/main\n")
    in_empty_folder.write("reports/baselines/tone.json", "{}\n")
    done = _on_gitlab(in_empty_folder, gitlab)("ci", "pull", "reports/baselines")
    assert done.stderr == "opened merge request 1: https://gitlab.example/acme/prompts/-/merge_requests/1\n"
    assert gitlab.requests_to_merge[1]["title"] == "Take a new baseline"


@pytest.mark.parametrize("debug", [[], ["--debug"]], ids=["plain", "debug"])
def test_a_token_is_never_shown(in_empty_folder: CommandLine, github: FakeGitHub, debug: list[str]) -> None:
    """Not even by a server that gives back what it was sent."""
    github.repository = f"acme/{TOKEN}"
    _night(in_empty_folder)
    job = _on_github(in_empty_folder, github, _pull(f"acme/{TOKEN}"), GITHUB_TOKEN=TOKEN)
    github.writes = frozenset()
    process = job.start(*debug, "ci", "comment", "night")
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "[the token in GITHUB_TOKEN]" in stderr
    assert TOKEN not in stderr


@pytest.mark.parametrize("name", ["comment", "issue"])
def test_outside_of_a_job_it_says_so(in_empty_folder: CommandLine, name: str) -> None:
    """With what writes such a job."""
    _night(in_empty_folder)
    job = replace(in_empty_folder, environment=dict.fromkeys(NOTHING, ""))
    refused = job("ci", name, "night", expect=2)
    assert refused.stderr.startswith("error: this is no job of GitHub Actions or GitLab CI")
    assert "hint: `evalkit init --ci github`" in refused.stderr


@pytest.mark.parametrize("name", ["summary", "comment", "issue"])
def test_a_folder_without_a_report_is_said(in_empty_folder: CommandLine, name: str) -> None:
    """With what writes one."""
    refused = in_empty_folder("ci", name, "absent", expect=2)
    assert refused.stderr.startswith("error: absent is no folder\n\nhint: `evalkit run SUITE --format json,comment")
=======
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
>>>>>>> main
