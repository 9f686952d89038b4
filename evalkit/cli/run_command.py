"""`evalkit run`: draw, judge, report."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evalkit.cli.common import (
    DEFAULT_FORMATS,
    baseline_option,
    check_fail_on_change,
    fail_on_change_option,
    project_of,
    suite_argument,
    warn,
)
from evalkit.errors import InterruptedRunError, UsageError
from evalkit.exits import exit_code_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from evalkit.conduct import Opened, Terms
    from evalkit.findings import Report
    from evalkit.generate import Tally
    from evalkit.project import Project
    from evalkit.selection import Selection
    from evalkit.store import Store
    from evalkit.types import Run, Suite


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `evalkit run`, as given."""

    provider: tuple[str, ...]
    repeats: int | None
    choices: tuple[str, ...]
    case: tuple[str, ...]
    judge: str | None
    seed: int | None
    max_cost: float | None
    allow_unknown_cost: bool
    record: Path | None
    replay: Path | None
    resume: str | None
    retry_after: str | None
    reuse: bool
    batch: bool
    wait: bool
    dry_run: bool
    offline: bool
    baseline: str | None
    require_decision: bool
    fail_on_change: bool
    formats: str
    out: Path | None


@dataclass(frozen=True, slots=True)
class _Session:
    """One suite of one invocation."""

    project: Project
    store: Store
    path: Path
    options: Options
    of_several: bool


@click.command(
    "run",
    epilog="Example: evalkit run suites/anchoring.yaml --set temperature=0,0.8 --case kafka-vs-rabbitmq",
    short_help="Run suites and report what their axes did.",
)
@suite_argument(many=True)
@click.option("--provider", multiple=True, metavar="NAME", help="Ask this provider instead of the suite's; repeatable.")
@click.option("--repeats", type=int, metavar="N", help="Draws of each case under each condition.")
@click.option(
    "--set",
    "choices",
    multiple=True,
    metavar="AXIS=V,V",
    help="Run these values of an axis; they may be new ones. Repeatable.",
)
@click.option("--case", multiple=True, metavar="ID", help="Run this case; repeatable.")
@click.option("--judge", metavar="NAME", help="Have this provider judge, where a constraint names no judge itself.")
@click.option("--seed", type=int, metavar="N", help="Seed the draws, whatever the suite says.")
@click.option(
    "--max-cost",
    type=click.FloatRange(min=0),
    metavar="USD",
    help="Ask nothing more that would let the run cost more than this, what it cost before --resume included.",
)
@click.option("--allow-unknown-cost", is_flag=True, help="Let --max-cost count only the prices that are known.")
@click.option("--resume", metavar="RUN", help="Go on with a stored run: its id, the beginning of it, or `last`.")
@click.option(
    "--retry-after",
    metavar="S,S",
    help="Go on with an incomplete run after so many seconds, once for each number, as --resume does.",
)
@click.option("--reuse", is_flag=True, help="Take stored answers to the same samples instead of asking again.")
@click.option("--dry-run", is_flag=True, help="Say what would run and what it would take, and stop.")
@click.option("--offline", is_flag=True, help="With --dry-run: ask no vendor to count tokens.")
@click.option("--batch", is_flag=True, help="Submit what is missing in batches, at half price; --resume collects them.")
@click.option("--wait", is_flag=True, help="Wait until every batch has ended.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep the HTTP traffic as readable files, without the keys.",
)
@click.option(
    "--replay",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Answer from recorded traffic: no network, no key.",
)
@baseline_option("Hold the run against this baseline, by the suite's gates or by whether adherence got worse.")
@click.option("--require-decision", is_flag=True, help="Exit 4 when a gate is undecided.")
@fail_on_change_option()
@click.option(
    "--format",
    "formats",
    default=DEFAULT_FORMATS,
    show_default=True,
    metavar="F,F",
    help="Reports to write: json, md, html, comment, junit, csv, constraints, comparison, verdicts; or none.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where reports go; reports/runs/RUN by default."
)
@click.pass_context
def command(context: click.Context, /, suites: tuple[str, ...], **options: Any) -> int:  # noqa: ANN401 - click's options
    """Draw every sample of each SUITE, judge the completions and report.

    The table goes to stdout, everything else to stderr. What was drawn is kept in .evalkit/runs.db as it comes, so that
    a run that was interrupted goes on with --resume. Exit codes: 0 all well, 1 a gate failed (with --fail-on-change
    also that the model changed), 2 the suite, baseline or command is wrong, 3 the run is incomplete, 4 undecided (with
    --require-decision), 130 interrupted.
    """
    given = Options(**options)
    if given.resume and len(suites) > 1:
        raise UsageError("--resume goes with one suite", hint="resume the runs one after the other")
    if given.baseline and "{suite}" not in given.baseline and len(suites) > 1:
        raise UsageError(
            "--baseline goes with one suite, and a baseline is of one",
            hint="`--baseline '{suite}'` takes for each suite the baseline of its name",
        )
    check_fail_on_change(given=given.fail_on_change, baseline=given.baseline)
    if given.record and given.replay:
        raise UsageError("--record does not go with --replay", hint="a replay makes no calls that could be recorded")
    if given.offline and not given.dry_run:
        raise UsageError("--offline goes with --dry-run", hint="a run without the network is `--replay DIR`")
    if given.batch and given.replay:
        raise UsageError("--batch does not go with --replay", hint="a replay makes no calls, and so no batches")
    codes = [_run_one(context, Path(suite), given, of_several=len(suites) > 1) for suite in suites]
    return max(codes, key=[0, 4, 1, 3].index)


