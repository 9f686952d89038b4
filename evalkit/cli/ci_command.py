"""`evalkit ci`: tell GitHub or GitLab what came out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from evalkit.errors import ForgeError, UsageError

if TYPE_CHECKING:
    from evalkit.forges.found import Job

SUMMARY_BYTES = 1024 * 1024
"""What a step may write into GitHub's summary."""
TITLE_CHARACTERS = 255
"""What GitLab takes; GitHub takes one more."""
_FOLDERS = click.argument("folders", nargs=-1, required=True, metavar="FOLDER...")


@click.group(
    "ci",
    epilog="Example: evalkit ci issue reports/night --label evalkit",
    short_help="Tell GitHub or GitLab what came out.",
)
def command() -> None:
    """Tell GitHub or GitLab what came out, from a job of GitHub Actions or GitLab CI.

    FOLDER is where `evalkit run --format json,comment --out FOLDER` wrote, of one suite or of several. The forge is
    found by the variables that its jobs have. The token is that in GITHUB_TOKEN or EVALKIT_GITLAB_TOKEN.
    """


@command.command(
    "summary", short_help="Write the summary of a job.", epilog="Example: evalkit ci summary reports/night"
)
@_FOLDERS
def summary(folders: tuple[str, ...]) -> int:
    """Write each suite's comment.md into the job's summary on GitHub, and to stdout elsewhere.

    It needs no token.
    """
    from evalkit.forges.nights import read_nights
    from evalkit.forges.summary import write_summary

    texts = [night.comment for night in read_nights(folders)]
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        write_summary(file, texts, SUMMARY_BYTES)
        click.echo("wrote the summary of the job", err=True)
    else:
        click.echo("\n".join(texts), nl=False)
    return 0


@command.command(
    "comment", short_help="Comment on a pull request.", epilog="Example: evalkit ci comment reports/runs/pull"
)
@_FOLDERS
@click.option("--pull", type=click.IntRange(min=1), metavar="N", help="Its number; that of the job's own by default.")
def comment(folders: tuple[str, ...], pull: int | None) -> int:
    """Write one comment on the pull or merge request of the job, and bring it up to date from then on.

    It has all suites, the worst first, within what the forge takes. Where the token may only read, as in a run of a
    fork, it says so and exits with 0.
    """
    from evalkit.forges.comment import keep_comment
    from evalkit.forges.found import forge_of, found_job
    from evalkit.forges.nights import read_nights

    nights = read_nights(folders)
    job = found_job(os.environ)
    number = pull or job.number
    if number is None:
        raise UsageError("this job is of no pull request or merge request", hint="--pull N names one")
    if job.token is None and job.read_only:
        return _nothing_written(job)
    try:
        done = keep_comment(forge_of(job), number, nights, run=job.run, run_url=job.run_url)
    except ForgeError as error:
        if error.status in (401, 403, 404) and job.read_only:
            return _nothing_written(job)
        raise
    click.echo(done, err=True)
    return 0


@command.command(
    "issue",
    short_help="Keep an issue of what a night found.",
    epilog="Example: evalkit ci issue reports/night --label evalkit",
)
@_FOLDERS
@click.option("--label", default="evalkit", show_default=True, help="The label by which it is found again.")
@click.option("--title", help="Its title; by default it says what was found.")
def issue(folders: tuple[str, ...], label: str, title: str | None) -> int:
    """Open one issue when something got worse or failed, or the model changed; close it when all is good again.

    While it is open it is brought up to date each night, with a comment only when a suite's state changes. A night that
    is incomplete or undecided leaves it open.
    """
    from evalkit.forges.found import forge_of, found_job
    from evalkit.forges.issue import keep_issue
    from evalkit.forges.nights import read_nights

    if not label.strip() or "," in label:
        raise UsageError(f"--label takes one label, got `{label}`")
    _refuse_long(title)
    nights = read_nights(folders)
    job = found_job(os.environ)
    done = keep_issue(forge_of(job), nights, label=label.strip(), title=title, run=job.run, run_url=job.run_url)
    click.echo(done, err=True)
    return 0


@command.command(
    "pull",
    short_help="Propose files in a pull request.",
    epilog="Example: evalkit ci pull reports/baselines",
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--branch", default="evalkit/baseline", show_default=True, help="The branch; evalkit overwrites it.")
@click.option("--base", metavar="BRANCH", help="The branch that the files are for; the default branch otherwise.")
@click.option("--title", default="Take a new baseline", show_default=True, help="Of the request and its commit.")
def pull(paths: tuple[str, ...], branch: str, base: str | None, title: str) -> int:
    """Propose PATHs in a pull or merge request, and bring it up to date from then on.

    PATHs are files or folders of the checkout. They go through the forge's API, so that the checkout needs no
    credentials. Files that were deleted stay.
    """
    from evalkit.forges.checkout import files_of
    from evalkit.forges.found import forge_of, found_job
    from evalkit.forges.proposing import propose_files

    _refuse_long(title)
    files = files_of(paths)
    job = found_job(os.environ)
    click.echo(
        propose_files(forge_of(job), files, branch=branch, base=base, title=title, run_url=job.run_url), err=True
    )
    return 0


def _refuse_long(title: str | None) -> None:
    if title is not None and not 0 < len(title.strip()) <= TITLE_CHARACTERS:
        raise UsageError(f"--title takes 1 to {TITLE_CHARACTERS} characters, got {len(title)}")


def _nothing_written(job: Job) -> int:
    click.echo(f"nothing was written: {job.read_only}, and its token may only read", err=True)
    return 0
