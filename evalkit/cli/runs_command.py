"""`evalkit runs`: list the store, and tell how a suite went over its nights."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from evalkit.cli.common import project_of
from evalkit.errors import UsageError, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.choices import Chosen
    from evalkit.history import History
    from evalkit.measured import RowKey
    from evalkit.store import Store
    from evalkit.types import Run

Form: TypeAlias = Literal["text", "json", "csv", "md"]
_LISTED = 20
_NIGHTS = 30
_EVERY_SUITE = "*"  # no suite can have this name


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of a history is asked for."""

    suite: str
    limit: int | None
    measure: str
    provider: tuple[str, ...]
    where: tuple[str, ...]
    form: Form


@click.command(
    "runs",
    epilog="Example: evalkit runs --history nightly --measure full_adherence",
    short_help="List the runs in the store, or how a suite went over its nights.",
)
@click.option(
    "--history",
    is_flag=False,
    flag_value=_EVERY_SUITE,
    metavar="[SUITE]",
    help="Tell how SUITE, or each suite, went over its runs in order of time.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"How many of the newest runs; {_LISTED} by default, with --history {_NIGHTS} of each suite.",
)
@click.option(
    "--measure", default="adherence", show_default=True, metavar="NAME", help="With --history: the measure to follow."
)
@click.option("--provider", multiple=True, metavar="NAME", help="With --history: only these providers; repeatable.")
@click.option(
    "--where", multiple=True, metavar="AXIS=V,V", help="With --history: only conditions with these values; repeatable."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "md"]),
    default="text",
    show_default=True,
    help="With --history: what to print.",
)
@click.pass_context
def command(
    context: click.Context,
    history: str | None,
    limit: int | None,
    measure: str,
    provider: tuple[str, ...],
    where: tuple[str, ...],
    form: Form,
) -> int:
    """List runs, newest first: id, suite, providers, how much is drawn, whether it is complete, and by which test.

    With --history, tell what the runs of a suite were judged to be: verdict, exit code, one measure with its interval
    on each row, cost and baseline, and a chart of that measure. Runs that are incomplete or of part of the cases have
    no number there. A run of which nothing is remembered is judged by `evalkit report RUN`.
    """
    from evalkit.store import Store

    if history is None and (provider or where or form != "text"):
        raise UsageError("--provider, --where and --format go with --history", hint="evalkit runs --history")
    with Store(project_of(context).store, create=False) as store:
        if history is None:
            _list(store, limit or _LISTED)
        else:
            _print(_told(store, _Asked(history, limit, measure, provider, where, form)), form)
    return 0


def _list(store: Store, limit: int) -> None:
    for run in store.runs(limit):
        click.echo(_line(store, run))
    older = store.run_count() - limit
    if older > 0:
        click.echo(f"and {older} older", err=True)


def _line(store: Store, run: Run) -> str:
    state = "complete" if run.finished_at else "incomplete"
    waiting = sum(batch.waiting for batch in store.batches.open(run.id))
    if waiting:
        state += f", {waiting:,} in batches"
    providers = ", ".join(run.selection["providers"])
    line = f"{run.id}  {run.suite_name}  {providers}  {store.drawn_count(run.id):,}/{run.planned:,}  {state}"
    by = store.session_runs.of_run(run.id)
    return f"{line}  by {by[0].node_id or 'pytest'}" if by else line


def _told(store: Store, asked: _Asked) -> tuple[History, ...]:
    from evalkit.history import histories

    suite = None if asked.suite == _EVERY_SUITE else asked.suite
    nights = store.outcomes.nights(suite, limit=asked.limit or _NIGHTS)
    if suite is not None and not nights:
        there = store.outcomes.suites()
        raise UsageError(
            f"no run is of suite `{suite}`",
            hint=suggestion(suite, there) or (f"there are runs of {', '.join(there[:10])}" if there else None),
        )
    told = histories(nights, asked.measure, wanted=_wanted(asked))
    if (asked.provider or asked.where) and not any(history.rows for history in told):
        raise UsageError(
            "no run has a row with a number that --provider and --where leave", hint="evalkit runs --history"
        )
    return told


def _wanted(asked: _Asked) -> Callable[[RowKey], bool]:
    from evalkit.choices import read_choices

    choices = read_choices(asked.where, "--where")

    def wanted(key: RowKey) -> bool:
        return (not asked.provider or key[0] in asked.provider) and all(_has(key, choice) for choice in choices)

    return wanted


def _has(key: RowKey, choice: Chosen) -> bool:
    from evalkit.choices import same_value

    there = key[1].as_dict()
    return choice.axis in there and any(same_value(there[choice.axis], text) for text in choice.values)


def _print(told: Sequence[History], form: Form) -> None:
    if form == "json":
        from evalkit.reports.history_json import history_json
        from evalkit.reports.plain import write_json

        write_json(history_json(told), sys.stdout, indent=1)
    elif form == "csv":
        from evalkit.reports.history_csv import write_history_csv

        write_history_csv(told, sys.stdout)
    elif form == "md":
        from evalkit.reports.history_markdown import write_history_markdown

        write_history_markdown(told, sys.stdout)
    else:
        _print_text(told)


def _print_text(told: Sequence[History]) -> None:
    from rich.console import Console

    from evalkit.reports.history_table import print_history

    console = Console(file=sys.stdout, highlight=False, soft_wrap=False)
    for number, history in enumerate(told):
        if number:
            console.print()
        print_history(history, console)