def _run_one(context: click.Context, path: Path, options: Options, *, of_several: bool) -> int:
    # Imported here so that `evalkit run --help` stays fast.
    from evalkit.cli.going_on import may_pass, read_pauses
    from evalkit.cli.output import format_names
    from evalkit.load import load
    from evalkit.store import Store

    format_names(options.formats)  # for its error, before anything is drawn
    pauses = read_pauses(options.retry_after)
    project = project_of(context, path.parent if path.parent.is_dir() else None)
    suite = load(path, project)
    for doubt in suite.doubts:
        warn(str(doubt))
    if options.dry_run:
        return _print_plan(project, suite, options)
    with Store(project.store) as store:
        session = _Session(project, store, path, options, of_several)
        opened, tally = _open_and_draw(session, suite)
        code = _conclude(session, opened, tally)
        for pause_s in pauses:
            if code != 3 or not may_pass(tally):
                break
            _wait(session, opened.run, pause_s)
            session = replace(session, options=_resuming(options, opened.run))
            opened, tally = _open_and_draw(session, suite)
            code = _conclude(session, opened, tally)
        return code


def _open_and_draw(session: _Session, suite: Suite) -> tuple[Opened, Tally]:
    with _traffic(session.options, suite.name):  # before a run is begun that could not be drawn
        opened = _open(session, suite)
        return opened, _draw(session, opened)


def _resuming(options: Options, run: Run) -> Options:
    """Return the options with which a run goes on: what it is made of is settled."""
    settled = replace(options, provider=(), repeats=None, choices=(), case=(), judge=None, seed=None)
    return replace(settled, resume=run.id)


def _wait(session: _Session, run: Run, pause_s: float) -> None:
    """Let time pass before a run goes on."""
    import asyncio

    from evalkit.cli.interrupt import run_interruptibly

    click.echo(f"going on in {pause_s:g} s", err=True)
    try:
        run_interruptibly(asyncio.sleep(pause_s))
    except InterruptedRunError:
        raise _interrupted(session, run) from None


def _print_plan(project: Project, suite: Suite, options: Options) -> int:
    """Say what a run would take, or what one that would be resumed still lacks."""
    from evalkit.baselines.against import read_against_prepared
    from evalkit.cli.plan import Viewed, print_plan
    from evalkit.conduct import reopen
    from evalkit.foresee import Outlook
    from evalkit.prepare import prepare
    from evalkit.store import Store

    run, spent = None, 0.0
    if options.resume is None:
        widened, selection = _selected(suite, options)
        prepared = prepare(widened, project, selection)
    else:
        _check_resumable(options)
        with Store(project.store, create=False) as store:
            prepared, run = reopen(options.resume, suite, project, store)
            spent = store.spent_usd(run.id)
    read_against_prepared(options.baseline, project, prepared, warn)
    offline = options.offline or options.replay is not None
    outlook = Outlook(run=run, reuse=options.reuse, seed=options.seed, batch=options.batch, offline=offline)
    print_plan(prepared, project, Viewed(outlook, options.max_cost, options.allow_unknown_cost, spent))
    return 0


def _selected(suite: Suite, options: Options) -> tuple[Suite, Selection]:
    """Return the suite with the values that `--set` adds, and what of it to run."""
    from evalkit.choices import read_choices, with_choices
    from evalkit.selection import Selection

    widened, axes = with_choices(suite, read_choices(options.choices, "--set"), "--set")
    return widened, Selection(options.provider, options.repeats, options.case, axes, options.judge)


def _terms(options: Options) -> Terms:
    from evalkit.conduct import Terms
    from evalkit.generate import Batching

    return Terms(
        seed=options.seed,
        baseline=options.baseline,
        max_cost_usd=options.max_cost,
        allow_unknown_cost=options.allow_unknown_cost,
        reuse=options.reuse,
        batching=Batching(submit=options.batch, wait=options.wait),
    )


