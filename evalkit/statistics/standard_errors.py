"""Standard errors with the case as the unit.

They say how far an estimate strays in the long run and are what other tools print beside it. With few cases, or near 0
and 1, they say too little, which is why no interval here is made of them.
"""

from __future__ import annotations

from math import fsum, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def error_of_mean(values: Sequence[float]) -> float | None:
    """Return the standard error of the mean of independent values; None below two.

    >>> error_of_mean([1.0, 0.0, 1.0, 1.0])
    0.25
    """
    if len(values) < 2:
        return None
    mean = fsum(values) / len(values)
    return error_of_sum([(value - mean) / len(values) for value in values])


def error_of_ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float | None:
    """Return the standard error of the ratio of sums over independent cases; None below two cases.

    With numerators that count what is met among the instructions of a case and denominators that count them all, it is
    the error of the share met that is clustered by case, with G / (G - 1) for G cases.

    Args:
        numerators: One for each case.
        denominators: One for each case, their sum above 0.

    Source: Liang and Zeger 1986, Biometrika 73; Miller 2024, arXiv 2411.00640, with the factor for few clusters.
    """
    if len(numerators) < 2:
        return None
    total = fsum(denominators)
    ratio = fsum(numerators) / total
    return error_of_sum(
        [(above - ratio * below) / total for above, below in zip(numerators, denominators, strict=True)]
    )


def error_of_sum(parts: Sequence[float]) -> float | None:
    """Return the standard error of an estimate from what each independent case adds to it; None below two cases.

    Args:
        parts: By how much each case moves the estimate away from where it would be without it; their sum is 0.
    """
    count = len(parts)
    return sqrt(count / (count - 1) * fsum(part * part for part in parts)) if count > 1 else None
