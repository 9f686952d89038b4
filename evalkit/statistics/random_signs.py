"""How likely a sum of given sizes with random signs is as far out as the one seen.

Each size gets a plus or a minus with a fair coin, so that the sum is that of all sizes less twice those flipped to a
minus: counting subsets is counting sums. Which way of counting is affordable depends on the sizes; all of them are
deterministic.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, gcd, prod
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

Group: TypeAlias = tuple[float, int]
"""A size, and how many have it."""

_SUMS = 2**20
"""Sums of one half that may be enumerated."""
_DIFFERENT = 40
_EQUAL = 1000  # of more, the binomial coefficients have hundreds of digits
_PEELED = 10
"""The greatest sizes whose signs the saddlepoint leaves to enumeration; what is left is close to normal."""
_ADDITIONS = 10**8
"""Sizes times sums that counting may add up, in about a tenth of a second."""
_CELLS = 2**18
"""Targets times sizes that the saddlepoint is solved for at once."""


@dataclass(frozen=True, slots=True)
class Tails:
    """Chances of a sum with random signs.

    Attributes:
        below: That it is at most the one seen.
        above: That it is at least the one seen.
    """

    below: float
    above: float


def lattice_tails(steps: NDArray[np.int64], flipped: int) -> Tails:
    """Count all sums of whole-numbered sizes, which takes time with their number times their sum.

    Args:
        steps: The sizes, each above 0.
        flipped: Sum of the sizes that have a minus.

    Returns:
        The chances, exact up to rounding, small ones as well.
    """
    import numpy as np  # noqa: PLC0415 - only a test needs it

    most = int(steps.sum())
    fewer = min(flipped, most - flipped)  # a sum of subsets is as likely as that of the rest
    chances = np.zeros(fewer + 1)
    chances[0] = 1
    for step in np.sort(steps)[::-1].tolist():
        if step <= fewer:
            chances[step:] += chances[:-step]
        chances *= 0.5
    near, far = float(chances.sum()), 1 - float(chances[:-1].sum())
    return Tails(below=far, above=near) if flipped == fewer else Tails(below=near, above=far)


def countable(steps: NDArray[np.int64]) -> bool:
    """Tell whether whole-numbered sizes are few and small enough to be counted in a tenth of a second."""
    return len(steps) * int(steps.sum()) <= 2 * _ADDITIONS


def rounded_tails(sizes: NDArray[np.float64], minus: NDArray[np.bool_]) -> Tails:
    """Count the sums of sizes that have no common unit, each rounded to the finest for which that is affordable.

    Args:
        sizes: Each above 0; more than 40 and at most 250.
        minus: Which of them have a minus.

    Returns:
        The chances. Held against exact ones for sizes of several shapes, chances down to 1e-9 are off by at most 0.3 %
        of themselves; where sizes differ by less than the unit, about 1e-5 of them, sums that differ by as little are
        ties.
    """
    import numpy as np  # noqa: PLC0415 - only a test needs it

    unit = float(sizes.sum()) * len(sizes) / (2 * _ADDITIONS)
    steps = np.maximum(np.rint(sizes / unit), 1).astype(np.int64)
    return lattice_tails(steps, int(steps[minus].sum()))


def enumerable(sizes: NDArray[np.float64], *, slack: float) -> bool:
    """Tell whether the sums of sizes, of which many may be equal, can be enumerated by halves in half a second."""
    import numpy as np  # noqa: PLC0415 - only a test needs it

    different = int(np.count_nonzero(np.diff(np.sort(sizes)) > slack)) + 1
    if different > _DIFFERENT or len(sizes) > _EQUAL:
        return False
    return max(prod(count + 1 for _, count in half) for half in _halves(sizes, slack)) <= _SUMS


def enumerated_tails(sizes: NDArray[np.float64], flipped: float, *, slack: float) -> Tails:
    """Count all sums by halves: every sum of one half of the sizes finds its place among those of the other.

    Args:
        sizes: Each above 0; up to 40, or more where many are equal.
        flipped: Sum of the sizes that have a minus.
        slack: Sizes and sums this close are equal.

    Returns:
        The chances, exact up to rounding.

    Source: Horowitz and Sahni 1974, Journal of the ACM 21.
    """
    import numpy as np  # noqa: PLC0415 - only a test needs it

    (first, weights), (second, others) = (_subset_sums(half) for half in _halves(sizes, slack))
    upto = np.concatenate([[0.0], np.cumsum(others)])
    room = flipped - first
    at_most = float(weights @ upto[np.searchsorted(second, room + slack, side="right")])
    # From the other end, so that a small chance is not what is left of 1.
    rest = float(sizes.sum()) - flipped - first
    at_least = float(weights @ upto[np.searchsorted(second, rest + slack, side="right")])
    return Tails(below=at_least, above=at_most)


def saddlepoint_tails(sizes: NDArray[np.float64], total: float, *, slack: float) -> Tails:
    """Approximate the chances of a sum of many sizes that have no common unit.

    The signs of the greatest sizes are enumerated, so that a few large ones do no harm; the sum of the rest has the
    Lugannani-Rice approximation.

    Args:
        sizes: Each above 0; more than 250.
        total: Their sum with the signs seen.
        slack: Sums this close are equal.

    Returns:
        The chances. Held against exact ones for 400 sizes, chances down to 1e-9 are off by at most 0.5 % of themselves
        for uniform, skewed and log-normal sizes; by up to 3 % where all sizes are nearly but not quite equal, so that
        their sums come in clumps.

    Sources: Robinson 1982, Journal of the Royal Statistical Society B 44; Lugannani and Rice 1980, Advances in Applied
    Probability 12.
    """
    peeled, rest = _peel(sizes)
    above = _mean_tail(rest, total - slack - peeled, span=0.0)
    below = _mean_tail(rest, -total - slack - peeled, span=0.0)
    return Tails(below=below, above=above)


def lattice_saddlepoint_tails(steps: NDArray[np.int64], flipped: int) -> Tails:
    """Approximate the chances of a sum of so many whole-numbered sizes that counting would take too long.

    Args:
        steps: The sizes, each above 0; thousands.
        flipped: Sum of the sizes that have a minus.

    Returns:
        The chances, with the continuity correction for the distance of neighbouring sums. Held against exact ones from
        250 sizes on, chances down to 1e-9 are off by at most 0.01 % of themselves; more where only few sizes are not a
        multiple of all others' unit, so that sums come in clumps.

    Source: Daniels 1987, International Statistical Review 55, section 6 (second continuity correction).
    """
    import numpy as np  # noqa: PLC0415 - only a test needs it

    total = int(steps.sum()) - 2 * flipped
    peeled, rest = _peel(steps.astype(np.float64))
    span = 2 * gcd(*rest.astype(np.int64).tolist())
    most = float(rest.sum())

    def reachable(target: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the least sum of the rest that reaches a target."""
        least: NDArray[np.float64] = most - span * np.floor((most - target) / span)
        return least

    above = _mean_tail(rest, reachable(total - peeled), span=span)
    below = _mean_tail(rest, reachable(-total - peeled), span=span)
    return Tails(below=below, above=above)


