"""The evidence of many data sets at once, for simulations: the same numbers as `evalkit.statistics.differences`.

Data sets are given by how often each value of a common list occurs in them, so that the time does not grow with their
size. Equal rows should be given once: the pairs of draws that are right or wrong have three values, so that 20,000
simulated nights have few hundred different rows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from evalkit.statistics.dirichlet import EXACT_UP_TO, NEAR_MEAN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NUMBERS = 2**21  # of one chunk: 16 MB an array
_CLOSE = 1e-9


def p_above_counts(
    counts: NDArray[np.int64], values: NDArray[np.float64], limit: float, *, reach: float = 1.0
) -> NDArray[np.float64]:
    """Return `p_above` of many sets of differences of weight 1.

    Args:
        counts: How many differences of each value a set has, shape (sets, values); may be 0 throughout.
        values: From -reach to reach, shape (values,), in any order.
        limit: As of `p_above`.
        reach: As of `Differences`.

    Returns:
        One p for each set, shape (sets,); 1 for a set without differences.
    """
    import numpy as np  # noqa: PLC0415 - slow to import

    moved = np.append(-reach - limit, values - limit)
    order = np.argsort(moved, kind="stable")
    moved = moved[order]
    found = np.ones(len(counts))
    size = max(1, _NUMBERS // max(len(moved), EXACT_UP_TO))
    for start in range(0, len(counts), size):
        part = counts[start : start + size]
        full = np.concatenate([np.ones((len(part), 1), dtype=np.int64), part], axis=1)[:, order]
        found[start : start + size] = np.where(part.any(axis=1), chances_at_most(full, moved), 1.0)
    return found


def p_below_counts(
    counts: NDArray[np.int64], values: NDArray[np.float64], limit: float, *, reach: float = 1.0
) -> NDArray[np.float64]:
    """Return `p_below` of many sets of differences of weight 1; see `p_above_counts`."""
    return p_above_counts(counts, -values, -limit, reach=reach)


def chances_at_most(counts: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `evalkit.statistics.dirichlet.chance_at_most` of a limit of 0, set by set.

    Args:
        counts: Shape (sets, values).
        values: Rising.
    """
    import numpy as np  # noqa: PLC0415 - as above

    sizes = counts.sum(axis=1)
    met = counts > 0
    least = values[met.argmax(axis=1)]
    greatest = values[len(values) - 1 - met[:, ::-1].argmax(axis=1)]
    found = np.where(greatest <= 0, 1.0, np.where(least >= 0, 0.0, 0.5))
    open_ = (greatest > 0) & (least < 0)
    few = open_ & (sizes <= EXACT_UP_TO + 1)
    if few.any():
        found[few] = _relay(counts[few], values)
    sums = counts @ values
    near = np.abs(sums) < NEAR_MEAN * (greatest - least) * sizes  # stays at 0.5
    many = open_ & ~few & ~near
    low, high = many & (sums > 0), many & (sums < 0)
    if low.any():
        found[low] = np.clip(_saddlepoint(counts[low], values), 0, 1)
    if high.any():
        found[high] = 1 - np.clip(_saddlepoint(counts[high], -values), 0, 1)
    return found


def _relay(counts: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `exact_chance` of a limit of 0, set by set.

    A runner above the limit who takes no time changes nothing, and one below who comes after the last is never asked
    for: so teams of different sizes run side by side.
    """
    import numpy as np  # noqa: PLC0415 - as above

    above = values > 0
    ahead = _runners(counts[:, above], values[above], 0.0)  # (most runners, sets)
    behind = _runners(counts[:, ~above], -values[~above], 1.0)
    teams = counts[:, ~above].sum(axis=1)
    chances = np.ones((len(behind) + 1, len(counts)))
    chances[0] = 0.0
    for time_ahead in ahead:
        fewer = np.zeros(len(counts))
        for left, time_behind in enumerate(behind, start=1):
            with np.errstate(invalid="ignore"):
                share = time_ahead / (time_ahead + time_behind)  # not a number where neither takes any time
            share = np.nan_to_num(share, copy=False)
            fewer = share * fewer + (1 - share) * chances[left]
            chances[left] = fewer
    result: NDArray[np.float64] = chances[teams, np.arange(len(counts))]
    return result


def _runners(counts: NDArray[np.int64], times: NDArray[np.float64], filler: float) -> NDArray[np.float64]:
    """Return each set's times, one for each runner, filled up; shape (most runners, sets)."""
    import numpy as np  # noqa: PLC0415 - as above

    ends = counts.cumsum(axis=1)  # (sets, values)
    most = int(ends[:, -1].max())
    places = np.arange(most)
    found = np.full((len(counts), most), filler)
    padded = np.append(times, filler)
    for start in range(0, len(counts), 1024):
        part = ends[start : start + 1024]
        found[start : start + 1024] = padded[(places[None, :, None] >= part[:, None, :]).sum(axis=2)]
    return np.ascontiguousarray(found.T)


def _saddlepoint(counts: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `saddlepoint_chance` of a limit of 0, set by set; each has a value below 0, and a mean above."""
    import numpy as np  # noqa: PLC0415 - as above
    from scipy.special import ndtr

    used = counts.any(axis=0)
    often, values = counts[:, used].astype(np.float64), values[used]
    point, curvature = _saddlepoints(often, values)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(often > 0, often * np.log1p(-point[:, None] * values), 0.0)
    root = -np.sqrt(2 * logs.sum(axis=1))
    slope = point * np.sqrt(curvature)
    density = np.exp(-root * root / 2) / math.sqrt(2 * math.pi)
    below: Any = ndtr  # scipy has no types
    result: NDArray[np.float64] = below(root) + density * (1 / root - 1 / slope)
    return result


def _saddlepoints(
    counts: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each set's saddlepoint and the curvature there; see `evalkit.statistics.dirichlet`."""
    import numpy as np  # noqa: PLC0415 - as above

    low, high = 1 / np.where(counts > 0, values, np.inf).min(axis=1), np.zeros(len(counts))
    # The first step of Newton's method from 0, where that lies inside.
    first = -(counts @ values) / (counts @ (values * values))
    point = np.where(first > low, first, low / 2)
    while True:
        with np.errstate(divide="ignore", invalid="ignore"):  # a value that a set has not may be where it has a pole
            terms = values / (1 - point[:, None] * values)  # (sets, values)
            weighted = np.where(counts > 0, counts * terms, 0.0)
            squared = np.where(counts > 0, weighted * terms, 0.0)
        gradient, curvature = weighted.sum(axis=1), squared.sum(axis=1)
        high, low = np.where(gradient > 0, point, high), np.where(gradient > 0, low, point)
        step = point - gradient / curvature
        following = np.where((low < step) & (step < high), step, (low + high) / 2)
        done = np.abs(following - point) <= _CLOSE * np.abs(point)
        if done.all():
            return point, curvature
        point = np.where(done, point, following)
