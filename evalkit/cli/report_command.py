"""`evalkit report`: print or write the reports of a stored run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalkit.cli.common import baseline_option, check_fail_on_change, fail_on_change_option, project_of, warn
from evalkit.errors import UsageError
from evalkit.exits import exit_code_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.types import Cell


@click.command(
    "report",
    epilog="Example: evalkit report last --where system=dense --format md --out -",
    short_help="Print or write the reports of a stored run.",
)
@click.argument("run")
@click.option(
    "--format",
    "formats",
    metavar="F,F",
    help="Besides the table, write these: json, md, html, comment, junit, csv, constraints, comparison, verdicts.",
)
@click.option("--out", metavar="DIR", help="Where reports go; `-` writes a single one to stdout instead of the table.")
@click.option("--where", multiple=True, metavar="AXIS=V,V", help="Only conditions with these values; repeatable.")
@baseline_option("Hold RUN against this baseline, by its suite's gates or by whether adherence got worse.")
@click.option("--require-decision", is_flag=True, help="Exit 4 when a gate is undecided.")
@fail_on_change_option()
@click.pass_context
def command(
    context: click.Context,
    run: str,
    formats: str | None,
    out: str | None,
    where: tuple[str, ...],
    baseline: str | None,
    *,
    require_decision: bool,
    fail_on_change: bool,
) -> int:
    """Print the table of RUN: an id, the beginning of one, or `last`.

    What it is judged to be is kept for `evalkit runs --history`, unless something is known already of how it stands
    against this baseline, or only some conditions are shown.
    """
    from evalkit.baselines.against import read_against
    from evalkit.cells import scored_cells
    from evalkit.choices import pick, read_choices
    from evalkit.cli.output import print_report, say_change, write_formats, write_to_stdout
    from evalkit.probe.cited import probes_of
    from evalkit.remember import remember, remembered
    from evalkit.report import report
    from evalkit.runs import suite_of
    from evalkit.store import Store

    check_fail_on_change(given=fail_on_change, baseline=baseline)
    project = project_of(context)
    with Store(project.store, create=False) as store:
        found = store.run(run)
        suite = suite_of(found)
        chosen = pick(read_choices(where, "--where"), suite.axes)
        against = None if baseline is None else read_against(baseline, project, suite)
        probes = probes_of(found, project, warn)
        finished = report(found, store, where=chosen, probes=probes, baseline=against)
        code = exit_code_of(finished, require_decision=require_decision, fail_on_change=fail_on_change)
        if not where and not remembered(found, store, against):
            remember(finished, found, store, suite, exit_code=code, baseline=against)

        def cells() -> Iterator[Cell]:
            return scored_cells(store, found, suite)

        if out == "-":
            if formats is None or "," in formats:
                raise UsageError("`--out -` goes with one `--format`", hint="evalkit report last --format md --out -")
            write_to_stdout(finished, cells, formats)
        else:
            print_report(finished)
            folder = project.run_reports / found.id if out is None else Path(out)
            for written in write_formats(finished, cells, formats or "none", folder):
                click.echo(f"wrote {project.relative(written)}", err=True)
    say_change(finished, failing=fail_on_change)
    return code
