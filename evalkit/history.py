"""The nights of one suite in order of time, and how one measure went over them. Data only; `evalkit.reports` shows it.

A number stands for a night only where the run was whole and of all the suite's cases: a night of which draws are
missing has none, so that an outage never looks like a drop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum
from typing import TYPE_CHECKING

from evalkit.errors import UsageError, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from evalkit.measured import RowKey
    from evalkit.outcome import ChangeMark, Held, Point, RunOutcome
    from evalkit.store.outcomes import StoredNight

NOT_JUDGED = "not judged"
"""What stands for the state of a run of which nothing is remembered."""


@dataclass(frozen=True, slots=True)
class Night:
    """One run of a suite among others.

    Attributes:
        started_at: UTC, ISO 8601.
        state: As in `evalkit.outcome.RunOutcome`, or `not judged`.
        exit_code: None for a run that was not judged.
        alarms: Names of the gates that failed it.
        changed: What showed that a model had changed.
        baseline: What it was held against; None for nothing.
        renewed: Whether that is another baseline than that of the last night before that had one.
        revised: Whether the suite is another one than it was in the night before that was judged.
        why: Why it has no numbers; empty where it has.
        points: The measure of each row; empty where it has no numbers.
        cost_usd: None when no price is known.
        unpriced: Answers whose price is not known.
    """

    run: str
    started_at: str
    state: str = NOT_JUDGED
    exit_code: int | None = None
    alarms: tuple[str, ...] = ()
    changed: tuple[ChangeMark, ...] = ()
    baseline: Held | None = None
    renewed: bool = False
    revised: bool = False
    why: str = ""
    points: Mapping[RowKey, Point] = field(default_factory=dict["RowKey", "Point"])
    cost_usd: float | None = None
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """How one measure of a suite went over its nights.

    Attributes:
        nights: In order of time.
        rows: What any of the nights has; first those of the night with the most, the newest of these.
        averaged: How many of `rows`, from the first, `mean` is over.
        alarms_expected: False alarms of gates to expect at most, on average, had nothing changed in any night; None
            where no gate compared anything.
        changes_expected: The same of false findings of a changed model; None where nothing was tested.
    """

    suite: str
    measure: str
    nights: tuple[Night, ...]
    rows: tuple[RowKey, ...]
    averaged: int = 0
    alarms_expected: float | None = None
    changes_expected: float | None = None

    def series(self, key: RowKey) -> tuple[Point | None, ...]:
        """Return one row over the nights; None where a night has no number of it."""
        return tuple(night.points.get(key) for night in self.nights)

    def mean(self, night: Night) -> float | None:
        """Return the mean over rows, the same ones for every night; None where the night lacks a number of one.

        It has no interval: rows share their cases, and what that makes of the intervals of rows is not remembered.
        """
        points = [night.points.get(key) for key in self.rows[: self.averaged]]
        estimates = [point.estimate for point in points if point is not None and point.estimate is not None]
        return fsum(estimates) / len(estimates) if estimates and len(estimates) == self.averaged else None


def histories(
    nights: Iterable[StoredNight], measure: str, *, wanted: Callable[[RowKey], bool] | None = None
) -> tuple[History, ...]:
    """Tell the history of each suite.

    Args:
        nights: By suite and in order of time.
        measure: The measure to follow.
        wanted: Which rows to follow; None for all.

    Raises:
        UsageError: No night of any suite has the measure, though nights have others.
    """
    by_suite: dict[str, list[StoredNight]] = {}
    for night in nights:
        by_suite.setdefault(night.suite, []).append(night)
    _check_measure(measure, [night.outcome for stored in by_suite.values() for night in stored])
    return tuple(history_of(suite, stored, measure, wanted=wanted) for suite, stored in by_suite.items())


def history_of(
    suite: str, nights: Sequence[StoredNight], measure: str, *, wanted: Callable[[RowKey], bool] | None = None
) -> History:
    """Tell the history of one suite; see `histories`."""
    told: list[Night] = []
    held: Held | None = None
    judged_by: str | None = None
    for stored in nights:
        outcome = stored.outcome
        if outcome is None:
            told.append(Night(stored.run, stored.started_at, why=_why_not(stored)))
            continue
        told.append(_night(stored, outcome, measure, wanted, before=(held, judged_by)))
        held, judged_by = outcome.baseline or held, outcome.suite_hash
    fullest = max(reversed(told), key=lambda night: len(night.points), default=None)
    first = () if fullest is None else tuple(fullest.points)
    rows = dict.fromkeys((*first, *(key for night in reversed(told) for key in night.points)))
    judged = [night.outcome for night in nights if night.outcome is not None]
    return History(
        suite=suite,
        measure=measure,
        nights=tuple(told),
        rows=tuple(rows),
        averaged=len(first),
        alarms_expected=_expected(
            each.alarms.per_run for each in judged if each.whole and any(gate.compares for gate in each.gates)
        ),
        changes_expected=_expected(
            each.alarms.change for each in judged if any(change.corrected is not None for change in each.changes)
        ),
    )


def _night(
    stored: StoredNight,
    outcome: RunOutcome,
    measure: str,
    wanted: Callable[[RowKey], bool] | None,
    *,
    before: tuple[Held | None, str | None],
) -> Night:
    why = _why_not(stored)
    held, judged_by = before
    points = {} if why else {row.key: row.points[measure] for row in outcome.rows if measure in row.points}
    return Night(
        run=stored.run,
        started_at=stored.started_at,
        state=outcome.state,
        exit_code=outcome.exit_code,
        alarms=outcome.alarming,
        changed=outcome.changed,
        baseline=outcome.baseline,
        renewed=outcome.baseline is not None and held is not None and outcome.baseline != held,
        revised=judged_by is not None and outcome.suite_hash != judged_by,
        why=why,
        points={key: point for key, point in points.items() if wanted is None or wanted(key)},
        cost_usd=outcome.cost_usd,
        unpriced=outcome.unpriced,
    )


def _why_not(stored: StoredNight) -> str:
    """Say why a night has no numbers to set beside those of others; empty where it has."""
    outcome = stored.outcome
    if outcome is None:
        return "nothing is remembered of what it was judged to be" if stored.finished else "it did not end"
    if not outcome.whole:
        return outcome.incomplete or "; ".join(outcome.stopped) or "draws or judgements are missing"
    if outcome.partial and not outcome.rows:
        return "not all cases were to be drawn"
    return ""


def _expected(chances: Iterable[float]) -> float | None:
    """Add up chances, which gives the expected number whether nights depend on one another or not."""
    each = list(chances)
    return fsum(each) if each else None


def _check_measure(measure: str, outcomes: Sequence[RunOutcome | None]) -> None:
    there = dict.fromkeys(
        name for outcome in outcomes if outcome is not None for row in outcome.rows for name in row.points
    )
    if there and measure not in there:
        raise UsageError(
            f"no run has a measure `{measure}`",
            hint=suggestion(measure, there) or f"they have {', '.join(sorted(there))}",
        )
