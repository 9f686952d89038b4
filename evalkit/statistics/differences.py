"""Paired differences: an interval for their mean, and the evidence that it lies below or above a limit.

Every inference here rests on the Dirichlet bound, which assumes that the differences are independent and lie within
their reach, and nothing else. So it holds with few of them, and where nearly all are 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from evalkit.statistics.bounds import Interval, mean_interval, ratio_interval
from evalkit.statistics.dirichlet import chance_at_most

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Differences:
    """Differences of units, the new less the old: of cases, or of pairs of draws.

    Attributes:
        values: One for each unit, from -reach to reach.
        weights: How much each counts in the mean, above 0.
        reach: Greatest difference that is possible: 1 for scores from 0 to 1.
    """

    values: tuple[float, ...]
    weights: tuple[float, ...]
    reach: float = 1.0

    @property
    def mean(self) -> float | None:
        """Weighted mean; None when there are no units."""
        if not self.values:
            return None
        return fsum(value * weight for value, weight in zip(self.values, self.weights, strict=True)) / fsum(
            self.weights
        )


def paired(
    new: Sequence[float], old: Sequence[float], *, weights: Sequence[float] | None = None, reach: float = 1.0
) -> Differences:
    """Pair values that belong together.

    Args:
        new: One for each unit.
        old: One for each of the same units.
        weights: See `Differences`; None for 1 each.
        reach: See `Differences`.

    Raises:
        ValueError: A difference is not a number within reach, or a weight is not above 0.
    """
    import numpy as np  # noqa: PLC0415 - slow to import

    if len(new) != len(old):
        raise ValueError(f"each value needs another one, got {len(new)} and {len(old)}")
    values = np.array(new, dtype=np.float64) - np.array(old, dtype=np.float64)
    if not bool((np.abs(values) <= reach * (1 + 1e-12)).all()):  # NaN fails, too
        raise ValueError(f"differences must lie within {reach} of 0")
    heavy = tuple(weights) if weights is not None else (1.0,) * len(values)
    if len(heavy) != len(values) or not min(heavy, default=1.0) > 0:
        raise ValueError("each difference needs a weight above 0")
    return Differences(tuple(values.clip(-reach, reach).tolist()), heavy, reach)


def interval_of(differences: Differences, *, level: float = 0.95) -> Interval | None:
    """Bound the mean from both sides; None when there are no units.

    Args:
        differences: The units.
        level: Least chance that the interval holds the mean, from 0.3 to below 1.
    """
    reach = differences.reach
    if len(set(differences.weights)) <= 1:
        return mean_interval(differences.values, low=-reach, high=reach, level=level)
    shares = [
        (value / reach + 1) / 2 * weight for value, weight in zip(differences.values, differences.weights, strict=True)
    ]
    found = ratio_interval(shares, differences.weights, level=level)
    if found is None:
        return None
    return Interval(reach * (2 * found.low - 1), reach * (2 * found.high - 1), found.method)


def p_below(differences: Differences, limit: float) -> float:
    """Return the evidence that the mean lies below `limit`: the p-value of its being at `limit` or above.

    Args:
        differences: The units; without any the p-value is 1.
        limit: From -reach to reach.
    """
    return p_above(_negated(differences), -limit)


def p_above(differences: Differences, limit: float) -> float:
    """Return the evidence that the mean lies above `limit`: the p-value of its being at `limit` or below.

    It is the least level at which the bound from below would exceed the limit.

    Args:
        differences: The units; without any the p-value is 1.
        limit: From -reach to reach.
    """
    if not differences.values:
        return 1.0
    import numpy as np  # noqa: PLC0415 - slow to import

    weights = np.array([max(differences.weights), *differences.weights])
    return chance_at_most((np.array([-differences.reach, *differences.values]) - limit) * weights, 0.0)


def _negated(differences: Differences) -> Differences:
    return Differences(tuple(-value for value in differences.values), differences.weights, differences.reach)
