"""`evalkit check`: validate, and say what a run would take."""

from __future__ import annotations

from pathlib import Path

import click

from evalkit.cli.common import project_of, suite_argument


@click.command(
    "check",
    epilog="Example: evalkit check suites/*.yaml",
    short_help="Validate suites and print the size of their sweeps.",
)
@suite_argument(many=True)
@click.pass_context
def command(context: click.Context, suites: tuple[str, ...]) -> int:
    """Validate each SUITE with its profiles and prompts, and print size, time and cost of its sweep.

    Nothing is asked of any provider. Exits 2 when something is wrong.
    """
    from evalkit.cli.plan import print_plan
    from evalkit.load import load
    from evalkit.run import Selection, prepare

    for name in suites:
        path = Path(name)
        project = project_of(context, path.parent if path.parent.is_dir() else None)
        print_plan(prepare(load(path, project), project, Selection()), project)
    return 0
