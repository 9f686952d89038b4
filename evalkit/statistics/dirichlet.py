"""The Dirichlet bound: how low the mean of bounded values may be, assuming nothing but their range.

The values get random weights, uniform over all weights that sum to 1, together with one more value at the worst end of
the range; the bound is a quantile of the weighted mean. It needs no simulation. Uniform weights are independent
exponential times over their sum, so that the weighted mean is at most t exactly when the times of the values above t,
each stretched by its distance from t, last no longer than those of the values below.

Sources: Gaffke 2005, "Three test statistics for a nonparametric one-sided hypothesis on the mean of a nonnegative
variable", Mathematical Methods of Statistics 14; Learned-Miller and Thomas 2019, arXiv 1905.06208.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

EXACT_UP_TO = 64
"""Values up to which the distribution is computed exactly, which takes time with the square of their number."""

TOLERANCE = 1e-9
"""How far below the quantile the bound may lie for being found step by step."""
_HALVE_EVERY = 4
NEAR_MEAN = 1e-6
"""How near to the mean a limit is at it, as a share of the range of the values."""


def dirichlet_lower_bound(values: Sequence[float], *, alpha: float) -> float:
    """Bound the mean of the population that independent values come from, from below.

    Args:
        values: At least one; each from 0 to 1, in any order.
        alpha: Chance that the bound is too high, above 0 and at most 1/e. Up to there the quantile lies below the mean
            of the values, because the weighted mean's density is log-concave (Grünbaum 1960).

    Returns:
        The bound: exact to 1e-9 up to 64 values, and to 0.0005 or better above.

    Raises:
        ValueError: There are no values, or `alpha` lies outside its range.
    """
    if not values or not 0 < alpha <= 1 / math.e:
        raise ValueError(f"need values and an alpha above 0 and at most 1/e, got {len(values)} values and {alpha}")
    ordered = sorted((0.0, *values))  # sums of the same numbers in another order would differ in the last digit
    highest = math.fsum(ordered) / len(ordered)
    if len(values) <= EXACT_UP_TO:
        return _quantile(lambda limit: exact_chance(ordered, limit), alpha, highest)
    different, counts = _counted(ordered)
    return _quantile(lambda limit: saddlepoint_chance(different, limit, counts), alpha, highest)


def ratio_lower_bound(numerators: Sequence[float], denominators: Sequence[float], *, alpha: float) -> float:
    """Bound the ratio of two means from below: that of the numerators over that of the denominators.

    A share r is too low as long as the mean of (numerator - r * denominator) is likely above 0, which is what the bound
    for one mean answers. The value at the worst end is that of a case with the greatest denominator met and a numerator
    of 0. With denominators that are all the same it is `dirichlet_lower_bound` of the shares.

    Args:
        numerators: One for each independent case, from 0 to its denominator.
        denominators: Each above 0. No case of the population must have a greater one than the greatest met here.
        alpha: Chance that the bound is too high, above 0 and at most 1/e.

    Returns:
        The bound, from 0 to 1, as exact as `dirichlet_lower_bound`.

    Raises:
        ValueError: There are no cases, or `alpha` lies outside its range.

    Source: Fieller 1954, "Some problems in interval estimation", Journal of the Royal Statistical Society B 16, for
    turning a test of a mean into an interval for a ratio.
    """
    if not numerators or not 0 < alpha <= 1 / math.e:
        raise ValueError(f"need values and an alpha above 0 and at most 1/e, got {len(numerators)} values and {alpha}")
    pairs = sorted([(0.0, max(denominators)), *zip(numerators, denominators, strict=True)])
    chance = exact_chance if len(numerators) <= EXACT_UP_TO else saddlepoint_chance
    overall = math.fsum(above for above, _ in pairs) / math.fsum(below for _, below in pairs)
    return _quantile(lambda share: chance([above - share * below for above, below in pairs], 0.0), alpha, overall)


def _quantile(chance: Callable[[float], float], alpha: float, high: float) -> float:
    """Find where a chance that grows from 0 reaches `alpha`, somewhere from 0 to `high`, up to `TOLERANCE` too low.

    The secant on the logarithm comes close within a few steps, and a nudge beyond it then closes the interval. Where
    one end stays, its value is halved so that it moves (the Illinois rule); where there is no logarithm, and at every
    fourth step, the interval is halved.

    Source: Dowell and Jarratt 1971, "A modified regula falsi method for computing the root of an equation", BIT 11.
    """
    low, at_low, at_high = 0.0, -math.inf, math.inf
    steps, stayed = 0, 0
    while high - low > TOLERANCE:
        steps += 1
        middle = (low + high) / 2
        if steps % _HALVE_EVERY and math.isfinite(at_low) and math.isfinite(at_high):
            crossing = low + (high - low) * at_low / (at_low - at_high)
            middle = min(max(crossing, low + TOLERANCE / 2), high - TOLERANCE / 2)
        found = chance(middle)
        excess = math.log(found / alpha) if found > 0 else -math.inf
        if excess < 0:
            low, at_low = middle, excess
            at_high = at_high / 2 if stayed < 0 else at_high
            stayed = -1
        else:
            high, at_high = middle, excess
            at_low = at_low / 2 if stayed > 0 else at_low
            stayed = 1
    return low


def _counted(values: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the different values, rising, and how often each occurs: many values are often few different ones."""
    import numpy as np  # noqa: PLC0415 - slow to import

    return np.unique(np.asarray(values, dtype=np.float64), return_counts=True)


