"""Conducts a run from a suite to its report: the one call behind the command line, pytest and Python."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.baselines.against import read_against_prepared
from evalkit.cells import scored_cells
from evalkit.draw import draw
from evalkit.errors import UsageError
from evalkit.exits import exit_code_of
from evalkit.generate.batches import NO_BATCHES
from evalkit.generate.budget import Budget
from evalkit.generate.engine import never
from evalkit.prepare import prepare
from evalkit.probe.cited import probes_of
from evalkit.remember import remember
from evalkit.report import report
from evalkit.reports.format import count, dollars, nobody_knows, with_name
from evalkit.runs import reopen_run, start_run
from evalkit.secret import without_keys
from evalkit.selection import Selection
from evalkit.works import unbatched, unpriced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from evalkit.baselines.baseline import Baseline
    from evalkit.findings import Report
    from evalkit.generate import Batching, Tally, Watcher
    from evalkit.prepare import Prepared
    from evalkit.project import Project
    from evalkit.store import Store
    from evalkit.types import Cell, Json, Run, Suite


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a run is drawn.

    Attributes:
        seed: Seeds the draws, whatever the suite says; None takes the suite's, or draws one.
        baseline: Name of what the run is held against; `{suite}` in it stands for the suite's name. None for nothing.
        max_cost_usd: Nothing more is asked that would let the run cost more, what it has cost before included.
        allow_unknown_cost: Whether the cap may count only the prices that are known.
        reuse: Take a stored answer to the same sample instead of asking again.
        batching: What to do with the vendors' interfaces for batches.
    """

    seed: int | None = None
    baseline: str | None = None
    max_cost_usd: float | None = None
    allow_unknown_cost: bool = False
    reuse: bool = False
    batching: Batching = NO_BATCHES


@dataclass(frozen=True, slots=True)
class Opened:
    """A run that is to be drawn.

    Attributes:
        baseline: What it is held against; None for nothing.
    """

    project: Project
    store: Store
    prepared: Prepared
    run: Run
    baseline: Baseline | None
    terms: Terms

    def cells(self) -> Iterator[Cell]:
        """Yield what was drawn, judged; see `evalkit.cells.scored_cells`."""
        return scored_cells(self.store, self.run, self.prepared.suite)


def open_run(
    suite: Suite,
    selection: Selection | None = None,
    terms: Terms | None = None,
    *,
    project: Project,
    store: Store,
    warn: Callable[[str], None] | None = None,
) -> Opened:
    """Open a new run, unless what is asked for cannot be.

    Args:
        suite: What to run.
        selection: What of the suite to run; None takes all of it.
        terms: On what terms; None takes the usual ones.
        project: Where profiles and baselines are.
        store: Where the run goes.
        warn: Is told what is doubtful; None where nobody is.

    Raises:
        UsageError: The selection leaves nothing to run, a cap on cost could not hold, or what is to be drawn in batches
            cannot be.
        ProfileError: A profile cannot be read, or no adapter can be built.
        BaselineError: There is no such baseline, or it does not fit.
    """
    agreed = terms or Terms()
    prepared = prepare(suite, project, selection or Selection())
    baseline = read_against_prepared(agreed.baseline, project, prepared, warn)
    _check(prepared, agreed)
    run = start_run(prepared, store, seed=agreed.seed)
    return Opened(project, store, prepared, run, baseline, agreed)


def resume_run(
    name: str,
    suite: Suite,
    terms: Terms | None = None,
    *,
    project: Project,
    store: Store,
    warn: Callable[[str], None] | None = None,
) -> Opened:
    """Open a stored run to draw what it lacks, with the suite, selection and seed that it began with.

    Args:
        name: Its id, the beginning of it, or `last`.
        suite: As its file is now, which must not have changed.
        terms: See `open_run`, as for the others.
        project: Where profiles and baselines are.
        store: Where the run is.
        warn: Is told what is doubtful.

    Raises:
        UsageError: There is no such run, or the suite or a profile has changed since it began.
    """
    agreed = terms or Terms()
    prepared, run = reopen(name, suite, project, store)
    baseline = read_against_prepared(agreed.baseline, project, prepared, warn)
    begun = store.begun(run.id)
    run = store.renew_profiles(run.id, [each for each in prepared.everyone if each.name not in begun])
    _check(prepared, agreed)
    return Opened(project, store, prepared, run, baseline, agreed)


