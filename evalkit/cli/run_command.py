"""`evalkit run`: draw, judge, report."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evalkit.cli.baseline_option import baseline_option, read_against_prepared
from evalkit.cli.common import DEFAULT_FORMATS, Chosen, project_of, read_choices, same_value, suite_argument, warn
from evalkit.cli.exits import exit_code_of
from evalkit.errors import InterruptedRunError, SuiteError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from evalkit.baselines.baseline import Baseline
    from evalkit.findings import Report
    from evalkit.generate import Tally
    from evalkit.prepare import Prepared
    from evalkit.project import Project
    from evalkit.store import Store
    from evalkit.types import AxisValue, Json, Run, Suite


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
    reuse: bool
    batch: bool
    wait: bool
    dry_run: bool
    offline: bool
    baseline: str | None
    require_decision: bool
    formats: str
    out: Path | None


@dataclass(frozen=True, slots=True)
class _Session:
    """One suite of one invocation."""

    project: Project
    store: Store
    path: Path
    options: Options


@dataclass(frozen=True, slots=True)
class _Opened:
    """A run that is to be drawn, and the baseline that it is held against."""

    prepared: Prepared
    run: Run
    baseline: Baseline | None


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
@click.option(
    "--format",
    "formats",
    default=DEFAULT_FORMATS,
    show_default=True,
    metavar="F,F",
    help="Reports to write; `none` for none.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where reports go; reports/runs/RUN by default."
)
@click.pass_context
def command(context: click.Context, /, suites: tuple[str, ...], **options: Any) -> int:  # noqa: ANN401 - click's options
    """Draw every sample of each SUITE, judge the completions and report.

    The table goes to stdout, everything else to stderr. What was drawn is kept in .evalkit/runs.db as it comes, so that
    a run that was interrupted goes on with --resume. Exit codes: 0 all well, 1 a gate failed, 2 the suite, baseline or
    command is wrong, 3 the run is incomplete, 4 undecided (with --require-decision), 130 interrupted.
    """
    given = Options(**options)
    if given.resume and len(suites) > 1:
        raise UsageError("--resume goes with one suite", hint="resume the runs one after the other")
    if given.baseline and len(suites) > 1:
        raise UsageError("--baseline goes with one suite", hint="a baseline is of one; run them one after the other")
    if given.record and given.replay:
        raise UsageError("--record does not go with --replay", hint="a replay makes no calls that could be recorded")
    if given.offline and not given.dry_run:
        raise UsageError("--offline goes with --dry-run", hint="a run without the network is `--replay DIR`")
    if given.batch and given.replay:
        raise UsageError("--batch does not go with --replay", hint="a replay makes no calls, and so no batches")
    codes = [_run_one(context, Path(suite), given) for suite in suites]
    return max(codes, key=[0, 4, 1, 3].index)


def _run_one(context: click.Context, path: Path, options: Options) -> int:
    # Imported here so that `evalkit run --help` stays fast.
    from evalkit.cli.output import format_names
    from evalkit.load import load
    from evalkit.store import Store

    format_names(options.formats)  # for its error, before anything is drawn
    project = project_of(context, path.parent if path.parent.is_dir() else None)
    suite = load(path, project)
    for doubt in suite.doubts:
        warn(str(doubt))
    if options.dry_run:
        return _print_plan(project, suite, options)
    with Store(project.store) as store:
        session = _Session(project, store, path, options)
        with _traffic(options, suite.name):  # before a run is begun that could not be drawn
            opened = _open(session, suite)
            tally = _draw(session, opened)
        return _conclude(session, opened, tally)


def _print_plan(project: Project, suite: Suite, options: Options) -> int:
    """Say what a run would take, or what one that would be resumed still lacks."""
    from evalkit.cli.plan import Viewed, print_plan
    from evalkit.foresee import Outlook
    from evalkit.store import Store

    run, spent = None, 0.0
    if options.resume is None:
        prepared = _prepare(suite, project, options)
    else:
        with Store(project.store, create=False) as store:
            prepared, run = _reopen(project, store, suite, options)
            spent = store.spent_usd(run.id)
    read_against_prepared(options.baseline, project, prepared)
    offline = options.offline or options.replay is not None
    outlook = Outlook(run=run, reuse=options.reuse, seed=options.seed, batch=options.batch, offline=offline)
    print_plan(prepared, project, Viewed(outlook, options.max_cost, options.allow_unknown_cost, spent))
    return 0


def _prepare(suite: Suite, project: Project, options: Options) -> Prepared:
    from evalkit.prepare import prepare
    from evalkit.selection import Selection

    choices = read_choices(options.choices, "--set")
    widened = _with_values(suite, choices)
    axes = {choice.axis: _values(widened, choice) for choice in choices}
    return prepare(widened, project, Selection(options.provider, options.repeats, options.case, axes, options.judge))


def _values(suite: Suite, choice: Chosen) -> tuple[AxisValue, ...]:
    return tuple(value for text in choice.values for value in suite.axes[choice.axis] if same_value(value, text))


def _with_values(suite: Suite, choices: Sequence[Chosen]) -> Suite:
    """Give the suite's axes the values that they do not have yet; the loader checks them like the file's own."""
    from evalkit.load import rebuild

    for choice in choices:
        there = suite.axes.get(choice.axis, ())
        missing = [text for text in choice.values if not any(same_value(value, text) for value in there)]
        if not missing:
            continue
        document: dict[str, Json] = json.loads(json.dumps(dict(suite.document)))
        document.setdefault("axes", {})[choice.axis] = [_plain(text) for text in choice.values]
        try:
            suite = rebuild(document, path=suite.path)
        except SuiteError as error:
            raise UsageError(
                f"--set {choice.axis}={','.join(choice.values)}: {error.message}", hint=error.hint
            ) from error
    return suite


def _plain(text: str) -> Json:
    """Read a value as YAML would: numbers, true, false and null are not strings."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _open(session: _Session, suite: Suite) -> _Opened:
    """Start a run, or find the one to be resumed; what cannot be is refused before anything is spent."""
    from evalkit.runs import start_run

    options = session.options
    if options.resume is None:
        prepared = _prepare(suite, session.project, options)
        baseline = read_against_prepared(options.baseline, session.project, prepared)
        _check_prices(prepared, options)
        _check_batches(prepared, options)
        run = start_run(prepared, session.store, seed=options.seed)
        click.echo(f"run {run.id}: {prepared.probes:,} probes", err=True)
        return _Opened(prepared, run, baseline)
    prepared, run = _reopen(session.project, session.store, suite, options)
    baseline = read_against_prepared(options.baseline, session.project, prepared)
    begun = session.store.begun(run.id)
    run = session.store.renew_profiles(run.id, [each for each in prepared.everyone if each.name not in begun])
    click.echo(f"resuming run {run.id}", err=True)
    _check_prices(prepared, options)
    _check_batches(prepared, options)
    return _Opened(prepared, run, baseline)


