"""`evalkit runs`: list the store."""

from __future__ import annotations

import click

from evalkit.cli.common import project_of


@click.command("runs", epilog="Example: evalkit runs", short_help="List the runs in the store.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many, newest first.")
@click.pass_context
def command(context: click.Context, limit: int) -> int:
    """List runs, newest first: id, suite, providers, how much is drawn, and whether it is complete."""
    from evalkit.store import Store

    with Store(project_of(context).store, create=False) as store:
        runs = store.runs()
        for run in runs[:limit]:
            drawn = store.drawn_count(run.id)
            state = "complete" if run.finished_at else "incomplete"
            waiting = sum(batch.waiting for batch in store.batches.open(run.id))
            if waiting:
                state += f", {waiting:,} in batches"
            providers = ", ".join(run.selection["providers"])
            click.echo(f"{run.id}  {run.suite_name}  {providers}  {drawn:,}/{run.planned:,}  {state}")
    if len(runs) > limit:
        click.echo(f"and {len(runs) - limit} older", err=True)
    return 0
