"""Which forge a job runs on, by the variables that GitHub Actions and GitLab CI set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import UsageError
from evalkit.forges.found import forge_of, found_job
from evalkit.forges.github import GitHub
from evalkit.forges.gitlab import GitLab
from evalkit.secret import scrub

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.types import Json

ACTIONS = {
    "GITHUB_REPOSITORY": "acme/prompts",
    "GITHUB_API_URL": "https://github.example/api/v3",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_RUN_ID": "9001",
    "GITHUB_TOKEN": "ghs_of_the_tests",
}
PIPELINE = {
    "CI_API_V4_URL": "https://gitlab.example/api/v4",
    "CI_PROJECT_ID": "42",
    "CI_PIPELINE_ID": "77",
    "CI_PIPELINE_URL": "https://gitlab.example/acme/prompts/-/pipelines/77",
    "EVALKIT_GITLAB_TOKEN": "glpat_of_the_tests",
}


def _pull_request(repository: str | None) -> dict[str, Json]:
    repo = None if repository is None else {"full_name": repository}
    return {"pull_request": {"number": 12, "head": {"repo": repo}}}


def test_a_scheduled_job_of_github() -> None:
    """Where the API is, what the run is called, and no pull request."""
    job = found_job(ACTIONS)
    assert (job.kind, job.api_url, job.repository) == ("github", "https://github.example/api/v3", "acme/prompts")
    assert (job.token, job.number, job.read_only, job.run) == ("ghs_of_the_tests", None, None, 9001)
    assert job.run_url == "https://github.example/acme/prompts/actions/runs/9001"


@pytest.mark.parametrize(
    ("event", "actor", "number", "read_only"),
    [
        (_pull_request("acme/prompts"), "mona", 12, None),
        (_pull_request("other/prompts"), "mona", 12, "this pull request is of a fork"),
        (_pull_request(None), "mona", 12, "this pull request is of a fork"),
        (_pull_request("acme/prompts"), "dependabot[bot]", 12, "this run was set off by Dependabot"),
        ({"issue": {"number": 5, "pull_request": {"url": "..."}}}, "mona", 5, None),
        ({"issue": {"number": 5}}, "mona", None, None),
        ({"schedule": "0 3 * * *"}, "mona", None, None),
        ([], "mona", None, None),
    ],
)
def test_the_event_says_which_pull_request_and_whether_of_a_fork(
    tmp_path: Path, event: Json, actor: str, number: int | None, read_only: str | None
) -> None:
    """A fork that was deleted since is a fork still; a comment on an issue is of no pull request."""
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event), encoding="utf-8")
    job = found_job({**ACTIONS, "GITHUB_EVENT_PATH": str(file), "GITHUB_ACTOR": actor})
    assert (job.number, job.read_only) == (number, read_only)


def test_an_event_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A file that is not there is no event; a broken one is an error."""
    assert found_job({**ACTIONS, "GITHUB_EVENT_PATH": str(tmp_path / "none")}).number is None
    (tmp_path / "event.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="GITHUB_EVENT_PATH names"):
        found_job({**ACTIONS, "GITHUB_EVENT_PATH": str(tmp_path / "event.json")})


def test_jobs_of_gitlab() -> None:
    """Notes of a merge request are in the project that it goes to; from another project it is of a fork."""
    job = found_job(PIPELINE)
    assert (job.kind, job.repository, job.number, job.read_only, job.run) == ("gitlab", "42", None, None, 77)
    request = {"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_PROJECT_ID": "42"}
    own = found_job({**PIPELINE, **request, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42"})
    assert (own.repository, own.number, own.read_only) == ("42", 3, None)
    fork = {**PIPELINE, **request, "CI_PROJECT_ID": "99", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "99"}
    assert (found_job(fork).repository, found_job(fork).read_only) == ("42", "this merge request is of a fork")


def test_no_job_and_a_wrong_repository_are_usage_errors() -> None:
    """The message names the variables."""
    with pytest.raises(UsageError, match="GITHUB_REPOSITORY nor CI_API_V4_URL"):
        found_job({"CI_PROJECT_ID": "42"})
    with pytest.raises(UsageError, match="GITHUB_REPOSITORY is `prompts`"):
        found_job({"GITHUB_REPOSITORY": "prompts"})


def test_a_token_opens_the_forge_and_stays_out_of_sight() -> None:
    """Each kind has its client; the token is blanked out from then on."""
    assert isinstance(forge_of(found_job(ACTIONS)), GitHub)
    assert isinstance(forge_of(found_job(PIPELINE)), GitLab)
    assert scrub("a ghs_of_the_tests z") == "a [the token in GITHUB_TOKEN] z"
    assert scrub("a glpat_of_the_tests z") == "a [the token in EVALKIT_GITLAB_TOKEN] z"


@pytest.mark.parametrize("given", [ACTIONS, PIPELINE])
def test_a_token_that_is_none_is_refused_without_showing_it(given: dict[str, str]) -> None:
    """Unset, empty and garbled tokens each name their variable."""
    variable = next(name for name in given if name.endswith("TOKEN"))
    for value, said in (("", "is not set"), (" \n", "is not set"), ("two words", "a blank"), ("tökentöken", "a blank")):
        with pytest.raises(UsageError, match=f"{variable} (is not set|holds)") as caught:
            forge_of(found_job({**given, variable: value}))
        assert said in caught.value.message
        assert caught.value.hint
        assert not value.strip() or value not in caught.value.message