def _reopen(project: Project, store: Store, suite: Suite, options: Options) -> tuple[Prepared, Run]:
    """Find the run to be resumed, and refuse one that the suite or the options do not go with."""
    from evalkit.runs import reopen_run

    assert options.resume is not None
    for name in ("provider", "repeats", "choices", "case", "judge", "seed"):
        if getattr(options, name) not in ((), None):
            shown = name.replace("choices", "set")
            raise UsageError(f"--{shown} does not go with --resume", hint="a resumed run keeps its selection and seed")
    run = store.run(options.resume)
    if run.suite_name != suite.name:
        raise UsageError(f"run {run.id} is of suite {run.suite_name}, not {suite.name}")
    if _without_set_axes(suite.document, run) != _without_set_axes(run.document, run):
        raise UsageError(
            f"suite {suite.name} has changed since run {run.id} began",
            hint="start a new run; with `--reuse` it takes the answers that are still to the same samples",
        )
    return reopen_run(run, project, begun=store.begun(run.id)), run


def _check_batches(prepared: Prepared, options: Options) -> None:
    """Refuse batches of what cannot be drawn in them, and say who takes none."""
    if options.batch:
        from evalkit.works import unbatched

        for name in unbatched(prepared):
            click.echo(f"{name} takes no batches; it is asked as usual", err=True)


def _check_prices(prepared: Prepared, options: Options) -> None:
    """Refuse a cap on cost that could not hold."""
    from evalkit.cli.plan_lines import nobody_knows
    from evalkit.works import unpriced

    if options.max_cost is None or options.allow_unknown_cost:
        return
    unknown = unpriced(prepared)
    if unknown:
        raise UsageError(
            f"--max-cost cannot hold: {nobody_knows(unknown)}",
            hint="state `price: {input: USD, output: USD}` for a million tokens in the profile, or add"
            " --allow-unknown-cost",
        )


