"""Holds one row against another on one measure, case by case.

What is asked is one-sided, twice: is it worse by more than the margin, and is it not worse by the margin? Draws without
a score count against the answer in both: as the worst score where it is to be shown not to be worse, as the best one
where it is to be shown to be worse. What is shown beside them, the difference with its interval, leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from statistics import median
from typing import TYPE_CHECKING

from evalkit.compare.common import common_cases, is_score
from evalkit.compare.flags import flags_of
from evalkit.compare.paired import pairs_of_scores, pairs_of_values, values_of
from evalkit.compare.reasons import repeats_words
from evalkit.errors import UsageError
from evalkit.findings import Compared, Estimate
from evalkit.statistics.differences import interval_of, p_above, p_below
from evalkit.statistics.evidence import SIGN_FLIP_FROM
from evalkit.statistics.order import median_interval
from evalkit.statistics.sign_flip import sign_flip
from evalkit.statistics.sign_test import median_above, median_below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.compare.paired import Cases, Pairs, Values
    from evalkit.gate import Better, Scope
    from evalkit.measured import MeasuredRow
    from evalkit.statistics.differences import Differences

__all__ = ["SIGN_FLIP_FROM", "Asked", "compare_row", "flags_of"]

_NO_TEST = "there is nothing to test"
_NOTHING = Estimate(None, None, None, "no case was decided on both sides")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of two rows.

    Attributes:
        measure: A level of adherence, `constraint:NAME`, or a measure of the suite by its label.
        scope: Whether to speak of these very cases or of cases like these.
        margin: How much worse is still acceptable, in the measure's unit.
        better: Which way the measure is better.
        bounds: Least and greatest value of a measure that is one number a case; None when it has no upper end. Scores
            are from 0 to 1 whatever this says.
        level: Least chance that the interval of the difference holds it.
    """

    measure: str
    scope: Scope
    margin: float = 0.0
    better: Better = "higher"
    bounds: tuple[float, float] | None = (0.0, 1.0)
    level: float = 0.95

    @property
    def reach(self) -> float:
        """How far apart two values can be."""
        if is_score(self.measure):
            return 1.0
        return inf if self.bounds is None else self.bounds[1] - self.bounds[0]


def compare_row(new: MeasuredRow, old: MeasuredRow, asked: Asked, *, flags: tuple[str, ...] | None = None) -> Compared:
    """Compare two rows over the cases that both have; the p are not corrected, the verdict is undecided.

    Args:
        new: The row that is judged.
        old: The one it is held against.
        asked: What is asked.
        flags: What `flags_of` says of the two, where it is known.

    Raises:
        UsageError: The margin excludes nothing or is negative, or scope `suite` is asked of a measure that has one
            number for all draws of a case.
    """
    _check(asked)
    common = common_cases(new, old, asked.measure)
    found = _found(common.cases, asked)
    return Compared(
        measure=asked.measure,
        row=new.key,
        against=old.key,
        new=found.new,
        old=found.old,
        difference=found.difference,
        margin=asked.margin,
        cases=found.cases,
        units=found.units,
        p_worse=found.p_worse,
        p_not_worse=found.p_not_worse,
        corrected_worse=None,
        corrected_not_worse=None,
        smallest_p=found.smallest_p,
        method=found.method,
        verdict="undecided",
        missing=found.missing[0],
        missing_old=found.missing[1],
        flags=flags_of(new, old) if flags is None else flags,
        left_out=common.left_out,
        scope=asked.scope,
        better=asked.better,
        repeats=repeats_words(new, old),
    )


def _check(asked: Asked) -> None:
    if not 0 <= asked.margin < asked.reach:  # true for NaN, too
        most = "" if asked.reach == inf else f" and below {asked.reach:g}"
        raise UsageError(
            f"the margin of {asked.measure} must be at least 0{most}, got {asked.margin:g}",
            hint="5 points are written 0.05",
        )
    if asked.scope == "suite" and not is_score(asked.measure):
        raise UsageError(
            f"{asked.measure} is one number for all draws of a case, so that nothing can be said in scope `suite`",
            hint="ask for `scope: population`",
        )


