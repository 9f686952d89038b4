"""Notes in the store what a run was judged to be."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING

from evalkit.expand import sweep
from evalkit.outcome import outcome_of
from evalkit.report import whole_rows
from evalkit.selection import read_selection

if TYPE_CHECKING:
    from evalkit.baselines.baseline import Baseline
    from evalkit.findings import Report
    from evalkit.measured import RowKey
    from evalkit.outcome import RunOutcome
    from evalkit.store import Store
    from evalkit.types import Run, Suite


def remember(
    report: Report, run: Run, store: Store, suite: Suite, *, exit_code: int, baseline: Baseline | None = None
) -> RunOutcome:
    """Keep what a report says of a run, in the place of what an earlier one against the same baseline said.

    Args:
        report: Of the whole run, not of some of its conditions.
        run: The run.
        store: Where it is.
        suite: By which it was judged.
        exit_code: What the command ends with.
        baseline: What it was held against.
    """
    outcome = outcome_of(
        report,
        suite,
        judged_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        exit_code=exit_code,
        baseline=baseline,
        whole=comparable_rows(run, suite),
    )
    store.outcomes.note(outcome)
    return outcome


def remembered(run: Run, store: Store, baseline: Baseline | None) -> bool:
    """Tell whether something is known of what a run was judged to be against a baseline of this name, or none."""
    names = {None if each.baseline is None else each.baseline.name for each in store.outcomes.of(run.id)}
    return (None if baseline is None else baseline.of.name) in names


def comparable_rows(run: Run, suite: Suite) -> frozenset[RowKey]:
    """Return the rows of which every case of the suite was to be drawn; others do not compare from run to run."""
    selection = read_selection(run.selection)
    if selection.cases and not {case.id for case in suite.cases} <= set(selection.cases):
        return frozenset()
    everything = list(product(selection.providers, sweep(suite, selection.axes).conditions))
    return frozenset(whole_rows(run, suite, everything))
