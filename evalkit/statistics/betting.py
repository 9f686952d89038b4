"""Bounds on the mean of bounded values from betting against it, valid at any number of values.

A gambler claims that the mean lies above a candidate, and stakes a part of the wealth on each value in turn, by what
the values before it looked like. If the mean is at most the candidate, the wealth does not grow on average, so that it
reaches 1 / alpha with a chance of alpha at most (Markov). Whoever gets rich has shown the mean to be greater, and the
bound is the least candidate that nobody got rich against.

The order in which the values are met is chance of our own, so that the wealths of many orders are averaged, which does
not grow on average either. Unlike that of the Dirichlet bound this chance of error is proved, for any values of the
range; the bound itself lies lower when there are few.

Source: Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting", Journal of the Royal
Statistical Society B 86, section 4.1, with the stakes for a fixed number of values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

TOLERANCE = 1e-9
"""How far below the least candidate that stands the bound may lie."""

_LARGEST_LOSS = 0.75  # share of the wealth that one value can cost
_MOST_NUMBERS = 1_000_000  # orders times values, beyond which there are fewer orders


def betting_lower_bound(values: Sequence[float], *, alpha: float, orders: int = 100, seed: int = 0) -> float:
    """Bound the mean of the population that independent values come from, from below.

    An upper bound is 1 less the lower one of 1 less each value.

    Args:
        values: At least one; each from 0 to 1, in any order.
        alpha: Chance that the bound is too high, above 0 and below 1.
        orders: In how many orders to meet the values; fewer from 10,000 values on, and always at least one.
        seed: Of the orders; the same seed gives the same bound.

    Returns:
        The bound, below the mean of the values; 0 where nothing else is shown.

    Raises:
        ValueError: There are no values, one is not a number from 0 to 1, or `alpha` or `orders` lies outside its range.
    """
    bets = _Bets.on(values, alpha, orders, seed)
    low, high = 0.0, math.fsum(values) / len(values)
    rich = -math.log(alpha)
    while high - low > TOLERANCE:
        middle = (low + high) / 2
        if bets.log_wealth(middle) >= rich:
            low = middle
        else:
            high = middle
    return low


def betting_p_above(
    values: Sequence[float], mean: float, *, alpha: float = 0.05, orders: int = 100, seed: int = 0
) -> float:
    """Return a p-value of the mean of the population being at most a given one.

    Args:
        values: As for `betting_lower_bound`.
        mean: From 0 to 1.
        alpha: The level at which the stakes work best, to be chosen before; it is valid at any other.
        orders: As for `betting_lower_bound`.
        seed: As for `betting_lower_bound`.

    Returns:
        1 over the wealth, at most 1. It reaches `alpha` where `mean` is the bound with the same arguments.

    Raises:
        ValueError: As for `betting_lower_bound`, or `mean` is not from 0 to 1.
    """
    if not 0 <= mean <= 1:  # true for NaN, too
        raise ValueError(f"mean must lie between 0 and 1, got {mean}")
    return math.exp(-max(0.0, _Bets.on(values, alpha, orders, seed).log_wealth(mean)))


@dataclass(frozen=True, slots=True)
class _Bets:
    """The values in each order, with what is staked on each.

    Attributes:
        values: Of the shape (order, value).
        stakes: How much is won for each unit that the value lies above the candidate, as a share of the wealth, unless
            a loss could be too great; of the same shape.
    """

    values: NDArray[np.float64]
    stakes: NDArray[np.float64]

    @classmethod
    def on(cls, values: Sequence[float], alpha: float, orders: int, seed: int) -> _Bets:
        import numpy as np  # noqa: PLC0415 - slow to import

        found = np.sort(np.asarray(values, dtype=np.float64))  # so that the order they come in changes nothing
        if not len(found) or not np.all((found >= 0) & (found <= 1)):  # true for NaN, too
            raise ValueError(f"values must lie between 0 and 1, and be one at least, got {list(values)[:5]}")
        if not 0 < alpha < 1 or orders < 1:
            raise ValueError(f"alpha must lie above 0 and below 1, and orders be 1 at least, got {alpha} and {orders}")
        count = len(found)
        rows = max(1, min(orders, _MOST_NUMBERS // count))
        met = np.random.default_rng(seed).permuted(np.tile(found, (rows, 1)), axis=1)
        # Mean and variance of the values so far and of one half of a value more, as if it had strayed by a half.
        so_far = np.arange(2, count + 2)
        means = (0.5 + met.cumsum(axis=1)) / so_far
        variances = (0.25 + ((met - means) ** 2).cumsum(axis=1)) / so_far
        before = np.concatenate([np.full((rows, 1), 0.25), variances[:, :-1]], axis=1)  # known when the stake is set
        return cls(met, np.sqrt(-2 * math.log(alpha) / (count * before)))

    def log_wealth(self, mean: float) -> float:
        """Return the logarithm of the wealth after all values, averaged over the orders; it falls as `mean` grows."""
        import numpy as np  # noqa: PLC0415 - as above

        stakes = np.minimum(self.stakes, _LARGEST_LOSS / mean) if mean > 0 else self.stakes
        logs = np.log1p(stakes * (self.values - mean)).sum(axis=1)
        top = float(logs.max())
        return top + math.log(float(np.exp(logs - top).mean()))