def _found(cases: Cases, asked: Asked) -> _Found:
    if is_score(asked.measure):
        return _of_pairs(pairs_of_scores(cases, asked.measure, asked.scope, asked.better), asked)
    values = values_of(cases, asked.measure)
    if asked.bounds is None:
        return _of_unbounded(values, asked)
    return _of_pairs(pairs_of_values(values, asked.bounds, asked.better), asked)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the cases say; see `Compared`."""

    new: float | None
    old: float | None
    difference: Estimate
    cases: int
    units: int
    p_worse: float | None
    p_not_worse: float | None
    smallest_p: float
    method: str
    missing: tuple[int, int]


def _of_pairs(pairs: Pairs, asked: Asked) -> _Found:
    """Compare by the mean of the differences."""
    units = len(pairs.against.values)
    if not units:
        return _Found(None, None, _NOTHING, 0, 0, None, None, 0.0, _NO_TEST, pairs.missing)
    p_worse, smallest_p, test = _harm(pairs.in_favour, asked)
    return _Found(
        new=pairs.new,
        old=pairs.old,
        difference=_difference(pairs, asked),
        cases=pairs.cases,
        units=units,
        p_worse=p_worse,
        p_not_worse=p_above(pairs.against, -asked.margin),
        smallest_p=smallest_p,
        method=f"{test} over {_units(units, pairs.cases, asked)}",
        missing=pairs.missing,
    )


def _harm(differences: Differences, asked: Asked) -> tuple[float, float, str]:
    """Return the p of not being worse by more than the margin, the least p there could be, and the tests in words."""
    if asked.scope == "suite" or len(differences.values) < SIGN_FLIP_FROM:
        return p_below(differences, -asked.margin), 0.0, "Dirichlet bound"
    moved = [
        (value + asked.margin) * weight for value, weight in zip(differences.values, differences.weights, strict=True)
    ]
    flipped = sign_flip(moved)
    return flipped.p_below, flipped.smallest_p, "sign-flip test of harm, and Dirichlet bound of no harm,"


def _difference(pairs: Pairs, asked: Asked) -> Estimate:
    """Return the new less the old, whichever way is better, with its interval."""
    interval = interval_of(pairs.left_out, level=asked.level)
    if pairs.new is None or pairs.old is None or interval is None:
        return _NOTHING
    estimate = pairs.new - pairs.old
    low, high = (interval.low, interval.high) if asked.better == "higher" else (-interval.high, -interval.low)
    over = "cases" if asked.scope == "population" else "pairs of draws"
    method = f"Dirichlet bound over {_counted(len(pairs.left_out.values), over)}, {100 * asked.level:.4g} %"
    # In scope `suite` the pairs can weigh draws otherwise than the means do, by less than the interval is wide.
    return Estimate(estimate, min(low, estimate), max(high, estimate), method)


def _units(units: int, cases: int, asked: Asked) -> str:
    if asked.scope == "population":
        return _counted(units, "cases")
    return f"{_counted(units, 'pairs of draws')} of {_counted(cases, 'cases')}"


def _counted(count: int, plural: str) -> str:
    """Write a number of things.

    >>> _counted(1, "cases"), _counted(2, "pairs of draws"), _counted(1, "pairs of draws")
    ('1 case', '2 pairs of draws', '1 pair of draws')
    """
    first, *rest = plural.split(" ")
    return " ".join([str(count), first.removesuffix("s") if count == 1 else first, *rest])


def _of_unbounded(values: Values, asked: Asked) -> _Found:
    """Compare by the median of the cases' differences, because nothing bounds the mean of what has no upper end."""
    sign = 1 if asked.better == "higher" else -1
    shown = [one - other for one, other in values.known]
    turned, gaps = [sign * each for each in shown], len(values.gaps)
    units = len(turned) + gaps
    if not units:
        return _Found(None, None, _NOTHING, 0, 0, None, None, 0.0, _NO_TEST, values.missing)
    return _Found(
        new=median(one for one, _ in values.known) if shown else None,
        old=median(other for _, other in values.known) if shown else None,
        difference=_median(shown, asked.level),
        cases=units,
        units=units,
        p_worse=median_below([*turned, *([inf] * gaps)], -asked.margin),
        p_not_worse=median_above([*turned, *([-inf] * gaps)], -asked.margin),
        smallest_p=0.5**units,
        method=f"exact sign test over {_counted(units, 'cases')}",
        missing=values.missing,
    )


def _median(differences: Sequence[float], level: float) -> Estimate:
    if not differences:
        return _NOTHING
    middle = float(median(differences))
    over = f"median of the differences of {_counted(len(differences), 'cases')}"
    interval = median_interval(differences, level=level)
    if interval is None:
        return Estimate(middle, None, None, f"{over}; no interval over so few")
    return Estimate(middle, interval.low, interval.high, f"{over}; order statistics, {100 * level:.4g} %")
