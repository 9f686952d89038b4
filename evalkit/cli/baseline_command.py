"""`evalkit baseline`: keep what a run scored under a name, to hold later runs against."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from evalkit.cli.common import project_of
from evalkit.errors import BaselineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.baselines.files import SavedFile
    from evalkit.project import Project
    from evalkit.types import Json

_INCOMPLETE = "Take a run that lacks draws or of which too many failed."
_NO_SKETCHES = "Keep no sketches of the texts; later runs then cannot be asked whether the answers differ."
_FORM = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it."
)


@click.group(
    "baseline",
    epilog="Example: evalkit baseline save main last",
    short_help="Keep what a run scored, to hold later runs against.",
)
def command() -> None:
    """Keep what a run scored under a name, to hold later runs against.

    A baseline is a file in reports/baselines/ that is meant to be committed: one line for each row, and one for each of
    its cases, without any text of a model. Sketches of the texts, from which they cannot be read back, stand in a file
    beside it.
    """


@command.command("save", short_help="Save what a run scored.", epilog="Example: evalkit baseline save main last")
@click.argument("name")
@click.argument("run")
@click.option("--force", is_flag=True, help="Overwrite a baseline of that name that says something else.")
@click.option("--allow-incomplete", is_flag=True, help=_INCOMPLETE)
@click.option("--no-sketches", is_flag=True, help=_NO_SKETCHES)
@click.pass_context
def save(context: click.Context, name: str, run: str, *, force: bool, allow_incomplete: bool, no_sketches: bool) -> int:
    """Save what RUN scored as baseline NAME. RUN is an id, the beginning of one, or `last`."""
    from evalkit.baselines.baseline import baseline_path
    from evalkit.baselines.files import save_baseline
    from evalkit.baselines.promote import candidate
    from evalkit.store import Store

    project = project_of(context)
    baseline_path(name, project)  # a name that cannot be one is refused before anything is scored
    with Store(project.store, create=False) as store:
        found = candidate(store, store.run(run), allow_incomplete=allow_incomplete)
        sketches = None if no_sketches else found.sketches()
        _say_saved(save_baseline(name, found.measured, project, sketches=sketches, replace=force), project)
    return 0


@command.command(
    "promote", short_help="Put a run in the place of a baseline.", epilog="Example: evalkit baseline promote main last"
)
@click.argument("name")
@click.argument("run")
@click.option("--replace", is_flag=True, help="Drop the cells that RUN lacks; else they are kept.")
@click.option("--allow-incomplete", is_flag=True, help=_INCOMPLETE)
@click.option("--no-sketches", is_flag=True, help=_NO_SKETCHES)
@click.pass_context
def promote_(
    context: click.Context, name: str, run: str, *, replace: bool, allow_incomplete: bool, no_sketches: bool
) -> int:
    """Put RUN in the place of baseline NAME, and print what that changes.

    What RUN lacks (it may have been of some cases or conditions only) is kept from the baseline as it was.
    """
    from evalkit.baselines.baseline import baseline_path
    from evalkit.baselines.changes import change_line
    from evalkit.baselines.promote import candidate, promote
    from evalkit.store import Store

    project = project_of(context)
    baseline_path(name, project)
    with Store(project.store, create=False) as store:
        found = candidate(store, store.run(run), allow_incomplete=allow_incomplete)
        done = promote(name, found, project, drop=replace, sketched=not no_sketches)
    for change in done.changes:
        click.echo(change_line(change))
    if done.kept:
        click.echo(f"kept {done.kept:,} cells that run {found.run.id} lacks; --replace drops them", err=True)
    _say_saved(done.files, project)
    return 0


@command.command("show", short_help="Show the rows of a baseline.", epilog="Example: evalkit baseline show main")
@click.argument("name")
@_FORM
@click.pass_context
def show(context: click.Context, name: str, form: str) -> int:
    """Show baseline NAME: its rows, with their means over cases and how many draws ended how."""
    from evalkit.baselines.baseline import read_baseline
    from evalkit.baselines.overview import overview, overview_json
    from evalkit.cli.baseline_lines import overview_lines

    baseline = read_baseline(name, project_of(context))
    found = overview(baseline)
    if form == "json":
        _print_json(overview_json(baseline, found, rows=True))
    else:
        for line in overview_lines(baseline, found):
            click.echo(line)
    return 0


@command.command("list", short_help="List the baselines.", epilog="Example: evalkit baseline list --format json")
@_FORM
@click.pass_context
def list_(context: click.Context, form: str) -> int:
    """List the baselines: name, suite, run, date, rows, cases, repeats and size.

    One that cannot be read is named on stderr, and the exit code is 2 then.
    """
    from evalkit.baselines.baseline import baseline_names, read_baseline
    from evalkit.baselines.overview import overview, overview_json
    from evalkit.cli.baseline_lines import list_line

    project = project_of(context)
    listed: list[dict[str, Json]] = []
    unreadable = 0
    for name in baseline_names(project):
        try:
            baseline = read_baseline(name, project)
            found = overview(baseline)
        except BaselineError as error:
            unreadable += 1
            click.echo(f"error: {error.message}", err=True)
            continue
        listed.append(overview_json(baseline, found, rows=False))
        if form == "text":
            click.echo(list_line(baseline, found))
    if form == "json":
        _print_json(listed)
    elif not listed and not unreadable:
        click.echo("no baselines; `evalkit baseline save NAME RUN` makes one", err=True)
    return 2 if unreadable else 0


def _say_saved(files: Sequence[SavedFile], project: Project) -> None:
    for each in files:
        what = {"kept": "unchanged"}.get(each.done, each.done)
        size = f" ({each.path.stat().st_size:,} bytes)" if each.done == "wrote" else ""
        click.echo(f"{what} {project.relative(each.path)}{size}", err=True)


def _print_json(value: Json) -> None:
    from evalkit.reports.plain import plain

    json.dump(
        plain(value), sys.stdout, indent=1, ensure_ascii=not (sys.stdout.encoding or "").lower().startswith("utf")
    )
    click.echo()