def reopen(name: str, suite: Suite, project: Project, store: Store) -> tuple[Prepared, Run]:
    """Find a run to go on with, and refuse one that the suite does not go with any more; nothing is written.

    Raises:
        UsageError: There is no such run, or the suite or a profile has changed since it began.
    """
    run = store.run(name)
    if run.suite_name != suite.name:
        raise UsageError(f"run {run.id} is of suite {run.suite_name}, not {suite.name}")
    if _without_set_axes(suite.document, run) != _without_set_axes(run.document, run):
        raise UsageError(
            f"suite {suite.name} has changed since run {run.id} began",
            hint="start a new run; with `--reuse` it takes the answers that are still to the same samples",
        )
    return reopen_run(run, project, begun=store.begun(run.id)), run


def _without_set_axes(document: Mapping[str, Json], run: Run) -> Json:
    """Return a suite's document less the axes that `--set` gave values of its own."""
    axes = {axis: values for axis, values in document.get("axes", {}).items() if axis not in run.selection["axes"]}
    return json.loads(json.dumps({**document, "axes": axes}))


def _check(prepared: Prepared, terms: Terms) -> None:
    """Refuse batches of what cannot be drawn in them, and a cap on cost that could not hold."""
    if terms.batching.submit:
        unbatched(prepared)
    if terms.max_cost_usd is None or terms.allow_unknown_cost:
        return
    unknown = unpriced(prepared)
    if unknown:
        raise UsageError(
            f"--max-cost cannot hold: {nobody_knows(unknown)}",
            hint="state `price: {input: USD, output: USD}` for a million tokens in the profile, or add"
            " --allow-unknown-cost",
        )


async def draw_run(
    opened: Opened,
    *,
    watcher: Watcher | None = None,
    stop: Callable[[], bool] = never,
    budget: Budget | None = None,
) -> Tally:
    """Draw what a run lacks; see `evalkit.draw.draw`.

    Args:
        opened: The run.
        watcher: Is told how it goes; None for nobody.
        stop: Whether to ask for nothing more; calls that are under way by then are waited for.
        budget: What may be spent, where several runs share it; None takes the run's own terms.
    """
    terms, run, store = opened.terms, opened.run, opened.store
    return await draw(
        opened.prepared,
        run,
        store,
        reuse=terms.reuse,
        budget=budget or Budget(terms.max_cost_usd, store.spent_usd(run.id)),
        watcher=watcher,
        batching=terms.batching,
        stop=stop,
        look=lambda: report(run, store, baseline=opened.baseline, look=True),
    )


def conclude(
    opened: Opened,
    tally: Tally | None = None,
    *,
    stopped: tuple[str, ...] = (),
    warn: Callable[[str], None] | None = None,
    require_decision: bool = False,
    fail_on_change: bool = False,
) -> Report:
    """Judge a run, hold it against its gates and its baseline, and note in the store what it came to.

    Args:
        opened: The run.
        tally: What came of drawing it just now; None where nothing was drawn, or somewhere else.
        stopped: Why drawing ended before all was drawn, where no tally says so.
        warn: Is told what is doubtful.
        require_decision: For the exit code that is noted, as the next; see `evalkit.exits.exit_code_of`.
        fail_on_change: See `require_decision`.
    """
    probes = probes_of(opened.run, opened.project, warn or (lambda _: None))
    finished = report(opened.run, opened.store, probes=probes, baseline=opened.baseline)
    finished = replace(finished, stopped=stopped if tally is None else tuple(_why_stopped(opened, tally)))
    code = exit_code_of(finished, require_decision=require_decision, fail_on_change=fail_on_change)
    remember(finished, opened.run, opened.store, opened.prepared.suite, exit_code=code, baseline=opened.baseline)
    return finished


def _why_stopped(opened: Opened, tally: Tally) -> Iterator[str]:
    """Say why drawing ended before all was drawn."""
    for provider, error in tally.failures.items():
        without_keys(error)
        yield with_name(provider, error.message)
    if tally.over_budget:
        spent = dollars(opened.store.spent_usd(opened.run.id))
        promised = f", and the batches may come to {dollars(tally.promised_usd)}" if tally.promised_usd else ""
        cap = "" if opened.terms.max_cost_usd is None else f" {opened.terms.max_cost_usd:g}"
        yield f"--max-cost{cap} leaves no room for another call: the run has cost {spent}{promised}"
    if tally.left:
        yield f"{count(tally.left, 'call')} are left for later, in batches or beside them"
    if tally.stopped:
        yield "it was stopped before everything had been asked for"
