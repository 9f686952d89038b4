"""Holds one row against thresholds, case by case.

With one row and one threshold it decides as the row's 95 % interval does: the threshold is missed where the interval
lies on its wrong side, and met where it lies on the right one. Draws without a score count against both conclusions.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, inf, nextafter
from typing import TYPE_CHECKING

from evalkit.compare.common import is_score
from evalkit.measured import CaseScores
from evalkit.pairing import pair_cases
from evalkit.statistics.differences import Differences, interval_of, p_above, p_below
from evalkit.statistics.sign_test import median_above, median_below

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from evalkit.gate import Gate, Scope
    from evalkit.measured import MeasuredCase, MeasuredRow
    from evalkit.pairing import Missing

    Bound: TypeAlias = "tuple[float, float] | None"

_SHARES = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Held:
    """One row held against one threshold.

    Attributes:
        met: The p of the threshold's being missed, or just met.
        missed: The p of its being met, or just missed.
    """

    met: float
    missed: float


@dataclass(frozen=True, slots=True)
class Sampled:
    """What one row says of one measure.

    Attributes:
        mean: Over the draws or cases with a score; None when there are none.
        low: Lower end of the 95 % interval; None where there is none, as for the next.
        high: Upper end.
        at_least: Held against that threshold; None where there is no such one.
        at_most: The same.
        missing: Draws without a score.
        draws: Draws that were due.
    """

    mean: float | None
    low: float | None
    high: float | None
    at_least: Held | None
    at_most: Held | None
    missing: int
    draws: int


def sample_row(row: MeasuredRow, gate: Gate, bounds: Bound) -> Sampled | None:
    """Hold a row against a gate's thresholds; None where its cases do not say enough of the measure to do so.

    Args:
        row: The row.
        gate: The gate.
        bounds: Least and greatest value of a measure that is one number a case; None when it has no upper end.
    """
    if is_score(gate.measure):
        return _of_scores(row.cases, gate)
    return _of_values(row.cases, gate, bounds)


def _of_scores(cases: Sequence[MeasuredCase], gate: Gate) -> Sampled | None:
    found = [case.scores[gate.measure] for case in cases if gate.measure in case.scores]
    # Draws of the only case there is are a sample of that case; of cases like it they are none.
    scope: Scope = "suite" if len(found) == 1 else gate.inference
    low, middle, high = (_units(found, scope, missing) for missing in _FILLINGS)
    if not low.values:
        return None
    interval = interval_of(middle)
    known = [(each.mean, each.weight) for each in found if each.mean is not None]
    weights = fsum(weight for _, weight in known)
    return Sampled(
        mean=fsum(mean * weight for mean, weight in known) / weights if known else None,
        low=None if interval is None else (interval.low + 1) / 2,
        high=None if interval is None else (interval.high + 1) / 2,
        at_least=_held_above(low, high, gate.at_least, _SHARES),
        at_most=_held_below(low, high, gate.at_most, _SHARES),
        missing=sum(each.missing for each in found),
        draws=sum(each.missing + each.scored for each in found),
    )


_FILLINGS: tuple[Missing, Missing, Missing] = ("against", "left_out", "in_favour")


def _units(cases: Sequence[CaseScores], scope: Scope, missing: Missing) -> Differences:
    """Return the scores of units on a scale from -1 to 1, with what stands in for the missing ones."""
    zeros = [CaseScores(((0.0, each.scored + each.missing),), weight=each.weight) for each in cases]
    return _scaled(pair_cases(cases, zeros, scope=scope, missing=missing), _SHARES)


def _scaled(units: Differences, bounds: tuple[float, float]) -> Differences:
    values = tuple(_scale(value, bounds) for value in units.values)
    return Differences(values, units.weights)


def _scale(value: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return min(max(2 * (value - low) / (high - low) - 1, -1.0), 1.0)


def _held_above(low: Differences, high: Differences, limit: float | None, bounds: tuple[float, float]) -> Held | None:
    """Hold units against a threshold that they should reach; what lies at the end of the range is always reached."""
    if limit is None:
        return None
    if limit <= bounds[0]:
        return Held(met=0.0, missed=1.0)
    if limit > bounds[1]:
        return Held(met=1.0, missed=0.0)
    at = _scale(limit, bounds)
    return Held(met=p_above(low, at), missed=p_below(high, at))


def _held_below(low: Differences, high: Differences, limit: float | None, bounds: tuple[float, float]) -> Held | None:
    """Hold units against a threshold that they should not pass."""
    if limit is None:
        return None
    if limit >= bounds[1]:
        return Held(met=0.0, missed=1.0)
    if limit < bounds[0]:
        return Held(met=1.0, missed=0.0)
    at = _scale(limit, bounds)
    return Held(met=p_below(high, at), missed=p_above(low, at))


def _of_values(cases: Sequence[MeasuredCase], gate: Gate, bounds: Bound) -> Sampled | None:
    """Hold a measure that is one number a case against thresholds; one case alone says nothing of others."""
    values = [case.values[gate.measure] for case in cases if gate.measure in case.values]
    gaps = sum(gate.measure not in case.values and _lost(case) for case in cases)
    if len(values) + gaps < 2:
        return None
    missing = sum(_without_text(case) for case in cases)
    draws = sum(case.planned for case in cases)
    if bounds is None:
        return Sampled(None, None, None, *_medians(values, gaps, gate), missing, draws)
    low, high = (_plain([*values, *([end] * gaps)], bounds) for end in bounds)
    return Sampled(
        None,
        None,
        None,
        _held_above(low, high, gate.at_least, bounds),
        _held_below(low, high, gate.at_most, bounds),
        missing,
        draws,
    )


def _plain(values: Sequence[float], bounds: tuple[float, float]) -> Differences:
    return Differences(tuple(_scale(value, bounds) for value in values), (1.0,) * len(values))


def _medians(values: Sequence[float], gaps: int, gate: Gate) -> tuple[Held | None, Held | None]:
    """Hold the median against thresholds, because nothing bounds the mean of what has no upper end."""
    low, high = [*values, *([-inf] * gaps)], [*values, *([inf] * gaps)]
    at_least, at_most = gate.at_least, gate.at_most
    return (
        # A value at the threshold meets it.
        None if at_least is None else Held(median_above(low, nextafter(at_least, -inf)), median_below(high, at_least)),
        None if at_most is None else Held(median_below(high, nextafter(at_most, inf)), median_above(low, at_most)),
    )


def _lost(case: MeasuredCase) -> bool:
    """Tell whether a measure of several texts is not defined for want of answers, which is no property of the texts."""
    return case.planned >= 2 > case.planned - _without_text(case)


def _without_text(case: MeasuredCase) -> int:
    return max(0, case.planned - case.outcomes.get("complete", 0) - case.outcomes.get("truncated", 0))
