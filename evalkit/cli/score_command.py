"""`evalkit score`: judge a stored run again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evalkit.cli.common import DEFAULT_FORMATS, project_of, warn
from evalkit.cli.exits import exit_code_of
from evalkit.errors import UsageError

if TYPE_CHECKING:
    from evalkit.project import Project
    from evalkit.store import Store
    from evalkit.types import Run, Suite


@click.command(
    "score", epilog="Example: evalkit score last", short_help="Judge a stored run again with the suite as it is now."
)
@click.argument("run")
@click.option(
    "--suite",
    "suite_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Judge by this suite; by default by the file that the run came from.",
)
@click.option(
    "--format", "formats", default=DEFAULT_FORMATS, show_default=True, metavar="F,F", help="Reports to write."
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where reports go.")
@click.option("--ask-judges", is_flag=True, help="Ask judges for the judgements that the run lacks, and pay for them.")
@click.option(
    "--max-cost",
    type=click.FloatRange(min=0),
    metavar="USD",
    help="With --ask-judges: ask nothing more that would let the run cost more than this in all.",
)
@click.pass_context
def command(
    context: click.Context,
    /,
    run: str,
    suite_path: Path | None,
    formats: str,
    out: Path | None,
    **judging: Any,  # noqa: ANN401 - click's options
) -> int:
    """Judge every completion of RUN by the constraints of its suite as the file is now.

    No provider is asked, unless --ask-judges is given: then the judges of the suite are asked what they were not asked
    before. The new verdicts replace the old ones in the store, and how many changed is said on stderr.
    """
    from evalkit.cells import scored_cells
    from evalkit.cli.output import print_report, write_formats
    from evalkit.load import load
    from evalkit.probe.cited import probes_of
    from evalkit.run import report
    from evalkit.store import Store

    project = project_of(context)
    with Store(project.store, create=False) as store:
        found = store.run(run)
        path = suite_path or (None if found.suite_path is None else Path(found.suite_path))
        if path is None or not path.is_file():
            raise UsageError(f"the suite of run {found.id} is no longer at {path}", hint="name it with --suite FILE")
        suite = load(path, project)
        used = {case["id"] for case in found.document["cases"]}
        missing = sorted(used - {case.id for case in suite.cases})
        if missing:
            raise UsageError(
                f"suite {suite.name} has no case `{missing[0]}`, which run {found.id} asked",
                hint="judge by a suite that has every case of the run",
            )
        _check_systems(found, suite)
        before = _verdicts(store, found)
        if judging["ask_judges"]:
            found = _ask_judges(store, found, suite, project, judging["max_cost"])
        elif judging["max_cost"] is not None:
            raise UsageError("--max-cost goes with --ask-judges", hint="without it nothing is paid for")
        finished = report(found, store, suite=suite, probes=probes_of(found, project, warn))
        print_report(finished)
        changed = sum(before[sample] != values for sample, values in _verdicts(store, found).items())
        click.echo(f"{changed:,} of {len(before):,} completions are judged differently than before", err=True)
        folder = out or project.run_reports / found.id
        for written in write_formats(finished, lambda: scored_cells(store, found, suite), formats, folder):
            click.echo(f"wrote {project.relative(written)}", err=True)
        if finished.summary.unjudged:
            click.echo(
                f"judgements that are missing: {finished.summary.unjudged:,}; `evalkit score {found.id} --ask-judges`"
                " asks for them",
                err=True,
            )
    return exit_code_of(finished)


def _check_systems(run: Run, suite: Suite) -> None:
    """Refuse a suite that does not say what a system prompt of the run demands."""
    from evalkit.run import suite_of

    used = suite_of(run).axes.get("system", ())
    missing = [name for name in used if name is not None and name not in suite.systems]
    if missing:
        raise UsageError(
            f"suite {suite.name} has no system `{missing[0]}`, which run {run.id} used",
            hint="judge by a suite that has every system prompt of the run, for it may demand something",
        )


def _ask_judges(store: Store, run: Run, suite: Suite, project: Project, max_cost: float | None) -> Run:
    """Ask for the judgements that are missing, and return the run with the profiles of its judges."""
    from evalkit.cli.interrupt import run_interruptibly
    from evalkit.cli.progress import open_progress
    from evalkit.cli.run_command import with_name
    from evalkit.generate.budget import Budget
    from evalkit.reports.format import dollars
    from evalkit.run import judge_run, judges_of
    from evalkit.secret import without_keys

    judges = judges_of(run, suite, project, store)
    run = store.renew_profiles(run.id, judges)
    budget = Budget(max_cost, store.spent_usd(run.id))
    with open_progress() as watcher:
        tally = run_interruptibly(judge_run(run, suite, judges, store, budget=budget, watcher=watcher))
    for name, error in tally.failures.items():
        without_keys(error)
        click.echo(f"error: {with_name(name, error.message)}", err=True)
    if tally.over_budget:
        spent = dollars(store.spent_usd(run.id))
        click.echo(f"--max-cost {max_cost:g} leaves no room for another call: the run has cost {spent}", err=True)
    return run


def _verdicts(store: Store, run: Run) -> dict[tuple[str, int], tuple[float | None, ...]]:
    """Return the values of every completion's verdicts, by provider and position."""
    from evalkit.cells import scored_cells
    from evalkit.run import suite_of

    return {
        (cell.provider, draw.position): tuple(verdict.value for verdict in draw.scored.verdicts)
        for cell in scored_cells(store, run, suite_of(run))
        for draw in cell.draws
    }
