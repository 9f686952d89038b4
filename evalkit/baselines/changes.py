"""Says what a new baseline changes in the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from evalkit.baselines.merge import case_ids, row_name
from evalkit.reports.format import count, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.measured import Measured, MeasuredRow, RowKey


@dataclass(frozen=True, slots=True)
class RowChange:
    """What changes in one row.

    Attributes:
        added: Cases that only the new side has.
        removed: Cases that only the old side has.
        before: Mean over its cases of the old side's adherence; None when nothing is decided or there is no row.
        after: The same of the new side.
    """

    key: RowKey
    state: Literal["added", "removed", "kept", "moved"]
    cases: int
    added: int
    removed: int
    before: float | None
    after: float | None


def changes(old: Measured, new: Measured) -> Iterator[RowChange]:
    """Yield what changes from one side to the other: the new side's rows in their order, then those it lacks."""
    mine = dict.fromkeys(new.keys())
    for key in (*mine, *(key for key in old.keys() if key not in mine)):  # noqa: SIM118 - no mapping
        yield _change(key, old.row(key), new.row(key))


def _change(key: RowKey, old: MeasuredRow | None, new: MeasuredRow | None) -> RowChange:
    were, are = case_ids(old), case_ids(new)
    if old is None or new is None:
        state: Literal["added", "removed", "kept", "moved"] = "added" if old is None else "removed"
    else:
        state = "kept" if all(case.run is not None or not case.outcomes for case in new.cases) else "moved"
    return RowChange(
        key, state, len(are), len(are - were), len(were - are), mean_of(old, "adherence"), mean_of(new, "adherence")
    )


def mean_of(row: MeasuredRow | None, measure: str) -> float | None:
    """Return the mean over the cases of a row of what their draws score; None when nothing is decided."""
    scores = [] if row is None else [case.scores[measure].mean for case in row.cases if measure in case.scores]
    known = [mean for mean in scores if mean is not None]
    return fmean(known) if known else None


def change_line(change: RowChange) -> str:
    """Write one change for people.

    >>> from evalkit.types import Condition
    >>> change_line(RowChange(("gpt2", Condition()), "moved", 5, 1, 0, 0.5, 0.75))
    'gpt2: adherence 0.50 -> 0.75, 5 cases (1 added)'
    """
    name = row_name(change.key)
    if change.state == "removed":
        return f"{name}: removed, with {count(change.removed, 'case')}"
    if change.state == "kept":
        return f"{name}: kept as it was, {count(change.cases, 'case')}"
    if change.state == "added":
        return f"{name}: added, adherence {number(change.after)}, {count(change.cases, 'case')}"
    moved = [f"{amount:,} {word}" for amount, word in ((change.added, "added"), (change.removed, "removed")) if amount]
    more = f" ({', '.join(moved)})" if moved else ""
    return f"{name}: adherence {number(change.before)} -> {number(change.after)}, {count(change.cases, 'case')}{more}"
