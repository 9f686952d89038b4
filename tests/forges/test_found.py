"""Which forge a job runs on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import UsageError
from evalkit.forges.found import forge_of, found_job
from evalkit.forges.github import GitHub
from evalkit.forges.gitlab import GitLab
from evalkit.secret import scrub
from tests.forges.conftest import TOKEN

if TYPE_CHECKING:
    from pathlib import Path

GITHUB = {
    "GITHUB_API_URL": "https://github.example/api/v3",
    "GITHUB_REPOSITORY": "acme/prompts",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_RUN_ID": "77",
    "GITHUB_TOKEN": TOKEN,
}
GITLAB = {
    "CI_API_V4_URL": "https://gitlab.example/api/v4",
    "CI_PROJECT_ID": "42",
    "CI_PIPELINE_ID": "88",
    "CI_PIPELINE_URL": "https://gitlab.example/acme/prompts/-/pipelines/88",
    "EVALKIT_GITLAB_TOKEN": TOKEN,
}


def _event(folder: Path, event: object) -> dict[str, str]:
    path = folder / "event.json"
    path.write_text(json.dumps(event), encoding="utf-8")
    return {**GITHUB, "GITHUB_EVENT_PATH": str(path)}


def _pull(repository: str | None) -> dict[str, Any]:
    return {"pull_request": {"number": 5, "head": {"repo": repository and {"full_name": repository}}}}


def test_a_job_of_github_is_found() -> None:
    """By its variables; its API is that of github.com where none is named."""
    job = found_job(GITHUB)
    assert (job.kind, job.api_url, job.repository, job.token) == (
        "github",
        "https://github.example/api/v3",
        "acme/prompts",
        TOKEN,
    )
    assert (job.run, job.run_url) == (77, "https://github.example/acme/prompts/actions/runs/77")
    assert (job.number, job.read_only) == (None, None)
    assert found_job({"GITHUB_REPOSITORY": "acme/prompts"}).api_url == "https://api.github.com"
    assert isinstance(forge_of(job), GitHub)


def test_a_job_of_gitlab_is_found() -> None:
    """By its variables."""
    job = found_job(GITLAB)
    assert (job.kind, job.api_url, job.repository, job.token) == ("gitlab", GITLAB["CI_API_V4_URL"], "42", TOKEN)
    assert (job.run, job.run_url) == (88, GITLAB["CI_PIPELINE_URL"])
    assert (job.number, job.read_only, job.ca_file) == (None, None, None)
    assert isinstance(forge_of(job), GitLab)


@pytest.mark.parametrize(
    "environment", [{}, {"CI_API_V4_URL": "https://gitlab.example/api/v4"}, {"GITHUB_TOKEN": TOKEN}]
)
def test_elsewhere_there_is_none(environment: dict[str, str]) -> None:
    """It says which variables are looked at."""
    with pytest.raises(UsageError, match="neither GITHUB_REPOSITORY nor CI_API_V4_URL and CI_PROJECT_ID are set"):
        found_job(environment)


@pytest.mark.parametrize("name", ["prompts", "a/b/c", "/b", "a b/c"])
def test_a_repository_has_an_owner_and_a_name(name: str) -> None:
    """Anything else would end up in an address."""
    with pytest.raises(UsageError, match="GITHUB_REPOSITORY is"):
        found_job({**GITHUB, "GITHUB_REPOSITORY": name})


@pytest.mark.parametrize(
    ("event", "number", "read_only"),
    [
        (_pull("acme/prompts"), 5, None),
        (_pull("mona/prompts"), 5, "this pull request is of a fork"),
        (_pull(None), 5, "this pull request is of a fork"),
        ({"issue": {"number": 6, "pull_request": {}}}, None, None),
        ({"issue": {"number": 6, "pull_request": {"url": "..."}}}, 6, None),
        ({"issue": {"number": 6}}, None, None),
        ({"schedule": "0 3 * * *"}, None, None),
        ([], None, None),
        ({"pull_request": {"number": "5"}}, None, "this pull request is of a fork"),
    ],
)
def test_the_event_names_the_pull_request(
    tmp_path: Path, event: object, number: int | None, read_only: str | None
) -> None:
    """Also one on which somebody commented; and whether it is of a fork."""
    job = found_job(_event(tmp_path, event))
    assert (job.number, job.read_only) == (number, read_only)


def test_dependabot_s_runs_may_only_read(tmp_path: Path) -> None:
    """Though its branches are in the repository itself."""
    job = found_job({**_event(tmp_path, _pull("acme/prompts")), "GITHUB_ACTOR": "dependabot[bot]"})
    assert job.read_only == "this run was set off by Dependabot"


def test_an_event_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """One that is not there is none."""
    (tmp_path / "event.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="GITHUB_EVENT_PATH names"):
        found_job({**GITHUB, "GITHUB_EVENT_PATH": str(tmp_path / "event.json")})
    assert found_job({**GITHUB, "GITHUB_EVENT_PATH": str(tmp_path / "absent.json")}).number is None


def test_a_merge_request_is_of_the_project_that_it_goes_to() -> None:
    """Its comments are there, also where the pipeline is the fork's."""
    own = {**GITLAB, "CI_MERGE_REQUEST_IID": "5", "CI_MERGE_REQUEST_PROJECT_ID": "42"}
    job = found_job({**own, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42"})
    assert (job.number, job.repository, job.read_only) == (5, "42", None)
    job = found_job({**own, "CI_PROJECT_ID": "43", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "43"})
    assert (job.number, job.repository, job.read_only) == (5, "42", "this merge request is of a fork")


def test_an_instance_s_own_authority_is_taken(tmp_path: Path) -> None:
    """GitLab names its file to jobs."""
    file = tmp_path / "authority.pem"
    assert found_job({**GITLAB, "CI_SERVER_TLS_CA_FILE": str(file)}).ca_file is None
    file.write_text("", encoding="utf-8")
    assert found_job({**GITLAB, "CI_SERVER_TLS_CA_FILE": str(file)}).ca_file == str(file)


@pytest.mark.parametrize(
    ("environment", "words", "hint"),
    [
        ({**GITHUB, "GITHUB_TOKEN": " "}, "GITHUB_TOKEN is not set", "github.token"),
        ({**GITLAB, "EVALKIT_GITLAB_TOKEN": ""}, "EVALKIT_GITLAB_TOKEN is not set", "CI_JOB_TOKEN may write no notes"),
        ({**GITHUB, "GITHUB_TOKEN": "ghs_two words-and-more"}, "GITHUB_TOKEN holds a blank", "without quotes"),
        ({**GITHUB, "GITHUB_TOKEN": "ghs_öffnet-alles"}, "GITHUB_TOKEN holds a blank", "without quotes"),
    ],
)
def test_a_token_that_is_missing_or_none_is_said(environment: dict[str, str], words: str, hint: str) -> None:
    """With where to get one, and without showing it."""
    with pytest.raises(UsageError, match=words) as caught:
        forge_of(found_job(environment))
    assert hint in (caught.value.hint or "")
    assert "ghs_" not in caught.value.message


def test_a_token_is_kept_out_of_sight() -> None:
    """From when it is read."""
    forge_of(found_job({**GITHUB, "GITHUB_TOKEN": "ghs_unseen-77aa12"}))
    assert scrub("Bearer ghs_unseen-77aa12") == "Bearer [the token in GITHUB_TOKEN]"
