"""Intervals for the mean of bounded values that hold when there are few of them.

The usual intervals (t, bootstrap) collapse on a handful of values near an end of their range: five cases that all score
1 have no variance, and the interval [1, 1] would claim certainty. The Dirichlet bound from both sides assumes nothing
but the range. On values that are all at the ends of it, it is the Clopper-Pearson interval, which is used there under
its better-known name.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any, Literal

from evalkit.statistics.dirichlet import dirichlet_lower_bound, ratio_lower_bound

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided interval, and how it was made."""

    low: float
    high: float
    method: Literal[
        "clopper_pearson", "dirichlet", "dirichlet_ratio", "jeffreys", "newcombe", "order_statistics", "tango", "wilson"
    ]


def mean_interval(
    values: Sequence[float], *, low: float = 0.0, high: float = 1.0, level: float = 0.95
) -> Interval | None:
    """Bound the mean of the population that independent values come from.

    Args:
        values: In any order; each from `low` to `high`.
        low: Least value that is possible.
        high: Greatest value that is possible, above `low`.
        level: Least chance that the interval holds the mean, from 0.3 to below 1; the rest is split over both sides.

    Returns:
        The interval, which contains the mean of the values; None when there are none.

    Raises:
        ValueError: A value is not a number from `low` to `high`, or `level` lies outside its range.
    """
    if not values:
        return None
    for value in values:
        if not low <= value <= high:  # true for NaN, too
            raise ValueError(f"values must lie between {low} and {high}, got {value}")
    width = high - low
    scaled = [(value - low) / width for value in values]
    if all(value in (0.0, 1.0) for value in scaled):
        unit = clopper_pearson(round(fsum(scaled)), len(scaled), level=level)
    else:
        unit = _dirichlet(scaled, alpha=(1 - level) / 2)
    mean = fsum(values) / len(values)
    # Rounding alone could put an end on the wrong side of the mean, or outside the range.
    bottom = max(low, min(low + width * unit.low, mean))
    top = min(high, max(low + width * unit.high, mean))
    return Interval(bottom, top, unit.method)


def _dirichlet(values: Sequence[float], *, alpha: float) -> Interval:
    low = dirichlet_lower_bound(values, alpha=alpha)
    high = 1 - dirichlet_lower_bound([1 - value for value in values], alpha=alpha)
    return Interval(low, high, "dirichlet")


def ratio_interval(
    numerators: Sequence[float], denominators: Sequence[float], *, level: float = 0.95
) -> Interval | None:
    """Bound the ratio of two means of the population that independent cases come from.

    Args:
        numerators: One for each case, from 0 to its denominator: of its instructions, how many are met.
        denominators: Each above 0: how many instructions it has. The interval holds for populations in which none has
            more than the most met here.
        level: Least chance that the interval holds the ratio; see `mean_interval`.

    Returns:
        The interval, which contains the ratio of the sums; None when there are no cases. Where all denominators are the
        same, the ratio is a mean of shares, and the interval is that of `mean_interval`.

    Raises:
        ValueError: A numerator is not a number from 0 to its denominator, or a denominator is not above 0.
    """
    for above, below in zip(numerators, denominators, strict=True):
        if not (below > 0 and 0 <= above <= below):  # true for NaN, too
            raise ValueError(f"a case must have a share between 0 and 1, got {above} of {below}")
    if len(set(denominators)) <= 1:
        return mean_interval(
            [above / below for above, below in zip(numerators, denominators, strict=True)], level=level
        )
    alpha = (1 - level) / 2
    missed = [below - above for above, below in zip(numerators, denominators, strict=True)]
    ratio = fsum(numerators) / fsum(denominators)
    low = min(ratio_lower_bound(numerators, denominators, alpha=alpha), ratio)
    high = max(1 - ratio_lower_bound(missed, denominators, alpha=alpha), ratio)
    return Interval(low, min(high, 1.0), "dirichlet_ratio")


def clopper_pearson(successes: int, trials: int, *, level: float = 0.95) -> Interval:
    """Return the exact interval for a proportion.

    Args:
        successes: From 0 to `trials`.
        trials: At least 1.
        level: Least chance that the interval holds the proportion.

    Source: Clopper and Pearson 1934, Biometrika 26, in its form with the inverse of the beta distribution.
    """
    alpha = (1 - level) / 2
    if successes in (0, trials):  # the usual case has a closed form, and no need of scipy, which is slow to import
        end = float(alpha ** (1 / trials))
        return Interval(end, 1.0, "clopper_pearson") if successes else Interval(0.0, 1 - end, "clopper_pearson")
    from scipy.special import betaincinv

    inverse: Any = betaincinv  # scipy has no types
    low = float(inverse(successes, trials - successes + 1, alpha))
    high = float(inverse(successes + 1, trials - successes, 1 - alpha))
    return Interval(low, high, "clopper_pearson")
