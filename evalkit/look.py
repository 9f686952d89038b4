"""Looks at a run in rounds when a round has ended, and says which rows are drawn further."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.statistics.spending import look_levels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from evalkit.findings import Report, Row
    from evalkit.generate import Tally
    from evalkit.measured import RowKey
    from evalkit.prepare import Prepared
    from evalkit.rounds import Looks, Precision, Rounds
    from evalkit.store import Store
    from evalkit.types import Run

ONE_SIDE = 0.025
"""Chance that one end of an interval lies on the wrong side, over all looks."""


def stopped(tally: Tally) -> bool:
    """Tell whether something stands in the way of drawing more now."""
    return bool(tally.failures or tally.over_budget or tally.left or tally.stopped)


def take_look(prepared: Prepared, run: Run, store: Store, tally: Tally, report: Callable[[], Report]) -> bool:
    """Look at a run whose round has been drawn, and keep what was seen.

    A round that could not be drawn is not looked at: going on with the run draws the rest of it, and then looks, so
    that there are never more looks than planned. Nor is a round in which more calls failed than the suite allows.

    Args:
        prepared: What is drawn.
        run: The run.
        store: Where it is.
        tally: What came of the sitting so far.
        report: Reports on the run as it is.

    Returns:
        Whether there is a further round to draw.
    """
    looks = store.looks(run)
    if prepared.rounds is None or looks is None or stopped(tally) or looks.over(prepared.rows):
        return False
    due = prepared.due(looks)
    if due - store.drawn_count(run.id) > prepared.suite.max_failed * due:
        return False
    going_on = set(rows_going_on(report(), prepared.rounds))
    there = {row for rows in looks.settled for row in rows}
    settled = frozenset(row for row in prepared.rows if row not in going_on and row not in there)
    seen = replace(looks, settled=(*looks.settled, settled))
    store.note_looks(run.id, seen, prepared.due(seen))
    return not seen.over(prepared.rows)


def interval_levels(looks: Looks | None, rows: Iterable[RowKey]) -> dict[RowKey, float]:
    """Return by row the level at which an interval holds at 95 % although the run may have ended early.

    Args:
        looks: How far the run has come; None for one that is not in rounds, whose rows need no level of their own.
        rows: Of the run.
    """
    if looks is None:
        return {}
    sides = look_levels(looks.fractions, ONE_SIDE)
    return {row: 1 - 2 * sides[looks.number_of(row)] for row in rows}


def rows_going_on(report: Report, rounds: Rounds) -> Iterator[RowKey]:
    """Yield the rows that what ends the run early still waits for."""
    if rounds.until is not None:
        for row in report.summary.rows:
            if not _precise(row, rounds.until):
                yield row.provider, row.condition
        return
    for gate in report.gates:
        if gate.verdict == "undecided":
            yield from gate.open_rows


def _precise(row: Row, precision: Precision) -> bool:
    """Tell whether a row's interval is narrow enough, or can never be."""
    if row.unsupported is not None:
        return True
    estimate = row.measures.get(precision.measure)
    if estimate is None or estimate.low is None or estimate.high is None:
        return False
    return (estimate.high - estimate.low) / 2 <= precision.half_width
