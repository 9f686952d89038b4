"""An interval for a median that assumes nothing of the values."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

from evalkit.statistics.bounds import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence


def median_interval(values: Sequence[float], *, level: float = 0.95) -> Interval | None:
    """Bound the median of the population that independent values come from, by two of the values themselves.

    Args:
        values: In any order.
        level: Least chance that the interval holds the median.

    Returns:
        The narrowest symmetric pair of order statistics; None when even the least and the greatest do not reach `level`
        (below six values at 0.95).

    Source: David and Nagaraja 2003, "Order Statistics", section 7.1.
    """
    count = len(values)
    ordered = sorted(values)
    found: Interval | None = None
    outside = 0.0
    for rank in range(count // 2):
        outside += 2 * comb(count, rank) / 2**count
        if 1 - outside < level:
            break
        found = Interval(ordered[rank], ordered[count - 1 - rank], "order_statistics")
    return found
