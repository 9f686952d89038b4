"""The sign test: whether a median lies below or above a limit, assuming nothing of the values but independence."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def median_below(values: Sequence[float], limit: float) -> float:
    """Return the evidence that the median lies below `limit`: the p-value of its being at `limit` or above.

    Values at the limit speak against it. That costs power where there are many, and keeps the test exact for them.

    Args:
        values: In any order; infinite ones may stand in for what is not known.
        limit: In the same unit.

    Returns:
        The chance of at least as many values below the limit as there are when each lies there with a chance of half;
        1 without values.

    Source: Dixon and Mood 1946, "The statistical sign test", Journal of the American Statistical Association 41.

    >>> median_below([-1.0, -2.0, -0.5, -3.0, 1.0], 0.0)
    0.1875
    """
    return _tail(sum(value < limit for value in values), len(values))


def median_above(values: Sequence[float], limit: float) -> float:
    """Return the evidence that the median lies above `limit`; see `median_below`."""
    return _tail(sum(value > limit for value in values), len(values))


def _tail(successes: int, trials: int) -> float:
    """Return the chance of at least so many heads of a fair coin."""
    fewer = min(successes, trials - successes + 1)  # the shorter sum: the distribution is symmetric
    tail = sum(comb(trials, index) for index in range(fewer))
    ways = 2**trials - tail if fewer == successes else tail
    return float(Fraction(ways, 2**trials))
