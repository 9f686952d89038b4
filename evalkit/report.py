"""Summarises a stored run and holds it against its gates: the one call behind the command line and everything else."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from evalkit.baselines.baseline import Baseline
from evalkit.compare import compare
from evalkit.compare.evidence import Evidence, bounds_of
from evalkit.compare.explored import explored
from evalkit.compare.gates import gates_of
from evalkit.compare.needs import split_covered
from evalkit.expand import sweep
from evalkit.findings import Summary
from evalkit.judge.pending import open_votes
from evalkit.knobs import knob_notes
from evalkit.look import interval_levels
from evalkit.measuring import run_measured, summarise_run
from evalkit.notes import batch_notes, judge_notes, kill_notes, part_notes, round_notes, rule_notes, served_notes
from evalkit.probe.cited import cited, probe_notes
from evalkit.runs import suite_of
from evalkit.selection import cells_by_row, read_cells, read_selection
from evalkit.silent_change import run_changes
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.findings import Change, Report
    from evalkit.gate import Gate
    from evalkit.measured import Measured, RowKey
    from evalkit.probe.findings import Probed
    from evalkit.revision import Revision
    from evalkit.store import Store
    from evalkit.types import AxisValue, Run, Suite


def report(
    run: Run,
    store: Store,
    *,
    suite: Suite | None = None,
    where: Mapping[str, tuple[AxisValue, ...]] = EMPTY,
    probes: Mapping[str, Probed] = EMPTY,
    revision: Revision | None = None,
    baseline: Measured | None = None,
    look: bool = False,
) -> Report:
    """Summarise a stored run and hold it against its gates.

    Args:
        run: The run.
        store: Where it is; completions that have no verdicts yet get them.
        suite: A later version of the suite to judge everything with again; None uses the run's own.
        where: Axis values that select conditions; empty selects all.
        probes: What probes found of the run's models, by provider; see `evalkit.probe.cited.probes_of`.
        revision: Is told how old and new verdicts differ; None keeps no account.
        baseline: What the run is held against; where no gate of the suite asks for it, one more does.
        look: Whether verdicts are all that is wanted, to see whether a run in rounds goes on.

    Raises:
        BaselineError: A line of the baseline says what no baseline says.
    """
    judge = suite_of(run) if suite is None else suite
    chosen = sweep(judge, read_selection(run.selection).axes)
    names: list[str] = run.selection["providers"]
    everything = list(product(names, chosen.conditions))
    levels = interval_levels(store.looks(run), everything)
    wanted = gates_of(judge.gates, against_baseline=baseline is not None)
    gates, unjudgeable = split_covered(wanted, everything, whole_rows(run, judge, everything))
    found = summarise_run(store, run, judge, again=suite is not None, revision=revision, where=where, levels=levels)
    rows = found.rows
    spent = store.spent(run.id)
    judges = [name for name in spent if name not in names]
    unjudged = sum(1 for _ in open_votes(store, run, judge))
    knobs = cited(knob_notes(store.knobs(run.id)), probes)
    summary = Summary(
        run=run.id,
        suite_name=run.suite_name,
        suite_version=run.suite_version,
        suite_hash=run.suite_hash,
        rows=rows,
        left_out=chosen.left_out,
        missing=store.run(run.id).planned - sum(sum(row.completions.values()) for row in rows),
        notes=(
            *served_notes(rows),
            *kill_notes(store.broken_off(run.id)),
            *batch_notes(store, run.id),
            *probe_notes(judge, knobs, probes),
            *judge_notes(run, judge, unjudged),
            *round_notes(store.looks(run)),
            *part_notes(run, unjudgeable),
            *rule_notes(run, judge),
        ),
        knobs=knobs,
        providers=tuple(names),
        spent={name: spent[name] for name in (*names, *judges) if name in spent},
        unjudged=unjudged,
        pooled=found.pooled,
    )
    evidence = replace(_evidence(run, store, judge, baseline), in_full=not look)
    changes = () if look else _changes(run, store, judge, evidence)
    return replace(_judged(summary, gates, evidence, where), environment=store.environment(run.id), changes=changes)


def whole_rows(run: Run, suite: Suite, everything: Sequence[RowKey]) -> list[RowKey]:
    """Return the rows of which a run draws every case."""
    cells = read_cells(run.selection)
    if cells is None:
        return list(everything)
    cases = len(run.selection["cases"]) or len(suite.cases)
    conditions = list(dict.fromkeys(condition for _, condition in everything))
    there = cells_by_row(cells, conditions, cases)
    return [row for row in everything if len(there.get(row, ())) == cases]


def _evidence(run: Run, store: Store, suite: Suite, baseline: Measured | None) -> Evidence:
    wanted = suite.gates or baseline is not None  # what nobody asks of is not read case by case
    return Evidence(
        new=run_measured(store, run, suite) if wanted else None,
        old=baseline,
        alarms=suite.alarms,
        max_failed=suite.max_failed,
        bounds=bounds_of(suite.measures),
        looks=store.looks(run),
    )


def _changes(run: Run, store: Store, suite: Suite, evidence: Evidence) -> tuple[Change, ...]:
    """Look for silent changes of the models since the baseline."""
    if evidence.new is None or evidence.old is None:
        return ()
    before = evidence.old.sketches() if isinstance(evidence.old, Baseline) else None
    return run_changes(store, run, suite, new=evidence.new, old=evidence.old, before=before)


def _judged(
    summary: Summary, gates: Sequence[Gate], evidence: Evidence, where: Mapping[str, tuple[AxisValue, ...]]
) -> Report:
    """Judge the gates on the whole run, whatever part of it is shown, and explore what is shown."""
    whole = compare(summary, gates, evidence=evidence)
    shown = replace(summary, rows=tuple(row for row in summary.rows if row.condition.matches(where)))
    comparison = explored(evidence, whole, where=where) if evidence.in_full else None
    return replace(whole, summary=shown, comparison=comparison)