def _halves(sizes: NDArray[np.float64], slack: float) -> tuple[list[Group], list[Group]]:
    """Split sizes into two halves with about as many different sums of subsets each."""
    import numpy as np  # noqa: PLC0415 - as above

    ordered = np.sort(sizes)
    groups = np.split(ordered, np.flatnonzero(np.diff(ordered) > slack) + 1) if len(ordered) else []
    counted = sorted(((float(group.mean()), len(group)) for group in groups), key=lambda group: -group[1])
    halves: tuple[list[Group], list[Group]] = [], []
    for group in counted:
        min(halves, key=lambda half: prod(count + 1 for _, count in half)).append(group)
    return halves


def _subset_sums(groups: Sequence[Group]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sums of subsets in order, and the chance of each."""
    import numpy as np  # noqa: PLC0415 - as above

    sums, weights = np.zeros(1), np.ones(1)
    for size, count in groups:
        ways = np.array([comb(count, flipped) / 2**count for flipped in range(count + 1)])
        sums = (sums[:, None] + size * np.arange(count + 1)).ravel()
        weights = (weights[:, None] * ways).ravel()
    order = np.argsort(sums)
    return sums[order], weights[order]


def _peel(sizes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return all sums with signs of the greatest sizes, and the rest of the sizes."""
    import numpy as np  # noqa: PLC0415 - as above

    ordered = np.sort(sizes)[::-1]
    count = max(0, min(_PEELED, (_CELLS // len(sizes)).bit_length() - 1))
    sums, _ = _subset_sums([(size, 1) for size in ordered[:count].tolist()])
    return float(ordered[:count].sum()) - 2 * sums, ordered[count:]


def _mean_tail(sizes: NDArray[np.float64], targets: NDArray[np.float64], *, span: float) -> float:
    """Return the chance that a sum with random signs reaches a target, averaged over targets.

    Args:
        sizes: Of the sum.
        targets: Shape (targets,).
        span: Distance of neighbouring sums; 0 where they are dense.
    """
    import numpy as np  # noqa: PLC0415 - as above

    most = float(sizes.sum())
    inside = np.abs(targets) < most  # beyond, it is certain or impossible
    chances = np.where(targets <= -most, 1.0, 0.0)
    middles = targets[inside] - span / 2
    upper = _upper_tail(sizes, np.abs(middles), span=span)
    chances[inside] = np.where(middles >= 0, upper, 1 - upper)
    # At the very end there is one way.
    chances = np.where(targets == most, 0.5 ** len(sizes), chances)
    return float(chances.mean())


def _upper_tail(sizes: NDArray[np.float64], targets: NDArray[np.float64], *, span: float) -> NDArray[np.float64]:
    """Return the Lugannani-Rice approximation of the chance to reach targets from 0 up."""
    import numpy as np  # noqa: PLC0415 - as above
    from scipy.special import ndtr

    below_normal: Any = ndtr  # scipy has no types
    slopes = _saddlepoints(sizes, targets)  # (targets,)
    products = slopes[:, None] * sizes  # (targets, sizes)
    # log cosh, without the overflow of cosh
    cumulants = (products + np.log1p(np.exp(-2 * products)) - np.log(2)).sum(axis=1)
    curvatures = (np.square(sizes) * (1 - np.square(np.tanh(products)))).sum(axis=1)
    deviance: NDArray[np.float64] = np.sqrt(2 * np.maximum(slopes * targets - cumulants, 0))
    stretched: NDArray[np.float64] = 2 / span * np.sinh(span * slopes / 2) if span else slopes
    squares = float(np.square(sizes).sum())
    # Near 0 the difference of the two reciprocals is that of great numbers; its series is not.
    fourth = float(np.power(sizes, 4).sum())
    series: NDArray[np.float64] = slopes * np.sqrt(squares) * (fourth / (4 * squares**2) - span**2 / (24 * squares))
    with np.errstate(divide="ignore", invalid="ignore"):
        difference: NDArray[np.float64] = 1 / (stretched * np.sqrt(curvatures)) - 1 / deviance
    correction = np.where(deviance < 0.01, series, difference)
    chances: NDArray[np.float64] = (
        below_normal(-deviance) + np.exp(-np.square(deviance) / 2) / np.sqrt(2 * np.pi) * correction
    )
    # Whatever the approximation does near the ends: at least one way, and at most Chernoff's bound.
    tails: NDArray[np.float64] = np.clip(chances, 0.5 ** len(sizes), np.exp(-np.square(deviance) / 2))
    return tails


def _saddlepoints(sizes: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve sum(size * tanh(slope * size)) = target for the slope.

    The sum is concave in the slope from 0 up, so that Newton's steps approach the solution from below without ever
    passing it.
    """
    import numpy as np  # noqa: PLC0415 - as above

    slopes = np.zeros_like(targets)
    for _ in range(100):
        tangents = np.tanh(slopes[:, None] * sizes)  # (targets, sizes)
        missing = targets - (sizes * tangents).sum(axis=1)
        gain = (np.square(sizes) * (1 - np.square(tangents))).sum(axis=1)
        steps = np.where(gain > 0, missing / np.where(gain > 0, gain, 1.0), 0.0)
        slopes += np.maximum(steps, 0)
        if np.all(steps <= 1e-10 * slopes):
            break
    return slopes