def _open(session: _Session, suite: Suite) -> Opened:
    """Start a run, or find the one to be resumed; what cannot be is refused before anything is spent."""
    from evalkit.conduct import open_run, resume_run
    from evalkit.works import unbatched

    options, project, store, terms = session.options, session.project, session.store, _terms(session.options)
    if options.resume is None:
        opened = open_run(*_selected(suite, options), terms, project=project, store=store, warn=warn)
        click.echo(f"run {opened.run.id}: {opened.prepared.probes:,} probes", err=True)
    else:
        _check_resumable(options)
        opened = resume_run(options.resume, suite, terms, project=project, store=store, warn=warn)
        click.echo(f"resuming run {opened.run.id}", err=True)
    if options.batch:
        for name in unbatched(opened.prepared):
            click.echo(f"{name} takes no batches; it is asked as usual", err=True)
    return opened


def _check_resumable(options: Options) -> None:
    """Refuse options that a resumed run has settled."""
    for name in ("provider", "repeats", "choices", "case", "judge", "seed"):
        if getattr(options, name) not in ((), None):
            shown = name.replace("choices", "set")
            raise UsageError(f"--{shown} does not go with --resume", hint="a resumed run keeps its selection and seed")


def _draw(session: _Session, opened: Opened) -> Tally:
    from evalkit.cli.interrupt import run_interruptibly
    from evalkit.cli.progress import open_progress
    from evalkit.conduct import draw_run

    with open_progress() as watcher:
        try:
            return run_interruptibly(draw_run(opened, watcher=watcher))
        except InterruptedRunError:
            raise _interrupted(session, opened.run) from None


def _interrupted(session: _Session, run: Run) -> InterruptedRunError:
    return InterruptedRunError(
        f"interrupted; run {run.id} keeps what was drawn",
        hint=f"`evalkit run {session.path} --resume {run.id}` goes on",
    )


def _traffic(options: Options, suite: str) -> AbstractContextManager[None]:
    """Keep or replay HTTP traffic, if that is wanted."""
    if options.record is None and options.replay is None:
        return nullcontext()
    from evalkit.providers.hosted.traffic import traffic_in

    return traffic_in(options.replay or options.record, "replay" if options.replay else "record", suite)


def _conclude(session: _Session, opened: Opened, tally: Tally) -> int:
    """Judge, report, and say how it ended."""
    from evalkit.cli.output import print_report, say_change, write_formats
    from evalkit.conduct import conclude

    options = session.options
    finished = conclude(
        opened, tally, warn=warn, require_decision=options.require_decision, fail_on_change=options.fail_on_change
    )
    print_report(finished)
    hints = [error.hint for error in tally.failures.values()]  # what stopped the run begins with the providers
    for why, hint in zip_longest(finished.stopped, hints):
        click.echo(f"error: {why}", err=True)
        if hint:
            click.echo(f"\nhint: {hint}", err=True)
    for path in write_formats(finished, opened.cells, options.formats, _folder(session, opened)):
        click.echo(f"wrote {session.project.relative(path)}", err=True)
    say_change(finished, failing=options.fail_on_change)
    return _say_end(session, opened.run, finished, over_budget=tally.over_budget)


def _folder(session: _Session, opened: Opened) -> Path:
    """Return where reports go: of several suites each has a folder of its own."""
    out = session.options.out
    if out is None:
        return session.project.run_reports / opened.run.id
    return out / opened.run.suite_name if session.of_several else out


def _say_end(session: _Session, run: Run, finished: Report, *, over_budget: bool) -> int:
    """Return the exit code, and say what an incomplete run lacks and what goes on with it."""
    from evalkit.cli.batch_words import batch_lines, what_resuming_does
    from evalkit.compare.failures import failed_draws

    options = session.options
    code = exit_code_of(finished, require_decision=options.require_decision, fail_on_change=options.fail_on_change)
    if code == 3:
        for line in batch_lines(session.store, run.id):
            click.echo(line, err=True)
        if finished.incomplete is not None:
            click.echo(finished.incomplete, err=True)
        higher = ", given a higher --max-cost" if over_budget else ""
        click.echo(f"the run is incomplete; {what_resuming_does(session.store, run)}{higher}", err=True)
        return code
    failed, planned = failed_draws(finished.summary.rows, finished.summary.missing)
    if failed:
        click.echo(
            f"{failed:,} of {planned:,} draws failed or are missing, no more than may;"
            f" {what_resuming_does(session.store, run)}",
            err=True,
        )
    return code
