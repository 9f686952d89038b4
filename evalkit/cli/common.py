"""What several commands share: the project, and options that mean the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from evalkit.errors import UsageError
from evalkit.project import find_project

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from evalkit.errors import EvalkitError
    from evalkit.project import Project

Decorated = TypeVar("Decorated", bound="Callable[..., object]")

DEFAULT_FORMATS = "json,md,csv,constraints,verdicts"


def project_of(context: click.Context, start: Path | None = None) -> Project:
    """Return the project of `--project`, or the one around `start`."""
    root: Path | None = context.find_root().obj["project"]
    return find_project(start, root=root)


def baseline_option(meaning: str = "Hold the run against this baseline.") -> Callable[[Decorated], Decorated]:
    """Return the option that names a baseline."""
    return click.option("--baseline", metavar="NAME", help=meaning)


def fail_on_change_option() -> Callable[[Decorated], Decorated]:
    """Return the option that lets a changed model fail a run."""
    return click.option(
        "--fail-on-change",
        is_flag=True,
        help="Exit 1 when the model changed since the baseline; without it that is said, and fails nothing.",
    )


def check_fail_on_change(*, given: bool, baseline: str | None) -> None:
    """Refuse `--fail-on-change` without a baseline, for it could never fail.

    Raises:
        UsageError: There is none.
    """
    if given and baseline is None:
        raise UsageError(
            "--fail-on-change goes with --baseline", hint="without one nobody knows how the model answered before"
        )


def say_failures(failures: Mapping[str, EvalkitError]) -> None:
    """Say on stderr which providers failed as a whole, and why."""
    from evalkit.reports.format import with_name
    from evalkit.secret import without_keys

    for name, error in failures.items():
        without_keys(error)
        click.echo(f"error: {with_name(name, error.message)}", err=True)


def warn(message: str) -> None:
    """Say on stderr what is wrong without being a reason to stop."""
    click.echo(f"warning: {message}", err=True)


def suite_argument(*, many: bool) -> Callable[[Decorated], Decorated]:
    """Return the argument that names one suite file, or several."""
    return click.argument(
        "suites" if many else "suite", nargs=-1 if many else 1, required=True, metavar="SUITE" + ("..." if many else "")
    )