def _without_set_axes(document: Mapping[str, Json], run: Run) -> Json:
    """Return a suite's document less the axes that `--set` gave values of its own."""
    axes = {axis: values for axis, values in document.get("axes", {}).items() if axis not in run.selection["axes"]}
    return json.loads(json.dumps({**document, "axes": axes}))


def _draw(session: _Session, opened: _Opened) -> Tally:
    from evalkit.cli.interrupt import run_interruptibly
    from evalkit.cli.progress import open_progress
    from evalkit.draw import draw
    from evalkit.generate import Batching
    from evalkit.generate.budget import Budget
    from evalkit.report import report

    options, run = session.options, opened.run
    budget = Budget(options.max_cost, session.store.spent_usd(run.id))
    with open_progress() as watcher:
        try:
            return run_interruptibly(
                draw(
                    opened.prepared,
                    run,
                    session.store,
                    reuse=options.reuse,
                    budget=budget,
                    watcher=watcher,
                    batching=Batching(submit=options.batch, wait=options.wait),
                    look=lambda: report(run, session.store, baseline=opened.baseline, look=True),
                )
            )
        except InterruptedRunError:
            raise InterruptedRunError(
                f"interrupted; run {run.id} keeps what was drawn",
                hint=f"`evalkit run {session.path} --resume {run.id}` goes on",
            ) from None


def _traffic(options: Options, suite: str) -> AbstractContextManager[None]:
    """Keep or replay HTTP traffic, if that is wanted."""
    if options.record is None and options.replay is None:
        return nullcontext()
    from evalkit.providers.hosted.traffic import traffic_in

    return traffic_in(options.replay or options.record, "replay" if options.replay else "record", suite)


def _conclude(session: _Session, opened: _Opened, tally: Tally) -> int:
    """Judge, report, and say how it ended."""
    from evalkit.cells import scored_cells
    from evalkit.cli.output import print_report, write_formats
    from evalkit.probe.cited import probes_of
    from evalkit.report import report

    run = opened.run
    probes = probes_of(run, session.project, warn)
    finished = report(run, session.store, probes=probes, baseline=opened.baseline)
    print_report(finished)
    _say_failures(session, run, tally)
    folder = session.options.out or session.project.run_reports / run.id
    written = write_formats(
        finished, lambda: scored_cells(session.store, run, opened.prepared.suite), session.options.formats, folder
    )
    for path in written:
        click.echo(f"wrote {session.project.relative(path)}", err=True)
    return _say_end(session, run, finished, tally)


def _say_failures(session: _Session, run: Run, tally: Tally) -> None:
    """Say which providers failed as a whole, and whether the budget ended the run."""
    from evalkit.reports.format import dollars
    from evalkit.secret import without_keys

    for failed, error in tally.failures.items():
        without_keys(error)
        click.echo(f"error: {with_name(failed, error.message)}", err=True)
        if error.hint:
            click.echo(f"\nhint: {error.hint}", err=True)
    if tally.over_budget:
        spent = dollars(session.store.spent_usd(run.id))
        promised = f", and the batches may come to {dollars(tally.promised_usd)}" if tally.promised_usd else ""
        click.echo(
            f"--max-cost {session.options.max_cost:g} leaves no room for another call: the run has cost"
            f" {spent}{promised}",
            err=True,
        )


def _say_end(session: _Session, run: Run, finished: Report, tally: Tally) -> int:
    """Return the exit code, and say what an incomplete run lacks and what goes on with it."""
    from evalkit.cli.batch_words import batch_lines, what_resuming_does
    from evalkit.compare.failures import failed_draws

    code = exit_code_of(finished, require_decision=session.options.require_decision)
    if tally.failures or tally.over_budget or tally.left:
        code = 3  # whatever there is, it is not what was asked for
    if code == 3:
        for line in batch_lines(session.store, run.id):
            click.echo(line, err=True)
        if finished.incomplete is not None:
            click.echo(finished.incomplete, err=True)
        higher = ", given a higher --max-cost" if tally.over_budget else ""
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


def with_name(provider: str, message: str) -> str:
    """Put a provider's name before what ended it, and take it from the beginning of the sentence."""
    for beginning in (f"provider {provider} ", f"{provider} "):
        message = message.removeprefix(beginning)
    return f"provider {provider}: {message}"