def chance_at_most(values: ArrayLike, limit: float) -> float:
    """Return the chance that the mean of `values` under uniform random weights is at most `limit`, whatever that is.

    Args:
        values: At least one, in any order.
        limit: Any number.

    Returns:
        The chance: exact up to 65 values, and up to a thousandth of itself above.
    """
    different, counts = _counted(values)
    if limit >= different[-1]:
        return 1.0
    if limit <= different[0]:
        return 0.0  # at the least value the mean lies with no chance at all, unless all are alike
    many = int(counts.sum())
    if many <= EXACT_UP_TO + 1:
        return exact_chance(different.repeat(counts).tolist(), limit)
    mean = math.fsum(different * counts) / many
    if abs(limit - mean) < NEAR_MEAN * float(different[-1] - different[0]):
        return 0.5  # the approximation has no value at the mean itself, where the chance is nearly this
    if limit < mean:
        return min(1.0, max(0.0, saddlepoint_chance(different, limit, counts)))
    return 1 - min(1.0, max(0.0, saddlepoint_chance(-different, -limit, counts)))


def exact_chance(values: Sequence[float], limit: float) -> float:
    """Return the chance that the mean of `values` under uniform random weights is at most `limit`.

    Two teams run a relay: a runner's time is exponential, with the distance of a value from `limit` as its mean; the
    values above `limit` are one team, the others the second. Of the two that run now, one finishes first with a chance
    in proportion to the other's mean time, and the other one's remaining time is distributed as if it had just begun.
    So each handover leads to the same question about one runner fewer.

    Source: Varsi 1973, "The multidimensional content of the frustum of the simplex", Pacific Journal of Mathematics 46.
    """
    above = [value - limit for value in values if value > limit]
    below = [limit - value for value in values if value <= limit]
    chances = [0.0] + [1.0] * len(below)  # by runners left below, with none above: a team without runners is done
    for time_above in above:
        fewer = 0.0
        for left, time_below in enumerate(below, start=1):
            fewer = (time_above * fewer + time_below * chances[left]) / (time_above + time_below)
            chances[left] = fewer
    return chances[-1]


def saddlepoint_chance(values: ArrayLike, limit: float, counts: NDArray[np.int64] | None = None) -> float:
    """Return nearly the same as `exact_chance`, in time that grows with the number of different values alone.

    Args:
        values: Many; not all alike.
        limit: Above the least of them and below their mean.
        counts: How often each occurs; None for once.

    Source: Lugannani and Rice 1980, "Saddle point approximation for the distribution of the sum of independent random
    variables", Advances in Applied Probability 12, for the sum of (value - limit) times an exponential time.
    """
    import numpy as np  # noqa: PLC0415 - slow to import

    distances = np.asarray(values, dtype=np.float64) - limit
    times = np.ones(len(distances)) if counts is None else counts.astype(np.float64)
    point, curvature = _saddlepoint(distances, times)
    # The cumulant generating function is -sum log(1 - point * distance), at most 0 at the saddlepoint.
    root = -math.sqrt(2 * float((times * np.log1p(-point * distances)).sum()))
    slope = point * math.sqrt(curvature)
    density = math.exp(-root * root / 2) / math.sqrt(2 * math.pi)
    return math.erfc(-root / math.sqrt(2)) / 2 + density * (1 / root - 1 / slope)


def _saddlepoint(distances: NDArray[np.float64], times: NDArray[np.float64]) -> tuple[float, float]:
    """Find where the cumulant generating function is least, and its second derivative there.

    Newton's method, kept inside the interval known to hold the zero of the first derivative: the function exists above
    1 / the least distance, and its derivative at 0 is above 0 because the limit lies below the mean.
    """
    low, high = 1 / float(distances.min()), 0.0
    point = low / 2
    while True:
        terms = distances / (1 - point * distances)
        gradient, curvature = float((times * terms).sum()), float((times * terms * terms).sum())
        if gradient > 0:
            high = point
        else:
            low = point
        step = point - gradient / curvature
        following = step if low < step < high else (low + high) / 2
        if abs(following - point) <= 1e-9 * abs(point):
            return point, curvature
        point = following
