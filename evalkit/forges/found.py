"""Which forge a job runs on, and for what, from the variables that GitHub Actions and GitLab CI set."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evalkit.errors import UsageError
from evalkit.forges.documents import maybe
from evalkit.forges.http import Patience
from evalkit.secret import remember

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.forges.forge import Forge
    from evalkit.types import Json

_TOKENS = {"github": "GITHUB_TOKEN", "gitlab": "EVALKIT_GITLAB_TOKEN"}
_TOKEN_HINTS = {
    "github": "pass it to the step: `env:` with `GITHUB_TOKEN: ${{ github.token }}`",
    "gitlab": "make a project access token with scope `api`, and set it as a masked variable; "
    "CI_JOB_TOKEN may write no notes and no issues",
}
DEFAULT_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Job:
    """One job of one run.

    Attributes:
        kind: The forge.
        api_url: Where its API begins.
        repository: `owner/name` on GitHub; the project's id on GitLab.
        token: What to ask with; None when it is not set.
        number: The pull request that the run is of; None when it is of none.
        read_only: Why the run may have no right to write; None when nothing says so.
        run_url: Where a person sees the run; None when that is not known.
        run: Rises from run to run, so that an older one does not write over a newer one; None when it is not known.
        ca_file: A certificate that the instance needs; None for those of this machine alone.
    """

    kind: Literal["github", "gitlab"]
    api_url: str
    repository: str
    token: str | None
    number: int | None
    read_only: str | None
    run_url: str | None
    run: int | None
    ca_file: str | None = None


def found_job(environment: Mapping[str, str]) -> Job:
    """Return what the variables say of the job.

    Raises:
        UsageError: They are of no forge, or one of them cannot be read.
    """
    if environment.get("GITHUB_REPOSITORY"):
        return _github(environment)
    if environment.get("CI_API_V4_URL") and environment.get("CI_PROJECT_ID"):
        return _gitlab(environment)
    raise UsageError(
        "this is no job of GitHub Actions or GitLab CI: neither GITHUB_REPOSITORY nor CI_API_V4_URL and CI_PROJECT_ID "
        "are set",
        hint="`evalkit init --ci github` (or gitlab) writes a workflow in which they are",
    )


def forge_of(job: Job, patience: Patience = DEFAULT_PATIENCE) -> Forge:
    """Return the forge of a job.

    Raises:
        UsageError: There is no token, or it is none.
    """
    variable = _TOKENS[job.kind]
    if job.token is None:
        raise UsageError(f"{variable} is not set", hint=_TOKEN_HINTS[job.kind])
    remember(job.token, f"[the token in {variable}]")
    if not (job.token.isascii() and job.token.isprintable()) or " " in job.token:
        raise UsageError(
            f"{variable} holds a blank or a letter that no token has", hint="copy it again, without quotes"
        )
    if job.kind == "github":
        from evalkit.forges.github import GitHub  # noqa: PLC0415 - one of the two is used

        return GitHub(job.api_url, job.repository, job.token, patience)
    from evalkit.forges.gitlab import GitLab  # noqa: PLC0415 - one of the two is used

    return GitLab(job.api_url, job.repository, job.token, patience, ca_file=job.ca_file)


def _github(environment: Mapping[str, str]) -> Job:
    repository = environment["GITHUB_REPOSITORY"]
    if not re.fullmatch(r"[^/\s]+/[^/\s]+", repository):
        raise UsageError(f"GITHUB_REPOSITORY is `{repository}`", hint="it is `owner/name`")
    event = _event(environment.get("GITHUB_EVENT_PATH"))
    server, run = environment.get("GITHUB_SERVER_URL"), environment.get("GITHUB_RUN_ID")
    return Job(
        kind="github",
        api_url=environment.get("GITHUB_API_URL") or "https://api.github.com",
        repository=repository,
        token=environment.get("GITHUB_TOKEN", "").strip() or None,
        number=_number_of(event),
        read_only=_read_only(event, repository, environment),
        run_url=f"{server}/{repository}/actions/runs/{run}" if server and run else None,
        run=int(run) if run and run.isdigit() else None,
    )


def _event(path: str | None) -> Json:
    """Read what set the run off; None where there is no such file."""
    if not path:
        return None
    try:
        event: Json = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"GITHUB_EVENT_PATH names {path}, which cannot be read as an event") from error
    return event


def _number_of(event: Json) -> int | None:
    """Return the number of the pull request that set the run off, or on which somebody commented to do so."""
    number = maybe(event, "pull_request", "number")
    if number is None and maybe(event, "issue", "pull_request"):
        number = maybe(event, "issue", "number")
    return number if isinstance(number, int) else None


def _read_only(event: Json, repository: str, environment: Mapping[str, str]) -> str | None:
    if maybe(event, "pull_request") is None:
        return None
    if maybe(event, "pull_request", "head", "repo", "full_name") != repository:  # null once the fork is deleted
        return "this pull request is of a fork"
    return "this run was set off by Dependabot" if environment.get("GITHUB_ACTOR") == "dependabot[bot]" else None


def _gitlab(environment: Mapping[str, str]) -> Job:
    number, run = environment.get("CI_MERGE_REQUEST_IID", ""), environment.get("CI_PIPELINE_ID", "")
    source, target = (
        environment.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"),
        environment.get("CI_MERGE_REQUEST_PROJECT_ID"),
    )
    authority = environment.get("CI_SERVER_TLS_CA_FILE")
    return Job(
        kind="gitlab",
        api_url=environment["CI_API_V4_URL"],
        repository=target or environment["CI_PROJECT_ID"],  # a merge request's notes are where it goes to
        token=environment.get("EVALKIT_GITLAB_TOKEN", "").strip() or None,
        number=int(number) if number.isdigit() else None,
        read_only="this merge request is of a fork" if source != target else None,
        run_url=environment.get("CI_PIPELINE_URL"),
        run=int(run) if run.isdigit() else None,
        ca_file=authority if authority and Path(authority).is_file() else None,
    )
