"""Bounds on a mean agreement that hold at any number of draws, for all pairs of draws at once.

The pairs of n draws are not independent of one another, but n // 2 of them are, and Hoeffding showed that the share of
equal pairs among all of them strays no further than Chernoff's bound allows for those few. The bound also holds for an
average over prompts whose agreements differ, because it is worst when they are the same.

Source: Hoeffding 1963, Journal of the American Statistical Association 58, sections 4 (U-statistics) and 2.
"""

from __future__ import annotations

from math import log

_HALVINGS = 60


def upper_bound(mean: float, trials: int, *, alpha: float) -> float:
    """Bound an expected share from above; what the share lacks to 1, bounded alike, bounds it from below.

    Args:
        mean: The share met, from 0 to 1: an average of independent trials, or of something that strays less.
        trials: How many independent trials it is worth.
        alpha: Chance that the bound is too low.

    >>> round(upper_bound(0.0, 20, alpha=0.05), 3)
    0.139
    """
    if trials < 1:
        return 1.0
    limit = log(1 / alpha) / trials
    low, high = mean, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if divergence(mean, middle) > limit:
            high = middle
        else:
            low = middle
    return high


def largest_difference(first: float, second: float, pairs: int, *, alpha: float) -> float:
    """Bound how much greater an expected share is than another, each met in `pairs` independent trials.

    The first and what the second lacks to 1 make together twice as many trials, whose mean is (1 + difference) / 2.

    Args:
        first: The share met in the first.
        second: The share met in the second.
        pairs: Independent trials that each is worth.
        alpha: Chance that the bound is too low.
    """
    return 2 * upper_bound((1 + first - second) / 2, 2 * pairs, alpha=alpha) - 1


def divergence(one: float, other: float) -> float:
    """Return the Kullback-Leibler divergence between two coins, in nats."""
    total = 0.0
    for p, q in ((one, other), (1 - one, 1 - other)):
        if p > 0:
            if q <= 0:
                return float("inf")
            total += p * log(p / q)
    return max(total, 0.0)
